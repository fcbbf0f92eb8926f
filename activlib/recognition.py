"""Whether a function is known already: an entry of the catalogue for some parameters, as it is or scaled."""

from __future__ import annotations

import functools
import math
import operator
from collections.abc import Iterator
from dataclasses import dataclass, field

import sympy as sp

from activlib.activation import Activation, x
from activlib.catalogue import activations
from activlib.derivation import equal

# Where candidates are compared before anything is proved: on both sides of all usual breakpoints, and no symmetric pairs.
PLACES = (-7.3, -4.1, -2.6, -1.7, -0.9, -0.45, -0.2, 0.1, 0.3, 0.6, 1.1, 1.9, 2.8, 3.7, 6.1)
STARTS = ((1.0, 1.0), (1.0, -1.0), (-1.0, 1.0), (0.5, 2.0), (2.0, 0.5))  # output and input scale
STEPS = 25
TOLERANCE = 1e-9
SETTLED = 0.99  # a step that leaves more of the sum of squares ends a fit
DIGITS = 30  # to which what a fit found has to agree
SHORT = 1000  # the greatest denominator of a number that a fit stands for


@dataclass(frozen=True)
class Match:
    """f(x) = output · g(input · x) with an entry g of the catalogue at exact parameters.

    proved: whether SymPy proves it; where it does not, the two agree to thirty digits at all of `PLACES`, and no more is known.
    """

    entry: Activation
    parameters: dict[str, sp.Expr] = field(default_factory=dict)
    output: sp.Expr = sp.S.One
    input: sp.Expr = sp.S.One
    proved: bool = True

    @property
    def scaled(self) -> bool:
        return (self.output, self.input) != (1, 1)

    @property
    def formula(self) -> sp.Expr:
        return self.output * self.entry.formula.xreplace(self.entry.at(**self.parameters)).xreplace({x: self.input * x})


def recognize(activation: Activation, **parameters) -> Iterator[Match]:
    """The catalogue's entries that a function is, for some parameters of theirs: as it is first, then scaled.

    parameters: exact numbers at which the function is looked at, its defaults where not given. A match is found by a fit
    in floating point, whose numbers are rounded to short fractions, and then proved or marked as not proved; that none is
    found proves nothing.
    """
    formula = activation.formula.xreplace(activation.at(**parameters))
    wanted = [_value(formula, place) for place in PLACES]
    found = False
    for scaled in (False, True):
        for entry in activations.values():
            scales = 0 if not scaled else 1 if _scales_itself(entry) else 2
            if (match := _match(formula, wanted, entry, scales)) is not None:
                found = True
                yield match
        if found:
            return


@functools.cache
def _evaluated(entry):
    """An entry as a function of x and its parameters in floating point."""
    names = {p.symbol: sp.Symbol(f"p{i}") for i, p in enumerate(entry.parameters)}
    return sp.lambdify([x, *names.values()], entry.formula.xreplace(names), "math")


@functools.cache
def _scales_itself(entry):
    """Whether scaling the input seems to scale the output, so that a fit of one of the two scales finds all."""
    evaluate, shape = _evaluated(entry), [float(p.default) for p in entry.parameters]
    doubled = [_number(evaluate, 2 * place, shape) / 2 for place in PLACES]
    return not any(r for r in _residuals(evaluate, doubled, shape, 0) if not abs(r) < TOLERANCE)


def _value(expression, place):
    try:
        value = complex(expression.subs(x, sp.Rational(str(place))).evalf(20))
    except (TypeError, ValueError, OverflowError):
        return math.nan
    return value.real if value.imag == 0 else math.nan


def _match(formula, wanted, entry, scales):
    """The match with an entry that has so many scales: none, that of the output, or both."""
    evaluate = _evaluated(entry)
    shape = [float(p.default) for p in entry.parameters]
    for start in dict.fromkeys(start[:scales] for start in STARTS):
        found = _fit(evaluate, wanted, [*start, *shape], scales)
        if found is not None and (match := _settled(formula, entry, found, scales)) is not None:
            return match
    return None


def _apart(values, scales):
    """(output scale, input scale, shape)."""
    output, inside = (*values[:scales], 1, 1)[:2]
    return output, inside, values[scales:]


def _number(evaluate, place, shape):
    try:
        return float(evaluate(place, *shape))
    except (TypeError, ValueError, OverflowError, ZeroDivisionError):
        return math.nan


