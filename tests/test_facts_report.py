"""What comes with a fact: evidence, a narrow enclosure, exact parameters; and how facts are shown."""

import dataclasses
import os
import re
import subprocess
import sys
from fractions import Fraction
from random import Random

import html5lib
import mpmath
import pytest
import sympy as sp
from flint import arb, ctx
from mpmath import mp, mpf

import activlib as al
from activlib.balls import Undecided
from activlib.facts.enclosure import Enclosure
from activlib.facts.fact import AbsentFact, Fact
from activlib.facts.render import cell, latex
from oracle import CASES

SINE, STEP, CHIRP = al.define("sin(x)"), al.define("1 if x >= 0 else 0"), al.define("sin(x**2)")
half = sp.Rational(1, 2)


def ball(number, radius):
    with ctx.workprec(200):
        return Enclosure(arb(number, radius))


# Evidence

@pytest.mark.parametrize(("activation", "parameters"), [*CASES, (SINE, {}), (STEP, {}), (CHIRP, {})])
def test_every_fact_comes_with_its_evidence(activation, parameters):
    facts = list(al.facts(activation, **parameters))
    assert [fact.name for fact in facts] == list(al.facts(activation).names)
    for fact in facts:
        assert re.fullmatch(r"\S.{5,}\.", fact.argument, re.DOTALL), fact.argument
        if fact.method == "exact":
            assert (fact.radius, fact.enclosures) == (0, frozenset())
            assert not any(part.has(sp.Float) for part in [fact.value] if isinstance(part, sp.Basic))
        elif fact.method == "enclosed":
            assert fact.boxes > 0
            assert fact.radius > 0
            assert all(2 * e.radius <= Fraction(1, 10**15) * max(1, abs(e.midpoint)) for e in fact.enclosures)
        else:
            assert (fact.method, fact.known) == ("absent", None)
            with pytest.raises(AbsentFact, match=f"^{fact.name} is not certified: {re.escape(fact.argument)}$"):
                _ = fact.value
    assert {"exact", "enclosed", "absent"} >= {fact.method for fact in facts}


def test_all_three_methods_occur():
    assert {fact.method for f in (al.sigmoid, CHIRP) for fact in al.facts(f)} == {"exact", "enclosed", "absent"}


def test_a_fact_without_evidence_cannot_be_built():
    with pytest.raises(ValueError, match="zeros: a fact needs evidence"):
        Fact("zeros", "Zeros", sp.S.EmptySet, "")
    with pytest.raises(ValueError, match="gain: an enclosure for which nothing was examined"):
        Fact("gain", "Gain", ball("1.5", "1e-30"), "By quadrature.")
    with pytest.raises(Undecided, match=r"enclosed no closer than 1\.5 ± \de-15"):
        Fact("gain", "Gain", ball("1.5", "2e-15"), "By quadrature.", boxes=9)
    assert Fact("gain", "Gain", ball("1.5", "1e-15"), "By quadrature.", boxes=9).method == "enclosed"
    assert Fact("gain", "Gain", ball("1.5e20", "1e4"), "By quadrature.", boxes=9).method == "enclosed"


def test_a_wide_enclosure_is_absent_with_its_width():
    fact = al.facts(al.define("sin(exp(x))")).gradient_second_moment
    assert (fact.method, fact.known) == ("absent", None)
    assert re.search(r"enclosed no closer than 0 ± \de\d+", fact.argument)


# Parameters

@pytest.mark.parametrize("given", [half, 0.5, Fraction(1, 2), sp.Float(0.5)])
def test_equal_parameters_give_the_same_facts(given):
    assert al.facts(al.elu, alpha=given) is al.facts(al.elu, alpha=half)
    assert al.facts(al.elu) is al.facts(al.elu, alpha=1)


def test_a_float_is_the_binary_fraction_that_it_stores():
    tenth, binary = al.facts(al.leaky_relu, alpha=sp.Rational(1, 10)), al.facts(al.leaky_relu, alpha=0.1)
    assert tenth.left_asymptote.value == al.x / 10
    assert binary.left_asymptote.value == sp.Rational(0.1) * al.x
    assert tenth.second_moment.value < binary.second_moment.value


@pytest.mark.parametrize(("given", "error", "message"), [
    ({"alpha": 0}, ValueError, "parameter alpha = 0 lies outside its domain 0 < α"),
    ({"alpha": float("nan")}, ValueError, "parameter alpha = nan lies outside"),
    ({"alpha": "1"}, TypeError, "parameter alpha: expected a real number, got '1' of type str"),
    ({"alpha": 1j}, TypeError, "parameter alpha: expected a real number"),
    ({"beta": 1}, TypeError, "elu has no parameter 'beta'; it takes alpha"),
])
def test_bad_parameters_get_one_clear_error(given, error, message):
    with pytest.raises(error, match=f"^{re.escape(message)}"):
        al.facts(al.elu, **given)


