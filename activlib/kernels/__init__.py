"""NumPy kernels with a proved error bound: for every interval of the line the fastest program that is proved there.

`plan` chooses, from the forms of an expression (`activlib.definition.forms`), what `proof` proves with the error model of
`functions`; `table` has polynomials for where no form is proved, and `exact` settles one value after the other where
nothing else serves. `report` says what was proved, and `stored` keeps it for the next process.
"""

from __future__ import annotations

import functools

import numpy as np

from activlib.kernels.arrays import reals
from activlib.kernels.boxes import weight
from activlib.kernels.intervals import FLOAT32_FORMAT, FLOAT64
from activlib.kernels.pieces import limits
from activlib.kernels.running import Kernel
from activlib.kernels.stored import stored_plan

__all__ = ["evaluate"]


def evaluate(activation, x, n, parameters):
    """The n-th derivative of `activation`, elementwise at `x`.

    Parameters
    ----------
    activation: an `Activation`.
    x: a real number, or an array (or nested list) of any shape with entries of float16, float32, float64,
        integers or booleans; Python's and SymPy's other real numbers count as the nearest float64. It is not changed.
        What NumPy reads as an array, such as a pandas Series, gives a plain array.
    n: order of the derivative, 0 for the function.
    parameters: dict from names to numbers in the parameters' domains; defaults for those not given.

    Returns
    -------
    An array of the same shape and dtype, float64 for other numbers than floats; a NumPy scalar for a number, a masked
    array with its mask for a masked array.
    Entries lie within 4 ulp of the exact value in float64 and within 2 ulp in float32 and float16, or
    within 4 ulp of the exact value at a neighbor of x where f is that ill-conditioned (near a zero that is
    not 0, say): `activlib.accuracy` says what is proved. At an infinite entry the value is the limit, NaN
    where there is none; NaN gives NaN. A zero may have either sign. NumPy emits no warning.

    Raises TypeError for other kinds of entries and for unknown parameters, ValueError for a parameter
    outside its domain, a number beyond the largest float64, and nested lists of unequal lengths.
    """
    if isinstance(x, np.ma.MaskedArray):
        return np.ma.array(evaluate(activation, x.data, n, parameters), mask=np.ma.getmask(x).copy())
    array = reals(x, activation.name)
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
    plan = stored_plan(activation, n, values, FLOAT64 if double else FLOAT32_FORMAT)
    return Kernel(plan, weight, functools.partial(limits, activation, n, tuple(values.items())))
