"""What a function of several numbers takes along an axis, what it gives at infinities, and its vector-Jacobian products."""

import numpy as np
import pytest
import sympy as sp

import activlib as al

INF, NAN = np.inf, np.nan
ALL = list(al.vector_activations.values())
OVER_ALL = [f for f in ALL if f.kind in ("axis", "reduce")]
SHARES = [al.softmax, al.sparsemax, al.entmax15, al.hardmax]


def named(several):
    return pytest.mark.parametrize("f", several, ids=lambda f: f.name)


@named(ALL)
@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
def test_an_axis_of_any_array_is_taken_like_rows(f, dtype):
    x = np.random.default_rng(0).normal(size=(3, 4, 2)).astype(dtype)
    before = x.copy()
    for axis in (0, 1, 2, -1, -2):
        if f.kind == "pair" and x.shape[axis] % 2:
            continue
        rows = np.moveaxis(x, axis, -1)
        expected = f(np.ascontiguousarray(rows))
        got = f(x, axis=axis)
        assert got.dtype == dtype
        np.testing.assert_array_equal(got, expected if f.kind == "reduce" else np.moveaxis(expected, -1, axis))
        v = np.ones_like(got)
        pulled = f.vjp(x, v, axis=axis)
        assert pulled.shape == x.shape
        assert pulled.dtype == dtype
    np.testing.assert_array_equal(x, before)


@named(ALL)
def test_integers_booleans_and_lists_count_as_float64(f):
    assert f([1, 0]).dtype == np.float64
    assert f(np.array([True, False])).dtype == np.float64
    assert f([[1, 2], [3, 4]]).shape[0] == 2


@named(ALL)
def test_a_number_an_unknown_axis_and_other_entries_are_refused(f):
    with pytest.raises(ValueError, match="axis"):
        f(1.0)
    with pytest.raises(ValueError, match="axis 2"):
        f([1.0, 2.0], axis=2)
    for axis in ("rows", None, (0,), [0], 0.0, True, np.array([0])):
        with pytest.raises(TypeError, match="axis is an integer"):
            f([1.0, 2.0], axis=axis)
    with pytest.raises(TypeError, match="real numbers"):
        f([1j, 2])
    masked = np.ma.array([1.0, 2.0], mask=[0, 1])
    for x in (masked, [masked, masked], [1.0, np.ma.masked], ([masked],)):
        with pytest.raises(TypeError, match="mask"):
            f(x)
    with pytest.raises(TypeError, match="no parameter"):
        f([1.0, 2.0], temperature=1)
    with pytest.raises(ValueError, match="shape"):
        f.vjp([1.0, 2.0], [1.0, 2.0, 3.0, 4.0, 5.0])


@named(OVER_ALL)
def test_an_axis_without_numbers_is_refused_and_no_rows_are_no_error(f):
    with pytest.raises(ValueError, match="at least one"):
        f(np.zeros((2, 0)))
    assert f(np.zeros((0, 3))).shape == ((0, 3) if f.kind == "axis" else (0,))


def test_a_pair_refuses_an_odd_number():
    with pytest.raises(ValueError, match="two halves"):
        al.swiglu([1.0, 2.0, 3.0])


@named(SHARES)
def test_a_mask_takes_a_number_out_of_the_shares(f):
    x = np.array([0.3, -INF, 0.1, -INF, 0.2])
    got = f(x)
    np.testing.assert_array_equal(got[[0, 2, 4]], f(x[[0, 2, 4]]))
    np.testing.assert_array_equal(got[[1, 3]], 0)


@named(SHARES)
def test_infinities_give_limits_where_there_are_any(f):
    with np.errstate(all="raise"):
        np.testing.assert_array_equal(f([1.0, INF, -INF]), [0, 1, 0])
        np.testing.assert_array_equal(f([INF, 1.0, INF]), [NAN, 0, NAN])
        np.testing.assert_array_equal(f([-INF, -INF]), [NAN, NAN])
        np.testing.assert_array_equal(f([1.0, NAN, INF]), [NAN, NAN, NAN])
        np.testing.assert_array_equal(f([[-INF], [INF], [3.0]]), [[1], [1], [1]])


