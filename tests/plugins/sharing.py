"""How pytest-xdist shares the tests out: what belongs together runs on one worker, the largest shares first.

The cells of a notebook share a kernel, and the tests of one built page share its visit in the browser, so each notebook
and each page is a share of its own. Other tests go by file. The many small shares of pages come last and fill the gap until
both workers end.
"""

import re

import pytest
from xdist.scheduler.loadscope import LoadScopeScheduling

PAGE = re.compile(r"(tests/browser/test_every_page\.py)::\w+\[([^\]]+)\]")


def share(nodeid):
    """The name of the share that a test belongs to."""
    page = PAGE.fullmatch(nodeid)
    return f"{page[1]}[{page[2]}]" if page else nodeid.partition("::")[0]


class Shares(LoadScopeScheduling):
    """xdist's own scheduler with these shares."""

    def _split_scope(self, nodeid):
        return share(nodeid)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config, log):
    return Shares(config, log)
