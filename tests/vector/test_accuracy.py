"""Results of several numbers are accurate entry by entry, against mpmath."""

import itertools

import mpmath
import numpy as np
import pytest

import activlib as al

SIZES = (2, 10, 1000)


def ulps(computed, exact, dtype):
    """The largest error in units in the last place of the exact values."""
    info, worst = np.finfo(dtype), 0.0
    for got, want in zip(np.ravel(computed).tolist(), exact, strict=True):
        if abs(want) >= mpmath.ldexp(2 - info.epsneg, info.maxexp - 1):  # it rounds to infinity
            assert got == mpmath.sign(want) * mpmath.inf
            continue
        _, exponent = mpmath.frexp(want)
        unit = mpmath.ldexp(1, max(int(exponent) - 1, info.minexp) - info.nmant)
        worst = max(worst, float(abs(mpmath.mpf(got) - want) / unit))
    return worst


def shares(row, tau):
    terms = [mpmath.exp(mpmath.mpf(number) / tau) for number in row]
    whole = mpmath.fsum(terms)
    return [term / whole for term in terms]


def log_shares(row, tau):
    total = mpmath.log(mpmath.fsum(mpmath.exp(mpmath.mpf(number) / tau) for number in row))
    return [mpmath.mpf(number) / tau - total for number in row]


def projected(row, tau, power):
    """Shares with a threshold, by bisection of their sum."""
    u = [mpmath.mpf(number) / (power * tau) for number in row]
    near, low = sorted(number for number in u if number > max(u) - 1), max(u) - 1
    while True:  # the largest numbers that are enough; Newton's iteration on their sum
        step = (mpmath.fsum((t - low) ** power for t in near) - 1) / (power * mpmath.fsum((t - low) ** (power - 1) for t in near))
        if step < mpmath.mpf(2) ** -600:
            break
        low += step
        near = [t for t in near if t > low]
    return [(t - low) ** power if t - low > mpmath.mpf(2) ** -400 else mpmath.mpf(0) for t in u]


ORACLES = {
    "softmax": shares, "log_softmax": log_shares,
    "sparsemax": lambda row, tau: projected(row, tau, 1), "entmax15": lambda row, tau: projected(row, tau, 2),
    "logsumexp": lambda row, tau: [mpmath.mpf(row[0]) - tau * log_shares(row, tau)[0]],
}


def rows(dtype, count, rng):
    """Ordinary rows, and those that are made to go wrong."""
    far = np.finfo(dtype).max
    yield rng.normal(size=count)
    yield 30 * rng.normal(size=count)
    yield np.zeros(count) + 3
    yield np.where(np.arange(count) == count // 2, 40.0, rng.normal(size=count))
    yield np.where(np.arange(count) % 2, far, -far)
    yield far * (1 - 2.0**-20 * np.arange(count) / count)
    yield -700 * rng.random(count)
    yield np.where(np.arange(count) == 0, 0, -745 + 5 * rng.random(count))
    yield np.arange(count) % 3
    yield np.log1p(np.arange(count)) * 1e-3


def cases():
    for name, dtype, count in itertools.product(ORACLES, (np.float64, np.float32, np.float16), SIZES):
        if count < 1000 or name in ("softmax", "log_softmax") or dtype is np.float64:
            yield name, dtype, count


@pytest.mark.parametrize(("name", "dtype", "count"), [*cases()])
@pytest.mark.parametrize("tau", [1, 0.1, 3])
def test_every_entry_is_within_4_ulp_and_2_in_single(name, dtype, count, tau):
    if count == 1000 and tau == 3:
        tau = 1e-3
    rng, examined = np.random.default_rng(count), 0
    allowed = 4 if dtype == np.float64 else 2
    with mpmath.workdps(700):
        for row in rows(dtype, count, rng):
            if count == 1000 and examined == 4:
                break
            row = row.astype(dtype)
            with np.errstate(all="raise"):
                computed = al.vector_activations[name](row, tau=tau)
            assert computed.dtype == dtype
            numbers = row.tolist()
            exact = ORACLES[name](numbers, mpmath.mpf(tau))
            if name == "logsumexp":  # at its zero it is as ill-conditioned as a difference of two numbers
                size = dtype(max(*map(abs, numbers), abs(float(exact[0])))) / 4
                assert abs(mpmath.mpf(float(computed)) - exact[0]) <= 16 * np.spacing(size)
            else:
                assert ulps(computed, exact, dtype) <= allowed, row
            examined += 1
    assert examined >= 4


@pytest.mark.parametrize("name", ["softmax", "log_softmax"])
def test_a_hundred_thousand_numbers_are_summed_without_loss(name):
    row = np.random.default_rng(5).normal(size=10**5)
    with mpmath.workdps(30):
        exact = ORACLES[name](row.tolist(), 1)
        assert ulps(al.vector_activations[name](row), exact, np.float64) <= 4
        single = row.astype(np.float32)
        assert ulps(al.vector_activations[name](single), ORACLES[name](single.tolist(), 1), np.float32) <= 2


@pytest.mark.parametrize("name", ["glu", "bilinear", "reglu", "geglu", "swiglu", "clamped_swiglu"])
def test_a_product_is_right_where_its_gate_underflows(name):
    gates = {"glu": lambda a, b: a / (1 + mpmath.exp(-b)), "bilinear": lambda a, b: a * b,
             "reglu": lambda a, b: a * max(b, 0), "geglu": lambda a, b: a * b * mpmath.erfc(-b / mpmath.sqrt(2)) / 2,
             "swiglu": lambda a, b: a * b / (1 + mpmath.exp(-b)),
             "clamped_swiglu": lambda a, b: (1 + max(min(a, 7), -7)) * min(b, 7)
             / (1 + mpmath.exp(-mpmath.mpf("1.75") * min(b, 7)))}
    a = np.array([1e300, -1e300, 1.0, 3e-300, 1e300, 1e200, -2.5, 1e-310, 1e300])
    b = np.array([-745.0, -1000.0, -740.0, 1e300, -38.0, 1e-250, -3.7, 1.5, -39.5])
    with mpmath.workdps(500), np.errstate(all="raise"):
        exact = [gates[name](mpmath.mpf(p), mpmath.mpf(q)) for p, q in zip(a.tolist(), b.tolist(), strict=True)]
        # A slope whose products with b are exact: where they round, a gate errs as its kernel does.
        slope = {"alpha": 1.75} if name == "clamped_swiglu" else {}
        assert ulps(al.vector_activations[name](np.concatenate([a, b]), **slope), exact, np.float64) <= 4