def test_logarithms_of_shares_and_sums_have_their_limits():
    with np.errstate(all="raise"):
        np.testing.assert_array_equal(al.log_softmax([1.0, INF, -INF]), [-INF, 0, -INF])
        np.testing.assert_array_equal(al.log_softmax([0.0, -INF]), [0, -INF])
        np.testing.assert_array_equal(al.log_softmax([-INF, -INF]), [NAN, NAN])
        assert al.logsumexp([-INF, -INF]) == -INF
        assert al.logsumexp([INF, -INF, INF]) == INF
        assert np.isnan(al.logsumexp([NAN, INF]))
        assert al.maxout([-INF, 3.0, INF]) == INF


def test_halves_of_crelu_that_are_closed_are_zero_without_a_sign():
    for dtype in (np.float64, np.float32, np.float16):
        y = al.crelu(np.array([0.0, -0.0, 2.0, -3.0], dtype))
        np.testing.assert_array_equal(y, [0, 0, 2, 0, 0, 0, 0, 3])
        assert not np.signbit(y).any()


def test_a_gate_that_is_zero_all_around_closes_before_infinity():
    with np.errstate(all="raise"):
        assert al.reglu([INF, -3.0])[0] == 0
        assert al.reglu([INF, -INF])[0] == 0
        assert np.isnan(al.reglu([INF, 0.0])[0])  # open on one side of 0
        assert np.isnan(al.bilinear([INF, 0.0])[0])
        assert al.swiglu([2.0, -INF])[0] == 0
        assert np.isnan(al.swiglu([INF, -INF])[0])  # the gate falls to 0 without reaching it
        assert al.swiglu([INF, -800.0])[0] == -INF
        assert al.glu([-INF, 4.0])[0] == -INF


@named(ALL)
def test_vector_jacobian_products_follow_from_the_symbolic_jacobian(f):
    rng, count = np.random.default_rng(3), 3 if f.kind in ("axis", "reduce") else None
    settings = [{}, *({p.name: 0.5} for p in f.parameters)]
    for parameters in settings:
        values = f.at(**parameters)
        matrix, inputs = f.jacobian(count).subs(values), f.inputs(count)
        for _ in range(3):
            x = rng.normal(size=len(inputs))
            exact = np.array(matrix.subs(dict(zip(inputs, x))).evalf(30), dtype=float)
            np.testing.assert_allclose(f.jacobian_at(x, **parameters), exact, rtol=1e-13, atol=1e-15)
            v = rng.normal(size=exact.shape[0])
            given = v if f.kind != "reduce" else v[0]
            np.testing.assert_allclose(f.vjp(x, given, **parameters), v @ exact, rtol=1e-12, atol=1e-14)


@named([f for f in OVER_ALL if f is not al.hardmax])
def test_vector_jacobian_products_agree_with_finite_differences_in_high_precision(f):
    from flint import arb

    from activlib.balls import precision
    from activlib.vector.kernels.exact import Row
    from activlib.vector.symbols import i

    x, formula = np.random.default_rng(4).normal(size=4), f.formula.subs(f.at())
    results = 4 if f.kind == "axis" else 1

    def value(numbers):
        row = Row(numbers)
        return [row.value(formula, {i: place}) for place in range(1, results + 1)]

    step = arb(2) ** -100
    with precision(600):
        for place in range(4):
            moved = [[arb(number) + (sign * step if place == at else 0) for at, number in enumerate(x)] for sign in (1, -1)]
            up, down = map(value, moved)
            column = [float(((p - q) / (2 * step)).mid()) for p, q in zip(up, down)]
            np.testing.assert_allclose(f.jacobian_at(x)[:, place], column, rtol=1e-13, atol=1e-15)


