"""At which places a formula over all numbers may look, and whether the place itself counts in it."""

from __future__ import annotations

import sympy as sp
from sympy.concrete.expr_with_limits import ExprWithLimits

from activlib.vector.nodes import First, Over
from activlib.vector.symbols import i, k, n
from activlib.vector.thresholds import At

NUMBERS = "the numbers of a formula are x[i], and x[j] where a sum or maximum runs over all places j from 1 to n"


def check_places(e: sp.Expr, name: str, known=(i,)) -> None:
    """Goes on if every number stands at a `known` place or one that a sum or maximum around it runs over, and all of these
    run from 1 to n. Raises ValueError otherwise, with the `name` of whose formula it is: elsewhere a row may have no number."""
    if isinstance(e, sp.Indexed):
        _check(len(e.indices) == 1 and e.indices[0] in known, name, f"not each row has {e}")
    elif isinstance(e, (ExprWithLimits, Over)):
        first, *more = [e.limits] if isinstance(e, Over) else e.limits
        runs_over_all = isinstance(e, (sp.Sum, Over)) and not more and tuple(first)[1:] == (1, n)
        _check(runs_over_all, name, f"{e} is no sum or maximum over j from 1 to n")
        _check(first[0] not in (k, n), name, f"{e} runs over {first[0]}, which is the place of a derivative or the count")
        _check(not isinstance(e, (First, At)) or e.at in known, name, f"{e} is about a place that not each row has")
        check_places(e.term if isinstance(e, Over) else e.function, name, (*known, first[0]))
    else:
        for part in e.args:
            check_places(part, name, known)


def _check(holds, name, what):
    if not holds:
        raise ValueError(f"{name}: {what}; {NUMBERS}")


def place_counts(e: sp.Expr, indices=frozenset([i])) -> bool:
    """Whether a formula depends on a place other than by the number there."""
    if isinstance(e, sp.Indexed):
        return False
    if isinstance(e, Over):
        return place_counts(e.term, indices | {e.limits[0]})
    if isinstance(e, sp.Sum):
        return place_counts(e.function, indices | {e.limits[0][0]})
    return e in indices or any(place_counts(part, indices) for part in e.args)
