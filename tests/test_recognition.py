"""Functions that the catalogue has are found, with a proof; others are not."""

from itertools import islice

import pytest
import sympy as sp

import activlib as al
from activlib.constant import Constant
from activlib.derivation import equal
from activlib.inpage import replies
from activlib.spelling import spelled


def test_every_entry_is_recognized_from_its_spelled_formula():
    missed = []
    for entry in al.activations.values():
        if entry.formula.has(Constant):
            continue  # its decimals are near it, which is no proof
        formula = entry.formula.xreplace(entry.at())
        found = [match.entry for match in al.recognize(al.define(spelled(formula))) if match.proved and not match.scaled]
        if entry not in found:
            missed.append(entry.name)
    assert not missed


@pytest.mark.parametrize("name", al.activations)
def test_a_spelled_formula_reads_back_as_the_same_function(name):
    entry = al.activations[name]
    names = {p.symbol: sp.Symbol("lam", real=True, positive=p.symbol.is_positive) for p in entry.parameters if p.name == "lambda"}
    formula = entry.formula.xreplace(names)
    parameters = {str(names.get(p.symbol, p.symbol)): p.default for p in entry.parameters}
    again = al.define(spelled(formula), **parameters)
    if formula.has(Constant):
        difference = again.formula - entry.formula
        assert all(abs(difference.subs(al.x, place).evalf()) < 1e-15 for place in (-2, -1, 0, 1, 2))
        return
    values = {p.symbol: p.default for p in again.parameters}
    assert equal(again.formula.xreplace(values), entry.formula.xreplace(entry.at()))


@pytest.mark.parametrize(("text", "name", "parameters", "output", "inside"), [
    ("2*sigmoid(2*x) - 1", "tanh", {}, 1, 1), ("x*sigmoid(1.702*x)", "silu", {"beta": sp.Rational(851, 500)}, 1, 1),
    ("log(1 + exp(3*x))/3", "softplus", {"beta": 3}, 1, 1), ("x if x > 0 else 2*(exp(x) - 1)", "elu", {"alpha": 2}, 1, 1),
    ("3*x*erfc(-x/sqrt(2))", "gelu", {}, 6, 1), ("2*max(x, 0)", "relu", {}, 2, 1),
    ("5*tanh(x/3)", "tanh", {}, 5, sp.Rational(1, 3)),
])
def test_a_known_function_is_found_with_its_parameters_and_scales(text, name, parameters, output, inside):
    f = al.define(text)
    match = next(match for match in al.recognize(f) if match.entry.name == name)
    assert (match.parameters, match.output, match.input, match.proved) == (parameters, output, inside, True)
    assert equal(match.formula, f.formula)


@pytest.mark.parametrize("text", ["x*atan(x)", "exp(x)*cos(x) + x**3", "x*tanh(exp(x)) + x/1000000", "atan(x)**3"])
def test_an_unknown_function_is_not_taken_for_one(text):
    assert not list(islice(al.recognize(al.define(text)), 1))


@pytest.mark.parametrize(("given", "said"), [
    ([{"name": "2a", "default": "1", "low": "0", "high": "1"}], "no name for a parameter"),
    ([{"name": "a", "default": "5", "low": "0", "high": "1"}], "has the first value in it"),
    ([{"name": "a", "default": "one", "low": "0", "high": "1"}], "default: unknown name"),
    ([{"name": "exp", "default": "1", "low": "0", "high": "2"}], "has a meaning in formulas"),
    ([{"name": "a", "default": "1", "low": "0", "high": "2"}] * 2, "two parameters are named a"),
    ([{"name": f"a{i}", "default": "1", "low": "0", "high": "2"} for i in range(7)], "at most 6 parameters"),
])
def test_a_page_is_told_which_parameter_is_wrong(given, said):
    (reply,) = replies({"ask": "define", "formula": "a*x", "parameters": given})
    assert said in reply["error"]
    assert reply["field"] == "parameters"


def test_a_page_gets_formula_derivative_domain_and_explorer():
    (reply,) = replies({"ask": "define", "formula": "log(x)", "compare": ["gelu", "no such"]})
    assert "f(x)" in reply["formula"]
    assert r"\frac{1}{x}" in reply["derivative"]
    assert [curve["name"] for curve in reply["explorer"]["curves"]] == ["f", "gelu"]
