"""Tries to falsify what is proved of the kernels: with mpmath, at the ends of intervals and where formulas break."""

import dataclasses
import warnings
from itertools import pairwise

import mpmath
import numpy as np
import pytest
import sympy as sp

import activlib as al
from activlib.kernels import evaluate, kernel
from activlib.kernels.compile import compile_expression
from activlib.kernels.exact import Exact
from activlib.kernels.intervals import FLOAT32_FORMAT, FLOAT64
from activlib.kernels.program import INPUT, Compare, Constant, Program, select
from activlib.kernels.proof import errors
from activlib.kernels.report import Accuracy, Row, accuracy
from activlib.ulp import ulp_errors
from smooth_formulas import formulas

x = al.x
BOUNDS = {np.float64: 4, np.float32: 2, np.float16: 2}
DIGITS, DIGITS_NEAR_ZERO = 420, 2000  # what cancels next to 0 takes many
CASES = [(a, n) for a in al.activations.values() for n in (0, 1, 2)]
ALL = pytest.mark.parametrize(("activation", "n"), CASES, ids=[f"{a.name}-{n}" for a, n in CASES])


def adversarial(parts, dtype, seed, few=30):
    """Ends of intervals with their neighbors, where arithmetic over- and underflows, and what networks see."""
    rng = np.random.default_rng(seed)
    ends = np.array([end for p in parts for end in (p.low, p.high) if abs(end) < 1e4])
    ends = rng.permutation(np.unique(ends))[:few]
    edges = np.array([88.7, 103.9, 354.9, 709.8, 745.2, 1e5, 1e-3, 1e-8, 1e-20, 1e-160, 1e-310])
    with np.errstate(all="ignore"):
        usual = rng.normal(size=few) * 3, np.round(rng.normal(size=5) * 4) / 2
        found = np.concatenate([ends, edges, -edges, *usual]).astype(dtype)
        found = np.unique(np.concatenate([found, *(np.nextafter(found, dtype(s)) for s in (-np.inf, np.inf))]))
    return found[np.isfinite(found)]


class Textbook:
    """The n-th derivative in mpmath, piece by piece; None where it is not defined or nothing is settled."""

    def __init__(self, activation, n):
        form = activation.line(n)
        self.cuts = [mpmath.mpf(int(c.p)) / int(c.q) if c.is_Rational else mpmath.mpf(str(c.evalf(450))) for c in form.cuts]
        self.pieces = [None if e is sp.nan else sp.lambdify(x, form.fixed(e), "mpmath") for e in form.expressions]
        self.held = [form.value(i) for i in range(len(self.cuts))]

    def __call__(self, point):
        with mpmath.workdps(DIGITS_NEAR_ZERO if 0 < abs(float(point)) < 1e-30 else DIGITS):
            return self.value(mpmath.mpf(float(point)))

    def value(self, point):
        for i, cut in enumerate(self.cuts):
            if point == cut:
                held = self.held[i]
                return mpmath.mpf(str(held.evalf(40))) if held.is_finite and held.is_real else None
        function = self.pieces[sum(cut < point for cut in self.cuts)]
        if function is None:
            return None
        try:
            value = function(point)
        except (ValueError, ZeroDivisionError, OverflowError):
            return None
        return value if isinstance(value, mpmath.mpf) else None


def in_ulp(computed, values, info):
    """The distance in ulp from the interval of the values; beyond the largest number everything counts as the end."""
    end = mpmath.ldexp(1, int(info.maxexp))
    exponent = max(mpmath.frexp(values[0])[1] if values[0] else info.minexp, info.minexp + 1)
    low, high, computed = (min(max(v, -end), end) for v in (min(values), max(values), mpmath.mpf(float(computed))))
    return max(low - computed, computed - high, 0) / mpmath.ldexp(1, int(min(exponent, info.maxexp)) - info.nmant - 1)


def broken(activation, n, dtype, seed, few=30):
    """Lines `x => got != wanted` for the points that miss the contract, and how many were compared."""
    points = adversarial(kernel(activation, n, {}, dtype is np.float64).parts, dtype, seed, few)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        computed = evaluate(activation, points, n, {})
    found, compared, info = [], 0, np.finfo(dtype)
    with mpmath.workdps(DIGITS):
        exact = Textbook(activation, n)
        for point, got in zip(points, computed, strict=True):
            value = exact(point)
            if value is None or mpmath.isnan(value) or not mpmath.isfinite(value):
                continue
            compared += 1
            if np.isnan(got):
                found.append(f"{point!r} => nan != {mpmath.nstr(value, 20)}")
                continue
            error = in_ulp(got, [value], info)
            if error > BOUNDS[dtype]:
                with np.errstate(all="ignore"):
                    near = [exact(np.nextafter(point, dtype(side))) for side in (-np.inf, np.inf)]
                error = in_ulp(got, [value, *(v for v in near if v is not None and mpmath.isfinite(v))], info)
            if error > BOUNDS[dtype]:
                found.append(f"{point!r} => {got!r} != {mpmath.nstr(value, 20)} ({mpmath.nstr(error, 3)} ulp)")
    return found, compared


