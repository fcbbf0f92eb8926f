"""Moments under the standard normal distribution: in closed form, or by rigorous integration."""

from __future__ import annotations

from fractions import Fraction

import sympy as sp
from flint import acb, arb, ctx

from activlib.activation import x
from activlib.balls import Ball, Undecided, ball, precision
from activlib.definition.forms import forms
from activlib.facts.curve import Curve
from activlib.facts.enclosure import Enclosure
from activlib.facts.growth import ONE, Monomial, T, TooNear, bound, log_derivative, order, over, raised, times, value
from activlib.facts.roots import tidy

BITS = (128, 512)
CLOSE = Fraction(1, 10**20)
MOST_POINTS = 150_000  # at which an integrand is evaluated
REACH = 16  # beyond which the tails are bounded
NEAR, NEAREST = 100, 240  # integration begins at 2**-NEAR from a removable singularity, at 2**-NEAREST from another
GAUSSIAN = Monomial(big=((raised(T, sp.Integer(2)), -sp.S.Half),))


class Unsettled(Undecided):
    """An integral that rigorous quadrature does not settle, at this precision."""


def moment(curve: Curve, n: int, power: int) -> tuple[sp.Expr, int, str]:
    """E f^(n)(Z)^power for standard normal Z, the number of evaluations, and how it is known."""
    ends = [end for piece in curve.pieces for end in (piece.lower, piece.upper)]
    if ends[::2] != [-sp.oo, *ends[1:-1:2]] or ends[-1] != sp.oo:
        raise Undecided("it is not defined almost everywhere on the line")
    exact = [_closed_form(piece.derivative(n) ** power, piece.lower, piece.upper) for piece in curve.pieces]
    if None not in exact:
        return tidy(sp.expand(sum(exact))), 1, "integrated in closed form, piece by piece"
    for bits in BITS:
        with precision(bits):
            try:
                parts = [_integral(piece, n, power) for piece in curve.pieces]
            except Unsettled:
                if bits == BITS[-1] or all(map(_regular, curve.pieces)):
                    raise
                continue
            total = Enclosure(sum((value for value, _ in parts), arb(0)))
        if total.radius < CLOSE or all(map(_regular, curve.pieces)):
            break  # else the integrand may cancel near a removable singularity
    return total, sum(count for _, count in parts), (
        f"rigorous integration of each piece up to |x| = {REACH} or beyond, plus a proved bound on the tails")


def _regular(piece):
    return all(end.is_infinite or piece.regular(end) for end in (piece.lower, piece.upper))


def _closed_form(expression, lower, upper):
    """The integral of a sum of terms c x^k exp(r x) times the normal density, or None for another expression."""
    total = sp.S.Zero
    for term in sp.Add.make_args(sp.expand(expression)) if expression != 0 else ():
        coefficient, rest = term.as_independent(x, as_Add=False)
        k, r = sp.S.Zero, sp.S.Zero
        for factor in sp.Mul.make_args(rest):
            if isinstance(factor, sp.exp) and sp.diff(factor.args[0], x).is_number:
                rate = sp.diff(factor.args[0], x)
                r, coefficient = r + rate, coefficient * sp.exp(factor.args[0] - rate * x)
            elif factor.as_base_exp()[0] == x and factor.as_base_exp()[1].is_Integer and factor.as_base_exp()[1] > 0:
                k += factor.as_base_exp()[1]
            elif factor != 1:
                return None
        powers = _normal_powers(int(k), lower - r, upper - r)
        shifted = sum(sp.binomial(k, j) * r ** (k - j) * powers[j] for j in range(int(k) + 1))
        total += coefficient * sp.exp(r**2 / 2) * shifted
    return total


def _normal_powers(k, a, b):
    """The integrals of y^j times the normal density over (a, b) for j = 0, ..., k, by parts."""
    def density(y, j):
        return sp.S.Zero if y.is_infinite else y**j * sp.exp(-y**2 / 2) / sp.sqrt(2 * sp.pi)
    if b is sp.oo:
        mass = sp.S.One if a is -sp.oo else sp.erfc(a / sp.sqrt(2)) / 2
    else:
        mass = sp.erfc(-b / sp.sqrt(2)) / 2 if a is -sp.oo else (sp.erf(b / sp.sqrt(2)) - sp.erf(a / sp.sqrt(2))) / 2
    found = [mass, density(a, 0) - density(b, 0)]
    for j in range(2, k + 1):
        found.append((j - 1) * found[j - 2] + density(a, j - 1) - density(b, j - 1))
    return found