def _residuals(evaluate, wanted, values, scales):
    output, inside, shape = _apart(values, scales)
    found = []
    for place, value in zip(PLACES, wanted, strict=True):
        got = output * _number(evaluate, inside * place, shape)
        if math.isnan(value) and math.isnan(got):
            continue
        found.append((got - value) / (1 + abs(value)))
    return found


def _fit(evaluate, wanted, start, scales):
    """The numbers that fit all places to nine digits, by the method of Levenberg and Marquardt; None if it ends elsewhere."""
    values, damping = list(start), 1e-3
    residuals = _residuals(evaluate, wanted, values, scales)
    for _ in range(STEPS):
        if not residuals or any(map(math.isnan, residuals)):
            return None
        if max(map(abs, residuals)) < TOLERANCE:
            return values
        columns = []
        for i, value in enumerate(values):
            step = 1e-6 * max(1.0, abs(value))
            moved = _residuals(evaluate, wanted, [*values[:i], value + step, *values[i + 1:]], scales)
            if len(moved) != len(residuals):
                return None
            columns.append([(b - a) / step for a, b in zip(residuals, moved, strict=True)])
        normal = [[_dot(p, q) for q in columns] for p in columns]
        right = [-_dot(p, residuals) for p in columns]
        size = _dot(residuals, residuals)
        for _ in range(6):
            change = _solved([[n * (1 + damping * (i == j)) + 1e-300 * (i == j) for j, n in enumerate(row)]
                              for i, row in enumerate(normal)], right)
            if change is None:
                return None
            trial = [v + c for v, c in zip(values, change, strict=True)]
            new = _residuals(evaluate, wanted, trial, scales)
            if len(new) == len(residuals) and _dot(new, new) < size:
                break
            damping *= 10
        else:
            return None
        if _dot(new, new) > SETTLED * size:  # at the bottom of a valley that does not reach down to 0
            return None
        values, residuals, damping = trial, new, damping / 10
    return values if max(map(abs, residuals)) < TOLERANCE else None


def _dot(a, b):
    return sum(map(operator.mul, a, b))


def _solved(rows, right):
    """The solution of a small linear system by elimination; None where it has none."""
    rows = [[*row, value] for row, value in zip(rows, right, strict=True)]
    for i in range(len(rows)):
        pivot = max(range(i, len(rows)), key=lambda k: abs(rows[k][i]))
        rows[i], rows[pivot] = rows[pivot], rows[i]
        if not math.isfinite(rows[i][i]) or rows[i][i] == 0:
            return None
        for k in range(len(rows)):
            if k != i:
                factor = rows[k][i] / rows[i][i]
                rows[k] = [a - factor * b for a, b in zip(rows[k], rows[i], strict=True)]
    return [row[-1] / row[i] for i, row in enumerate(rows)]


def _short(value):
    """The exact number that a fitted one stands for: a short fraction, or a simple multiple of a root or of pi."""
    nearest = sp.Rational(value).limit_denominator(SHORT)
    if abs(float(nearest) - value) <= 1e-8 * max(1, abs(value)):
        return nearest
    named = sp.nsimplify(value, [sp.pi, sp.sqrt(2)], tolerance=1e-8, full=True)
    return named if named.is_number and sp.count_ops(named) < 8 else None


def _settled(formula, entry, found, scales):
    """The match with exact numbers, proved or not; None where the numbers are no exact ones that an entry may have."""
    defaults = [None] * scales + [p.default for p in entry.parameters]
    numbers = [default if default is not None and value == float(default) else _short(value)
               for value, default in zip(found, defaults, strict=True)]
    if None in numbers:
        return None
    output, inside, shape = _apart(numbers, scales)
    if 0 in (output, inside):
        return None
    given = dict(zip((p.name for p in entry.parameters), shape, strict=True))
    try:
        same = Match(entry, given, output, inside).formula
    except ValueError:  # outside of a parameter's domain
        return None
    if not all(_agree(formula, same, sp.Rational(str(place))) for place in PLACES):
        return None
    return Match(entry, given, output, inside, proved=equal(formula, same))


def _agree(a, b, place):
    """Whether two functions agree at an exact place to DIGITS digits, or neither is real there."""
    a, b = (e.subs(x, place).evalf(DIGITS + 10) for e in (a, b))
    if not (a.is_Float or a.is_Rational) or not (b.is_Float or b.is_Rational):
        return a.is_real is not True and b.is_real is not True
    return bool(abs(a - b) <= (1 + abs(a)) * sp.Float(10) ** -DIGITS)
