"""A reader's own function: strings and SymPy expressions have the values that they say."""

import contextlib
from random import Random
from typing import ClassVar

import numpy as np
import pytest
import sympy as sp
from mpmath import mp, mpf

import activlib as al
from effort import FEW, counted

x = al.x


# Strings

def relu(z):
    return max(z, mpf(0))


GOOD = {
    "x": lambda x: x,
    "  -x + +2 ": lambda x: 2 - x,
    "x*tanh(exp(x))": lambda x: x * mp.tanh(mp.exp(x)),
    "x**3 - 2*x**2/7": lambda x: x**3 - 2 * x**2 / 7,
    "-x**2": lambda x: -(x**2),
    "2**-x": lambda x: mpf(2) ** -x,
    "2**x**2": lambda x: mpf(2) ** (x**2),
    "0.1*x + 1e-3 + 1_000 + .5 + 2. + 0x10": lambda x: x / 10 + mpf(1) / 1000 + mpf("1018.5"),
    "0.1000000000000000055511151231257827": lambda x: mpf(1000000000000000055511151231257827) / mpf(10) ** 34,
    "pi*x + e": lambda x: mp.pi * x + mp.e,
    "log(1000) + sqrt(1000) - exp(600)/e**600": lambda x: mp.log(1000) + mp.sqrt(1000) - 1,
    "exp(x) + log(1 + x*x) + sqrt(1 + x*x)": lambda x: mp.exp(x) + mp.log(1 + x * x) + mp.sqrt(1 + x * x),
    "expm1(x) + log1p(x*x)": lambda x: mp.expm1(x) + mp.log1p(x * x),
    "sin(x) - cos(2*x) + atan(x)": lambda x: mp.sin(x) - mp.cos(2 * x) + mp.atan(x),
    "sinh(x) + cosh(x) - tanh(x)": lambda x: mp.sinh(x) + mp.cosh(x) - mp.tanh(x),
    "erf(x) - erfc(x)": lambda x: mp.erf(x) - mp.erfc(x),
    "sigmoid(x) + softplus(-x)": lambda x: 1 / (1 + mp.exp(-x)) + mp.log(1 + mp.exp(-x)),
    "relu(x - 1) + abs(x + 1)*sign(x)": lambda x: relu(x - 1) + abs(x + 1) * mp.sign(x),
    "max(-1, min(1, x)) + relu(relu(x))": lambda x: max(-1, min(1, x)) + relu(x),
    "max(x, 2*x)": lambda x: max(x, 2 * x),
    "abs(abs(x) - 1)": lambda x: abs(abs(x) - 1),
    "sqrt(x**2) + (x**4)**(1/4)": lambda x: 2 * abs(x),
    "x if x > 0 else exp(x) - 1": lambda x: x if x > 0 else mp.expm1(x),
    "1 if -1 <= x < 1 else (2 if x >= 1 else 3)": lambda x: 1 if -1 <= x < 1 else 2 if x >= 1 else 3,
    "1 if x < -1 or x > 1 and x != 2 else 0": lambda x: 1 if x < -1 or (x > 1 and x != 2) else 0,
    "7 if x == 1 else x": lambda x: 7 if x == 1 else x,
    "1 if x*x > 2 else 0": lambda x: 1 if x * x > 2 else 0,
    "1 if tanh(x) >= 0 else 0": lambda x: 1 if x >= 0 else 0,
    "x if 1 > 0 else 2": lambda x: x,
    "(x\n+ 1)": lambda x: x + 1,
    "((((x))))": lambda x: x,
    "ｘ + 1": lambda x: x + 1,  # Python reads a full-width letter as the letter
}
POINTS = [mpf(p) for p in ("-3.25", "-2", "-1", "-0.3", "0", "0.5", "1", "1.75", "2", "4")]


def near(got, wanted, digits):
    return abs(got - wanted) <= mpf(10) ** -digits * max(1, abs(wanted))


