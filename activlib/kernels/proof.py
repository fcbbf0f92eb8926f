"""Bounds of the rounding errors of a program, proved box by box.

Let v_1, ..., v_m be the numbers that a program computes for some x, the last one its result y. Each is its function of
earlier ones, up to a rounding error e_i that the error model bounds (functions.py). As a function of (e_1, ..., e_m), y is
smooth, so by the mean value theorem

    |y - f(x)| <= sum over i of  max |dy/dv_i| max |e_i|,

where the maxima are over all numbers that lie between the exact and the computed ones. Over a box of x, interval
arithmetic encloses those numbers, step by step, and then dy/dv_i, from the last step to the first (reverse mode). The
same pass gives dy/dx, with which the bound is held to what the contract says of ill-conditioned places, where the value
at a neighbor of x is an ulp off or more: so close to the value at x or at a neighbor of x.

All boxes are computed at once, as arrays; every end is widened by more than its own rounding and that of the program.
Derivatives are scaled by powers of two, so that neither overflows.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

import numpy as np

from activlib.kernels.enclosures import Enclosures
from activlib.kernels.functions import FUNCTIONS, magnitude
from activlib.kernels.intervals import (
    FLOAT64,
    ILL,
    LARGEST,
    Format,
    outward,
    power_of_2,
    product,
    quotient,
    scaled,
    times,
    where,
    zero,
)
from activlib.kernels.program import INPUT, Compare, Constant, minus_absolute, select


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
    steps = _reached(steps, low, high, work)
    with np.errstate(all="ignore"):
        # The neighbors of x count, too, unless they forgive nothing.
        reach = 0 if alone is not None and np.all(alone) else 2.0 ** (3 - result.digits)
        return _Proof(steps, low, high, work, result, reach).errors(alone)


def _reached(steps, low, high, work):
    """The steps that matter in boxes which all compare alike: selection passes one number on as it is, whatever the other,
    and so do maximum and minimum if all inputs lie on one side of a constant."""
    masks, passed = {}, {}

    def source(o):
        return source(passed[o]) if o in passed else o

    for i, (function, operands) in enumerate(steps):
        if isinstance(function, Compare) and function.mask and operands[0] == INPUT:
            cut = operands[1].value
            masks[i] = _verdict(function.ufunc, low, high, cut) if work.dtype(cut) == cut else None
        elif function is select and masks.get(operands[0]) is not None:
            passed[i] = operands[1 if masks[operands[0]] else 2]
        elif function in (np.maximum, np.minimum) and source(operands[0]) == INPUT and isinstance(operands[1], Constant) \
                and np.all(low >= operands[1].value if function is np.maximum else high <= operands[1].value):
            passed[i] = INPUT
    if not passed:
        return steps

    last = source(len(steps) - 1)
    found, left = set(), [last]
    while left:
        if not isinstance(o := left.pop(), Constant) and o != INPUT and o not in found:
            found.add(o)
            left += map(source, steps[o][1])
    places = {o: k for k, o in enumerate(sorted(found))} | {INPUT: INPUT}
    reached = [(steps[o][0], tuple(places.get(p := source(q), p) for q in steps[o][1])) for o in sorted(found)]
    return reached or [(np.positive, (last,))]


def _verdict(ufunc, low, high, cut):
    """Whether a comparison of x with a number holds in all boxes, or in none; None if it differs."""
    if ufunc is np.equal:
        return False if np.all((low > cut) | (high < cut)) else True if np.all((low == cut) & (high == cut)) else None
    ends = np.concatenate([ufunc(low, cut), ufunc(high, cut)])
    return True if ends.all() else None if ends.any() else False


class _Proof(Enclosures):
    # Sensitivities, from the last step to the first

    def partials(self, function, operands, i):
        """(operand, enclosure of the derivative of step i with respect to it), both scaled by `exponent`."""
        args = [self.operand(o) for o in operands]
        e = self.exponent[i]
        ea = [self.exponents(o) for o in operands]
        one = np.ones(self.low.shape)
        if isinstance(function, Compare):
            return
        if function in (np.add, np.subtract, np.negative, np.positive, np.absolute, minus_absolute):
            for k, o in enumerate(operands):
                unit = power_of_2(ea[k] - e)
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

    def errors(self, alone):
        work, last = self.work, len(self.steps) - 1
        self.exponent = {i: self.exponents(i) for i in self.values}
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
            small, gone = (known.get(i, False) for known in (self.cut, self.gone))
            settled = small | gone if np.any(small) or np.any(gone) else False
            if i != last:
                error = where(settled, 0, times(most, absolute))
                # In a product relative errors add up, also where a factor may be next to 0.
                share = abs(relative.get(i, np.inf)) * 2 * own
                proportionally = (share <= error * to_ulp) & (own > 0) & (self.nonzero(i) > 2.0**-900)
                total = total + where(proportionally, 0, error)
                proportional = proportional + where(proportionally, share, 0)
            if i in self.cut:
                between = np.ldexp(self.between[i], np.minimum(np.maximum(-self.exponent[i], -1100), 2000))
                total = total + np.where(small & np.logical_not(gone), times(most, between), 0)
            for o, partial in self.partials(function, operands, i):
                nothing = settled | zero(sensitivity[i]) | zero(partial)
                low, high = (where(settled, 0, end) for end in outward(product(sensitivity[i], partial), nothing))
                size = np.maximum(abs(low), abs(high))
                if isinstance(o, Constant):
                    rounding = o.rounding(self.work.dtype)
                    error = times(size, rounding)
                    share = np.inf
                    if function in (np.multiply, np.divide) and i in relative and o.value:
                        share = abs(relative[i]) * rounding * o.unit / abs(o.value) * 2.0**work.digits
                    proportionally = (share <= error * to_ulp) & (error > 0)
                    total = total + where(proportionally, 0, error)
                    proportional = proportional + where(proportionally, share, 0)
                    continue
                if o in sensitivity:
                    before = sensitivity[o]
                    size = (size + np.maximum(*map(abs, before))) * 2.0**-48
                    low, high = before[0] + low - size, before[1] + high + size
                sensitivity[o] = low, high
            if i in relative:
                exponents = {np.multiply: (1, 1), np.divide: (1, -1), np.negative: (1,), np.sqrt: (0.5,)}.get(function, ())
                for o in set(operands) if exponents else ():  # both factors of a square are one
                    if uses[o] == operands.count(o) and not isinstance(o, Constant):
                        relative[o] = relative[i] * sum(e for p, e in zip(operands, exponents, strict=False) if p == o)
        own, absolute = self.rounding(last)
        own = np.where((absolute == 0) | self.cut.get(last, False), 0, own)
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
                absolute = np.minimum(absolute, np.ldexp(self.magnitude(o)[1], np.minimum(np.maximum(-e, -1100), 1100)))
            exact = e <= np.minimum(*map(self.last_digit, operands)) + self.work.digits
            unit, absolute = where(exact, 0, unit), where(exact, 0, absolute)
        elif np.any(unit) or function in (np.multiply, np.divide):
            floor = power_of_2(self.work.smallest - e, most=1023)
            absolute = np.maximum(absolute, where(floor > 2.0**-self.work.digits, floor * np.maximum(unit, 0.5), 0))
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
        least = self.magnitude(i)[0]
        if function is np.multiply and not any(isinstance(o, Constant) for o in operands):
            a, b = (self.nonzero(o) if o != INPUT else abs(self.low) for o in operands)
            return np.maximum(least, a * b)
        if function in (np.sin, np.cos):
            return np.maximum(least, 2.0**-64 * np.minimum(1, self.magnitude(operands[0])[0]))
        return least

    def to_ulp(self):
        """The factor from scaled errors of the result to ulp of its format, of the smallest result in the box."""
        least, result = self.magnitude(len(self.steps) - 1)[0], self.result
        top = np.where(least == 0, result.smallest, np.minimum(np.frexp(least)[1], result.beyond))
        ulp = np.maximum(top - result.digits, result.smallest)
        return power_of_2(self.exponent[len(self.steps) - 1] - ulp, most=1023)

    def compared(self, slope, total, own, proportional, to_ulp, alone):
        """The errors in ulp of the result: `total` is scaled, `own` is the last step's, in ulp."""
        work, result = self.work, self.result
        low, high = self.values[len(self.steps) - 1]
        least, most = magnitude(low, high)
        carried = times(total * (1 + 2.0**-20), to_ulp) + proportional * 2.0 ** (result.digits - work.digits)
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
            moves = magnitude(*slope)[0] * (1 - 2.0**-20) * power_of_2(spacing - self.exponent[INPUT], most=1023)
            forgiven = times(moves, to_ulp)
            forgiven = np.where((forgiven < ILL) | (False if alone is None else alone), 0, forgiven)
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
