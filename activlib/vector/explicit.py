"""Formulas of several numbers, written out for a given count of them."""

from __future__ import annotations

import sympy as sp

from activlib.vector.nodes import Largest, Over
from activlib.vector.symbols import n, numbered, scores
from activlib.vector.thresholds import Above, Threshold


def explicit(expressions, count: int, shared: dict | None = None) -> list[sp.Expr]:
    """The expressions for n = count, with the symbols x_1, ..., x_n for the numbers; their free indices must be numbers.

    With `shared`, what runs over all numbers becomes a symbol, whose explicit form it keeps there.
    """
    known = {scores[m]: symbol for m, symbol in enumerate(numbered(count), 1)}
    symbols = {value: symbol for symbol, value in (shared or {}).items()}

    def written(e):
        if e not in known:
            known[e] = fresh(e)
        return known[e]

    def fresh(e):
        if isinstance(e, sp.Sum):
            index, low, high = e.limits[0]
            return named("s", sp.Add(*(e.function.subs(index, m) for m in range(int(low), int(high) + 1))))
        if isinstance(e, Largest):
            return named("m", e.explicit(count))
        if isinstance(e, Threshold):
            return named("theta", e.explicit(count, named))
        if isinstance(e, Above) and shared is not None:
            return sp.Piecewise((1, written(e.own) > written(e.threshold)), (0, True))
        if isinstance(e, Over):
            return written(e.explicit(count))
        return e.func(*map(written, e.args)) if e.args else e

    def named(name, value):
        """The value, or the symbol that is shared for it."""
        value = written(value)
        if shared is None or value.is_Atom:
            return value
        if value not in symbols:
            taken = sum(symbol.name.partition("_")[0] == name for symbol in shared)
            symbol = sp.Symbol(f"{name}_{taken}" if taken else name, real=True, positive=True if value.is_positive else None)
            symbols[value], shared[symbol] = symbol, value
        return symbols[value]

    return [written(sp.sympify(e).subs(n, count)) for e in expressions]
