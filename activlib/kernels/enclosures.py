"""Enclosures of the numbers that a program computes, and of the exact ones, over boxes of x."""

from __future__ import annotations

import math

import numpy as np
import scipy.special as special

from activlib.kernels import functions as model
from activlib.kernels.functions import BOUNDED, FLOAT32, FUNCTIONS, THROUGH_ZERO, magnitude
from activlib.kernels.intervals import FLOAT64, LARGEST, SUBNORMAL, TINY, is_power_of_2, product, quotient, where, zero
from activlib.kernels.program import INPUT, Compare, Constant, minus_absolute, select


class Enclosures:
    """The intervals of every step, in `values`; `failed` and `undefined` say where there are none.

    steps, low, high, work, result: as `activlib.kernels.proof.errors` has them.
    reach: how far beyond its ends a box is meant to reach, relatively.
    """

    def __init__(self, steps, low, high, work, result, reach):
        self.steps, self.work, self.result = steps, work, result
        self.low, self.high = low, high
        self.undefined, self.failed = (np.zeros(low.shape, bool) for _ in range(2))
        self.tiny, largest = float(np.ldexp(1.0, work.smallest)), float(np.finfo(work.dtype).max)
        least, most = self.widened(low, high, max(work.wide, reach))
        self.values = {INPUT: (np.maximum(least, -largest), np.minimum(most, largest))}
        self._finite, self._sizes, self._exponents = {}, {}, {}  # of operands
        # Boxes where the exact and the computed value of a step are known to be as close as its enclosure is narrow, and how.
        self.cut, self.between = {}, {}
        self.gone = {}  # boxes where a step's value counts as 0
        for i, (function, operands) in enumerate(steps):
            least, most = self.value(i, function, operands)
            self.values[i] = where(least < -largest, -np.inf, least), where(most > largest, np.inf, most)
        self.invalid = self.failed

    def widened(self, low, high, w):
        return self.lowered(low, w), -self.lowered(-high, w)

    def lowered(self, low, w):
        lowered = low * (1 - np.copysign(w, low)) - self.tiny
        return where(low == 0, low, where((low > 0) & (lowered < 0), 0, lowered))

    def operand(self, o):
        """Enclosures of a step's exact and computed values by finite lower ends; both are beyond an infinite one."""
        if o not in self._finite:
            if isinstance(o, Constant):
                low = high = np.full(1, o.value)
                if o.rounding(self.work.dtype):
                    low, high = self.widened(low, high, self.work.wide)
            else:
                low, high = self.values[o]
            self._finite[o] = np.minimum(low, LARGEST), np.maximum(high, -LARGEST)
        return self._finite[o]

    def magnitude(self, o):
        """The least and the greatest size of an operand."""
        if o not in self._sizes:
            self._sizes[o] = magnitude(*self.operand(o))
        return self._sizes[o]

    # Values, from the first step to the last

    def value(self, i, function, operands):
        if isinstance(function, Compare):
            return self.comparison(function.ufunc, *operands)
        args = [self.operand(o) for o in operands]
        low, high = self.range(function, args)
        if function in (np.add, np.subtract, np.multiply, np.divide):  # no oo - oo, 0 oo, oo/oo
            infinite = [np.isinf(a) | np.isinf(b) for a, b in args]
            nil = [(a <= 0) & (b >= 0) for a, b in args]
            self.failed = self.failed | ((infinite[0] & nil[1]) | (infinite[1] & nil[0]) if function is np.multiply
                                         else infinite[0] & infinite[1])
        low, high = (end if np.shape(end) == self.low.shape else np.broadcast_to(end, self.low.shape) for end in (low, high))
        nan = np.isnan(low) | np.isnan(high)
        self.failed = self.failed | (nan & ~self.undefined)
        low, high = where(nan, -np.inf, low), where(nan, np.inf, high)
        if function in (np.negative, np.positive, np.absolute, np.maximum, np.minimum, np.copysign, select, minus_absolute):
            return low, high
        computed = low, high
        low, high = self.widened(low, where((high == 0) & ~np.signbit(high), self.tiny, high),
                                 self.work.wide + self.unit(function, operands) * 2.0 ** (3 - self.work.digits))
        if self.work is FLOAT64:  # rounding is monotonic: an end that is exact is one of the rounded values, too
            low, high = (where(exact, end, wide) for exact, end, wide
                         in zip(self.exact_ends(function, args), computed, (low, high), strict=True))
        if function in BOUNDED:
            low, high = np.maximum(low, -BOUNDED[function]), np.minimum(high, BOUNDED[function])
        if function is np.exp and self.work is FLOAT64:  # an ulp below 1 is not enough to pass it
            high = np.where(args[0][1] <= 0, np.minimum(high, 1), high)
        if function is np.multiply:
            (a, b), (c, d) = args
            high = where((a >= 0) & (d <= 0) | (b <= 0) & (c >= 0), np.minimum(high, 0), high)
        nothing = self.vanishes(function, operands)
        low, high = where(nothing, 0, low), where(nothing, 0, high)
        if function in FUNCTIONS or function is np.power:
            narrow = np.maximum(abs(low), abs(high)) <= SUBNORMAL
            between = high - low
            if function in model.SATURATED:  # also of an exponential that has overflowed
                flat = self.magnitude(operands[0])[0] >= model.SATURATED[function]
                narrow, between = narrow | flat, where(flat, (self.unit(function, operands) + 0.5) * 2.0**-53, between)
            if self.work is FLOAT64 and narrow.any():
                self.cut[i], self.between[i] = narrow, between
        self.gone[i] = nothing
        return low, high

    def exact_ends(self, function, args):
        """Where the lower and the upper end of a range that is not negative are exact."""
        (a, b), *rest = args
        if function in (np.add, np.multiply) and np.all(a >= 0) and np.all(rest[0][0] >= 0):
            pairs = zip((a, b), rest[0], strict=True)
            if function is np.multiply:
                return [(is_power_of_2(p) | is_power_of_2(q)) & (p * q > 1e-290) for p, q in pairs]
            return [(p + q - p == q) & (p + q - q == p) for p, q in pairs]
        return False, False

    def vanishes(self, function, operands):
        """Where a value is so small that no later step brings it up to the least number, and counts as 0."""
        if function in (np.multiply, np.divide):
            zeros = [np.logical_and(*(end == 0 for end in self.operand(o))) for o in operands]
            return zeros[0] | zeros[1] if function is np.multiply else zeros[0]
        if function in THROUGH_ZERO:
            return zero(self.operand(operands[0]))
        roots = sum(f in (np.sqrt, np.power) for f, _ in self.steps)
        reach = -math.log(TINY) * (len(self.steps) + 2) * 64.0**roots
        if function is np.exp:
            return self.operand(operands[0])[1] < -reach
        return self.operand(operands[0])[0] > math.sqrt(reach) if function is special.erfc else False

    def range(self, function, args):
        (a, b), *rest = args
        c, d = rest[0] if rest else (None, None)
        match function:
            case np.add:
                return a + c, b + d
            case np.subtract:
                return a - d, b - c
            case np.multiply:
                return product((a, b), (c, d))
            case np.divide:
                self.failed = self.failed | ((c <= 0) & (d >= 0) & ~self.undefined)
                return quotient((a, b), (c, d))
            case np.negative:
                return -b, -a
            case np.positive:
                return a, b
            case np.absolute:
                return magnitude(a, b)
            case np.maximum:
                return np.maximum(a, c), np.maximum(b, d)
            case np.minimum:
                return np.minimum(a, c), np.minimum(b, d)
            case np.copysign:  # of a positive constant, by the input
                return np.where(c < 0, -b, a), np.where(c < 0, -a, b)
            case np.power:
                self.undefined = self.undefined | (b < 0)
                self.failed = self.failed | ((a < 0) & (b >= 0))
                a = np.maximum(a, 0)
                ends = [np.power(base, exponent) for base in (a, b) for exponent in (c, d)]
                return np.minimum.reduce(np.broadcast_arrays(*ends)), np.maximum.reduce(np.broadcast_arrays(*ends))
        if function is select:
            mask = np.broadcast_to(a, self.low.shape) > 0
            low, high = rest[0], rest[1]
            return np.where(mask, low[0], high[0]), np.where(mask, low[1], high[1])
        if function is minus_absolute:
            near, far = magnitude(a, b)
            return -far, -near
        known = FUNCTIONS[function]
        self.undefined = self.undefined | (b < known.low) | (a > known.high)
        self.failed = self.failed | ((a < known.low) & (b >= known.low)) | ((a <= known.high) & (b > known.high))
        a, b = np.maximum(a, known.low), np.minimum(b, known.high)
        if known.kind == "wave":
            return model.wave(a, b, function)
        if known.kind == "even":
            a, b = magnitude(a, b)
        low, high = model.outer(function, a, b)
        return (high, low) if known.kind == "decreasing" else (low, high)

    def comparison(self, ufunc, x, cut):
        """1 where the input compares so with a constant, which is decided without rounding."""
        self.failed = self.failed | (self.work.dtype(cut.value) != cut.value)
        ends = [ufunc(end, cut.value) for end in (self.low, self.high)] if x == INPUT and isinstance(cut, Constant) else []
        apart = (self.low > cut.value) | (self.high < cut.value) if ufunc is np.equal else True
        self.failed = self.failed | ~((ends[0] == ends[1]) & (ends[0] | apart)) if ends else True
        return (ends[0].astype(float) if ends else np.zeros(self.low.shape),) * 2

    def exponents(self, o):
        """e with the largest number of an operand in (2^(e-1), 2^e]: up to there, units are those of the binade below."""
        if o not in self._exponents:
            largest = np.maximum(*map(abs, self.operand(o)))
            mantissa, exponents = np.frexp(np.minimum(largest, LARGEST))
            exponents = where(largest == 0, self.work.smallest, exponents - (mantissa == 0.5))
            self._exponents[o] = exponents if exponents.shape == self.low.shape else np.broadcast_to(exponents, self.low.shape)
        return self._exponents[o]

    def unit(self, function, operands):
        """The bound of a step's own error, in ulp."""
        if isinstance(function, Compare) or function in (select, np.negative, np.positive, np.absolute, minus_absolute,
                                                         np.maximum, np.minimum, np.copysign):
            return 0
        if function is np.power:
            return model.POWER
        if function is np.multiply and any(is_power_of_2(o.value) if isinstance(o, Constant) else
                                           o != INPUT and self.steps[o][0] is np.copysign for o in operands):
            return 0
        if function is np.divide and isinstance(operands[1], Constant) and is_power_of_2(operands[1].value):
            return 0
        if function not in FUNCTIONS:
            return model.CORRECTLY_ROUNDED
        ulp = FUNCTIONS[function].ulp if self.work is FLOAT64 else FLOAT32[function]
        return ulp(*self.operand(operands[0])) if callable(ulp) else ulp
