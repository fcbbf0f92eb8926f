"""Bounds of the rounding errors of a program, proved box by box.

Let v_1, ..., v_m be the numbers that a program computes for some x, the last one its result y. Each is its function of
earlier ones, up to a rounding error e_i that the error model bounds (functions.py). As a function of (e_1, ..., e_m), y is
smooth, so by the mean value theorem

    |y - f(x)| <= sum over i of  max |dy/dv_i| max |e_i|,

where the maxima are over all numbers that lie between the exact and the computed ones. Over a box of x, interval
arithmetic encloses those numbers, step by step, and then dy/dv_i, from the last step to the first (reverse mode). The
same pass gives dy/dx, with which the bound is held to what the contract says of ill-conditioned places: within 4 ulp of
the value at x or at a neighbor of x.

All boxes are computed at once, as arrays; every end is widened by more than its own rounding and that of the program.
Derivatives are scaled by powers of two, so that neither overflows.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass

import numpy as np
import scipy.special as special

from activlib.kernels.functions import BOUNDED, CORRECTLY_ROUNDED, FLOAT32, FUNCTIONS, POWER, THROUGH_ZERO, magnitude, wave
from activlib.kernels.program import INPUT, Compare, Constant, minus_absolute, negative_mask, select

TINY, LARGEST = 5e-324, np.finfo(np.float64).max
SUBNORMAL = 2 * TINY  # where a function is below, its error is too, whatever its argument's


@dataclass(frozen=True)
class Format:
    """A floating-point type: digits of the significand, exponents of the smallest subnormal number and beyond the
    largest finite one; `wide` is how far proofs widen an interval."""

    dtype: type
    digits: int
    smallest: int
    beyond: int
    wide: float


FLOAT64 = Format(np.float64, 53, -1074, 1024, 2.0**-47)
FLOAT32_FORMAT = Format(np.float32, 24, -149, 128, 2.0**-18)


@dataclass(frozen=True)
class Errors:
    """Bounds for each box: in ulp of the result's format, at x (`plain`) and beyond what a neighbor of x explains
    (`beyond`); NaN where nothing is proved. Where `undefined` is set the program gives NaN, as it must."""

    plain: np.ndarray
    beyond: np.ndarray
    undefined: np.ndarray


def errors(steps, low, high, work: Format, result: Format, alone=None) -> Errors:
    """The errors of a program of `steps` that runs in the format `work` and whose result is rounded to `result`.

    low, high: ends of the boxes, float64 arrays of numbers of the format `result`; no box has an inner point at which
    a comparison of the program changes, or 0, except as an end.
    alone: mask of boxes for which neighbors of x forgive nothing.
    """
    with np.errstate(all="ignore"):
        return _Proof(steps, low, high, work, result).errors(alone)


class _Proof:
    def __init__(self, steps, low, high, work, result):
        self.steps, self.work, self.result = steps, work, result
        self.low, self.high = low, high
        self.undefined, self.failed = (np.zeros(low.shape, bool) for _ in range(2))
        self.tiny, largest = float(np.ldexp(1.0, work.smallest)), float(np.finfo(work.dtype).max)
        least, most = self.widened(low, high, work.wide)
        self.values = {INPUT: (np.maximum(least, -largest), np.minimum(most, largest))}
        self.cut = {}  # boxes whose error at a step is bounded by the step's size
        self.gone = {}  # boxes where a step's value counts as 0
        for i, (function, operands) in enumerate(steps):
            least, most = self.value(i, function, operands)
            self.values[i] = np.where(least < -largest, -np.inf, least), np.where(most > largest, np.inf, most)
        self.invalid = self.failed

    def widened(self, low, high, w):
        return self.lowered(low, w), -self.lowered(-high, w)

    def lowered(self, low, w):
        return np.where(low > 0, np.maximum(low * (1 - w) - self.tiny, 0), np.where(low == 0, low, low * (1 + w) - self.tiny))

    def operand(self, o):
        """Enclosures of a step's exact and computed values by finite lower ends; both are beyond an infinite one."""
        if isinstance(o, Constant):
            low, high = self.widened(np.full(1, o.value), np.full(1, o.value), self.work.wide)
        else:
            low, high = self.values[o]
        return np.minimum(low, LARGEST), np.maximum(high, -LARGEST)

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
        low, high = np.broadcast_to(low, self.low.shape), np.broadcast_to(high, self.low.shape)
        nan = np.isnan(low) | np.isnan(high)
        self.failed = self.failed | (nan & ~self.undefined)
        low, high = np.where(nan, -np.inf, low), np.where(nan, np.inf, high)
        if function in (np.negative, np.positive, np.absolute, np.maximum, np.minimum, np.copysign, select, minus_absolute,
                        negative_mask):
            return low, high
        low, high = self.widened(low, np.where((high == 0) & ~np.signbit(high), self.tiny, high),
                                 self.work.wide + self.unit(function, operands) * 2.0 ** (3 - self.work.digits))
        if function in BOUNDED:
            low, high = np.maximum(low, -BOUNDED[function]), np.minimum(high, BOUNDED[function])
        nothing = self.vanishes(function, operands)
        low, high = np.where(nothing, 0, low), np.where(nothing, 0, high)
        if function in FUNCTIONS or function is np.power:
            small = np.maximum(abs(low), abs(high)) <= SUBNORMAL
            if self.work is FLOAT64 and small.any():
                self.cut[i] = small
        self.gone[i] = nothing
        return low, high

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
        if function is negative_mask:
            self.failed = self.failed | ((a < 0) & (b > 0))
            return (np.broadcast_to(np.where(b <= 0, 1.0, 0.0), self.low.shape),) * 2
        model = FUNCTIONS[function]
        self.undefined = self.undefined | (b < model.low) | (a > model.high)
        self.failed = self.failed | ((a < model.low) & (b >= model.low)) | ((a <= model.high) & (b > model.high))
        a, b = np.maximum(a, model.low), np.minimum(b, model.high)
        if model.kind == "wave":
            return wave(a, b, function)
        if model.kind == "even":
            a, b = magnitude(a, b)
        low, high = function(a), function(b)
        return (high, low) if model.kind == "decreasing" else (low, high)

    def comparison(self, ufunc, x, cut):
        """1 where the input compares so with a constant, which is decided without rounding."""
        self.failed = self.failed | (self.work.dtype(cut.value) != cut.value)
        ends = [ufunc(end, cut.value) for end in (self.low, self.high)] if x == INPUT and isinstance(cut, Constant) else []
        apart = (self.low > cut.value) | (self.high < cut.value) if ufunc is np.equal else True
        self.failed = self.failed | ~((ends[0] == ends[1]) & (ends[0] | apart)) if ends else True
        return (ends[0].astype(float) if ends else np.zeros(self.low.shape),) * 2

    # Sensitivities, from the last step to the first

    def partials(self, function, operands, i):
        """(operand, enclosure of the derivative of step i with respect to it), both scaled by `exponent`."""
        args = [self.operand(o) for o in operands]
        e = self.exponent[i]
        ea = [self.exponents(a) if isinstance(o, Constant) else self.exponent[o] for a, o in zip(args, operands, strict=True)]
        one = np.ones(self.low.shape)
        if isinstance(function, Compare) or function is negative_mask:
            return
        if function in (np.add, np.subtract, np.negative, np.positive, np.absolute, minus_absolute):
            for k, o in enumerate(operands):
                unit = np.ldexp(one, np.clip(ea[k] - e, -1100, 1100))
                if function in (np.absolute, minus_absolute):
                    low, high = args[k]
                    least, most = np.where(low < 0, -unit, unit), np.where(high > 0, unit, -unit)
                    yield o, (least, most) if function is np.absolute else (-most, -least)
                elif function is np.negative or (k and function is np.subtract):
                    yield o, (-unit, -unit)
                else:
                    yield o, (unit, unit)
        elif function is np.multiply:
            for k, o in enumerate(operands):
                yield o, scaled(args[1 - k], ea[k] - e)
        elif function is np.divide:
            inverse = quotient((one, one), scaled(args[1], -ea[1]))
            yield operands[0], scaled(inverse, ea[0] - ea[1] - e)
            low, high = product(scaled(self.operand(i), -e), inverse)
            yield operands[1], (-high, -low)
        elif function in (np.maximum, np.minimum):
            (a, b), (c, d) = args
            first = (a >= d, b >= c) if function is np.maximum else (b <= c, a <= d)  # surely, possibly
            yield operands[0], scaled((np.where(first[0], one, 0), np.where(first[1], one, 0)), ea[0] - e)
            yield operands[1], scaled((np.where(first[1], 0, one), np.where(first[0], 0, one)), ea[1] - e)
        elif function is select:
            mask = self.operand(operands[0])[0] > 0
            yield operands[1], scaled((np.where(mask, one, 0),) * 2, ea[1] - e)
            yield operands[2], scaled((np.where(mask, 0, one),) * 2, ea[2] - e)
        elif function is np.copysign:
            return
        elif function is np.power:
            base, exponent = args
            relative = product(exponent, quotient(scaled(self.operand(i), -e), scaled(base, -ea[0])))
            yield operands[0], relative
            logarithm = np.log(np.maximum(base[0], 0)), np.log(base[1])
            yield operands[1], scaled(product(scaled(self.operand(i), -e), logarithm), ea[1])
        else:
            yield operands[0], scaled(self.widened(*FUNCTIONS[function].slope(*args[0]), 2.0**-40), ea[0] - e)

    def exponents(self, interval):
        """e with the largest number of the interval in (2^(e-1), 2^e]: up to there, units are those of the binade below."""
        largest = np.maximum(abs(interval[0]), abs(interval[1]))
        mantissa, exponents = np.frexp(np.minimum(largest, LARGEST))
        exponents = exponents - (mantissa == 0.5)
        return np.broadcast_to(np.where(largest == 0, self.work.smallest, exponents), self.low.shape)

    def unit(self, function, operands):
        """The bound of a step's own error, in ulp."""
        if isinstance(function, Compare) or function in (negative_mask, select, np.negative, np.positive, np.absolute,
                                                         minus_absolute, np.maximum, np.minimum, np.copysign):
            return 0
        if function is np.power:
            return POWER
        if function is np.multiply and any(isinstance(o, Constant) and _is_power_of_2(o.value) for o in operands):
            return 0
        if function is np.divide and isinstance(operands[1], Constant) and _is_power_of_2(operands[1].value):
            return 0
        if function not in FUNCTIONS:
            return CORRECTLY_ROUNDED
        ulp = FUNCTIONS[function].ulp if self.work is FLOAT64 else FLOAT32[function]
        return ulp(*self.operand(operands[0])) if callable(ulp) else ulp

    def errors(self, alone):
        work, last = self.work, len(self.steps) - 1
        self.exponent = {i: self.exponents(self.operand(i)) for i in self.values}
        total = proportional = np.zeros(self.low.shape)
        sensitivity = {last: (np.ones(self.low.shape),) * 2}
        relative = {last: 1}  # steps that the result is a product of powers of, with the exponents
        uses = Counter(o for _, operands in self.steps for o in operands)
        to_ulp = self.to_ulp()
        for i in reversed(range(last + 1)):
            if i not in sensitivity:
                continue
            function, operands = self.steps[i]
            most = np.maximum(*map(abs, sensitivity[i]))
            infinite = np.isinf(self.values[i][0]) | np.isinf(self.values[i][1])
            self.failed = self.failed | (infinite & (most > 0) & (i != last))
            own, absolute = self.rounding(i)
            if i != last:
                error = np.where(self.gone.get(i, False), 0, times(most, absolute))
                # In a product relative errors add up, also where a factor may be next to 0.
                share = abs(relative.get(i, np.inf)) * 2 * own
                proportionally = (share <= error * to_ulp) & (own > 0) & (self.nonzero(i) > 2.0**-900)
                total = total + np.where(proportionally, 0, error)
                proportional = proportional + np.where(proportionally, share, 0)
            small = self.cut.get(i, False)
            gone = self.gone.get(i, False)
            least = np.ldexp(TINY, np.clip(2 - self.exponent[i], 0, 2000))
            total = total + np.where(small & np.logical_not(gone), times(most, least), 0)
            for o, partial in self.partials(function, operands, i):
                nothing = small | gone | zero(sensitivity[i]) | zero(partial)
                low, high = (np.where(small | gone, 0, end) for end in outward(product(sensitivity[i], partial), nothing))
                size = np.maximum(abs(low), abs(high))
                if isinstance(o, Constant):
                    error = times(size, o.relative_error(self.work.dtype))
                    share = abs(relative.get(i, np.inf)) if function in (np.multiply, np.divide) else np.inf
                    proportionally = (share <= error * to_ulp) & (error > 0)
                    total = total + np.where(proportionally, 0, error)
                    proportional = proportional + np.where(proportionally, share, 0)
                    continue
                if o in sensitivity:
                    before = sensitivity[o]
                    size = (size + np.maximum(*map(abs, before))) * 2.0**-48
                    low, high = before[0] + low - size, before[1] + high + size
                sensitivity[o] = low, high
            if i in relative:
                exponents = {np.multiply: (1, 1), np.divide: (1, -1), np.negative: (1,), np.sqrt: (0.5,)}.get(function, ())
                for o, exponent in zip(operands, exponents, strict=False):
                    if uses[o] == 1 and not isinstance(o, Constant):
                        relative[o] = relative[i] * exponent
        own, absolute = self.rounding(last)
        own = np.where(absolute == 0, 0, own)
        own = np.where(absolute > own * 2.0**-work.digits, own + 0.5, own)  # it underflows
        return self.compared(sensitivity.get(INPUT), total, own, proportional, to_ulp, alone)

    def rounding(self, i):
        """A bound of the step's own error, in ulp and scaled."""
        function, operands = self.steps[i]
        unit, e = self.unit(function, operands), self.exponent[i]
        absolute = unit * 2.0**-self.work.digits
        if function in (np.add, np.subtract):
            # Either operand is as near to the sum as the other is small, and a sum that has no digit beyond theirs is exact.
            for o in operands:
                absolute = np.minimum(absolute, np.ldexp(magnitude(*self.operand(o))[1], np.clip(-e, -1100, 1100)))
            exact = e <= np.minimum(*map(self.last_digit, operands)) + self.work.digits
            unit, absolute = np.where(exact, 0, unit), np.where(exact, 0, absolute)
        elif np.any(unit) or function in (np.multiply, np.divide):
            floor = np.ldexp(1.0, np.clip(self.work.smallest - e, -1100, 1023))
            absolute = np.maximum(absolute, np.where(floor > 2.0**-self.work.digits, floor * np.maximum(unit, 0.5), 0))
        return unit, absolute

    def last_digit(self, o):
        """The exponent of a power of two of which every computed value is a multiple."""
        if isinstance(o, Constant):
            numerator, denominator = float(o.value).as_integer_ratio()
            return (numerator & -numerator).bit_length() - denominator.bit_length() if numerator else 2000
        low, high = (self.low, self.high) if o == INPUT else self.operand(o)
        if not np.any(high - low) and not np.any(low):
            return 2000
        digits = self.result.digits if o == INPUT else self.work.digits
        smallest = self.result.smallest if o == INPUT else self.work.smallest
        return np.maximum(np.frexp(magnitude(low, high)[0])[1] - digits, smallest)

    def nonzero(self, i):
        """A lower bound of |v|, where v is not 0: no float64 is as close to a multiple of pi/2 as 2^-64, relatively."""
        function, operands = self.steps[i]
        least = magnitude(*self.operand(i))[0]
        if function is np.multiply and not any(isinstance(o, Constant) for o in operands):
            a, b = (self.nonzero(o) if o != INPUT else abs(self.low) for o in operands)
            return np.maximum(least, a * b)
        if function in (np.sin, np.cos):
            return np.maximum(least, 2.0**-64 * np.minimum(1, magnitude(*self.operand(operands[0]))[0]))
        return least

    def to_ulp(self):
        """The factor from scaled errors of the result to ulp of its format, of the smallest result in the box."""
        least, result = magnitude(*self.operand(len(self.steps) - 1))[0], self.result
        top = np.where(least == 0, result.smallest, np.minimum(np.frexp(least)[1], result.beyond))
        ulp = np.maximum(top - result.digits, result.smallest)
        return np.ldexp(1.0, np.clip(self.exponent[len(self.steps) - 1] - ulp, -1100, 1023))

    def compared(self, slope, total, own, proportional, to_ulp, alone):
        """The errors in ulp of the result: `total` is scaled, `own` is the last step's, in ulp."""
        work, result = self.work, self.result
        low, high = self.values[len(self.steps) - 1]
        least, most = magnitude(low, high)
        carried = times(total * (1 + 2.0**-20), to_ulp) + proportional
        # A result that rounding takes to the next binade has twice the unit.
        twice = 1 + ((np.frexp(np.minimum(most, LARGEST))[1] > np.frexp(np.minimum(least, LARGEST))[1]) & (carried > 0))
        if work is result:
            own = own * twice
        else:  # the last rounding is to the narrower format
            own = 0.5 * twice + own * 2.0 ** (result.digits - work.digits) + 2.0 ** (work.smallest - result.smallest)
        plain = beyond = carried + own
        if slope is not None:
            nearest = np.minimum(abs(self.low), abs(self.high))
            mantissa, exponent = np.frexp(nearest)
            spacing = np.maximum(np.where(nearest == 0, -2000, exponent - result.digits), result.smallest)
            spacing = spacing - ((mantissa == 0.5) & (spacing > result.smallest))  # the neighbor of a power of two towards 0
            moves = magnitude(*slope)[0] * (1 - 2.0**-20) * np.ldexp(1.0, np.clip(spacing - self.exponent[INPUT], -1100, 1023))
            forgiven = times(moves, to_ulp) if alone is None else np.where(alone, 0, times(moves, to_ulp))
            beyond = np.where(forgiven > 0, np.maximum(carried - forgiven, 0) + own, plain)
        beyond_all = np.inf if result is FLOAT64 else np.ldexp(1.0, result.beyond + 1)
        settled = (self.gone.get(len(self.steps) - 1, False) | (least >= beyond_all)) & ~self.invalid
        failed = (self.failed | np.isnan(beyond)) & ~settled | self.undefined
        plain, beyond = (np.where(settled & ~self.undefined, 0.5, np.where(failed, np.nan, v)) for v in (plain, beyond))
        return Errors(plain, beyond, self.undefined & self.keeps_nan())

    def keeps_nan(self):
        """Whether NaN anywhere gives NaN in the end."""
        return not any(f is select or isinstance(f, Compare) or (f is np.power and not isinstance(operands[1], Constant))
                       for f, operands in self.steps)


