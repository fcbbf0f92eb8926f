"""The browser computes what the mathematics says, for every activation of several numbers and for every number of inputs."""

import itertools
import math
import random

import mpmath
import numpy as np
import pytest
import sympy as sp

import activlib as al
from activlib.explorer.programs import Program
from activlib.explorer.vectors import vector_specification

RUN = """([program, parameters, points, p]) => {
    const text = (value) => (Number.isFinite(value) ? value : String(value));
    return customElements.get("activation-explorer").run(program, parameters, points, p)
        .map(([values, rows]) => [values.map(text), rows.map((row) => row.map(text))]);
}"""
RELATIVE, ABSOLUTE = 1e-12, 1e-13  # far below a pixel; what formulas in double precision give, with room for the far ends
STEP = mpmath.mpf(10) ** -20  # of a difference at 60 digits


@pytest.fixture(scope="module")
def run(scripted):
    """Components and Jacobians of a program at points in the browser."""
    def run(program, points, **parameters):
        found = scripted.evaluate(RUN, [program, [{"key": key} for key in parameters], points, list(parameters.values())])
        assert len(found) == len(points) > 0
        return found

    return run


SPECS = {}


def spec_of(activation):
    """The specification, which takes seconds where there are seven numbers of inputs, made once."""
    if activation.name not in SPECS:
        SPECS[activation.name] = vector_specification(activation)
    return SPECS[activation.name]


CASES = [
    (activation, count)
    for activation in al.vector_activations.values()
    for count in {"pair": [2], "expand": [1]}.get(activation.kind, [2, 3, 5, 8])
]
by_case = pytest.mark.parametrize(("activation", "count"), CASES, ids=[f"{a.name}-{n}" for a, n in CASES])


def points_of(activation, count):
    """Points inside the window, on its edges and far out; no two inputs alike and none at a kink, where a derivative would
    be a convention."""
    rng = random.Random(f"{activation.name} {count}")
    low, high = activation.window
    near = [[rng.uniform(low, high) for _ in range(count)] for _ in range(12)]
    far = [[rng.uniform(100 * low, 100 * high) for _ in range(count)] for _ in range(4)]
    return near + far


def settings(activation):
    default = {p.name: p.default for p in activation.parameters}
    return [default, *({**default, p.name: end} for p in activation.parameters for end in p.slider[:2])]


def program_of(activation, count):
    return next(p for p in spec_of(activation)["programs"] if len(p["inputs"]) == count)


@by_case
def test_components_and_jacobian_match_the_definition(run, activation, count):
    # The definition's textbook form at 60 digits, and its differences: neither shifted nor differentiated by SymPy.
    program, points = program_of(activation, count), points_of(activation, count)
    symbols = [*activation.inputs(count), *(p.symbol for p in activation.parameters)]
    compiled = sp.lambdify(symbols, list(activation.components(count)), "mpmath", cse=True)
    for values in settings(activation):
        exact = [mpmath.mpf(float(value)) for value in values.values()]
        found = run(program, points, **{name: float(value) for name, value in values.items()})
        for at, (components, rows) in zip(points, found, strict=True):
            with mpmath.workdps(60 + 2 * round(max(map(abs, at)))):
                x = list(map(mpmath.mpf, at))
                f = lambda *x, exact=exact: compiled(*x, *exact)  # noqa: E731
                wanted = f(*x)
                moved = [[f(*x[:j], x[j] + sign * STEP, *x[j + 1 :]) for sign in (1, -1)] for j in range(count)]
                slopes = [[(up[i] - down[i]) / (2 * STEP) for up, down in moved] for i in range(len(wanted))]
                pairs = [*zip(components, wanted, strict=True),
                         *zip(itertools.chain(*rows), itertools.chain(*slopes), strict=True)]  # fmt: skip
                size = max(1, *map(abs, at))
                bad = [
                    f"{at}: got {got!r}, want {mpmath.nstr(want, 17)}" for got, want in pairs
                    if isinstance(got, str) or not abs(got - want) <= RELATIVE * abs(want) + ABSOLUTE * size
                ]
            assert not bad, f"{values}\n" + "\n".join(bad)


@by_case
def test_components_match_the_kernels(run, activation, count):
    program, points = program_of(activation, count), points_of(activation, count)
    parameters = {p.name: float(p.default) for p in activation.parameters}
    for at, (components, _) in zip(points, run(program, points, **parameters), strict=True):
        wanted = np.atleast_1d(activation(at))
        assert all(
            math.isclose(got, want, rel_tol=RELATIVE, abs_tol=ABSOLUTE * max(1, *map(abs, at)))
            for got, want in zip(components, wanted, strict=True)
        ), (at, components, wanted)


@by_case
def test_the_static_figure_computes_what_the_browser_does(run, activation, count):
    program, points = program_of(activation, count), points_of(activation, count)
    parameters = {p.name: float(p.default) for p in activation.parameters}
    python = Program(program, parameters)
    for at, (components, rows) in zip(points, run(program, points, **parameters), strict=True):
        assert python.components(at) == pytest.approx(components, rel=1e-12, abs=1e-13)
        for got, want in zip(python.jacobian(at), rows, strict=True):
            assert got == pytest.approx(want, rel=1e-12, abs=1e-13)


@pytest.mark.parametrize("name", ["softmax", "log_softmax", "logsumexp", "sparsemax", "entmax15"])
def test_scores_that_overflow_when_exponentiated_give_finite_values(run, name):
    activation = al.vector_activations[name]
    points = [[1e4, -1e4, 0.0], [-1e6, -1e6, -1e6 - 1], [1e8, 1e8, 1e8]]
    for components, rows in run(program_of(activation, 3), points, tau=0.1):
        assert all(isinstance(value, (int, float)) for value in (*components, *itertools.chain(*rows)))
