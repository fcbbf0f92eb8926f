"""The contract of the kernels: shapes, dtypes, special values, errors, and nothing else happens."""

import threading
import warnings
from itertools import pairwise

import numpy as np
import pytest
import sympy as sp
from sympy.codegen.cfunctions import expm1, log1p

import activlib as al
from activlib.definition.written import breakpoints
from activlib.kernels import evaluate
from activlib.kernels.program import BLOCK
from activlib.ulp import reference, ulp_errors

DTYPES = [np.float16, np.float32, np.float64]
ALL = pytest.mark.parametrize("activation", al.activations.values(), ids=al.activations)
ORDERS = pytest.mark.parametrize("n", [0, 1, 2])


def hostile(dtype):
    info = np.finfo(dtype)
    positive = [0, info.smallest_subnormal, info.tiny, info.eps, 1, 16.6, 88, 89, 709, 710, 745, 746, info.max, np.inf]
    with np.errstate(over="ignore"):
        return np.array([*positive, *(-v for v in positive), np.nan], dtype)


def far(activation, n, sign):
    """f^(n) far away in mpmath, and whether it settles there: tends to a limit, finite or not."""
    exact = reference(activation, n)
    values = np.array([float(exact(sign * v)) for v in np.geomspace(1e300, 1e307, 9)])
    if np.isinf(values).all():  # beyond the range already
        return values, bool((values == values[0]).all())
    steps = np.diff(values)
    return values, bool(abs(steps).max() < 1e-3 or (steps > 0).all() or (steps < 0).all())


# Special values

@ALL
@ORDERS
@pytest.mark.parametrize("dtype", DTYPES)
def test_nan_gives_nan_and_numbers_do_not(activation, n, dtype):
    x = hostile(dtype)
    line = activation.line(n)
    nowhere = [float(cut) for i, cut in enumerate(line.cuts) if line.value(i) is sp.nan]  # such as the f'' of sign at 0
    wanted = np.isnan(x) | np.isin(x, nowhere)
    for sign in (-1, 1):
        wanted |= (x == sign * np.inf) & (not far(activation, n, sign)[1])
    assert np.array_equal(np.isnan(evaluate(activation, x, n, {})), wanted)


@ALL
@ORDERS
@pytest.mark.parametrize("sign", [-1, 1])
def test_value_at_infinity_is_what_large_arguments_approach(activation, n, sign):
    values, settles = far(activation, n, sign)
    got = evaluate(activation, sign * np.inf, n, {})
    if not settles:
        assert np.isnan(got)
    elif np.isinf(got):
        assert (np.sign(values) == np.sign(got)).all()
        assert np.isinf(values).all() or (np.diff(abs(values)) > 0).all()
    else:
        assert values == pytest.approx(np.full(9, got), rel=1e-15, abs=1e-290)


def test_an_odd_function_keeps_the_sign_of_zero():
    odd = [a for a in al.activations.values() if a.formula.subs(al.x, -al.x) == -a.formula]
    assert al.tanh in odd
    for f in [*odd, al.define("x/(1 + abs(x))"), al.define("sign(x)*log1p(abs(x))")]:
        assert str(f(-0.0)) == "-0.0"
        assert str(f(0.0)) == "0.0"


@pytest.mark.parametrize(("activation", "parameters", "wanted"), [
    (al.relu, {}, 0), (al.leaky_relu, {}, 0.01), (al.leaky_relu, {"alpha": 0.3}, 0.3),
    (al.elu, {}, 1), (al.elu, {"alpha": 0.1}, 0.1), (al.elu, {"alpha": 2.5}, 2.5),
])
def test_gradient_at_the_kink_is_that_of_the_libraries_function(activation, parameters, wanted):
    assert activation.gradient(0.0, **parameters) == wanted
    assert activation.gradient(-0.0, **parameters) == wanted


