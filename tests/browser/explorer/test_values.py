"""The browser computes what the mathematics says, for every activation of the catalogue."""

import math

import mpmath
import pytest
import sympy as sp

import activlib as al
from activlib.explorer.specification import ORDERS, specification
from activlib.explorer.trees import tree

EVALUATE = """([tree, keys, p, points]) => points.map(([x, side]) => {
    const value = customElements.get("activation-explorer").evaluate(tree, keys, x, side, p);
    return Number.isFinite(value) ? value : String(value);
})"""
LINEAR = [i / 8 for i in range(-120, 121)]
LOGARITHMIC = [sign * 10.0 ** (k / 4) for k in range(-48, 37) for sign in (-1, 1)]  # as far as a reader can go
POINTS = LINEAR + LOGARITHMIC
# The draw is to a hundredth of a pixel; this is what formulas in double precision give.
RELATIVE = 1e-13
# Absolute error of f'' relative to its size elsewhere: it changes sign, and cancels there.
ABSOLUTE = {0: 1e-16, 1: 1e-16, 2: 1e-15}
# A window is at least 1e-9 high, or as much of the heights in it: a curve is right to a twentieth of
# a pixel in any. (A value next to 0 may have lost digits that none can see.)
NOISE = 1e-13
FAR, NEIGHBORS = 30, 4


@pytest.fixture(scope="module")
def evaluate(scripted):
    """Values of a tree at (x, side) in the browser."""
    def evaluate(tree, points, **parameters):
        values = scripted.evaluate(EVALUATE, [tree, list(parameters), list(parameters.values()), points])
        assert len(values) == len(points) > 0
        return [float({"Infinity": "inf", "-Infinity": "-inf"}.get(v, v)) if isinstance(v, str) else v for v in values]

    return evaluate


def settings(activation):
    """Exact parameter values to test at: the defaults, and both ends of every slider where no two breakpoints meet."""
    default = {p.name: p.default for p in activation.parameters}
    ends = [{**default, p.name: end} for p in activation.parameters for end in p.slider[:2]]
    places = [[b.subs(activation.at(**values)) for b in activation.breakpoints] for values in ends]
    return [default, *(values for values, found in zip(ends, places, strict=True) if len({*found}) == len(found))]


def wrong(activation, points, got, wanted, n, exact):
    """What differs by more than is allowed, as lines of text. Far out a wave is so ill-conditioned that rounding ωx moves it:
    there as much is allowed as `exact`, a function, differs at the next floats."""

    def right(x, g, w):
        error = abs(g - w)
        if g == float(w) or (math.isnan(g) and mpmath.isnan(w)) or error <= RELATIVE * abs(w) + ABSOLUTE[n] + NOISE:
            return True
        beside = (exact(math.nextafter(x, end)) for end in (-math.inf, math.inf))
        return bool(abs(x) > FAR and error <= NEIGHBORS * max(abs(value - w) for value in beside))

    return [f"x = {x!r}: got {g!r}, want {mpmath.nstr(w, 17)}" for x, g, w in zip(points, got, wanted, strict=True)
            if not right(x, g, w)]


@pytest.mark.parametrize("n", ORDERS.values())
@pytest.mark.parametrize("activation", al.activations.values(), ids=lambda a: a.name)
def test_browser_values_match_mpmath(evaluate, activation, n):
    # Independent of the stable forms that the browser evaluates: the textbook formula, differentiated.
    node = specification(activation)["curves"][0]["orders"][n]["value"]
    for values in settings(activation):
        compiled = sp.lambdify(al.x, activation.derivative(n).subs(activation.at(**values)), "mpmath")
        got = evaluate(node, [[x, x] for x in POINTS], **{name: float(value) for name, value in values.items()})

        def exact(x, compiled=compiled):
            return mpmath.nan if (y := compiled(mpmath.mpf(x))) is None else mpmath.mpf(y)

        with mpmath.workdps(60):
            bad = wrong(activation, POINTS, got, [exact(x) for x in POINTS], n, exact)
        assert not bad, f"{values}\n" + "\n".join(bad)


@pytest.mark.parametrize("activation", al.activations.values(), ids=lambda a: a.name)
def test_browser_values_match_the_kernels(evaluate, activation):
    spec = specification(activation)["curves"][0]
    for values in settings(activation):
        for n, kernel in enumerate((activation, activation.gradient)):
            floats = {name: float(value) for name, value in values.items()}
            got = evaluate(spec["orders"][n]["value"], [[x, x] for x in POINTS], **floats)

            def exact(x, kernel=kernel, values=values):
                return mpmath.mpf(float(kernel(x, **values)))

            bad = wrong(activation, POINTS, got, [mpmath.mpf(float(y)) for y in kernel(POINTS, **values)], n, exact)
            assert not bad, f"{values}, n = {n}\n" + "\n".join(bad)


KINKED = [a for a in al.activations.values() if a.breakpoints]


@pytest.mark.parametrize("n", ORDERS.values())
@pytest.mark.parametrize("activation", KINKED, ids=lambda a: a.name)
def test_one_sided_values_at_breakpoints_are_the_limits_of_the_pieces(evaluate, activation, n):
    node = specification(activation)["curves"][0]["orders"][n]["value"]
    for values in settings(activation):
        exact = activation.at(**values)
        floats = {name: float(value) for name, value in values.items()}
        for lower, upper, piece in activation.pieces(n, **values):
            for end, inward in ((lower, 1), (upper, -1)):
                place = end.subs(exact)
                if place.is_infinite:
                    continue
                (got,) = evaluate(node, [[float(place), float(place) + inward * 1e-9]], **floats)
                want = float(sp.limit(piece.subs(exact), al.x, place, "+" if inward > 0 else "-"))
                at_pole = math.isinf(want) and math.isinf(got)  # which sign it has, floats do not say
                assert at_pole or math.isclose(got, want, rel_tol=RELATIVE, abs_tol=ABSOLUTE[n]), (values, end, inward)


def test_erf_and_erfc_keep_their_accuracy_over_the_whole_line(evaluate):
    points = [i / 64 for i in range(-64 * 7, 64 * 27)] + [0.0, 1e-300, -1e-20, 1.5, -1.5, 30.0, -30.0, 1e6]
    for function, oracle in ((sp.erf, mpmath.erf), (sp.erfc, mpmath.erfc)):
        got = evaluate(tree(function(al.x), {al.x: "x"}), [[x, x] for x in points])
        with mpmath.workdps(40):
            bad = [
                f"{function.__name__}({x!r}): got {g!r}, want {mpmath.nstr(want, 17)}"
                for x, g in zip(points, got, strict=True)
                if not abs(g - (want := oracle(mpmath.mpf(x)))) <= 1e-14 * abs(want) + 5e-324
            ]
        assert not bad, "\n".join(bad)


@pytest.mark.parametrize(
    "function", [sp.exp, sp.log, sp.sin, sp.cos, sp.atan, sp.sinh, sp.cosh, sp.tanh, sp.sqrt, lambda z: z ** sp.Rational(1, 3)]
)
def test_every_function_of_the_formula_language_reaches_the_browser(evaluate, function):
    points = [i / 16 for i in range(1, 100)]
    expression = function(al.x)
    got = evaluate(tree(expression, {al.x: "x"}), [[x, x] for x in points])
    want = [float(expression.subs(al.x, sp.Rational(x)).evalf(30)) for x in points]
    assert all(math.isclose(g, w, rel_tol=1e-14) for g, w in zip(got, want, strict=True))