def test_a_form_that_holds_on_one_side_of_0_alone_serves_no_piece_on_the_other():
    f = al.define("x if x >= 0 else x/sqrt(1 + alpha*x**2)", alpha=sp.Rational(1, 10))
    found, count = broken(f, 2, np.float64, seed=7)
    assert not found, "\n".join(found[:8])
    assert count > 20


@pytest.mark.parametrize("text", formulas(14, seed=1))
def test_generated_formulas_keep_the_contract(text):
    try:
        f = al.define(text)
    except ValueError as refused:
        pytest.skip(f"not a definition: {refused}")
    compared = 0
    for n, dtype in ((0, np.float64), (1, np.float64), (2, np.float32), (0, np.float16)):
        found, count = broken(f, n, dtype, seed=n, few=8)
        assert not found, f"order {n}, {dtype.__name__}: " + "\n".join(found[:8])
        compared += count
    assert compared > 40


@pytest.mark.parametrize("text", [
    "x/(1 + abs(x))", "x - tanh(x)", "(x + sqrt(x**2 + 4))/2", "x*(1 + erf(x/sqrt(2)))/2", "sin(x)/x if x != 0 else 1",
    "(exp(x) - 1)/x if x != 0 else 1", "(exp(x) - exp(-x))/(exp(x) + exp(-x))", "x*exp(-x**2)", "log(1/(1 + exp(-x)))",
    "exp(x)/(1 + exp(x))**2", "x**2/(1 + x**2)", "1 - cos(x)", "sqrt(x**2 + 1) - 1", "x*(2/pi*atan(x) - 1)", "1/x", "log(x)",
    "sqrt(x**2 + x + 1) if x > -3 else 0", "1 if x > 2 else 1/sqrt(3 + x**2)",
])
def test_formulas_that_cancel_overflow_or_divide_by_zero_keep_the_contract(text):
    f = al.define(text)
    for n, dtype in ((0, np.float64), (1, np.float64), (2, np.float64), (0, np.float32), (1, np.float32)):
        found, count = broken(f, n, dtype, seed=7)
        assert not found, f"order {n}, {dtype.__name__}: " + "\n".join(found[:8])
        assert count > 20


@ALL
def test_the_intervals_of_a_plan_hold_every_number_once(activation, n):
    for double, dtype in ((True, np.float64), (False, np.float32)):
        parts = kernel(activation, n, {}, double).parts
        largest = float(np.finfo(dtype).max)
        assert (parts[0].low, parts[-1].high) == (-largest, largest)
        assert all(float(np.nextafter(dtype(a.high), dtype(np.inf))) == b.low for a, b in pairwise(parts))
        assert all(p.beyond <= BOUNDS[dtype] for p in parts)


@ALL
def test_measured_errors_stay_below_the_proved_bound_of_their_interval(activation, n):
    rng = np.random.default_rng(n)
    for part in kernel(activation, n, {}, True).parts:
        low, high = max(part.low, -40), min(part.high, 40)
        if low < high and not isinstance(part.source, (Exact, np.float64)) and part.plain < 1e6:
            points = np.clip(rng.uniform(low, high, 12), part.low, part.high)
            assert ulp_errors(activation, points, n).max() <= part.plain + 1e-9, f"in [{part.low}, {part.high}]: {part.label}"


# What must not be proved

def bound(e, low, high, result=FLOAT64):
    ends = np.array([low]), np.array([high])
    return float(errors(compile_expression(e), *ends, FLOAT64, result).beyond[0])


@pytest.mark.parametrize(("e", "low", "high"), [
    (sp.exp(x) - 1, 1e-9, 1.1e-9), (1 - sp.tanh(x) ** 2, 17, 17.5), (1 + sp.erf(x), -5, -4.9), (x / (1 + sp.exp(-x)), -720, -719),
    ((2 - x**2) * sp.exp(-(x**2) / 2), 1e200, 1.1e200), (sp.log(1 + sp.exp(x)), 720, 721), (sp.log(1 + sp.exp(x)), -40, -39),
    (x - sp.sqrt(x**2 - 1), 1e6, 1.01e6), (1 / (1 + x**2) ** 2, 1e78, 1.01e78), (sp.sin(sp.exp(x)), 30, 30.01), (1 / x, 0, 1),
    (sp.cos(x) - 1, 1e-5, 1.1e-5), (x / sp.sqrt(1 + x**2), 1e160, 1.1e160),
], ids=str)
def test_a_program_that_is_wrong_is_not_proved(e, low, high):
    assert not bound(e, low, high) <= 4
    middle = np.array([low * 0.4 + high * 0.6])
    with np.errstate(all="ignore"):
        got = Program(compile_expression(e), np.float64).trace(middle[0])[-1]
    with mpmath.workdps(DIGITS):
        exact = sp.lambdify(x, e, "mpmath")(mpmath.mpf(float(middle[0])))
        assert np.isnan(got) or in_ulp(got, [exact], np.finfo(float)) > 4 or low == 0