@pytest.mark.parametrize(("text", "function"), GOOD.items(), ids=GOOD)
def test_an_accepted_string_has_the_values_that_it_says(text, function):
    f = al.define(text)
    with mp.workdps(50):
        for p in POINTS:
            exact = f.formula.subs(x, sp.Rational(str(p)))
            assert near(mpf(str(exact.evalf(50))), mpf(function(p)), 45), p
            assert near(mpf(float(f(float(p)))), mpf(function(p)), 13), p


def test_a_string_with_parameters_has_their_values():
    f = al.define("x if x > c else alpha*(exp(x) - beta)", "mine", title="Mine", alpha=2, beta=0.1, c=al.Parameter(
        "c", default=0, domain=sp.Interval(0, 1), slider=(0, 1, 0.1)), window=(-2, 2))
    assert (f.name, f.title, f.window) == ("mine", "Mine", (-2, 2))
    assert f.at() == dict(zip((p.symbol for p in f.parameters), (2, sp.Rational(0.1), 0), strict=True))
    assert f(0.5, alpha=3, c=1) == pytest.approx(3 * (np.exp(0.5) - 0.1), rel=1e-15)
    with pytest.raises(ValueError, match="parameter c = 2 lies outside its domain 0 ≤ c ∧ c ≤ 1"):
        f(0.5, c=2)
    assert f(0.5, beta=-1e9) > 0
    assert f.parameters[0].slider[:2] == (-4, 4)
    assert al.define("x").title == "f"


# Random strings, with what they mean

