"""What the text of a formula may call: every name has its meaning, and what is refused is told what to write instead."""

import pytest
import sympy as sp
from mpmath import mp, mpf

import activlib as al
from activlib.vocabulary import ALIASES, FORMULAS, FUNCTIONS, REFUSED, SYMPY, names
from effort import FEW, counted

x = al.x
LINE = ("-3.25", "-1", "-0.5", "-0.2", "0", "0.3", "0.5", "1", "2.75", "4", "6.5")
UNIT = ("-0.999", "-0.5", "0", "0.25", "0.875")
RIGHT = ("0.125", "1", "2.5", "40")


def phi(z):
    return mp.erfc(-z / mp.sqrt(2)) / 2


def clip(z, low, high):
    return min(max(z, low), high)


# A call, what it means, and where; the library's second names are checked against these.
MEANINGS = {
    "exp(x)": (mp.exp, LINE), "expm1(x)": (mp.expm1, LINE), "log(x)": (mp.log, RIGHT), "log1p(x)": (mp.log1p, RIGHT),
    "sqrt(x)": (mp.sqrt, RIGHT), "sin(x)": (mp.sin, LINE), "cos(x)": (mp.cos, LINE), "atan(x)": (mp.atan, LINE),
    "sinh(x)": (mp.sinh, LINE), "cosh(x)": (mp.cosh, LINE), "tanh(x)": (mp.tanh, LINE), "asinh(x)": (mp.asinh, LINE),
    "erf(x)": (mp.erf, LINE), "erfc(x)": (mp.erfc, LINE), "abs(x)": (abs, LINE), "sign(x)": (mp.sign, LINE),
    "heaviside(x)": (lambda z: mpf(z >= 0), LINE), "heaviside(x, 0.5)": (lambda z: (mp.sign(z) + 1) / 2, LINE),
    "max(x, 0)": (lambda z: max(z, 0), LINE), "max(x, 0, 1, x**2)": (lambda z: max(z, 0, 1, z**2), LINE),
    "min(x, 1)": (lambda z: min(z, 1), LINE), "min(1, x, -x, 2)": (lambda z: min(1, z, -z, 2), LINE),
    "clip(x, -1, 2)": (lambda z: clip(z, -1, 2), LINE), "log(x, 2)": (lambda z: mp.log(z, 2), RIGHT),
    "where(x > 0 and x < 1, x, x**2)": (lambda z: z if 0 < z < 1 else z**2, LINE), "pow(x, 3)": (lambda z: z**3, LINE),
    "pow(2, x)": (lambda z: mpf(2) ** z, LINE),
    "log2(x)": (lambda z: mp.log(z, 2), RIGHT), "log10(x)": (mp.log10, RIGHT), "square(x)": (lambda z: z**2, LINE),
    "cbrt(x)": (lambda z: mp.sign(z) * mp.cbrt(abs(z)), LINE), "tan(x)": (mp.tan, LINE),
    "acosh(x)": (mp.acosh, ("1", "1.5", "40")), "atanh(x)": (mp.atanh, UNIT), "asin(x)": (mp.asin, (*UNIT, "-1", "1")),
    "acos(x)": (mp.acos, (*UNIT, "-1", "1")), "sech(x)": (mp.sech, LINE), "coth(x)": (mp.coth, RIGHT),
    "sinc(x)": (mp.sinc, LINE), "sinc(2*x - 1)": (lambda z: mp.sinc(2 * z - 1), LINE),
    "logit(x)": (lambda z: mp.log(z / (1 - z)), ("0.001", "0.5", "0.75")), "normal_cdf(x)": (phi, LINE),
    "normal_pdf(x)": (mp.npdf, LINE), "phi(x)": (mp.npdf, LINE), "1 - Phi(x)": (lambda z: 1 - phi(z), LINE),
    "log_sigmoid(x)": (lambda z: -mp.log1p(mp.exp(-z)), LINE), "softsign(x)": (lambda z: z / (1 + abs(z)), LINE),
    "hard_tanh(x)": (lambda z: clip(z, -1, 1), LINE), "hard_sigmoid(x)": (lambda z: clip(z + 3, 0, 6) / 6, LINE),
    "hard_swish(x)": (lambda z: z * clip(z + 3, 0, 6) / 6, LINE), "relu6(x)": (lambda z: clip(z, 0, 6), LINE),
    "celu(x)": (lambda z: max(z, 0) + min(0, mp.expm1(z)), LINE),
    "celu(x, alpha=2)": (lambda z: max(z, 0) + min(0, 2 * mp.expm1(z / 2)), LINE),
    "squareplus(x)": (lambda z: (z + mp.sqrt(z**2 + 4)) / 2, LINE),
    "quick_gelu(x)": (lambda z: z / (1 + mp.exp(-mpf("1.702") * z)), LINE), "tanhshrink(x)": (lambda z: z - mp.tanh(z), LINE),
    "softshrink(x)": (lambda z: mp.sign(z) * max(abs(z) - mpf("0.5"), 0), LINE),
    "hardshrink(x)": (lambda z: z if abs(z) > 0.5 else 0, LINE), "hardshrink(x, lamda=0.2)": (
        lambda z: z if abs(z) > mpf("0.2") else 0, LINE),
    "sigmoid(x)": (lambda z: 1 / (1 + mp.exp(-z)), LINE), "tanh(sigmoid(x))": (lambda z: mp.tanh(1 / (1 + mp.exp(-z))), LINE),
    "relu(x)": (lambda z: max(z, 0), LINE), "leaky_relu(x)": (lambda z: max(z, z / 100), LINE),
    "leaky_relu(x, alpha=-1)": (abs, LINE), "elu(x)": (lambda z: z if z > 0 else mp.expm1(z), LINE),
    "elu(abs(x) - 1, alpha=3)": (lambda z: abs(z) - 1 if abs(z) > 1 else 3 * mp.expm1(abs(z) - 1), LINE),
    "relu(relu(x) - 1)": (lambda z: max(z - 1, 0), LINE), "softsign(relu(x))": (lambda z: max(z, 0) / (1 + max(z, 0)), LINE),
    "selu(x)": (lambda z: mpf("1.0507009873554804934193349852946") * (
        z if z > 0 else mpf("1.6732632423543772848170429916717") * mp.expm1(z)), LINE),
    "softplus(x)": (lambda z: mp.log1p(mp.exp(z)), LINE), "softplus(x, beta=3)": (lambda z: mp.log1p(mp.exp(3 * z)) / 3, LINE),
    "silu(x)": (lambda z: z / (1 + mp.exp(-z)), LINE), "gelu(x)": (lambda z: z * phi(z), LINE),
    "gelu_tanh(x)": (lambda z: z * (1 + mp.tanh(mp.sqrt(2 / mp.pi) * (z + mpf("0.044715") * z**3))) / 2, LINE),
    "mish(x)": (lambda z: z * mp.tanh(mp.log1p(mp.exp(z))), LINE),
    "x*mish(gelu(x))": (lambda z: z * (z * phi(z)) * mp.tanh(mp.log1p(mp.exp(z * phi(z)))), LINE),
}