@pytest.mark.parametrize(("e", "low", "high"), [
    (x / (1 + sp.exp(-x)), 1, 1.05), (sp.exp(x), -3, -2.9), (x * sp.sin(x), 1e8, 1e9), (sp.exp(-(x**2) / 2), 20, 20.001),
])
def test_a_program_that_is_right_is_proved_with_a_bound_above_what_is_measured(e, low, high):
    proved = bound(e, low, high)
    points = np.random.default_rng(0).uniform(low, high, 40)
    assert ulp_errors(al.define(e), points, candidate=lambda v: np.array(
        [Program(compile_expression(e), np.float64).trace(p)[-1] for p in v]), neighbors=True).max() <= proved <= 4


def test_a_piece_is_proved_whatever_the_program_of_the_others_gives_there():
    # log(-x) to the left of 0, exp(x) from there on: to the right NaN is computed, and not chosen.
    steps = [(np.negative, (INPUT,)), (np.log, (0,)), (np.exp, (INPUT,)),
             (Compare(np.greater_equal), (INPUT, Constant(np.float64(0)))), (select, (3, 2, 1))]
    program = Program(steps, np.float64)
    for low, high, exact in ((0.0, 2.0, mpmath.exp), (-9.0, -3.0, lambda v: mpmath.log(-v))):
        ends = np.linspace(low, high, 65)
        found = errors(steps, ends[:-1], np.nextafter(ends[1:], -np.inf), FLOAT64, FLOAT64)
        assert not found.undefined.any()
        assert (found.plain <= 2.1).all()
        out = np.empty(64)
        with np.errstate(all="ignore"):
            program(ends[:-1].copy(), out)
        with mpmath.workdps(40):
            measured = [abs(y - exact(mpmath.mpf(v))) / np.spacing(abs(y)) for v, y in zip(ends, out, strict=False)]
        assert (np.array(measured, float) <= found.plain).all()


def test_float32_results_are_proved_in_float64_arithmetic_where_float64_ones_are_not():
    e = 1 + sp.erf(x)
    assert not bound(e, -3.1, -3) <= 4
    assert bound(e, -3.1, -3, FLOAT32_FORMAT) <= 2


# The report

def test_accuracy_prints_the_bound_the_forms_and_the_slow_share():
    report = accuracy(al.silu)
    assert [(row.order, row.dtype) for row in report.rows] == [(n, d) for n in (0, 1, 2) for d in ("float64", "float32")]
    assert all(row.bound <= BOUNDS[getattr(np, row.dtype)] for row in report.rows)
    text = repr(report)
    assert "as written" in text
    assert "ball arithmetic" in text
    assert repr(accuracy(al.silu)) == text
    assert report._repr_html_().count("<tr>") == 7


def test_accuracy_says_in_words_where_a_form_holds_and_unfolds_the_others():
    row = Row("float32", 0, 1.0, True, 0.0, ((-np.finfo("f").max, -2.5, "0"), (-2.5, 0.0, "pieces: as written; in 1/x"),
                                             (0.0, 0.0, "0"), (0.0, np.finfo("f").max, "as written")))
    assert row.forms == ["x ≤ −2.5: 0", "−2.5 ≤ x ≤ 0: by pieces (as written; in 1/x)", "x = 0: 0", "x ≥ 0: as written"]
    assert row.main in ("as written, x ≥ 0", "by pieces (as written; in 1/x), −2.5 ≤ x ≤ 0")
    many = dataclasses.replace(row, intervals=tuple((float(k), k + 1.0, "0") for k in range(7)))
    assert many.forms[-1] == "and 1 interval more"
    assert many.main == "0, 0 ≤ x ≤ 1"
    near = Accuracy("title", (dataclasses.replace(row, plain=False),))
    assert near.rows[0].bound_text == "1*"
    assert "* of the value at x or at a float next to x" in repr(near)
    assert "next to x" in near._repr_html_()
    shown = Accuracy("title", (many, dataclasses.replace(row, intervals=((-np.inf, np.inf, "as written"),))))._repr_html_()
    assert shown.count("<details>") == 1
    assert "<td>as written, all finite x</td>" in shown
    assert "*" not in shown


def test_accuracy_of_a_piecewise_linear_function_needs_no_slow_path():
    assert all(row.slow == 0 and row.bound <= 0.5 and row.plain for row in accuracy(al.relu).rows)


@pytest.mark.parametrize("activation", [
    al.hard_sigmoid, al.hard_swish, *map(al.define, ("x*max(0, min(1, x/6 + 1/2))", "max(-2, min(3, x/7 + 1))"))])
def test_one_program_serves_a_clamped_ramp_up_to_its_ends(activation):
    for row in accuracy(activation).rows:
        assert len(row.intervals) == 1 and row.slow == 0, row


def test_accuracy_refuses_what_the_activation_refuses():
    with pytest.raises(TypeError, match="relu has no parameter 'alpha'"):
        accuracy(al.relu, alpha=1)


def test_accuracy_is_public():
    assert al.accuracy is accuracy