@named([f for f in ALL if f.kind in ("pair", "expand")])
def test_slopes_of_units_agree_with_finite_differences_in_high_precision(f):
    step, inputs = sp.Float(2, 80) ** -90, f.inputs()
    components = [component.subs(f.at()) for component in f.components()]
    for x in np.random.default_rng(4).normal(size=(5, len(inputs))) * 5:
        for place in range(len(inputs)):
            up, down = ([component.subs({symbol: sp.Float(number, 80) + (sign * step if at == place else 0)
                                         for at, (symbol, number) in enumerate(zip(inputs, x))}).evalf(80)
                         for component in components] for sign in (1, -1))
            column = [float((p - q) / (2 * step)) for p, q in zip(up, down)]
            np.testing.assert_allclose(f.jacobian_at(x)[:, place], column, rtol=1e-13, atol=1e-15)


def test_equal_weights_of_shares_cancel_exactly():
    x = np.random.default_rng(1).normal(size=(50, 7)) * 10
    for f in SHARES:
        np.testing.assert_array_equal(f.vjp(x, np.full((50, 7), 1e8)), 0)


@named([f for f in ALL if f.kind in ("pair", "expand")])
def test_no_numbers_have_no_results_and_no_gradients(f):
    for shape in ((0,), (2, 0), (0, 4)):
        y = f(np.zeros(shape))
        assert y.size == 0
        assert f.vjp(np.zeros(shape), y).shape == shape


@named(ALL)
def test_an_axis_may_be_any_integer_and_an_array_may_lie_in_memory_as_it_likes(f):
    x = np.random.default_rng(8).normal(size=(4, 6))
    expected, wide = f(x), np.repeat(np.repeat(x, 2, 0), 3, 1)
    wide.flags.writeable = False
    for same in (np.asfortranarray(x), wide[::2, ::3], x[::-1, ::-1][::-1, ::-1], x.astype(">f8"), x.astype(object)):
        for axis in (1, -1, np.int8(1), np.uint8(1), sp.Integer(1), np.array(1)):
            y = f(same, axis=axis)
            assert type(y) is np.ndarray
            np.testing.assert_array_equal(y, expected)
            v = np.arange(y.size).reshape(y.shape)
            np.testing.assert_array_equal(f.vjp(same, np.asfortranarray(v), axis=axis), f.vjp(x, v))


@named(ALL)
@pytest.mark.parametrize("bad", [INF, -INF, NAN])
def test_a_weight_counts_where_there_is_a_slope(f, bad):
    with np.errstate(all="raise"):
        if f.kind == "axis":
            x, v = np.array([0.3, 0.2, -INF]), np.array([1.0, 3.0, bad])
            if f is not al.log_softmax:  # whose result at a mask depends on the other numbers
                np.testing.assert_array_equal(f.vjp(x, v), [*f.vjp(x[:2], v[:2]), 0])
            counts = not np.isfinite(f.vjp(x, v[::-1])).all()
            assert counts != (f is al.hardmax)
        elif f.kind == "reduce":
            slopes = f.jacobian_at([0.3, 0.2, -INF])[0]
            np.testing.assert_array_equal(f.vjp([0.3, 0.2, -INF], bad), [bad if slope else 0 for slope in slopes])
        elif f.kind == "pair":
            x = np.array([-1.0 if f is al.clamped_swiglu else 0.0, 0.0])
            slopes = f.jacobian_at(x)[0]
            np.testing.assert_array_equal(f.vjp(x, [bad]), [bad if slope else 0 for slope in slopes])
        else:
            np.testing.assert_array_equal(f.vjp([2.0, -3.0], [1.0, bad, bad, 5.0]), [1.0, -5.0])


