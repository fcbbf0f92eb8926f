"""What each kind of test and each page costs, in processor seconds: `make test` writes it to _build/costs.json.

Counted are the worker and all processes below it (browsers, kernels), as `tools/costs.py` shows them.
"""

import json
import time
from collections import defaultdict
from pathlib import Path

import psutil
import pytest

from thrift import be_thrifty

ROOT = Path(__file__).resolve().parent.parent.parent


def processor_seconds():
    """Processor time so far of this process and of all that it started, also of those that have ended."""
    own = psutil.Process()
    total = 0
    for process in (own, *own.children(recursive=True)):
        try:
            times = process.cpu_times()
        except psutil.Error:  # it has just ended, and counts as a child of its parent from now on
            continue
        total += times.user + times.system + times.children_user + times.children_system
    return total


def name(nodeid):
    """(kind, case) of a test: all cells of a notebook are one kind, and the notebook is the case."""
    path, _, test = nodeid.partition("::")
    if path.endswith(".ipynb"):
        return "nbval", Path(path).with_suffix("").as_posix()
    function, _, case = test.partition("[")
    return f"{path}::{function}", case.removesuffix("]")


class Costs:
    """Charges what was used since the last change of test to the tests before it."""

    def __init__(self):
        self.rows = defaultdict(lambda: [0, 0.0, 0.0])
        self.current, self.mark = None, (0.0, 0.0)

    def turn(self, key):
        """The tests of `key` begin."""
        if key == self.current:
            return
        now = processor_seconds(), time.perf_counter()
        if self.current:
            row = self.rows[self.current]
            # A browser that is closed takes what its pages used with it.
            row[1:] = (row[1] + max(now[0] - self.mark[0], 0), row[2] + now[1] - self.mark[1])
        self.current, self.mark = key, now

    @pytest.hookimpl(wrapper=True, tryfirst=True)
    def pytest_runtest_protocol(self, item):
        key = name(item.nodeid)
        self.turn(key)
        self.rows[key][0] += 1
        return (yield)

    def as_list(self):
        """Rows of (kind, case, tests, processor seconds, seconds), the last test included."""
        self.turn(("", ""))
        return [[*key, *row] for key, row in self.rows.items()]


class Collector:
    """Puts the workers' costs together and stores them when the whole run ends."""

    def __init__(self):
        self.rows = []

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node, error):
        self.rows += getattr(node, "workeroutput", {}).get("costs", ())

    def pytest_sessionfinish(self, session):
        if self.rows:
            folder = ROOT / "_build"
            folder.mkdir(exist_ok=True)
            (folder / "costs.json").write_text(json.dumps(self.rows, indent=0) + "\n", "utf8")


def pytest_configure(config):
    be_thrifty()
    if hasattr(config, "workerinput"):
        config.costs = Costs()
        config.pluginmanager.register(config.costs)
    elif config.getoption("numprocesses", None):
        config.pluginmanager.register(Collector())


def pytest_sessionfinish(session):
    if hasattr(session.config, "costs"):
        session.config.workeroutput["costs"] = session.config.costs.as_list()
