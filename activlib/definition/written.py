"""The n-th derivative as one expression in x and the parameters, in the form one would publish: by intervals."""

from __future__ import annotations

import functools
from itertools import pairwise, product

import sympy as sp

from activlib.definition.domain import requirements
from activlib.definition.kinks import KINKS, MAX_PIECES, Maximum, Minimum, explicit
from activlib.definition.line import UNDEFINED, Line, differentiated
from activlib.definition.normal import line
from activlib.definition.numbers import equal, in_order, value_at
from activlib.definition.polynomials import Unsolved
from activlib.definition.roots import critical
from activlib.definition.symbols import x


@functools.lru_cache(maxsize=512)
def derivative(formula: sp.Expr, n: int, values: tuple[tuple[sp.Symbol, sp.Expr], ...] = ()) -> sp.Expr:
    """The n-th derivative of a formula, with its pieces as one Piecewise and its domain.

    It holds for all parameters, but at a point where these let two joints meet, such as the 0 of |b x + c x^2| for b = 0, it
    may be of the wrong piece; what reads the line of a function has it right. `values` are some parameters at which its
    values at the joints are checked, and declared there where the pieces do not give them.
    """
    formula, exact = explicit(formula), line(formula, dict(values))
    slope = exact.derivative(n)
    if not exact.pieces:
        return UNDEFINED
    if not formula.has(*KINKS):
        published = differentiated(formula, n)
        if _same_domain(slope, line(published, dict(values))):
            return published
        if not _parametric(formula):
            return by_intervals(slope)
        return sp.Piecewise((published, sp.And(*(r.condition for r in requirements(formula)))))
    pieces = formula.args if isinstance(formula, sp.Piecewise) and not any(p.has(*KINKS) for p in formula.args) else None
    if pieces is None and not _parametric(formula):
        return by_intervals(slope)
    pieces = [(differentiated(e, n), condition) for e, condition in pieces or cases(formula)]
    found = sp.Piecewise(*pieces)
    return found if n == 0 else _mended(found, slope, formula, n)


def _mended(found, slope, formula, n):
    """`found` with the values of the derivative at the joints, where it has others."""
    got = line(found, slope.values)
    wrong = [cut for i, cut in enumerate(slope.cuts) if slope.held[i] is not UNDEFINED
             and not ((cut in got.cuts and equal(got.value(got.cuts.index(cut)), slope.value(i)))
                      or (cut not in got.cuts and slope.held[i] in slope.expressions[i:i + 2]))]
    # Where the pieces meet without a joint, as x for x != 0 and 0 else, the derivative goes on.
    through = [cut for i, cut in enumerate(got.cuts) if cut not in slope.cuts
               and (on := slope.expressions[sum(c < cut for c in slope.cuts)]) is not UNDEFINED
               and not equal(got.value(i), on.subs(x, cut))]
    if not (wrong or through or not _same_domain(slope, got)):
        return found
    if not _parametric(formula):
        return by_intervals(slope)
    places = {place: b for b in breakpoints(formula) if (place := b.subs(slope.values)).is_real}
    declared = [(_symbolic(slope, slope.cuts.index(cut), places[cut]), sp.Eq(x, places[cut])) for cut in wrong]
    return sp.Piecewise(*declared, *(found.args if isinstance(found, sp.Piecewise) else [(found, True)]))


def _symbolic(slope, i, place):
    """The derivative at a cut in the parameters' symbols, where a piece has it there."""
    value = slope.value(i)
    for e in (slope.held[i], *slope.expressions[i:i + 2]):
        if e is not UNDEFINED:
            symbolic = e.subs(x, place)
            at = symbolic.subs(slope.values)
            if at.is_finite and equal(at, value):
                return symbolic
    return value


def _same_domain(a: Line, b: Line) -> bool:
    """Whether b is defined on the same open intervals as a, and not at a hole of a, as far as is known."""
    gaps, holes = zip(*((sp.Union(*(sp.Interval(*ends) for ends, e in zip(pairwise(each.ends), each.expressions, strict=True)
                                    if e is UNDEFINED)),
                         {cut for cut, e in zip(each.cuts, each.held, strict=True) if e is UNDEFINED}) for each in (a, b)),
                      strict=True)
    return gaps[0] == gaps[1] and holes[0] <= holes[1] and {*a.unsolved} <= {*b.unsolved}


def by_intervals(line: Line) -> sp.Expr:
    """The function of a line as a Piecewise over its intervals, from left to right; two pieces the other way round."""
    if not line.pieces:
        return UNDEFINED
    owners = [_owner(line, i) for i in range(len(line.cuts))]
    shown = [i for i, owner in enumerate(owners) if owner is None or line.expressions[i] != line.expressions[i + 1]]
    if len(shown) == 1 and UNDEFINED not in line.expressions:
        return _two_pieces(line, shown[0], owners[shown[0]])
    branches, start, before = [], None, False  # whether the function is defined just to the left
    for i in (*shown, None):
        e = line.expressions[-1 if i is None else i]
        conditions = []
        if start is not None and not before:
            conditions.append(x >= line.cuts[start] if owners[start] == start + 1 else x > line.cuts[start])
        if i is not None:
            conditions.append(x <= line.cuts[i] if owners[i] == i else x < line.cuts[i])
        if e is not UNDEFINED:
            branches.append((e, sp.And(*conditions)))
        if i is not None:
            if owners[i] is None and line.held[i] is not UNDEFINED:
                branches.append((line.value(i), sp.Eq(x, line.cuts[i])))
            before = e is not UNDEFINED and (owners[i] is not None or line.held[i] is not UNDEFINED)
            start = i
    return sp.Piecewise(*branches)


