"""NumPy kernels: a stable SymPy form becomes a list of NumPy calls that run over cache-sized blocks."""

from __future__ import annotations

import functools

import numpy as np

from activlib.kernels.arrays import reals
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
    not 0, say); `activlib.ulp` measures it. At an infinite entry the value is the limit, NaN
    where there is none; NaN gives NaN. NumPy emits no warning.

    Raises TypeError for other kinds of entries and for unknown parameters, ValueError for a parameter
    outside its domain, a number beyond the largest float64, and nested lists of unequal lengths.
    """
    if isinstance(x, np.ma.MaskedArray):
        return np.ma.array(evaluate(activation, x.data, n, parameters), mask=np.ma.getmask(x).copy())
    array = reals(x, activation.name)
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
