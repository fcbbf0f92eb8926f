"""A list of NumPy calls, run over blocks of an array."""

from __future__ import annotations

import functools
import threading
from dataclasses import dataclass

import numpy as np

BLOCK = 1 << 16  # elements at most
CACHE = 3 << 19  # bytes; a block and its temporaries stay in the processor's cache
INPUT = -1


@dataclass(frozen=True)
class Constant:
    """An operand; `filled` makes it an array, with which maximum and minimum run twice as fast."""

    value: np.float64
    filled: bool = False


# A branch per element would cost more than an exponential, so selection works on the bits.

@dataclass(frozen=True)
class Compare:
    """Where the comparison holds, 1.0 (or, for a mask, all bits set), and 0.0 elsewhere."""

    ufunc: np.ufunc
    mask: bool = True

    def __call__(self, a, b, out):
        bits = _bits(out) if self.mask else out
        self.ufunc(a, b, out=bits, casting="unsafe")
        if self.mask:
            np.negative(bits, out=bits)


def select(mask, a, b, out):
    """a where the mask is set, else b; `out` is none of the three."""
    mask, a, b, out = map(_bits, (mask, a, b, out))
    difference = np.bitwise_xor(a, b, out=out) if np.ndim(a) or np.ndim(b) else a ^ b
    np.bitwise_and(mask, difference, out=out)
    if np.ndim(b) or b:
        np.bitwise_xor(out, b, out=out)


def minus_absolute(a, out):
    """-|a|."""
    bits = _bits(a)
    np.bitwise_or(bits, np.iinfo(bits.dtype).min, out=_bits(out))


def negative_mask(a, out):
    """All bits set where a has a minus sign."""
    bits = _bits(a)
    np.right_shift(bits, 8 * bits.itemsize - 1, out=_bits(out))


def head(a, out=None):
    """a without its last 27 binary digits: a float64 with so few that the product of two is exact."""
    bits = np.bitwise_and(_bits(a), -1 << 27, out=None if out is None else _bits(out))
    return bits.view(np.float64)


def _bits(a):
    return a.view(np.int32 if a.dtype == np.float32 else np.int64)


EXACT = {np.absolute, np.negative, np.positive, np.copysign, np.maximum, np.minimum,
         minus_absolute, negative_mask, select, head}
# NumPy's float32 versions of these err by less than 1.5 ulp; those of exp, expm1 and log reach 2.4 to 3.5.
CLOSE = {np.add, np.subtract, np.multiply, np.divide, np.tanh}


class Program:
    """`steps` of (function, operands), the last one the result; an operand is INPUT, the number of an
    earlier step, or a Constant.

    limits: called for (f(-oo), f(oo)) when an infinite entry is met; None where the steps give them.
    """

    def __init__(self, steps, limits):
        self.source = steps
        self.float32 = _fits_float32(steps)
        self.keeps_nan = bool(np.isnan(self.trace(np.nan)[-1]))
        self.limits = None if self._settles(np.inf) and self._settles(-np.inf) else limits
        self.constants = list(dict.fromkeys(o for _, operands in steps for o in operands if isinstance(o, Constant)))
        self.steps, self.buffers = _allocate(steps, self.constants)

    def trace(self, x: float) -> list[float]:
        """The value of every step at one x."""
        values = {INPUT: np.array([x])}
        for i, (function, operands) in enumerate(self.source):
            values[i] = np.empty(1)
            function(*(o.value if isinstance(o, Constant) else values[o] for o in operands), out=values[i])
        return [float(values[i][0]) for i in range(len(self.source))]

    def _settles(self, x: float) -> bool:
        """Whether the result at an infinite x is the limit.

        Every function here is continuous on the extended reals, so it is, unless NumPy signals an
        indeterminate form or a pole, powers hide one (1**inf = 1), or rounding does: a value that is
        tiny may stand for an exact zero.
        """
        if any(function is np.power for function, _ in self.source):
            return False
        try:
            with np.errstate(divide="raise", invalid="raise"):
                return not any(0 < abs(value) < 1e-9 for value in self.trace(x))
        except FloatingPointError:
            return False

    def __call__(self, x: np.ndarray, out: np.ndarray):
        """Fills `out`, both flat and of one dtype."""
        dtype = np.dtype(np.float32 if self.float32 and x.itemsize == 4 else np.float64)
        converts = x.dtype != dtype
        block = _block_length((2 + self.buffers + 2 * converts) * dtype.itemsize)
        if len(self.steps) == 1 and not self.constants:  # one call has no temporaries
            block = x.size
        length = min(x.size, block)
        constants = [_filled(c.value, dtype)[:length] if c.filled else dtype.type(c.value) for c in self.constants]
        buffers = _scratch((self.buffers + 2 * converts, length), dtype)
        for start in range(0, x.size, length or 1):
            source, target = x[start:start + block], out[start:start + block]
            if source.size < length:  # the last block
                length = source.size
                constants = [c[:length] if c.ndim else c for c in constants]
                buffers = buffers[:, :length]
            if converts:
                wide_source, wide_target, *rest = buffers
                wide_source[...] = source
                self._run(wide_source, wide_target, constants, rest)
                target[...] = wide_target
            else:
                self._run(source, target, constants, buffers)

    def _run(self, x, out, constants, buffers):
        slots = [x, out, *constants, *buffers]
        for function, operands, target in self.steps:
            function(*[slots[o] for o in operands], slots[target])
        if not self.keeps_nan and np.isnan(np.maximum.reduce(x)):
            out[np.isnan(x)] = np.nan
        if self.limits and np.isinf(x).any():
            out[x == -np.inf], out[x == np.inf] = self.limits()


