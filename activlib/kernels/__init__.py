"""NumPy kernels: a stable SymPy form becomes a list of NumPy calls that run over cache-sized blocks."""

from __future__ import annotations

import functools

import numpy as np

from activlib.kernels.compile import compile_steps
from activlib.kernels.pieces import limits, pieces
from activlib.kernels.program import Program

__all__ = ["evaluate"]


def evaluate(activation, x, n, parameters):
    """The n-th derivative of `activation`, elementwise at `x`.

    Parameters
    ----------
    activation: an `Activation`.
    x: a real number, or an array (or nested list) of any shape with entries of float16, float32, float64,
        integers or booleans. It is not changed.
    n: order of the derivative, 0 for the function.
    parameters: dict from names to numbers in the parameters' domains; defaults for those not given.

    Returns
    -------
    An array of the same shape and dtype, float64 for integers and booleans; a NumPy scalar for a number.
    Entries lie within 4 ulp of the exact value in float64 and within 2 ulp in float32 and float16, or
    within 4 ulp of the exact value at a neighbor of x where f is that ill-conditioned (near a zero that is
    not 0, say); `activlib.ulp` measures it. At an infinite entry the value is the limit, NaN
    where there is none; NaN gives NaN. NumPy emits no warning.

    Raises TypeError for other kinds of entries and for unknown parameters, ValueError for a parameter
    outside its domain.
    """
    array = np.asarray(x)
    if array.dtype.kind in "biu":
        array = array.astype(np.float64)
    if array.dtype.kind != "f" or array.dtype.itemsize > 8:
        raise TypeError(f"{activation.name} takes real numbers (float16, float32, float64, integers, booleans), "
                        f"got {array.dtype if array.dtype != object else type(x).__name__}")
    order = "F" if array.flags.fnc else "C"
    out = np.empty(array.shape, array.dtype, order)
    with np.errstate(all="ignore"):
        _program(activation, n, parameters, array.itemsize == 8)(array.ravel(order), out.ravel(order))
    return out if array.ndim else out[()]


def _program(activation, n, parameters, careful):
    try:
        return _compiled(activation, n, careful, **parameters)
    except TypeError:
        activation.at(**parameters)  # says what is wrong with an unhashable parameter
        raise


@functools.lru_cache(maxsize=256, typed=True)  # typed, as 1 is a parameter's value and True is none
def _compiled(activation, n, careful, /, **parameters):
    values = activation.at(**parameters)
    steps = compile_steps(pieces(activation, n, values), values, careful)
    return Program(steps, functools.partial(limits, activation, n, tuple(values.items())))