def _owner(line, i):
    """The number of the piece that says what the function is at cut i, None where neither does."""
    if line.held[i] is UNDEFINED:
        undefined = [k for k in (i, i + 1) if not _finite_at(line, k, i)]
        return undefined[0] if undefined and UNDEFINED not in line.expressions[i:i + 2] else None
    for k in (i, i + 1):
        if line.expressions[k] == line.held[i]:
            return k
    return next((k for k in (i, i + 1) if _finite_at(line, k, i)
                 and equal(value_at(line.fixed(line.expressions[k]), line.cuts[i]), line.value(i))), None)


def _finite_at(line, k, i):
    e = line.expressions[k]
    if e is UNDEFINED:
        return False
    value = value_at(line.fixed(e), line.cuts[i])
    return bool(value.is_finite and value.is_real)


def _two_pieces(line, i, owner):
    left, right, cut = line.expressions[i], line.expressions[i + 1], line.cuts[i]
    middle = [(line.value(i), sp.Eq(x, cut))] if owner is None and line.held[i] is not UNDEFINED else []
    if left == right:
        return sp.Piecewise((right, sp.Ne(x, cut)), *((value, True) for value, _ in middle))
    below = x < cut if owner is None and not middle else True
    return sp.Piecewise((right, x >= cut if owner == i + 1 else x > cut), *middle, (left, below))


def cases(e: sp.Expr) -> list[tuple[sp.Expr, sp.Basic]]:
    """(smooth expression, condition), of which the first that holds counts, for all parameters at once.

    Raises ValueError for more than MAX_PIECES cases.
    """
    if not e.has(*KINKS):
        return [(e, sp.true)]
    if isinstance(e, sp.Piecewise):
        found = [(piece, sp.And(inner, outer)) for own, condition in e.args
                 for outer in [_explicit_condition(condition)] for piece, inner in cases(own)]
    elif isinstance(e, (Maximum, Minimum)):
        found = [pair for (a, p), (b, q) in product(*map(cases, e.args))
                 for pair in ((a, sp.And(p, q, e.prefers(a, b))), (b, sp.And(p, q)))]
    else:
        found = [(e.func(*(piece for piece, _ in chosen)), sp.And(*(condition for _, condition in chosen)))
                 for chosen in product(*map(cases, e.args))]
    kept = []
    for piece, condition in found:
        if condition not in (sp.false, *(c for _, c in kept)):
            kept.append((piece, condition))
        if condition is sp.true:
            break
    if len(kept) > MAX_PIECES:
        raise ValueError(f"more than {MAX_PIECES} pieces; nest fewer of abs, sign, max and min")
    return kept


def piecewise(*branches: tuple[sp.Expr, sp.Basic]) -> sp.Piecewise:
    """The Piecewise of these (value, condition), with no kink in a condition: SymPy would solve it, at any cost.

    Raises ValueError where a condition has more than MAX_PIECES cases.
    """
    return sp.Piecewise(*((value, _explicit_condition(condition)) for value, condition in branches), evaluate=False)


def _explicit_condition(condition):
    """A condition without kinks in its comparisons."""
    if not condition.has(*KINKS):
        return condition
    if isinstance(condition, sp.core.relational.Relational):
        sides = product(cases(condition.lhs), cases(condition.rhs))
        alternatives, before = [], sp.true
        for (a, p), (b, q) in sides:
            alternatives.append(sp.And(before, p, q, condition.func(a, b)))
            before = sp.And(before, sp.Not(sp.And(p, q)))
        return sp.Or(*alternatives)
    return condition.func(*map(_explicit_condition, condition.args))


def breakpoints(formula: sp.Expr) -> tuple[sp.Expr, ...]:
    """Where the pieces of the formula and its domain may end, as expressions in the parameters."""
    formula = explicit(formula)
    if not _parametric(formula):
        return line(formula).cuts
    differences = [r.lhs - r.rhs for _, c in cases(formula) for r in c.atoms(sp.core.relational.Relational)]
    differences += [e for r in requirements(formula) for e, _ in cases(r.expression)]
    found = {}
    for difference in differences:
        try:
            found |= dict.fromkeys(critical(difference))
        except Unsolved:
            continue
    known = [p for p in found if not p.free_symbols]
    return (*in_order(known), *(p for p in found if p.free_symbols))


def _parametric(formula):
    """Whether parameters decide on where the pieces lie."""
    asked = [r.expression for r in requirements(formula)]
    for kink in formula.atoms(*KINKS):
        asked += [c for _, c in kink.args] if isinstance(kink, sp.Piecewise) else [kink]
    return any(e.free_symbols - {x} for e in asked)