def _block_length(size):
    """How many elements of so many bytes, a power of 2, fit into the cache."""
    return min(BLOCK, 1 << (CACHE // size).bit_length() - 1)


_memory = threading.local()


def _scratch(shape, dtype):
    """An array to write to, in memory that the thread keeps: fresh memory costs more than the arithmetic."""
    size = shape[0] * shape[1] * dtype.itemsize
    memory = getattr(_memory, "bytes", None)
    if memory is None or memory.nbytes < size:
        memory = _memory.bytes = np.empty(size, np.uint8)
    return memory[:size].view(dtype).reshape(shape)


@functools.lru_cache(maxsize=8)
def _filled(value, dtype):
    return np.full(BLOCK, value, dtype)


# A third positional argument, which saves a third of the time of a call, is deprecated for these.
_POSITIONAL = {np.maximum: lambda a, b, out: np.maximum(a, b, out=out),
               np.minimum: lambda a, b, out: np.minimum(a, b, out=out)}


def _allocate(steps, constants):
    """The steps with slots for operands and results, and the number of buffers: slot 0 is the input, 1 the
    output, then come the constants and the buffers, each used again once its value has been read."""
    last_use = {operand: i for i, (_, operands) in enumerate(steps) for operand in operands}
    slots = {INPUT: 0, **{constant: i for i, constant in enumerate(constants, 2)}}
    free, first = [], 2 + len(constants)
    end = first
    allocated = []
    for i, (function, operands) in enumerate(steps):
        read = [slots[o] for o in operands]
        done = [slots[o] for o in dict.fromkeys(operands) if last_use[o] == i and slots[o] >= first]
        if function is not select:  # a ufunc may write where it reads
            free += done
            done = []
        if i == len(steps) - 1:
            slots[i] = 1
        elif free:
            slots[i] = free.pop()
        else:
            slots[i], end = end, end + 1
        free += done
        allocated.append((_POSITIONAL.get(function, function), read, slots[i]))
    return allocated, end - first


def _fits_float32(steps):
    """Whether float32 arithmetic keeps a float32 result within 2 ulp: one rounding, and constants that it can hold."""
    rounded = [function for function, _ in steps if function not in EXACT and not isinstance(function, Compare)]
    if len(rounded) > 1 or not CLOSE.issuperset(rounded):
        return False
    info = np.finfo(np.float32)
    for function, operands in steps:
        ordered = function in (np.maximum, np.minimum) or isinstance(function, Compare)
        for c in (o.value for o in operands if isinstance(o, Constant)):
            if (ordered and np.float32(c) != c) or (c != 0 and not info.tiny <= abs(c) <= info.max):
                return False
    return True
