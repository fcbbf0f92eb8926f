"""Plans that were proved before, in the user's cache (`activlib.kept`), so that a new process need not prove them again."""

from __future__ import annotations

import functools
import time

import numpy as np
import scipy.special as special
import sympy as sp

from activlib import kept
from activlib.constant import closed
from activlib.kernels.exact import Exact
from activlib.kernels.functions import FUNCTIONS
from activlib.kernels.intervals import Format
from activlib.kernels.pieces import pieces
from activlib.kernels.plan import Part, make_plan
from activlib.kernels.program import Compare, Constant, Program, minus_absolute, select
from activlib.kernels.table import Table

WORTH = 0.03  # seconds: what is proved faster is not stored

NAMED = {f.__name__: f for f in (
    *FUNCTIONS, np.add, np.subtract, np.multiply, np.divide, np.power, np.negative, np.positive, np.absolute, np.maximum,
    np.minimum, np.copysign, select, minus_absolute, special.erf, special.erfc, np.greater, np.greater_equal, np.equal)}


def stored_plan(activation, n: int, values: dict, result: Format) -> list[Part]:
    """What `make_plan` gives for the n-th derivative at the parameters' values, proved now or before."""
    line = functools.cache(lambda: pieces(activation, n, values))
    name = digest(activation.formula, n, values, result)
    if (parts := _read(name, line)) is None:
        start = time.perf_counter()
        parts = make_plan(line(), result)
        if time.perf_counter() - start > WORTH:
            _write(name, parts)
    return parts


def digest(formula: sp.Expr, n: int, values: dict, result: Format) -> str:
    """The digest of all that a plan follows from."""
    chosen = sorted((str(symbol), sp.srepr(closed(sp.sympify(value)))) for symbol, value in values.items())
    return kept.digest(code(), sp.srepr(closed(formula)), n, chosen, result.digits)


@functools.cache
def code() -> str:
    """The digest of the code that plans follow from."""
    return kept.code("kernels", "definition")


code()  # of the files as they were loaded


def _read(name, line):
    if (found := kept.read(name)) is None:
        return None
    sources = [_source(kind, data, line) for kind, data in found["sources"]]
    return [Part(low, high, sources[k], *more) for low, high, k, *more in found["parts"]]


def _write(name, parts):
    sources = list({id(part.source): part.source for part in parts}.values())
    places = {id(source): k for k, source in enumerate(sources)}
    kept.write(name, {"sources": [_data(source) for source in sources],
                      "parts": [[p.low, p.high, places[id(p.source)], p.label, float(p.plain), float(p.beyond)] for p in parts]})


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