class Writer:
    """Random formulas: the text, and a function of mpf that is made beside it."""

    NUMBERS = ("0", "1", "2", "3", "0.5", "1e-3", "64", "pi", "e", "0.1", "10", "1e9", "1e-9")
    UNARY: ClassVar = {"exp": mp.exp, "sin": mp.sin, "cos": mp.cos, "tanh": mp.tanh, "atan": mp.atan, "erf": mp.erf, "abs": abs,
                       "sign": mp.sign, "relu": relu, "sinh": mp.sinh, "sigmoid": lambda z: 1 / (1 + mp.exp(-z)),
                       "log": mp.log, "sqrt": mp.sqrt, "log1p": mp.log1p, "expm1": mp.expm1, "asinh": mp.asinh,
                       "silu": lambda z: z / (1 + mp.exp(-z)), "softsign": lambda z: z / (1 + abs(z)),
                       "hard_tanh": lambda z: max(-1, min(1, z)), "log2": lambda z: mp.log(z) / mp.log(2)}
    BINARY: ClassVar = {"+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b, "/": lambda a, b: a / b}

    def __init__(self, seed):
        self.random = Random(seed)

    def write(self, depth):
        choice = self.random.random() if depth else 0
        if choice < 0.15:
            text = self.random.choice(["x", "x", "x", *self.NUMBERS])
            value = {"pi": mp.pi, "e": mp.e}.get(text, text)
            return text, (lambda x: x) if text == "x" else (lambda x: mpf(value))
        first, f = self.write(depth - 1)
        if choice < 0.45:
            name = self.random.choice([*self.UNARY])
            return f"{name}({first})", lambda x: self.UNARY[name](f(x))
        if choice < 0.55:
            power = self.random.choice(["2", "3", "-1", "0.5"])
            return f"({first})**{power}", lambda x: f(x) ** mpf(power)
        second, g = self.write(depth - 1)
        if choice < 0.65:
            bound = self.random.choice(["0", "1", "-0.5"])
            return f"({first} if x < {bound} else {second})", lambda x: f(x) if x < mpf(bound) else g(x)
        if choice < 0.72:
            return f"max({first}, {second})", lambda x: max(f(x), g(x))
        operator = self.random.choice([*self.BINARY])
        return f"({first} {operator} {second})", lambda x: self.BINARY[operator](f(x), g(x))

    def mutilate(self, text):
        pieces = list(text)
        for _ in range(self.random.randint(1, 4)):
            at = self.random.randrange(len(pieces) + 1)
            pieces[at:at + self.random.randint(0, 2)] = self.random.choice(
                [*"x()+-*/.,:=[]{}'\"\\_ 01e<>!@#%^&|~;\n\0é²", "lambda ", "__", " for ", "**", " else ", " if "])
        return "".join(pieces)


def defined(text):
    """The formula, or None where the string gets its one ValueError; after little work."""
    formula = None
    with counted() as calls, contextlib.suppress(ValueError):
        formula = al.define(text).formula
    assert 0 < calls[0] < 4 * FEW, text
    return formula


def test_random_strings_have_the_values_that_they_say():
    writer, compared = Writer(1), 0
    for _ in range(250):
        text, function = writer.write(writer.random.randint(1, 4))
        if (formula := defined(text)) is None:
            continue
        with mp.workdps(40):
            for p in (mpf("-1.3"), mpf("0.7")):
                try:
                    wanted = function(p)
                except (ZeroDivisionError, ValueError, TypeError):  # complex numbers have no order
                    continue
                if mp.isfinite(wanted) and not mp.im(wanted) and abs(wanted) < 1e20:
                    got = formula.subs(x, sp.Rational(str(p))).evalf(40, maxn=1000)
                    compared += 1
                    assert near(mpf(str(sp.re(got))), wanted, 12), f"{text} at {p}"
    assert compared > 150


def test_mutilated_strings_get_a_formula_or_one_error():
    writer, refused = Writer(2), 0
    for _ in range(400):
        text, _ = writer.write(writer.random.randint(1, 4))
        refused += defined(writer.mutilate(text)) is None
    assert 200 < refused < 400


# SymPy expressions

@pytest.mark.parametrize(("expression", "function"), [
    (sp.Abs(x), abs), (sp.Max(x, 0), relu), (sp.Max(x, 0, x**2 - 1), lambda x: max(x, 0, x**2 - 1)),
    (sp.Min(x, 1) * sp.sign(x), lambda x: min(x, 1) * mp.sign(x)), (sp.Heaviside(x, 1) * x, relu),
    (sp.sqrt(x**2) + sp.exp(-sp.Abs(x - 1)), lambda x: abs(x) + mp.exp(-abs(x - 1))),
    (sp.Symbol("x") ** 2 + sp.Float(0.5), lambda x: x**2 + 0.5), (3, lambda x: 3), (0.25, lambda x: 0.25),
    (sp.Piecewise((x, x > 1), (sp.Abs(x), True)), lambda x: x if x > 1 else abs(x)),
])
def test_kinks_of_a_sympy_expression_become_pieces(expression, function):
    f = al.define(expression)
    for n in range(3):
        assert not f.derivative(n).has(sp.Abs, sp.Max, sp.Min, sp.sign, sp.Heaviside, sp.DiracDelta, sp.Float)
    assert [float(f(float(p))) for p in POINTS] == pytest.approx([float(function(p)) for p in POINTS], rel=1e-14)


def test_the_derivative_at_a_kink_is_that_of_the_constant_branch():
    assert al.define(sp.Max(x, 0)).gradient(0.0) == al.define(sp.Max(0, x)).gradient(0.0) == 0
    assert al.define(sp.Abs(x)).gradient(0.0) == 0


FINITE = [entry for entry in al.activations.values() if not entry.derivative().has(sp.oo)]  # sign jumps through its value


@pytest.mark.parametrize("entry", FINITE, ids=lambda entry: entry.name)
def test_the_derivative_of_a_catalogue_entry_can_be_defined(entry):
    slope = al.define(entry.derivative().subs({p.symbol: p.default for p in entry.parameters}))
    away = [float(p) for p in POINTS if p != 0]  # at a kink the entry declares a value of its own
    assert [float(slope(p)) for p in away] == pytest.approx([float(entry.gradient(p)) for p in away], rel=1e-9)


@pytest.mark.parametrize(("expression", "message"), [
    (sp.Symbol("q") * x, "unknown name 'q': give parameters a default, such as q=1"),
    (sp.I * x, "expected a real, finite expression"), (sp.oo * x, "expected a real, finite"), (sp.nan, "expected a real, finite"),
    (sp.cbrt(-8) * x, "expected a real, finite"),
    (sp.gamma(x), r"gamma\(x\) is not supported; accepted functions are exp, expm1, log"),
    (sp.Function("g")(x), r"g\(x\) is not supported"), (sp.Derivative(sp.sin(x), x), "Derivative.* is not supported"),
    (sp.Integral(sp.sin(x), (x, 0, 1)), "Integral.* is not supported"), (sp.GoldenRatio * x, "GoldenRatio is not supported"),
    (sp.zeta(x + 2), r"zeta\(x \+ 2\) is not supported"), (sp.floor(x), "floor.* is not supported"),
    (sp.DiracDelta(x), "DiracDelta.* is not supported"), (sp.Mod(x, 2), "Mod.* is not supported"),
    (sp.Piecewise((1, sp.Contains(x, sp.Interval(0, 1))), (0, True)), "Contains.* is not supported"),
    (sp.Abs(sp.sin(x)), "cannot solve the condition"),
])
def test_a_foreign_sympy_expression_is_refused(expression, message):
    with pytest.raises(ValueError, match=message):
        al.define(expression)


@pytest.mark.parametrize("given", [True, None, [1], x > 0, sp.true, sp.Matrix([x]), b"x", object])
def test_another_kind_of_object_is_refused(given):
    with pytest.raises(TypeError, match=r"^expected a string or a SymPy expression, got \w+$"):
        al.define(given)


@pytest.mark.parametrize(("options", "error", "message"), [
    ({"name": "a b"}, ValueError, "name = 'a b': expected an identifier"),
    ({"name": None}, ValueError, "name = None: expected an identifier"),
    ({"window": (5, -5)}, ValueError, r"window = \(5, -5\): expected"),
    ({"x": 1}, ValueError, "a parameter can't be named 'x', which has a meaning in formulas"),
    ({"pi": 3}, ValueError, "a parameter can't be named 'pi'"), ({"max": 3}, ValueError, "a parameter can't be named 'max'"),
    ({"a": "1"}, TypeError, "parameter a: expected a real number, got '1' of type str"),
    ({"a": True}, TypeError, "parameter a: expected a real number"),
    ({"a": float("nan")}, ValueError, "parameter a = nan lies outside its domain the real numbers"),
    ({"a": float("inf")}, ValueError, "parameter a = inf lies outside its domain"),
    ({"a": al.elu.parameters[0]}, ValueError, "parameter 'a' is given a Parameter named 'alpha'; the names must agree"),
])
def test_bad_options_get_one_clear_error(options, error, message):
    with pytest.raises(error, match=message):
        al.define("x", **options)


@pytest.mark.parametrize("space", ["\u00a0", "\u2009", "\u3000", "\t"])
def test_a_space_that_came_with_what_was_pasted_is_a_space(space):
    assert al.define(f"x{space}+{space}1").formula == al.x + 1


@pytest.mark.parametrize(("text", "cuts"), [
    ("abs(sin(x)) if abs(x) <= pi else 0", (-sp.pi, 0, sp.pi)), ("relu(sin(x)) if abs(x) < 4 else 0", (-4, -sp.pi, 0, sp.pi)),
    ("1 if sin(x) > 0 and abs(x) < 4 else 0", (-4, -sp.pi, 0, sp.pi)),
    ("1 if abs(x) > 4 or sin(x) > 0 else 0", (-sp.pi, 0, sp.pi, 4)), ("x if log(x) > 1 and x > 0 else 0", (sp.E,)),
])
def test_a_condition_is_solved_where_the_others_leave_it_open(text, cuts):
    assert al.define(text).line().cuts == cuts