def times(a, b):
    """The product of numbers that are not negative, where 0 times infinity is 0."""
    return np.where((a == 0) | (b == 0), 0, a * b)


def product(a, b):
    """The product of two intervals, where 0 times infinity is 0."""
    ends = [np.where((p == 0) | (q == 0), 0, p * q) for p in a for q in b]
    return np.minimum(np.minimum(ends[0], ends[1]), np.minimum(ends[2], ends[3])), \
        np.maximum(np.maximum(ends[0], ends[1]), np.maximum(ends[2], ends[3]))


def zero(interval):
    return (interval[0] == 0) & (interval[1] == 0)


def outward(interval, exact):
    """An interval whose ends may have underflowed; where `exact` they have not."""
    low, high = interval
    return np.where((abs(low) < 1e-290) & ~exact, low - TINY, low), np.where((abs(high) < 1e-290) & ~exact, high + TINY, high)


def quotient(a, b):
    """The quotient of two intervals, the second without 0."""
    ends = [np.where(p == 0, 0, p / q) for p in a for q in b]
    return np.minimum(np.minimum(ends[0], ends[1]), np.minimum(ends[2], ends[3])), \
        np.maximum(np.maximum(ends[0], ends[1]), np.maximum(ends[2], ends[3]))


def scaled(interval, exponent):
    """The interval times a power of two."""
    ends = [np.ldexp(end, np.clip(exponent, -2200, 2200)) for end in interval]
    return outward(ends, (interval[0] == 0) & (interval[1] == 0))


def _is_power_of_2(value):
    return np.frexp(abs(value))[0] == 0.5
