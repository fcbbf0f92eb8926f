"""Decaying exponentials: they magnify rounding, underflow early, and meet factors that overflow."""

from __future__ import annotations

import dataclasses
import functools

import numpy as np
import sympy as sp

from activlib.kernels.fits import erfcx, fit
from activlib.kernels.pieces import Pieces, distance
from activlib.kernels.program import INPUT, Constant, head

DISTANCE = "the distance of the input from 0"
FAR = 2**64  # from here on a decaying exponential is 0, and polynomials have not overflown
SMALL = -600  # exp of this is far from subnormal numbers
_BOUNDED = sp.Dummy()


class Exponentials:
    """How a compiler computes exp(z) and erfc(z) of polynomials z in the distance from 0 that make them tend to 0.

    erfc(z) is exp(-z^2) erfcx(z). One that multiplies a factor that grows is asked no farther than FAR, nor is that
    factor: 0 times oo never comes up. Where the result is float64 (`careful`), no wider type absorbs errors, so:

    - z is a pair, the rounded value and what rounding took off, which at z = -700 exp magnifies by 700.
    - A factor that grows is multiplied by exp(z) in two steps: exp(z) may be subnormal, or 0, where the product is not.
    """

    def prepared(self, line: Pieces) -> Pieces:
        """The line with erfcx for erfc; finds the exponentials that tame a factor that grows."""
        expressions, held = (tuple(map(self._scaled, part)) for part in (line.expressions, line.held))
        self.exponents = {e.args[0] for whole in expressions for e in whole.atoms(sp.exp)}
        self.taming = {self.tame(e) for whole in expressions for e in whole.atoms(sp.Mul)} - {None}
        return dataclasses.replace(line, expressions=expressions, held=held)

    def _scaled(self, e):
        e = e.replace(lambda f: isinstance(f, sp.erfc) and self._decays(f),
                      lambda f: erfcx(f.args[0]) * sp.exp(-f.args[0] ** 2))
        return sp.collect(sp.expand(e), list(e.atoms(sp.exp))) if e.has(erfcx) else e

    def _decays(self, e):
        if not isinstance(e, (sp.exp, sp.erfc)):
            return False
        z = e.args[0].subs(self.values)
        if z.free_symbols != {distance} or not z.is_polynomial():
            return False
        end = z.subs(distance, FAR)
        return bool(end < -1500) if isinstance(e, sp.exp) else bool(end > 40)

    def tame(self, product):
        """The exponential that decays, where its cofactors grow or are a number of size above 4; else None."""
        decaying = next((f for f in product.args if self._decays(f)), None)
        if decaying is None:
            return None
        others = sp.Mul(*(f for f in product.args if f != decaying and not divides(f)))
        others = others.replace(lambda f: f.is_Function, lambda f: _BOUNDED).subs(self.values)
        return decaying if others.has(distance) or abs(others.subs(_BOUNDED, 1)) > 4 else None

    def rounds(self, polynomial):
        """Whether it is a polynomial in the distance that takes more than sums and powers of 2."""
        polynomial = polynomial.subs(self.values)
        if polynomial.free_symbols != {distance} or not polynomial.is_polynomial():
            return False
        return sp.degree(polynomial) > 1 or not _is_power_of_2(polynomial.coeff(distance))

    def near(self, at):
        """The distance, but at most FAR."""
        if at is not DISTANCE:
            return at
        return self.step(np.minimum, self.step(np.absolute, INPUT), Constant(np.float64(FAR)))

    def exponential(self, e, at):
        """The operand that holds e = exp(z)."""
        z = e.args[0]
        if e in self.taming:
            return self.reduce(np.multiply, self.in_steps(e, at))
        for n in (2, 3):
            if z / n in self.exponents:
                return self.reduce(np.multiply, [self.exponential(sp.exp(z / n), at)] * n)
        if not self.careful or not self._decays(e) or _is_power_of_2((z / distance).subs(self.values)):
            return self.step(np.exp, self.expression(z, at))
        high, low = self.pair(z, self.near(at))
        return self._moved(self.step(np.exp, high), low)

    def in_steps(self, e, at):
        """Operands whose product is e = exp(z); a factor before them keeps its digits."""
        if not self.careful:
            return [self.step(np.exp, self.expression(e.args[0], self.near(at)))]
        high, low = self.pair(e.args[0], self.near(at))
        rest = self.step(np.minimum, self.step(np.subtract, high, Constant(np.float64(SMALL))), Constant(np.float64(0)))
        high = self.step(np.maximum, high, Constant(np.float64(SMALL)))
        return [self._moved(self.step(np.exp, high), low), self.step(np.exp, rest)]

    def _moved(self, exponential, low):
        """exp(high + low) from exp(high)."""
        if low is None:
            return exponential
        return self.step(np.add, exponential, self.step(np.multiply, exponential, low))

    def fit(self, e):
        """The fit of a sum of powers of the distance and of erfcx; None for another expression, and for a poor fit."""
        functions = e.atoms(sp.Function)
        if e.is_Mul or not functions or not all(isinstance(f, erfcx) for f in functions):
            return None
        return fit(e.subs(self.values), *((26, 2.0**-53) if self.careful else (15, 2.0**-30)))

    def fitted(self, found, at):
        """The operand that holds what was fitted."""
        at, center = self.near(at), Constant(found.center)
        t = self.step(np.divide, self.step(np.subtract, at, center), self.step(np.add, at, center))
        result, *coefficients = map(Constant, found.coefficients)
        for coefficient in coefficients:
            result = self.step(np.add, self.step(np.multiply, result, t), coefficient)
        for zero in found.zeros:
            result = self.step(np.multiply, result, self.reduce(np.subtract, [at, *map(Constant, zero)]))
        weights = [self.step(np.add, at, Constant(found.shift))] * abs(found.power)
        return functools.reduce(functools.partial(self.step, np.multiply if found.power > 0 else np.divide), weights, result)

    # Pairs (high, low) of operands stand for high + low, with twice the precision; low may be None, which is 0

    def pair(self, e, at):
        if not e.has(distance):
            number = e.subs(self.values)
            high = Constant(np.float64(number.evalf(30)))
            low = Constant(np.float64((number - sp.Rational(high.value)).evalf(30)))
            return high, low if low.value else None
        if e.is_Add:
            return functools.reduce(self._plus, [self.pair(term, at) for term in e.args])
        if e.is_Mul:
            factors = sorted(e.args, key=lambda f: not f.has(distance))
            return functools.reduce(self._times, [self.pair(factor, at) for factor in factors])
        if e.is_Pow:
            return functools.reduce(self._times, [self.pair(e.base, at)] * int(e.exp))
        return self.expression(e, at), None

    def _times(self, a, b):
        """The product of two pairs (Dekker 1971)."""
        (a, a_low), (b, b_low) = a, b
        if isinstance(b, Constant) and b_low is None and _is_power_of_2(sp.Rational(b.value)):
            return self.step(np.multiply, a, b), None if a_low is None else self.step(np.multiply, a_low, b)
        product = self.step(np.multiply, a, b)
        (a_head, a_tail), (b_head, b_tail) = self._split(a, a_low), self._split(b, b_low)
        error = self.step(np.subtract, self.step(np.multiply, a_head, b_head), product)
        rest = self.step(np.add, self.step(np.multiply, a_head, b_tail), self.step(np.multiply, a_tail, b))
        return product, self.step(np.add, error, rest)

    def _split(self, a, low):
        """The pair as a number with half the digits, which multiplies without rounding, and the rest."""
        leading = self.step(head, a)
        rest = self.step(np.subtract, a, leading)
        return leading, rest if low is None else self.step(np.add, rest, low)

    def _plus(self, a, b):
        """The sum of two pairs (Knuth 1969)."""
        (a, a_low), (b, b_low) = a, b
        total = self.step(np.add, a, b)
        part = self.step(np.subtract, total, a)
        error = self.step(np.add, self.step(np.subtract, a, self.step(np.subtract, total, part)),
                          self.step(np.subtract, b, part))
        return total, self.reduce(np.add, [low for low in (error, a_low, b_low) if low is not None])


def divides(factor):
    return factor.is_Pow and factor.exp.could_extract_minus_sign()


def _is_power_of_2(number):
    return number.is_Rational and all(n and n & (n - 1) == 0 for n in (abs(number.p), number.q))