@ALL
@ORDERS
def test_limits_hold_for_parameters_that_make_them_indeterminate(activation, n):
    if activation is al.leaky_relu:  # 0 times -oo
        assert evaluate(activation, -np.inf, n, {"alpha": 0}) == 0
    found = evaluate(activation, np.array([-np.inf, np.inf]), n, {})
    assert [not np.isnan(value) for value in found] == [far(activation, n, sign)[1] for sign in (-1, 1)]


# Shapes, dtypes, and what else happens

@ALL
@ORDERS
@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("x", [
    np.float64(0.5), np.zeros(0), np.linspace(-3, 3, 7), np.linspace(-3, 3, 24).reshape(2, 3, 4), np.ones((2, 0, 3)),
    np.linspace(-3, 3, 24).reshape(4, 6).T, np.linspace(-3, 3, 24).reshape(4, 6)[::2, ::-2],
    np.broadcast_to(np.linspace(-3, 3, 5), (3, 5)), np.linspace(-3, 3, 2 * BLOCK + 7),
], ids=lambda x: f"shape {np.shape(x)}")
def test_shape_and_dtype_come_back_and_every_entry_counts(activation, n, dtype, x):
    x = x.astype(dtype, order="K", copy=False)
    y = evaluate(activation, x, n, {})
    assert (y.shape, y.dtype) == (x.shape, dtype)
    few = slice(None, None, max(1, x.size // 50))
    one_by_one = [evaluate(activation, v, n, {}) for v in x.ravel()[few]]
    # NumPy's vector and scalar loops may differ in the last bit.
    assert np.asarray(one_by_one, dtype) == pytest.approx(y.ravel()[few], rel=float(4 * np.finfo(dtype).eps), nan_ok=True)


@ALL
@pytest.mark.parametrize("x", [3, 3.0, True, np.int8(3), np.float64(3), np.array(3)])
def test_a_number_gives_a_numpy_scalar(activation, x):
    assert isinstance(activation(x), np.float64)
    assert isinstance(activation.gradient(np.float32(3)), np.float32)


@ALL
@pytest.mark.parametrize("x", [[0, 1, 2], ((0, 1), (1, 0)), np.arange(3, dtype=np.uint8), np.array([True, False])])
def test_integers_booleans_and_lists_are_float64(activation, x):
    y = activation(x)
    assert y.dtype == np.float64
    assert np.array_equal(y, activation(np.array(x, np.float64)))


@ALL
@pytest.mark.parametrize("dtype", [">f4", ">f8", "<f2"])
def test_foreign_byte_order_is_kept(activation, dtype):
    x = np.linspace(-3, 3, 9).astype(dtype)
    y = activation(x)
    assert y.dtype == x.dtype
    assert np.array_equal(y, activation(x.astype(x.dtype.newbyteorder("="))))


@ALL
@ORDERS
@pytest.mark.parametrize("dtype", DTYPES)
def test_input_is_not_changed_and_may_be_read_only(activation, n, dtype):
    x = hostile(dtype)
    before = x.copy()
    x.flags.writeable = False
    evaluate(activation, x, n, {})
    assert x.tobytes() == before.tobytes()


@ALL
@ORDERS
@pytest.mark.parametrize("dtype", DTYPES)
def test_no_input_warns_and_error_handling_stays_as_it_was(activation, n, dtype):
    with np.errstate(all="raise"), warnings.catch_warnings():
        warnings.simplefilter("error")
        before = np.geterr()
        evaluate(activation, hostile(dtype), n, {})
        assert np.geterr() == before


@pytest.mark.parametrize("dtype", [np.float64, np.float32])
@pytest.mark.parametrize(("name", "n"), [("gelu", 0), ("gelu", 1), ("mish", 1), ("sinc", 2)])
def test_a_number_has_one_value_whatever_stands_beside_it(name, n, dtype):
    # Polynomials serve most inputs here, other programs the rest: whole blocks, and what is gathered from them.
    rng = np.random.default_rng(0)
    odd = [np.inf, -np.inf, np.nan, 0.0, -0.0, 40.0, -40.0, -5.3, 16.0, -16.0, 1e300, -1e300]
    with np.errstate(over="ignore"):
        x = rng.permutation(np.concatenate([3 * rng.normal(size=50_000), np.tile(odd, 20)]).astype(dtype))
    together = evaluate(al.activations[name], x, n, {})
    apart = np.concatenate([evaluate(al.activations[name], part, n, {}) for part in np.array_split(x, 4000)])
    np.testing.assert_array_equal(together, apart)
    np.testing.assert_array_equal(np.signbit(together[~np.isnan(x)]), np.signbit(apart[~np.isnan(x)]))


@ALL
def test_threads_do_not_share_buffers(activation):
    inputs = [np.random.default_rng(seed).normal(size=3 * BLOCK) for seed in range(4)]
    wanted = [activation.gradient(x) for x in inputs]
    results = [[] for _ in inputs]

    def work(x, result):
        result += [activation.gradient(x) for _ in range(5)]

    threads = [threading.Thread(target=work, args=pair) for pair in zip(inputs, results, strict=True)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for result, right in zip(results, wanted, strict=True):
        assert len(result) == 5
        assert all(np.array_equal(y, right) for y in result)


# What is refused

@ALL
@pytest.mark.parametrize("bad", [1j, np.array([1j]), "1", ["a"], None, np.array([None]), np.longdouble(1), al.x])
def test_other_kinds_of_entries_are_refused(activation, bad):
    with pytest.raises(TypeError, match=rf"{activation.name} takes real numbers \(float16, float32, float64, .* got "):
        activation(bad)


def test_parameters_are_validated_on_every_call():
    with pytest.raises(TypeError, match="relu has no parameter 'alpha'; it takes no parameters"):
        al.relu(1.0, alpha=1)
    with pytest.raises(ValueError, match="parameter alpha = -1 lies outside"):
        al.elu(1.0, alpha=-1)
    assert al.elu(-1.0, alpha=1) == al.elu(-1.0, alpha=1.0)
    for bad in (True, "1", [1], np.ones(1), 1j):
        with pytest.raises(TypeError, match="parameter alpha: expected a real number"):
            al.elu(-1.0, alpha=bad)


# Stable forms

def simplified(expression):
    expression = expression.replace(expm1, lambda z: sp.exp(z) - 1).replace(log1p, lambda z: sp.log(1 + z))
    return sp.simplify(expression.replace(sp.erfc, lambda z: 1 - sp.erf(z)).rewrite(sp.exp))


def differences(activation, n, stable):
    """On every interval between breakpoints of either form, the stable minus the textbook form, simplified."""
    forms = [activation.derivative(n), stable]
    values = activation.at()
    cuts = sorted({place for form in forms for b in breakpoints(form) if (place := b.subs(values)).is_real})
    ends = [cuts[0] - 2, *cuts, cuts[-1] + 2] if cuts else [-1, 1]
    points = [sp.nsimplify((a + b) / 2, rational=True) for a, b in pairwise(ends)]

    def piece(form, point):
        return form.replace(sp.Piecewise, lambda *pieces: next(e for e, c in pieces if c.subs(values).subs(al.x, point)))
    return [simplified(piece(stable, point) - piece(forms[0], point)) for point in points]


@ALL
@ORDERS
def test_stable_form_equals_the_textbook_form_on_every_piece(activation, n):
    assert set(differences(activation, n, activation.stable(n))) == {sp.S.Zero}


def test_a_stable_form_with_a_wrong_sign_is_found_out():
    wrong = al.sigmoid.stable(1).replace(sp.exp, lambda z: sp.exp(2 * z))
    assert set(differences(al.sigmoid, 1, wrong)) != {sp.S.Zero}


@ALL
@ORDERS
def test_stable_form_holds_the_textbook_value_at_every_breakpoint(activation, n):
    cuts = activation.line().cuts
    x = np.array([*map(float, cuts), 0.0])
    assert (ulp_errors(activation, x, n) <= 4).all()