@pytest.mark.parametrize("given", ["elu", sp.tanh(al.x), None, al, al.Activation])
def test_what_is_no_activation_is_refused(given):
    with pytest.raises(TypeError, match=r"^expected an Activation, got .* of type \w+$"):
        al.facts(given)


def test_an_unknown_fact_is_refused_with_the_known_ones():
    facts = al.facts(al.tanh)
    with pytest.raises(AttributeError, match=r"^there is no fact 'limit'; there are domain, range, .*, cost$"):
        facts.limit  # noqa: B018
    for call in (lambda: facts.table("range", "limit"), lambda: al.compare([facts], "limit")):
        with pytest.raises(ValueError, match="there is no fact 'limit'; there are domain"):
            call()
    with pytest.raises(ValueError, match="expected a list of facts to compare, got none"):
        al.compare([])
    assert set(facts.names) <= set(dir(facts))


# A period, a jump

def test_facts_of_a_periodic_function_describe_one_period():
    facts = al.facts(SINE)
    assert facts.zeros.period == facts.extrema.period == 2 * sp.pi
    assert facts.zeros.value == sp.FiniteSet(0, sp.pi)
    assert al.facts(al.define("sin(x)**2")).zeros.period == sp.pi
    assert sorted((e.kind, sp.sin(e.at)) for e in facts.extrema.value) == [("maximum", 1), ("minimum", -1)]
    assert facts.range.value == sp.Interval(-1, 1)
    assert str(facts.zeros) == "{0, π} (+ k·2*π)"
    assert r"and again every \(2 \pi\)" in facts.zeros._repr_html_()
    assert facts.fixed_points.period is None


def test_facts_of_a_jump_name_it():
    facts = al.facts(STEP)
    assert facts.range.value == sp.FiniteSet(0, 1)
    assert str(facts.smoothness) == "not continuous; f jumps by 1 at 0"
    assert (facts.lipschitz.value, facts.lipschitz.approached) == (sp.oo, (0,))
    assert str(facts.zeros) == "(-∞, 0)"
    assert facts.gradient_second_moment.value == 0


# Digits

def test_every_printed_digit_of_an_enclosure_is_certain():
    random = Random(4)
    for _ in range(300):
        exponent, size = random.randint(-30, 30), random.randint(8, 40)
        with ctx.workprec(400):
            number = arb(random.randint(-10**60, 10**60)) / 10**60 * arb(10) ** exponent
            e = Enclosure(arb(number.mid(), (abs(number) / arb(10) ** size).mid()))
        low, high = e.midpoint - e.radius, e.midpoint + e.radius
        digits = e.digits()
        if digits.endswith("…"):
            first = Fraction(digits[:-1])
            unit = Fraction(10) ** (len(str(int(abs(first)))) - 10)
            assert len(re.sub(r"e.*|\D", "", digits).lstrip("0")) == 10
            assert all(abs(first) <= abs(end) for end in (low, high)), digits
            assert all(abs(end - first) < max(unit, abs(first) * Fraction(1, 10**9)) for end in (low, high)), digits
        else:
            middle, error = map(Fraction, digits.split(" ± "))
            assert max(abs(low - middle), abs(high - middle)) <= error, digits
        middle, radius = map(Fraction, e.ball.split(" ± "))
        assert middle - radius <= low
        assert high <= middle + radius


@pytest.mark.parametrize(("number", "radius", "shown"), [
    ("0.125", "1e-30", "0.125 ± 2e-30"), ("3.14159265358979", "1e-20", "3.141592653…"),
    ("-3.14159265358979", "1e-20", "-3.141592653…"), ("123", "4", "123 ± 5e0"), ("12300", "40", "1.23e4 ± 5e1"),
    ("2", "1e-3", "2 ± 2e-3"), ("0", "1e-9", "0 ± 2e-9"), ("1.23456789123e-20", "1e-40", "1.234567891e-20…"),
    ("123456789123", "1e-9", "1.234567891e11…"), ("0.00012345678912", "1e-20", "0.0001234567891…"),
])
def test_an_enclosure_prints_the_digits_that_are_certain(number, radius, shown):
    assert ball(number, radius).digits() == shown


def test_an_enclosure_computes_like_the_number():
    third = ball("0.3333333333333333333333333333333333", "1e-30")
    assert float(third) == 1 / 3
    assert (third > 0, third < 0, third.is_zero) == (True, False, False)
    assert ball("0", "1e-30").is_zero is None
    with mp.workdps(30):
        assert abs(mpf(str((3 * third + 1).evalf(30))) - 2) < mpf(10) ** -28


# Tables

