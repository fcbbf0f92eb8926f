"""What an activation takes for numbers: each kind of array works, or is refused with the reason."""

from decimal import Decimal
from fractions import Fraction

import numpy as np
import pytest
import sympy as sp

import activlib as al

f = al.elu


class Series:
    """Something with numbers and labels, such as the series of a data frame."""

    def __init__(self, values, labels):
        self.values, self.labels = np.array(values), labels

    def __array__(self, dtype=None, copy=None):
        return self.values


# The argument, and the same numbers as a float64 array.
TAKEN = {
    "a list": ([-1, 0.5, 2], [-1, 0.5, 2]),
    "a nested tuple": (((1, 2), (3, -4)), [[1, 2], [3, -4]]),
    "a range": (range(3), [0, 1, 2]),
    "an empty list": ([], []),
    "no rows": (np.empty((0, 3)), np.empty((0, 3))),
    "booleans": ([True, False], [1, 0]),
    "integers": (np.arange(-3, 3, dtype=np.int8), range(-3, 3)),
    "unsigned integers": (np.array([2**64 - 1], np.uint64), [2.0**64]),
    "integers beyond int64": ([10**30, -(10**30)], [1e30, -1e30]),
    "mixed objects": ([10**30, Fraction(-1, 3), 2], [1e30, -1 / 3, 2]),
    "an object array": (np.array([[1, -2.5], [True, Decimal("-0.1")]], object), [[1, -2.5], [1, -0.1]]),
    "fractions": ([Fraction(1, 3), Fraction(-1, 3)], [1 / 3, -1 / 3]),
    "SymPy numbers": ([sp.Rational(-1, 3), sp.pi, -sp.sqrt(2), sp.Float("0.1", 50)], [-1 / 3, np.pi, -np.sqrt(2), 0.1]),
    "infinities of SymPy": ([sp.oo, -sp.oo, sp.nan], [np.inf, -np.inf, np.nan]),
    "a series": (Series([-1.0, 2.0], "ab"), [-1, 2]),
    "a matrix": (np.array([[1.0, -2.0]]).view(np.matrix), [[1, -2]]),
    "a memory view": (memoryview(np.array([-1.0, 1.0])), [-1, 1]),
}


@pytest.mark.parametrize(("argument", "numbers"), TAKEN.values(), ids=TAKEN)
def test_real_numbers_of_any_kind_give_a_plain_array(argument, numbers):
    numbers = np.array(numbers, np.float64)
    for function in (f, f.gradient):
        got = function(argument)
        assert type(got) is np.ndarray
        assert (got.dtype, got.shape) == (np.float64, numbers.shape)
        np.testing.assert_array_equal(got, function(numbers))


@pytest.mark.parametrize(("number", "same"), [
    (-1, -1.0), (True, 1.0), (Fraction(-2, 3), -2 / 3), (Decimal("-1.5"), -1.5), (10**30, 1e30), (-(2**63) - 1, -(2.0**63)),
    (sp.Rational(-1, 3), -1 / 3), (sp.E, np.e), (-sp.oo, -np.inf), (np.array(-1.0), -1.0),
    (np.array(-1), -1.0), (np.bool_(True), 1.0),
])
def test_a_number_of_any_kind_gives_a_float64(number, same):
    got = f(number)
    assert type(got) is np.float64
    assert got == f(np.float64(same))


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64])
@pytest.mark.parametrize("order", [">", "<"])
def test_floats_keep_their_dtype_layout_and_byte_order(dtype, order):
    x = np.linspace(-3, 3, 24, dtype=dtype).astype(np.dtype(dtype).newbyteorder(order)).reshape(2, 3, 4)
    for view in (x, x.T, x[:, ::2], x[::-1, :, 1:3], np.asfortranarray(x)):
        got = f(view)
        assert (got.dtype, got.shape) == (x.dtype, view.shape)
        np.testing.assert_array_equal(got, f(np.array(view, dtype, order="C")))
    assert type(f(x[0, 0, 0])) is dtype


@pytest.mark.parametrize("dtype", [np.float16, np.float32, np.float64, np.int32])
def test_a_masked_array_keeps_its_mask(dtype):
    x = np.ma.array([[-1, 2], [3, 4]], dtype, mask=[[False, True], [False, False]])
    got = f.gradient(x)
    assert isinstance(got, np.ma.MaskedArray)
    assert got.dtype == (np.float64 if dtype is np.int32 else dtype)
    np.testing.assert_array_equal(got.mask, x.mask)
    np.testing.assert_array_equal(got.compressed(), f.gradient(x.compressed()))
    got[0, 0] = np.ma.masked
    assert not x.mask[0, 0]


def test_masked_arrays_without_and_with_all_masked():
    assert not np.ma.is_masked(f(np.ma.array([1.0, 2.0])))
    assert f(np.ma.array([np.nan, np.inf], mask=True)).mask.all()
    assert f(np.ma.masked).mask
    assert f(np.ma.masked_invalid([1.0, np.nan])).tolist() == [1.0, None]


REFUSED = {
    "complex numbers": ([1j], TypeError, "elu takes real numbers .*, got complex128$"),
    "a complex number": (1 + 0j, TypeError, "got complex128$"),
    "strings": (["1"], TypeError, "got strings$"),
    "a string": ("1.5", TypeError, "got strings$"),
    "bytes": (b"1", TypeError, "got bytes"),
    "nothing": (None, TypeError, "got None of type NoneType$"),
    "a missing value": ([1.0, None], TypeError, "got None of type NoneType$"),
    "a symbol": (al.x, TypeError, "got x of type Symbol$"),
    "an imaginary number of SymPy": (sp.I, TypeError, "got I of type"),
    "a set": ({1}, TypeError, r"got \{1\} of type set$"),
    "a dictionary": ({1: 2}, TypeError, "of type dict$"),
    "a generator": ((i for i in [1]), TypeError, "of type generator$"),
    "dates": (np.array(["2020-01-01"], "M8[D]"), TypeError, "got date"),
    "records": (np.zeros(2, [("a", float)]), TypeError, "got void64$"),
    "an activation": (al.relu, TypeError, "of type Activation$"),
    "unequal lists": ([[1], [2, 3]], ValueError, "elu takes an array, and these nested lists have unequal lengths"),
    "an integer beyond float64": (10**400, ValueError, "^1000.* lies beyond the largest float64$"),
    "a fraction beyond float64": ([Fraction(10**400)], ValueError, "lies beyond the largest float64$"),
    "masked arrays in a list": ([np.ma.array([1.0], mask=[True])], TypeError, "masked arrays in a list; join .* np.ma.stack$"),
    "a masked entry of a list": ([1.0, np.ma.masked], TypeError, "masked arrays in a list"),
    "long doubles": (np.ones(2, np.longdouble), TypeError,
                     r"got .*, which has more digits .* convert it by astype\(np.float64\)$"),
}


@pytest.mark.parametrize(("argument", "error", "message"), REFUSED.values(), ids=REFUSED)
def test_what_is_no_real_number_is_refused_with_the_reason(argument, error, message):
    with pytest.raises(error, match=message):
        f(argument)