def values(formula, points):
    return [mpf(str(formula.subs(x, sp.Rational(p)).evalf(40))) for p in points]


@pytest.mark.parametrize(("call", "meaning", "points"), [(call, *rest) for call, rest in MEANINGS.items()], ids=MEANINGS)
def test_a_function_has_the_values_that_it_says(call, meaning, points):
    with mp.workdps(40):
        for p, got in zip(points, values(al.define(call).formula, points), strict=True):
            wanted = mpf(meaning(mpf(p)))
            assert abs(got - wanted) <= mpf(10) ** -28 * max(1, abs(wanted)), p


def test_every_name_of_the_vocabulary_is_compared():
    assert [name for name in names() if name not in al.activations and not any(f"{name}(" in call for call in MEANINGS)] == []


@pytest.mark.parametrize("entry", al.activations.values(), ids=al.activations)
def test_every_activation_of_the_catalogue_can_be_called(entry):
    called, own = al.define(f"2*{entry.name}(x) - 1").formula, entry.formula.subs(entry.at())
    with mp.workdps(40):
        assert values(called, LINE) == pytest.approx([2 * v - 1 for v in values(own, LINE)], rel=1e-28)


@pytest.mark.parametrize(("alias", "name"), ALIASES.items())
def test_a_second_name_means_the_same(alias, name):
    arguments = {"pow": "x, 3", "max": "x, 0", "min": "x, 0", "clip": "x, 0, 1"}.get(name, "x")
    assert al.define(f"{alias}({arguments})").formula == al.define(f"{name}({arguments})").formula
    assert alias not in names()


@pytest.mark.parametrize(("function", "name"), SYMPY.items())
def test_a_function_of_sympy_is_what_the_text_means(function, name):
    assert al.define(function(x)).formula == al.define(f"{name}(x)").formula
    assert al.define(2 * function(2 * x)).derivative() == al.define(f"2*{name}(2*x)").derivative()


def test_a_declared_parameter_can_be_passed_on():
    positive = al.Parameter("a", default=2, domain=sp.Interval.open(0, sp.oo), slider=(1, 3, 1))
    f = al.define("elu(x, alpha=a) + b", a=positive, b=0)
    assert f(-1.0, a=3) == pytest.approx(3 * (mp.exp(-1) - 1), rel=1e-15)
    with pytest.raises(ValueError, match="alpha must be a number or a parameter of the domain 0 < α: 'elu"):
        al.define("elu(x, alpha=a)", a=2)  # any real number is in its domain