def _integral(piece, n, power):
    """The ball of one piece's share, and the number of evaluations."""
    tails, ends = [], []
    for end in (piece.lower, piece.upper):
        if end.is_infinite:
            size, start = piece.settle(end, lambda tail, n=n: _tail(tail, piece.derivative(n), power))
            tails.append(size)
            ends.append(arb(start) * (1 if end > 0 else -1))
        elif piece.regular(end):
            ends.append(ball(end))
        else:
            size, distance = _beside(piece, n, power, end)
            tails.append(size)
            ends.append(ball(end) + piece.side(end) * distance)
    if ends[0] >= ends[1]:  # the bound of a tail covers the piece
        return sum(tails, arb(0)), 1
    value, count = _quadrature([Ball(piece.derivative(n))], power, *ends)
    if not value.is_finite() and ctx.prec == BITS[0]:  # over wide boxes another form may tell more
        others = [form.written_out for form in forms(piece.derivative(n)) if form.everywhere]
        value, more = _quadrature([Ball(e) for e in others if not e.has(sp.Abs, sp.sign)], power, *ends)
        count += more
    if not value.is_finite():  # the tails and singular ends are bounded, and there is nothing else between
        raise Unsettled("it is finite, but rigorous quadrature does not settle it")
    return value + sum(tails, arb(0)), count


def _quadrature(functions, power, low, high):
    """The integral between two points of the power of a function, given in several forms, times the normal density, and the
    number of evaluations; not finite where rigorous quadrature fails."""
    density, count = 1 / (2 * arb.pi()).sqrt(), 0

    def integrand(z, analytic):
        nonlocal count
        count += 1
        values = (acb(function(z)) for function in functions)
        value = next((value for value in values if value.is_finite()), acb("nan"))
        return value**power * (-z * z / 2).exp() * density

    return acb.integral(integrand, low, high, rel_tol=arb(2) ** -100, abs_tol=arb(2) ** -100,
                        eval_limit=MOST_POINTS).real, count


def _beside(piece, n, power, end):
    """A ball around the integral from a singular end of a piece to a small distance 1/T, and that distance.

    With t = 1/distance the integrand is at most g(t)/t^2, where g is a power of t times one of log(t), and
    t^-e log(t)^q decreases for e = (1 - power)/2.
    """
    singular = Undecided(f"the integrand is singular at {end}")
    try:
        limited = piece.limit(n, end).is_finite
    except Undecided:
        limited = False
    start = 2 ** (NEAR if limited else NEAREST)
    tail = piece.tail(end, start)
    try:
        a = tail.expand(piece.derivative(n))
        if a.lead is None:
            return arb(0), arb(1) / start
        weight, size = raised(a.lead, sp.Integer(power)), tail.relative(a, a.lead).abs_upper() ** power
    except TooNear:
        raise singular from None
    if weight.big and order(weight) < 0:
        weight = ONE  # what tends to 0 so fast is smaller than 1
    rest = (1 - ball(weight.power)) / 2
    if weight.big or not rest > 0 or not ball(weight.logs) < rest * arb(start).log():
        raise singular
    return arb(0, (size * value(weight, start) / (rest * start)).upper()), arb(1) / start


def _tail(tail, expression, power):
    """A ball around the integral from `tail.start` to the end: |integrand| <= g, and where -(log g)' >= s > 0
    the integral of g is at most g(start)/s."""
    if tail.start < REACH:
        raise TooNear
    a = tail.expand(expression)
    if a.lead is None:
        return arb(0)
    weight = times(raised(a.lead, sp.Integer(power)), GAUSSIAN)
    if order(weight) >= 0:
        raise Undecided("the integrand does not decay")
    (lead, c), *others = log_derivative(weight)
    rate = -(ball(c) + sum((ball(d) * bound(over(m, lead), tail.start) for m, d in others), arb(0)))
    if not rate > 0 or order(lead) < 0:
        raise TooNear
    size = tail.relative(a, a.lead).abs_upper() ** power * value(weight, tail.start) / (rate * value(lead, tail.start))
    return arb(0, (size / (2 * arb.pi()).sqrt()).upper())
