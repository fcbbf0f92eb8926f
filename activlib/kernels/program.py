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
    """An operand; `filled` makes it an array, with which maximum and minimum run twice as fast. `error` bounds how far
    it is from the number that it stands for, as a part of `unit`."""

    value: np.float64
    filled: bool = False
    error: float = 0.0

    @property
    def unit(self) -> float:
        """The power of two above |value|."""
        return float(np.ldexp(1.0, np.frexp(self.value)[1]))

    def rounding(self, dtype) -> float:
        """A bound of the error in arithmetic of a type, as a part of `unit`."""
        return (self.error + abs(float(dtype(self.value)) - self.value) / self.unit) * (1 + 2.0**-20)


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


def tanh_float32(a, out):
    """tanh of float32 numbers: NumPy's vector version, or that of float64 numbers where the processor has none and the C
    library's float32 version would serve."""
    if _vector_tanh():
        np.tanh(a, out)
    else:
        np.tanh(a, out=out, dtype=np.float64, casting="unsafe")


@functools.cache
def _vector_tanh():
    loops = np.lib.introspect.opt_func_info("^tanh$", "float32")
    return not loops.get("tanh", {}).get("ff", {}).get("current", "baseline").startswith("baseline")


def _bits(a):
    return a.view(np.int32 if a.dtype == np.float32 else np.int64)


class Program:
    """`steps` of (function, operands), the last one the result, in arithmetic of the type `dtype`; an operand is INPUT,
    the number of an earlier step, or a Constant."""

    def __init__(self, steps, dtype):
        self.source, self.dtype = steps, np.dtype(dtype)
        self.keeps_nan = bool(np.isnan(self.trace(np.nan)[-1]))
        self.constants = list(dict.fromkeys(o for _, operands in steps for o in operands if isinstance(o, Constant)))
        float32 = {np.tanh: tanh_float32} if self.dtype == np.float32 else {}
        self.steps, self.buffers = _allocate([(float32.get(f, f), operands) for f, operands in steps], self.constants)

    def trace(self, x: float) -> list[float]:
        """The value of every step at one x."""
        values = {INPUT: np.array([x])}
        for i, (function, operands) in enumerate(self.source):
            values[i] = np.empty(1)
            function(*(o.value if isinstance(o, Constant) else values[o] for o in operands), out=values[i])
        return [float(values[i][0]) for i in range(len(self.source))]

    def settles(self, x: float) -> bool:
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

    def block(self, dtype) -> int:
        """How many elements of a type go through the steps at once; one call has no temporaries."""
        if len(self.steps) == 1 and not self.constants and dtype == self.dtype:
            return 1 << 62
        return _block_length((2 + self.buffers + 2 * (dtype != self.dtype)) * self.dtype.itemsize)

    def __call__(self, x: np.ndarray, out: np.ndarray):
        """Fills `out`, both flat and of one type."""
        converts = x.dtype != self.dtype
        block = min(x.size, self.block(x.dtype)) or 1
        constants = [_filled(c.value, self.dtype, block) if c.filled else self.dtype.type(c.value) for c in self.constants]
        buffers = scratch((self.buffers + 2 * converts, block), self.dtype)
        for start in range(0, x.size, block):
            source, target = x[start:start + block], out[start:start + block]
            if source.size < block:  # the last block
                constants = [c[:source.size] if c.ndim else c for c in constants]
                buffers = buffers[:, :source.size]
            if converts:
                wide, result, *rest = buffers
                wide[...] = source
                self._run(wide, result, constants, rest)
                target[...] = result
            else:
                self._run(source, target, constants, buffers)

    def _run(self, x, out, constants, buffers):
        slots = [x, out, *constants, *buffers]
        for function, operands, target in self.steps:
            function(*[slots[o] for o in operands], slots[target])


def _block_length(size):
    """How many elements of so many bytes, a power of 2, fit into the cache."""
    return min(BLOCK, 1 << (CACHE // size).bit_length() - 1)


_memory = threading.local()


def scratch(shape, dtype):
    """An array to write to, in memory that the thread keeps: fresh memory costs more than the arithmetic."""
    size = shape[0] * shape[1] * dtype.itemsize
    memory = getattr(_memory, "bytes", None)
    if memory is None or memory.nbytes < size:
        memory = _memory.bytes = np.empty(size, np.uint8)
    return memory[:size].view(dtype).reshape(shape)


def _filled(value, dtype, size):
    return _full(value, dtype)[:size]


@functools.lru_cache(maxsize=8)
def _full(value, dtype):
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