@pytest.mark.parametrize(("call", "derivative"), [
    ("asinh(x)", 1 / sp.sqrt(x**2 + 1)), ("asin(x)", 1 / sp.sqrt((1 - x) * (1 + x))),
    ("acosh(x)", 1 / sp.sqrt((x - 1) * (x + 1))), ("atanh(x)", 1 / ((1 - x) * (1 + x))), ("log2(x)", 1 / (x * sp.log(2))),
    ("tan(x)", sp.sin(x) ** 2 / sp.cos(x) ** 2 + 1),
    ("sinh(x)", sp.cosh(x)), ("logit(x)", 1 / (x * (1 - x))),
])
def test_the_derivative_is_the_one_in_the_tables(call, derivative):
    pieces = al.define(call).pieces(1)  # over the domain, outside of which there is no derivative
    assert len({piece for *_, piece in pieces}) == 1
    assert al.derivation(pieces[0][2], (derivative, "from a table"))
    assert sp.count_ops(pieces[0][2]) <= sp.count_ops(derivative) + 2


def test_asinh_has_certified_facts_and_accurate_values():
    f = al.define("asinh(x)")
    facts = al.facts(f)
    assert [fact.name for fact in facts if fact.absent] == []
    assert (facts.range.value, facts.lipschitz.value, facts.left_limit.value) == (sp.Reals, 1, -sp.oo)
    assert facts.symmetry.value.kind == "odd"
    assert al.ulp_errors(f, al.binades()[::7], neighbors=True).max() < 4


# Refusals

@pytest.mark.parametrize(("text", "message"), [
    # other ways to write a product
    ("2x", "not a formula at character 1 (write * between 2 and x): '2x'"),
    ("1 + 2 x", "not a formula at character 5 (write * between 2 and x): '1 + 2 x'"),
    ("x + 3.5x", "not a formula at character 5 (write * between 3.5 and x): 'x + 3.5x'"),
    ("x exp(x)", "not a formula at character 1 (write * between x and exp): 'x exp(x)'"),
    ("sin(x)cos(x)", "not a formula at character 6 (write * between ) and cos): 'sin(x)cos(x)'"),
    ("2(x + 1)", "write * between the factors of a product: '2(x + 1)'"),
    ("(x + 1)(x - 1)", "write * between the factors of a product: '(x + 1)(x - 1)'"),
    ("x(x + 1)", "x is no function; write * between the factors of a product: 'x(x + 1)'"),
    ("exp x", "not a formula at character 1 (write ( ) after exp): 'exp x'"),
    ("x·exp(x)", "not a formula at character 2 (write * for ·): 'x·exp(x)'"),
    ("2 × x", "not a formula at character 3 (write * for ×): '2 × x'"),
    # powers, absolute values, roots, fractions
    ("e^x", "^ is no power in Python; write e**x: 'e^x'"),
    ("1/(1 + e^-x)", "^ is no power in Python; write 1 + e**-x: '1 + e^-x'"),
    ("1 + x²", "not a formula at character 6 (write **2 for ²): '1 + x²'"),
    ("x⁻¹", "not a formula at character 2 (write **-1 for ⁻¹): 'x⁻¹'"),
    ("sin²(x)", "not a formula at character 1 (write the power after the argument, as in sin(x)**2): 'sin²(x)'"),
    ("exp(-|x|)", "not a formula at character 6 (write abs(x) for |x|): 'exp(-|x|)'"),
    ("√x", "not a formula at character 1 (write sqrt( ) for √): '√x'"),
    ("½*x", "not a formula at character 1 (write 1/2 for ½): '½*x'"),
    ("x!", "not a formula at character 2 (there is no factorial): 'x!'"),
    (r"\frac{x}{2}", "not a formula at character 1 (LaTeX is not read; write the formula as in Python): '\\\\frac{x}{2}'"),
    # signs, comparisons, brackets
    ("x − 1", "not a formula at character 3 (write - for −): 'x − 1'"),
    ("x if x ≥ 0 else 0", "not a formula at character 8 (write >= for ≥): 'x if x ≥ 0 else 0'"),
    ("x > 0 ? x : 0", "not a formula at character 7 (write a if x > 0 else b for x > 0 ? a : b): 'x > 0 ? x : 0'"),
    ("1 if x > 0 && x < 1 else 0", "not a formula at character 12 (write and for &&): '1 if x > 0 && x < 1 else 0'"),
    ("max{0, x}", "not a formula at character 4 (write ( ) for brackets): 'max{0, x}'"),
    ("2*[x + 1]", "write ( ) for brackets: '[x + 1]'"),
    ("0,5*x", "a comma stands between the arguments of a function only, and a decimal point is a dot: '0,5*x'"),
    ("f(x) = x**2", "not a formula at character 1 (write the expression alone, without f(x) =): 'f(x) = x**2'"),
    ("x -> x**2", "not a formula at character 1 (write the expression alone, without x ->): 'x -> x**2'"),
    ("lambda x: x", "write the expression alone, without lambda: 'lambda x: x'"),
    ("lambda*x", "not a formula at character 1 (lambda is a word of Python's; write the expression alone, and call a parameter "
                 "lam): 'lambda*x'"),
    ("x*-", "not a formula at character 3 (it breaks off): 'x*-'"),
    ("x > 0", "a comparison is no number; write a if x > 0 else b, or heaviside(x): 'x > 0'"),
    # names from libraries
    ("1 + np.exp(x)", "write exp without what is before it: 'np.exp(x)'"),
    ("torch.nn.functional.elu(x)", "write elu without what is before it: 'torch.nn.functional.elu(x)'"),
    ("nn.ReLU()(x)", "write relu without what is before it: 'nn.ReLU()'"),
    ("jnp.maximum(x, 0)", "write maximum without what is before it: 'jnp.maximum(x, 0)'"),
    ("math.pi*x", "write pi without what is before it: 'math.pi'"),
    ("np.floor(x)", "floor jumps infinitely often, and a formula has finitely many pieces: 'np.floor(x)'"),
    ("x.exp()", "write exp(x), not x.exp(): 'x.exp()'"),
    # names that are nearly right
    ("tanhh(x)", "unknown function (did you mean 'tanh'?): 'tanhh(x)'"),
    ("LeakyReLU(x)", "unknown function (did you mean 'leaky_relu'?): 'LeakyReLU(x)'"),
    ("σ(x)", "unknown function (did you mean 'sigmoid'?): 'σ(x)'"),
    ("π*x", "unknown name (did you mean 'pi'?); known are x, pi, e, and a parameter needs a default: 'π'"),
    ("X", "unknown name (did you mean 'x'?); known are x, pi, e, and a parameter needs a default: 'X'"),
    ("ехр(x)", f"unknown function (е is the cyrillic small letter ie); accepted are {', '.join(FUNCTIONS)}, where, pow and the "
               "common activations by name: 'ехр(x)'"),
    ("sigmoid + 1", "sigmoid is a function; write sigmoid(x): 'sigmoid'"),
    # arguments
    ("log(x, 1)", "not a real number, or not told from zero: 'log(x, 1)'"),
    ("max(x)", "max takes at least 2 arguments, got 1: 'max(x)'"),
    ("elu(x, 2)", "elu takes 1 argument and alpha=..., got 2: 'elu(x, 2)'"),
    ("elu(x, beta=2)", "elu takes 1 argument and alpha=..., got keyword beta: 'elu(x, beta=2)'"),
    ("elu(x, alpha=-1)", "alpha must be a number or a parameter of the domain 0 < α: 'elu(x, alpha=-1)'"),
    ("leaky_relu(x, alpha=x)", "alpha must be a number or a parameter of the domain the real numbers: 'leaky_relu(x, alpha=x)'"),
    ("acosh(0)", "not a real number, or not told from zero: 'acosh(0)'"),
])
def test_what_a_person_would_type_is_told_what_to_write(text, message):
    with pytest.raises(ValueError, match=r"\S") as caught:
        al.define(text)
    assert str(caught.value) == message


