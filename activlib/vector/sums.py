"""Derivatives of sums over all places, whose Kronecker deltas fix a place."""

from __future__ import annotations

import sympy as sp


def collapsed(e: sp.Expr) -> sp.Expr:
    """`e` without the sums over a place that a Kronecker delta fixes.

    A delta is 0 or 1, so that any term t(δ), be it inside of pieces, is t(0) + δ (t(1) - t(0)): the second part is summed by
    taking the place that δ fixes, the first goes on to the next delta.
    """
    def single(total):
        index = total.limits[0][0]
        rest, found = [], []
        for term in sp.Add.make_args(sp.expand(total.function)):
            while delta := next((d for d in sp.ordered(term.atoms(sp.KroneckerDelta)) if index in d.args), None):
                (other,) = set(delta.args) - {index}
                without = term.subs(delta, 0)
                found.append((term.subs(delta, 1) - without).subs(index, other))
                term = without
            rest.append(term)
        return sp.Add(*found) + (sp.Sum(sp.Add(*rest), total.limits[0]) if any(rest) else 0)

    return e.replace(lambda part: isinstance(part, sp.Sum), single)
