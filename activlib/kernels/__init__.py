"""NumPy kernels: a stable SymPy form becomes a list of NumPy calls that run over cache-sized blocks."""

from __future__ import annotations

import functools

import numpy as np

from activlib.kernels.kernel import Kernel
from activlib.kernels.pieces import limits, pieces
from activlib.kernels.plan import make_plan, weight
from activlib.kernels.proof import FLOAT32_FORMAT, FLOAT64

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
    flat = array.ravel(order)
    if not flat.dtype.isnative or array.itemsize == 2:  # float16 has few numbers: float32's arithmetic is as good
        flat = flat.astype(np.float32 if array.itemsize == 2 else flat.dtype.newbyteorder("="))
    result = out.ravel(order) if out.dtype == flat.dtype else np.empty_like(flat)
    with np.errstate(all="ignore"):
        kernel(activation, n, parameters, array.itemsize == 8)(flat, result)
        if result.base is not out and result is not out:
            out[...] = result.reshape(array.shape, order=order)
    return out if array.ndim else out[()]


def kernel(activation, n, parameters, double) -> Kernel:
    """What computes the n-th derivative, in float64 if `double` and in float32 otherwise; it is made once."""
    try:
        return _cached(activation, n, double, **parameters)
    except TypeError:
        activation.at(**parameters)  # says what is wrong with an unhashable parameter
        raise


@functools.lru_cache(maxsize=256, typed=True)  # typed, as 1 is a parameter's value and True is none
def _cached(activation, n, double, /, **parameters):
    values = activation.at(**parameters)
    plan = make_plan(pieces(activation, n, values), FLOAT64 if double else FLOAT32_FORMAT)
    return Kernel(plan, weight, functools.partial(limits, activation, n, tuple(values.items())))