@pytest.mark.parametrize("name", REFUSED)
def test_a_function_that_no_formula_has_is_refused_with_the_reason(name):
    with pytest.raises(ValueError, match=f"{name} .*: '{name}\\(x\\)'$"):
        al.define(f"{name}(x)")
    assert name not in {*names(), *ALIASES}


def test_the_error_of_a_long_text_shows_the_part():
    with pytest.raises(ValueError, match=r"at character 302 \(write \*\*2 for ²\): '\.\.\. \+ 1 \+ 1 .*x² \+ 1 .*\.\.\.'$"):
        al.define("1 + " * 75 + "x² + 1" + " + 1" * 50)


@pytest.mark.parametrize("text", ["silu(" * 35 + "x" + ")" * 35, "mish(" * 39 + "x" + ")" * 39,
                                  "gelu_tanh(" * 20 + "x" + ")" * 20, "relu6(hard_swish(" * 8 + "x" + "))" * 8,
                                  "x²" * 400, "2x" * 450, "exp " * 240])
def test_a_formula_that_grows_is_refused_after_little_work(text):
    with counted() as calls, pytest.raises(ValueError, match=r"grows too large|more than 32 pieces|not a formula"):
        al.define(text)
    assert 0 < calls[0] < FEW


def test_a_formula_of_the_vocabulary_can_be_written_with_the_vocabulary():
    for name, (text, parameters) in FORMULAS.items():
        formula = al.define(text, **parameters).formula
        assert {symbol.name for symbol in formula.free_symbols} == {"x", *parameters}, name
