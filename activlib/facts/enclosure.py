"""A real number that is known through a ball which provably contains it."""

from __future__ import annotations

from fractions import Fraction

import sympy as sp
from flint import arb
from sympy.core.numbers import Float
from sympy.printing.latex import LatexPrinter

from activlib.balls import ball

DIGITS = 10  # printed, all of them certain


class Enclosure(sp.AtomicExpr):
    """One real number, certain to lie in the ball `midpoint ± radius` (both exact fractions).

    It takes part in SymPy's arithmetic, comparisons and sets as a constant of that value; `float()`
    rounds its midpoint. Two enclosures are equal only if they are the same ball.
    """

    is_number = True
    is_real = True
    is_commutative = True
    is_irrational = None
    __slots__ = ("_ball", "midpoint", "radius")

    def __new__(cls, ball: arb):
        if not ball.is_finite():
            raise ValueError(f"an enclosure needs a finite ball, got {ball}")
        self = super().__new__(cls)
        self._ball = ball
        self.midpoint, self.radius = _fraction(ball.mid()), _fraction(ball.rad())
        return self

    def _hashable_content(self):
        return (self.midpoint, self.radius)

    def __reduce__(self):
        return _restored, (self.midpoint, self.radius)

    @property
    def enclosing_ball(self) -> arb:
        return self._ball

    @property
    def ball(self) -> str:
        """The ball in decimal digits down to its radius, which is rounded up."""
        size = abs(self.midpoint) or self.radius
        digits = max(1, _leading_exponent(size) - _leading_exponent(self.radius) + 2) if self.radius else 30
        middle, radius, exponent = (int(n) for n in self._ball.mid_rad_10exp(digits))
        return f"{_decimal(middle, exponent)} ± {_bound(radius * Fraction(10) ** exponent)}"

    def digits(self, most: int = DIGITS) -> str:
        """The number truncated after `most` significant digits and an ellipsis, or, where the ball does not
        settle the last of them, a rounded number and a bound on its error.

        Every digit before the ellipsis is one of the number's own: both ends of the ball begin with them.
        """
        low, high = self.midpoint - self.radius, self.midpoint + self.radius
        if low <= 0 <= high:
            return f"0 ± {_bound(max(-low, high))}"
        exponent = _leading_exponent(min(abs(low), abs(high))) - most + 1
        unit = Fraction(10) ** exponent
        first, last = int(low / unit), int(high / unit)  # int truncates towards zero
        if first == last:
            return _decimal(first, exponent) + "…"
        nearest = round(self.midpoint / unit)
        while nearest % 10 == 0:
            nearest, exponent = nearest // 10, exponent + 1
        error = abs(nearest * Fraction(10) ** exponent - self.midpoint) + self.radius
        return f"{_decimal(nearest, exponent)} ± {_bound(error)}"

    def _eval_evalf(self, prec):
        return Float(sp.Rational(self.midpoint), precision=prec)

    def _eval_is_zero(self):
        return None if abs(self.midpoint) <= self.radius else False

    def _eval_is_extended_positive(self):
        return None if abs(self.midpoint) <= self.radius else self.midpoint > 0

    def _eval_is_extended_negative(self):
        return None if abs(self.midpoint) <= self.radius else self.midpoint < 0

    def __float__(self):
        return float(self.midpoint)

    def _sympystr(self, printer):
        return self.digits()

    def _latex(self, printer: LatexPrinter):
        return latex_digits(self.digits())


def _restored(midpoint: Fraction, radius: Fraction) -> Enclosure:
    """The enclosure with these numbers, which are binary fractions; flint may round the radius of its ball up."""
    restored = Enclosure(arb(*((number.numerator, 1 - number.denominator.bit_length()) for number in (midpoint, radius))))
    restored.midpoint, restored.radius = midpoint, radius
    return restored


def evaluated(number: sp.Expr) -> sp.Expr:
    """An expression in enclosures as one enclosure; an exact number as it is."""
    return Enclosure(ball(number)) if number.has(Enclosure) and not isinstance(number, Enclosure) else number


def latex_digits(text: str) -> str:
    """The digits of an enclosure, or a decimal number, in LaTeX."""
    def scientific(number):
        mantissa, e, exponent = number.rstrip("…").partition("e")
        dots = r"\ldots" if number.endswith("…") else ""
        return mantissa + dots + (rf" \cdot 10^{{{exponent}}}" if e else "")
    return r" \pm ".join(scientific(part) for part in text.split(" ± "))


def _fraction(number: arb) -> Fraction:
    mantissa, exponent = (int(n) for n in number.man_exp())
    return Fraction(mantissa) * Fraction(2) ** exponent


def _leading_exponent(size: Fraction) -> int:
    """The power of ten of the first digit."""
    exponent = len(str(size.numerator)) - len(str(size.denominator))
    while Fraction(10) ** exponent > size:
        exponent -= 1
    while Fraction(10) ** (exponent + 1) <= size:
        exponent += 1
    return exponent


def _decimal(integer: int, exponent: int) -> str:
    """integer * 10**exponent with its own digits alone, scientific where others would be needed."""
    sign, digits = "-" * (integer < 0), str(abs(integer))
    point = len(digits) + exponent
    if point < -4 or exponent > 0:
        fraction = "." + digits[1:] if len(digits) > 1 else ""
        return f"{sign}{digits[0]}{fraction}e{point - 1}"
    if point <= 0:
        return f"{sign}0.{'0' * -point}{digits}"
    return f"{sign}{digits[:point]}.{digits[point:]}".rstrip(".")


def _bound(error: Fraction) -> str:
    """A decimal number with one digit that is not below `error`."""
    if error == 0:
        return "0"
    exponent = _leading_exponent(error)
    digit = -int(-error / Fraction(10) ** exponent // 1)
    return f"1e{exponent + 1}" if digit == 10 else f"{digit}e{exponent}"