def table_of(html):
    """The HTML table, by a parser that accepts no error."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    return parser.parseFragment(html)[0]


@pytest.mark.parametrize("activation", [*al.activations.values(), SINE, STEP, CHIRP])
def test_the_table_is_well_formed_and_readable_by_its_headers(activation):
    facts = al.facts(activation)
    table = table_of(facts._repr_html_())
    assert (table.tag, table[0].tag) == ("table", "caption")
    assert activation.title in table[0].text
    assert [(th.get("scope"), th.text) for th in table.iterfind("thead/tr/th")] == [
        ("col", "Property"), ("col", "Value"), ("col", "How known")]
    rows = table.findall("tbody/tr")
    assert [row[0].text for row in rows] == [fact.label for fact in facts]
    for row, fact in zip(rows, facts, strict=True):
        assert [cell.tag for cell in row] == ["th", "td", "td"]
        assert row[0].get("scope") == "row"
        assert row[1].text or len(row[1])
        assert row[2][0].tag == "details"
        how = row[2][0][0]
        assert (how.tag, how.text.split()[0]) == ("summary", "not" if fact.absent else fact.method)
        assert fact.argument.split("<")[0][:40] in "".join(row[2][0].itertext())
        assert ("boxes examined" in "".join(row[2].itertext())) == (fact.method == "enclosed")
    assert "$" not in facts._repr_html_()


def test_a_table_of_chosen_facts_keeps_their_order():
    table = table_of(al.facts(al.elu).table("lipschitz", "range")._repr_html_())
    assert [th.text for th in table.iterfind("tbody/tr/th")] == ["Lipschitz constant", "Range"]


def test_a_wide_set_is_written_so_that_a_line_can_break_between_its_members():
    wide, narrow = al.facts(al.rational).zeros, al.facts(al.define("x*x - 4")).zeros
    assert cell(wide).replace(r"\) \(", r"\; ") == rf"\({latex(wide)}\)" != cell(wide)
    assert cell(narrow) == rf"\({latex(narrow)}\)"


def test_a_title_is_escaped_in_the_table():
    evil = al.define("x", title="<b>&\"'")
    assert table_of(al.facts(evil)._repr_html_())[0].text == "Certified facts: <b>&\"'"


@pytest.mark.parametrize(("alpha", "told"), [
    (2, "= 2"), (sp.Rational(1, 3), "= 1/3"), (0.1, "= 0.1"), (1e300, "= 1e+300"), (sp.Integer(10) ** 400, "≈ 1.00000e+400"),
    (sp.Rational(1, 10**400), "≈ 1.00000e-400"), (sp.sqrt(2), "= sqrt(2)"), (sp.sqrt(2) + sp.sqrt(3) + sp.pi, "≈ 6.28786"),
])  # fmt: skip
def test_title_tells_a_parameter_shortly_and_does_not_call_a_rounded_one_equal(alpha, told):
    assert repr(al.facts(al.elu, alpha=alpha)).splitlines()[0].endswith(f"α {told}")


def test_a_comparison_has_a_column_for_each_setting():
    several = [al.facts(al.elu, alpha=a) for a in (half, 2)]
    table = table_of(al.compare(several, "range", "lipschitz")._repr_html_())
    assert table[0].text == "Certified facts: Exponential linear unit (ELU)"
    assert [th.text for th in table.iterfind("thead/tr/th")] == ["Property", "α = 1/2", "α = 2"]
    assert [[cell.tag for cell in row] for row in table.iterfind("tbody/tr")] == [["th", "td", "td"]] * 2
    assert repr(al.compare(several, "lipschitz")).splitlines() == [
        "Certified facts: Exponential linear unit (ELU)", "  Lipschitz constant",
        "    α = 1/2: 1 (exact)", "    α = 2: 2 (exact)"]


SHOWN = """
import activlib as al
several = [al.facts(f) for f in (*al.activations.values(), al.define("sin(x) + a*cos(2*x)", a=2), al.define("sign(x*x - 2)/x"))]
for facts in several:
    print(facts, facts._repr_html_(), *(fact.latex for fact in facts))
print(al.compare(several, "range")._repr_html_())
"""


def test_two_runs_show_the_same_text_and_html():
    runs = [subprocess.check_output([sys.executable, "-c", SHOWN], text=True, env={**os.environ, "PYTHONHASHSEED": seed})
            for seed in ("1", "2")]
    assert len(runs[0]) > 50_000
    assert runs[0] == runs[1]


def test_repr_says_value_and_method():
    facts = al.facts(al.elu, alpha=2)
    assert repr(facts.lipschitz) == "<Lipschitz constant: 2 (exact)>"
    assert repr(facts).splitlines()[:3] == [
        "Facts of Exponential linear unit (ELU) with α = 2", "  Domain: ℝ (exact)", "  Range: (-2, ∞) (exact)"]
    assert re.search(r"\(enclosed ± 1e-\d\d\)>$", repr(al.facts(al.tanh).gain))
    assert float(al.facts(al.tanh).gain) == pytest.approx(1 / mpmath.sqrt(float(al.facts(al.tanh).second_moment)))


def test_replacing_a_field_keeps_the_rules():
    gain = al.facts(al.tanh).gain
    with pytest.raises(ValueError, match="nothing was examined"):
        dataclasses.replace(gain, boxes=0)
