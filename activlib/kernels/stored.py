"""Plans that were proved before, in the user's cache, so that a new process need not prove them again.

A file's name is a digest of all that a plan follows from: the formula, its parameters' values, the order and the type, the
code that chooses and proves, and the versions of the libraries. So a change of any of them asks for another file, and a
file that is not whole is no file; then the plan is proved, as at first.
"""

from __future__ import annotations

import contextlib
import functools
import hashlib
import json
import os
import tempfile
import time
from pathlib import Path

import flint
import numpy as np
import scipy
import scipy.special as special
import sympy as sp

from activlib.constant import closed
from activlib.kernels.exact import Exact
from activlib.kernels.functions import FUNCTIONS
from activlib.kernels.intervals import Format
from activlib.kernels.pieces import pieces
from activlib.kernels.plan import Part, make_plan
from activlib.kernels.program import Compare, Constant, Program, minus_absolute, select
from activlib.kernels.table import Table

WORTH = 0.03  # seconds: what is proved faster is not stored
MOST_FILES = 3000

NAMED = {f.__name__: f for f in (
    *FUNCTIONS, np.add, np.subtract, np.multiply, np.divide, np.power, np.negative, np.positive, np.absolute, np.maximum,
    np.minimum, np.copysign, select, minus_absolute, special.erf, special.erfc, np.greater, np.greater_equal, np.equal)}


def stored_plan(activation, n: int, values: dict, result: Format) -> list[Part]:
    """What `make_plan` gives for the n-th derivative at the parameters' values, proved now or before."""
    line = functools.cache(lambda: pieces(activation, n, values))
    path = folder() / digest(activation.formula, n, values, result)
    if (parts := _read(path, line)) is None:
        start = time.perf_counter()
        parts = make_plan(line(), result)
        if time.perf_counter() - start > WORTH:
            _write(path, parts)
    return parts


def folder() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "activlib"


def digest(formula: sp.Expr, n: int, values: dict, result: Format) -> str:
    """The digest of all that a plan follows from."""
    chosen = sorted((str(symbol), sp.srepr(closed(sp.sympify(value)))) for symbol, value in values.items())
    return hashlib.sha256(repr((code(), sp.srepr(closed(formula)), n, chosen, result.digits)).encode()).hexdigest()


@functools.cache
def code() -> str:
    """The digest of the code that plans follow from, and of the libraries' versions."""
    root = Path(__file__).parent.parent
    found = hashlib.sha256(repr([library.__version__ for library in (np, scipy, sp, flint)]).encode())
    for path in sorted([*root.glob("kernels/*.py"), *root.glob("definition/*.py"), *root.glob("*.py")]):
        found.update(path.read_bytes())
    return found.hexdigest()


code()  # of the files as they were loaded


# Files: the digest of the rest in the first line, then JSON

def _read(path, line):
    try:
        check, _, text = path.read_text("utf-8").partition("\n")
        os.utime(path)
    except (OSError, ValueError):
        return None
    if hashlib.sha256(text.encode()).hexdigest() != check:
        return None
    found = json.loads(text)
    sources = [_source(kind, data, line) for kind, data in found["sources"]]
    return [Part(low, high, sources[k], *more) for low, high, k, *more in found["parts"]]


def _write(path, parts):
    sources = list({id(part.source): part.source for part in parts}.values())
    places = {id(source): k for k, source in enumerate(sources)}
    text = json.dumps({"sources": [_data(source) for source in sources],
                       "parts": [[p.low, p.high, places[id(p.source)], p.label, float(p.plain), float(p.beyond)] for p in parts]})
    with contextlib.suppress(OSError):  # a full disk, or one that may not be written
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=path.parent, delete=False) as file:
            file.write(f"{hashlib.sha256(text.encode()).hexdigest()}\n{text}")
        os.replace(file.name, path)
        files = list(path.parent.iterdir())
        if len(files) > MOST_FILES:
            for old in sorted(files, key=lambda f: f.stat().st_mtime)[:MOST_FILES // 3]:
                old.unlink(missing_ok=True)


def _data(source):
    if isinstance(source, Program):
        return "program", [source.dtype.name, [[_name(function), [_operand(o) for o in operands]]
                                               for function, operands in source.source]]
    if isinstance(source, Table):
        return "table", [source.first, source.coefficients.tolist(), source.width]
    return ("exact", None) if isinstance(source, Exact) else ("number", float(source))


def _source(kind, data, line):
    if kind == "program":
        dtype, steps = data
        return Program([(_function(name), tuple(map(_constant, operands))) for name, operands in steps], dtype)
    if kind == "table":
        first, coefficients, width = data
        return Table(first, np.array(coefficients), width)
    return Exact(line) if kind == "exact" else np.float64(data)


def _name(function):
    return [function.ufunc.__name__, function.mask] if isinstance(function, Compare) else function.__name__


def _function(name):
    return Compare(NAMED[name[0]], name[1]) if isinstance(name, list) else NAMED[name]


def _operand(o):
    return [float(o.value), o.filled, o.error] if isinstance(o, Constant) else o


def _constant(data):
    return Constant(np.float64(data[0]), *data[1:]) if isinstance(data, list) else data
