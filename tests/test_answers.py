"""Answers to exercises: right by proof, wrong with a point, in every kind; and the same from plain data."""

import json
from decimal import ROUND_HALF_EVEN, Decimal

import pytest
import sympy as sp

import activlib as al
from activlib.answers import Answer
from activlib.question import Question, verdict
from activlib.reader import FormulaError

TANH = al.answer("1 - tanh(x)**2", hints={"1 - tanh(x)": "The square is missing."})
SLOPE = al.answer("1 if x > 0 else alpha*exp(x)", of=al.elu)
ROOT = al.answer("sqrt(2)/2")
ROUGH = al.answer("pi", digits=3)
RANGE = al.answer("[-1, oo)")
PARITY = al.answer("odd", choices=("odd", "even", "neither"), hints={"even": "Look at f(−x) once more."})
SQUARE = al.answer("1/(1 + exp(-x))", uses="sigmoid")
POLES = al.answer("x/(1 - abs(x))")
ALL = (TANH, SLOPE, ROOT, ROUGH, RANGE, PARITY, SQUARE)


@pytest.mark.parametrize(("answer", "text"), [
    (TANH, "1/cosh(x)**2"), (TANH, "4/(exp(x) + exp(-x))**2"), (SLOPE, "alpha*exp(x) if x <= 0 else 1"),
    (SLOPE, "where(x > 0, 1, elu(x, alpha=alpha) + alpha)"), (ROOT, "1/sqrt(2)"), (ROOT, "sin(pi/4)"), (ROUGH, "3.14"),
    (ROUGH, "pi"), (RANGE, "[-1, inf)"), (RANGE, " [ -2/2 , ∞ ) "), (PARITY, "odd"), (SQUARE, "sigmoid(x)"),
    (POLES, "x/(1 - x) if x > 0 else x/(1 + x)"),
])  # fmt: skip
def test_an_equal_answer_is_right_however_it_is_written(answer, text):
    assert answer.check(text).right is True


@pytest.mark.parametrize(("answer", "text", "said"), [
    (TANH, "1 - tanh(x)", "at x = 1 yours is 0.238406, and the answer is 0.419974. The square is missing."),
    (TANH, "tanh(x)**2 - 1", "at x = 1 yours is −0.419974, and the answer is 0.419974. Mind the sign"),
    (SLOPE, "1 if x > 0 else exp(x)", "at x = -1, α = 4/3 yours is 0.367879"),  # equal at the default
    (SLOPE, "1 if x >= 0 else alpha*exp(x)", "at x = 0, α = 4/3 yours is 1, and the answer is 1.33333."),  # but for one point
    (TANH, "log(x)", "at x = 1 yours is 0"), (TANH, "1 - tanh(x)**2 + 0*log(x)", "at x = -1 yours is not defined"),
    (ROOT, "sqrt(2)", "yours is 1.41421"), (ROOT, "0.7071", "yours is 0.7071. Close, but an exact number"),
    (ROOT, "-7/5", "yours is −7/5."), (ROUGH, "3.13", "yours is 3.13. Close, but 3 digits"), (ROOT, "x", "a number, without x"),
    (ROUGH, "-3.14", "yours is −3.14."), (RANGE, "(-1, oo)", "whether the lower end belongs to it"),
    (RANGE, "[-1, 5]", "look again at the number at the upper end."), (PARITY, "even", "Look at f(−x) once more."),
    (PARITY, "neither", "Not right."), (SQUARE, "1/(1 + exp(-x))", "not in the form asked for: write it with sigmoid"),
    (POLES, "where(x == 1, 0, x/(1 - x) if x > 0 else x/(1 + x))", "at x = 1 yours is 0, and the answer is not defined."),
])  # fmt: skip
def test_a_wrong_answer_is_told_where_it_differs(answer, text, said):
    found = answer.check(text)
    assert found.right is False
    assert said in found.message
    assert answer.kind in ("number", "choice") or str(answer.expected) not in found.message


@pytest.mark.parametrize("text", ["log(99)/2", "-0.083316", "pi/1000", "9.996", "1/7", "123456"])
@pytest.mark.parametrize("digits", [1, 2, 3, 5])
def test_a_number_that_is_rightly_rounded_is_right_and_its_neighbors_are_not(text, digits):
    answer = al.answer(text, digits=digits)
    exact = Decimal(str(answer.expected.evalf(40)))
    unit = Decimal(1).scaleb(exact.adjusted() + 1 - digits)
    for step, right in ((0, True), (1, False), (-1, False)):
        rounded = exact.quantize(unit, ROUND_HALF_EVEN) + step * unit
        assert answer.check(f"{rounded:f}").right is right