@pytest.mark.parametrize("far", [-INF, -1e5])
@named([al.softmax, al.sparsemax, al.entmax15])
def test_a_finite_weight_at_a_share_of_zero_does_not_drown_the_others(f, far):
    x, v = np.array([0.3, 0.2, far]), np.array([1e-300, 3e-300, 1e308])
    with np.errstate(all="raise"):
        pulled = f.vjp(x, v)
    assert pulled[2] == 0
    np.testing.assert_allclose(pulled[:2], 1e-300 * f.vjp(x[:2], [1.0, 3.0]), rtol=1e-15)


def test_a_weight_of_a_logarithm_that_stays_0_does_not_drown_the_others():
    for huge in (1e308, INF, NAN):
        for far in (-1e5, -INF):
            with np.errstate(all="raise"):
                np.testing.assert_array_equal(al.log_softmax.vjp([0.0, far], [huge, 1e-300]), [-1e-300, 1e-300])


@named([al.softmax, al.sparsemax, al.entmax15])
def test_beside_several_infinities_a_share_of_zero_has_no_slope(f):
    np.testing.assert_array_equal(f.vjp([INF, INF, 0.0], [1.0, 2.0, 3.0]), [NAN, NAN, 0])


def test_masked_weights_are_refused():
    with pytest.raises(TypeError, match="mask"):
        al.softmax.vjp([1.0, 2.0], np.ma.array([1.0, 2.0], mask=[0, 1]))


@named([f for f in OVER_ALL if f.parameters])
@pytest.mark.parametrize("tau", [5e-324, 1e-310, 1e300, 1.7e308, sp.Rational(1, 10**400), 10**400],
                         ids=["5e-324", "1e-310", "1e300", "1.7e308", "1e-400", "1e400"])
def test_any_temperature_gives_right_results_and_gradients(f, tau):
    for x in ([1.0, 2.0, -3.0], [1e-310, 0.0, -1e-310], [1e308, 1.0000001e308, -1e308], [0.0, 0.0, 0.0]):
        x = np.array(x)
        with np.errstate(all="raise"):
            y = f(x, tau=tau)
            v = np.array([0.5, -1.0, 2.0])[:np.size(y)].reshape(np.shape(y))
            f.vjp(x, v, tau=tau)
        assert al.ulp_errors(f, x, tau=tau).max() <= 4
        assert al.ulp_errors(f, x, weights=v, tau=tau).max() <= 4
    single = np.array([1.0, 1.5, 1e30], np.float32)
    with np.errstate(all="raise"):
        f(single, tau=tau)
    assert al.ulp_errors(f, single, tau=tau).max() <= 2


@named([f for f in OVER_ALL if f.parameters])
def test_weights_of_any_size_give_right_gradients(f):
    for x in ([0.0, 0.0], [1.0, 0.0], [0.3, 0.0]):
        for v in ([1.7e308, -1.7e308], [1e308, 1e-300], [1e-310, -1e-310], [5e-324, 0.0]):
            v = np.array(v)[:1 if f.kind == "reduce" else 2].reshape(np.shape(f(x)))
            with np.errstate(all="raise"):
                f.vjp(x, v)
            assert al.ulp_errors(f, np.array(x), weights=v).max() <= 4


def test_a_sum_beyond_the_largest_number_is_infinite():
    with np.errstate(all="raise"):
        assert al.logsumexp([1.0, 2.0, 3.0], tau=1.79e308) == INF
        assert al.logsumexp([1.797e308] * 4, tau=1e306) == INF


@named([f for f in ALL if f.kind == "pair"])
def test_products_far_out_are_zeros_with_the_sign_of_what_underflows(f):
    far = np.finfo(float).max
    with np.errstate(all="raise"):
        for a in (far, -far, 1.0):
            for b in (-far, -1e200, -1e4):
                y, slopes = f([a, b])[0], f.vjp([a, b], [1.0])
                assert y == 0 or f.name == "bilinear"
                assert np.signbit(y) == np.signbit(f([a, -30.0])[0]) or f is al.reglu
                assert np.isfinite(slopes).all() or f.name == "bilinear"
