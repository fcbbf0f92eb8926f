"""NumPy kernels of functions of several numbers, along an axis and accurate per entry.

What kind of rows a formula needs is read from it: shares of exponentials, their logarithms, shares with a threshold, the
largest number, products of the halves. A formula of no such form is evaluated in ball arithmetic, entry by entry.
"""

from __future__ import annotations

import math
import operator

import numpy as np

from activlib.kernels.arrays import reals
from activlib.vector.kernels.rows import rows_of

BLOCK = 2**13  # numbers

__all__ = ["evaluate", "jacobian_at", "pull_back"]


def evaluate(activation, x, axis, parameters):
    """`activation` along an axis of `x`.

    Parameters
    ----------
    activation: a `VectorActivation`.
    x: an array (or nested list) of at least one axis, with entries as `activlib.kernels.evaluate` takes them. Along the axis
        it has n numbers; a pair takes its halves a and b, one after the other.
    axis: which axis, an integer.
    parameters: dict from names to numbers in the parameters' domains; defaults for those not given.

    Returns
    -------
    A new array of x's dtype, float64 for other numbers than floats. Along the axis it has n numbers for n; half as many of a
    pair; for `crelu` twice as many, the first results of all numbers, then the second; without the axis where n numbers give
    one. Entries lie within 4 ulp of the exact values in float64 and within 2 ulp in float32 and float16, products of halves
    as near as their factors do by `activlib.kernels.evaluate`, and log-sum-exp near its zeros within 2 ulp of what cancels
    there, the largest number and the logarithm of the rest.

    An entry -inf is a mask: it gets the share 0, and the others theirs as if it were not there. At infinite entries each
    result is its limit, NaN where there is none: with one +inf softmax is 1 there; with several NaN there, 0 elsewhere; of
    -inf alone every share is NaN; a single number has the share 1, whatever it is. NaN makes NaN of all results that depend on
    it. NumPy emits no warning.

    Raises TypeError for other kinds of entries, an axis that is no integer and unknown parameters; ValueError for a number
    without an axis, an axis that `x` has not, one without numbers, an odd number of them for a pair, and a parameter outside
    its domain.
    """
    array, place = _checked(activation, x, axis)
    return _along(activation, array, place, parameters)


def pull_back(activation, x, v, axis, parameters):
    """The vector-Jacobian product Σ_i v_i ∂y_i/∂x_k: from the gradient by the results the gradient by `x`.

    Parameters
    ----------
    activation, x, axis, parameters: as for `evaluate`.
    v: array of the shape of `evaluate`'s result. A weight counts where a derivative is not 0: at a share of 0, such as that of
        a mask, it may be of any size, infinite or NaN; elsewhere an infinite one gives infinities or NaN. A share below the
        smallest normal number counts with the digits that it has, one that is rounded to 0 as 0.

    Returns an array of x's shape, of the wider of both dtypes. Raises what `evaluate` raises, ValueError for another shape.
    """
    array, place = _checked(activation, x, axis)
    weights = _reals(v, activation)
    dtype = np.result_type(array, weights)
    result_shape = _shape(activation, array, place)
    if weights.shape != result_shape:
        raise ValueError(f"{activation.name}: v has shape {weights.shape}, and the result has shape {result_shape}")
    with np.errstate(all="ignore"):
        flat = _flat(array, place)
        folded = _flat(weights[..., None], -1) if activation.kind == "reduce" else _flat(weights, place)
        result = _in_blocks(rows_of(activation, parameters).pull_back, flat, folded)
        moved = np.moveaxis(array, place, -1).shape
        return np.ascontiguousarray(np.moveaxis(result.reshape(moved), -1, place)).astype(dtype)


def jacobian_at(activation, x, parameters):
    """The matrix ∂y_i/∂x_k at one vector, float64, a row for each result.

    Raises what `evaluate` raises, ValueError for an array of another shape than (n,).
    """
    array = _reals(x, activation)
    if array.ndim != 1:
        raise ValueError(f"{activation.name}: a Jacobian is that of one vector, not of an array of shape {array.shape}")
    count = evaluate(activation, array, 0, parameters).size
    numbers = np.broadcast_to(array.astype(np.float64), (count, len(array)))
    units = np.eye(count)
    return pull_back(activation, numbers, units[:, 0] if activation.kind == "reduce" else units, 1, parameters)


def _reals(x, activation):
    if isinstance(x, np.ma.MaskedArray):
        how = ", with -inf where an entry shall not count" if activation.kind in ("axis", "reduce") else ""
        raise TypeError(f"{activation.name}: fill a masked array{how}")
    return reals(x, activation.name)


def _checked(activation, x, axis):
    """The array, and which axis from the front."""
    array = _reals(x, activation)
    try:
        place = operator.index(None if isinstance(axis, bool) else axis)
    except TypeError:
        raise TypeError(f"{activation.name}: axis is an integer, not {axis!r}") from None
    if array.ndim == 0:
        raise ValueError(f"{activation.name} takes several numbers along an axis, not one")
    if not -array.ndim <= place < array.ndim:
        raise ValueError(f"{activation.name}: no axis {place} in an array of shape {array.shape}")
    place %= array.ndim
    length = array.shape[place]
    if length == 0 and activation.kind in ("axis", "reduce"):
        raise ValueError(f"{activation.name} needs at least one number along axis {axis}")
    if length % 2 and activation.kind == "pair":
        raise ValueError(f"{activation.name} takes two halves along axis {axis}, whose length {length} is odd")
    return array, place


def _shape(activation, array, place):
    """The shape of the result."""
    length = array.shape[place]
    middle = {"axis": (length,), "reduce": (), "pair": (length // 2,),
              "expand": (length * len(activation.formula) if activation.kind == "expand" else 0,)}[activation.kind]
    return array.shape[:place] + middle + array.shape[place + 1:]


def _flat(array, place):
    """The array as rows along the axis, in float64."""
    moved = np.moveaxis(array, place, -1)
    return moved.astype(np.float64).reshape(math.prod(moved.shape[:-1]), moved.shape[-1])


def _in_blocks(f, *arrays):
    """f of arrays with as many rows, by so many rows at a time as the processor's cache holds."""
    several = max(1, BLOCK // max(1, arrays[0].shape[-1]))
    starts = range(0, max(1, len(arrays[0])), several)
    results = [f(*(array[start:start + several] for array in arrays)) for start in starts]
    return results[0] if len(results) == 1 else np.concatenate(results)


def _along(activation, array, place, parameters):
    rows = rows_of(activation, parameters)
    if array.dtype.itemsize < 8:
        rows = getattr(rows, "single", rows)
    with np.errstate(all="ignore"):
        result = _in_blocks(rows, _flat(array, place)).astype(array.dtype)
    shape = _shape(activation, array, place)
    if activation.kind == "reduce":
        return result.reshape(shape) if shape else result.reshape(shape)[()]
    last = np.moveaxis(np.empty(shape, np.bool_), place, -1).shape
    return np.ascontiguousarray(np.moveaxis(result.reshape(last), -1, place))