def test_what_is_neither_proved_nor_refuted_is_said_to_be_neither(monkeypatch):
    monkeypatch.setattr("activlib.answers.equal", lambda a, b: False)
    found = TANH.check("1/cosh(x)**2")
    assert found.right is None
    assert "no proof was found" in found.message


@pytest.mark.parametrize(("answer", "text"), [(TANH, "1 - tanhh(x)"), (RANGE, "-1 to 3"), (RANGE, "[3, 1]"), (RANGE, "[x, 1]"),
                                              (RANGE, "[-1, oo]"), (RANGE, "[-inf, 3]"), (SLOPE, "gamma*x"),
                                              (ROOT, "__import__('os')")])
def test_an_answer_that_cannot_be_read_is_an_error_about_it(answer, text):
    with pytest.raises(ValueError, match=r"."):
        answer.check(text)
    assert "error" in verdict(answer, text)


@pytest.mark.parametrize(("text", "part"), [("(−1, oo)", "−"), ("[-1, 1e400)", "1e400"), (" [ 1/0, 2]", "1/0"), ("[0, y)", "y")])
def test_an_error_in_an_interval_points_at_the_part_that_is_wrong(text, part):
    found = verdict(RANGE, text)
    assert text[found["start"]:found["end"]] == part


def test_where_two_functions_differ_no_proof_is_looked_for(monkeypatch):
    monkeypatch.setattr("activlib.answers.equal", lambda a, b: pytest.fail("looked for a proof"))
    assert TANH.check("sin(x)**2/cos(x)**2").right is False


@pytest.mark.parametrize("answer", ALL, ids=[answer.kind for answer in ALL])
def test_plain_data_holds_all_of_an_answer(answer):
    data = json.loads(json.dumps(answer.data()))
    again = Answer.from_data(data)
    assert again.expected == answer.expected
    assert json.loads(json.dumps(again.data())) == data


def test_the_expected_object_is_what_a_solution_asserts():
    alpha = al.elu.parameters[0].symbol
    assert SLOPE.expected.subs({alpha: 2, al.x: 0}) == 2
    assert ROOT.expected == sp.sqrt(2) / 2
    assert RANGE.expected == sp.Interval(-1, sp.oo)


@pytest.mark.parametrize(("digits", "right", "wrong"), [
    (2, ("0.38", "0.376", "0.37601"), ("0.37", "0.39", "-0.38")), (4, ("0.376", "0.37601"), ("0.38", "0.3759", "0.3761"))])
def test_a_number_is_asked_for_to_so_many_digits_as_one_rounds_it(digits, right, wrong):
    for scale in ("1", "1000", "1/10**9"):
        asked = al.answer(f"-{scale}*sqrt(3*(10**(1/50) - 1))", digits=digits)  # 0.376012…
        assert all(asked.check(f"-{scale}*{text}").right is True for text in right)
        assert not any(asked.check(f"-{scale}*{text}").right for text in wrong)


@pytest.mark.parametrize("make", [
    lambda: al.answer("even", choices=("odd",)), lambda: al.answer("x +"), lambda: al.answer("x", digits=3),
    lambda: al.answer("0", digits=3),
    lambda: al.answer("2*x", hints={"x + x": "never said"}), lambda: al.answer("1", hints={"2*": "unreadable"}),
])
def test_an_author_is_told_what_no_answer_can_be(make):
    with pytest.raises(ValueError, match=r"."):
        make()
    with pytest.raises(TypeError, match="expected an Activation"):
        al.answer("x", of="elu")


def test_in_a_notebook_it_is_a_widget_that_the_kernel_checks():
    sent = []
    question = Question(TANH)
    question.send = sent.append
    question._check(question, {"text": "1/cosh(x)**2"}, [])
    question._check(question, {"text": "1 - tanhh(x)"}, [])
    assert sent[0] == {"right": True, "message": "Right: proved equal."}
    assert (sent[1]["start"], sent[1]["end"]) == (4, 12)
    bundle = TANH._repr_mimebundle_()
    assert "tanh(x)**2" in bundle["text/html"]
    assert "application/vnd.jupyter.widget-view+json" in bundle


@pytest.mark.parametrize(("text", "part"), [
    ("x*tanhh(x)", "tanhh(x)"), ("  x + q", "q"), ("x + sin(2 x)", "2"), ("σ(x) + é", "σ(x)"), ("x +", "+"),
    ("1 + x^2", "1 + x^2"),
])
def test_an_error_knows_the_characters_it_is_about(text, part):
    with pytest.raises(FormulaError) as found:
        al.define(text)
    assert text[found.value.start:found.value.end] == part
