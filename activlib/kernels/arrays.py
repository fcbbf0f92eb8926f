"""What a kernel takes for real numbers."""

from __future__ import annotations

import numbers
import reprlib
from decimal import Decimal

import numpy as np
import sympy as sp

TAKES = "takes real numbers (float16, float32, float64, integers, booleans)"
DTYPES = (np.float16, np.float32, np.float64)


def reals(x, name: str) -> np.ndarray:
    """`x` as an array of float16, float32 or float64; other real numbers become the nearest float64.

    Raises TypeError for what is no real number and for masked arrays in a list, whose masks NumPy would forget; ValueError for
    numbers beyond float64 and nested lists of unequal lengths; `name` is whose argument it is.
    """
    if _holds_masks(x):
        raise TypeError(f"{name} {TAKES}, got masked arrays in a list; join them by np.ma.stack")
    try:
        array = np.asarray(x)
    except ValueError as error:
        if "inhomogeneous" in str(error):
            raise ValueError(f"{name} takes an array, and these nested lists have unequal lengths") from None
        raise
    if array.dtype == object:
        entries = [_real(entry, name) for entry in array.ravel()]
        return np.array(entries, np.float64).reshape(array.shape)
    if array.dtype.kind in "biu":
        return array.astype(np.float64)
    if array.dtype.type not in DTYPES:
        got = array.dtype.name if array.dtype.kind != "U" else "strings"
        if array.dtype.kind == "f":
            got += ", which has more digits than a kernel computes; convert it by astype(np.float64)"
        elif "float" in got:
            got += "; convert it by astype(np.float32)"
        raise TypeError(f"{name} {TAKES}, got {got}")
    return array


def _holds_masks(x):
    return isinstance(x, (list, tuple)) and any(isinstance(entry, np.ma.MaskedArray) or _holds_masks(entry) for entry in x)


def _real(entry, name):
    """The float64 next to an entry of an array of objects."""
    if isinstance(entry, sp.Expr) and entry.is_number and entry.is_extended_real is not False:
        entry = entry if entry.is_Rational else entry.evalf(30)
    elif not isinstance(entry, (numbers.Real, Decimal, np.bool_)):
        raise TypeError(f"{name} {TAKES}, got {reprlib.repr(entry)} of type {type(entry).__name__}")
    try:
        return float(entry)
    except OverflowError:
        raise ValueError(f"{reprlib.repr(entry)} lies beyond the largest float64") from None
