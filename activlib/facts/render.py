"""Facts as plain text, LaTeX and accessible HTML tables.

A value becomes phrases, each a list of words (str) and SymPy objects, which the three notations then
write in their own way.
"""

from __future__ import annotations

import html
import math
import re

import sympy as sp

from activlib import notebook
from activlib.activation import x
from activlib.balls import ball, precision
from activlib.facts.enclosure import Enclosure, evaluated, latex_digits

SHOWN = 6  # members of a long list
LONGEST = 60  # characters of LaTeX of a closed form that is shown beside its decimal value
WIDEST = 40  # characters of a set, without commands, that stays on one line
SMOOTH = sp.Symbol("C")


class Phrase(tuple):
    """Words and SymPy objects that say one thing together; as a number the first of them."""

    def __float__(self):
        return float(self[0])


def phrases(value) -> list[list]:
    """What says a value; one phrase for each of several things."""
    name = type(value).__name__
    if value is None or value == () or value is sp.S.EmptySet:
        return [["none"]]
    if isinstance(value, bool):
        return [["yes" if value else "no"]]
    if isinstance(value, Phrase):
        return [list(value)]
    if name == "Symmetry" and value.kind == "point":
        return [["point symmetry about", sp.Tuple(*value.center)]]
    if name == "Symmetry":
        return [[value.kind if value.kind != "axis" else "mirror symmetry about", *_line(value)]]
    if name == "Smoothness":
        order = "not continuous" if value.order < 0 else sp.Pow(SMOOTH, value.order, evaluate=False)
        return [[order], *([_prime(j.order), *_break(j.size), j.at] for j in value.jumps)]
    if name == "Stretch":
        return [[f"{value.kind} on", *_set(value.interval)]]
    if name == "Extremum":
        return [[value.kind, value.value, "at", value.at]]
    if isinstance(value, tuple):
        return [phrase for part in _first(value) for phrase in phrases(part)]
    return [_set(value)] if isinstance(value, sp.Set) else [[value]]


def _line(symmetry):
    return [sp.Eq(x, symmetry.center[0], evaluate=False)] if symmetry.kind == "axis" else []


def _prime(n):
    return "f" + "'" * n if n < 4 else f"f^({n})"


def _is_function(word):
    """Whether a word stands for f or a derivative of it."""
    return word == "f" or (word.startswith("f") and word[-1] in "')")


def _break(size):
    if size == 0:
        return ["is not its limit at"]
    return ["is unbounded at"] if size.is_infinite else ["jumps by", size, "at"]


def _set(value):
    """The points of a set, then its intervals, from left to right, then its progressions."""
    if value == sp.S.Reals:
        return [sp.S.Reals]
    parts = value.args if isinstance(value, sp.Union) else (value,)
    points = sorted((p for part in parts if isinstance(part, sp.FiniteSet) for p in part), key=float)
    intervals = sorted((part for part in parts if isinstance(part, sp.Interval)), key=lambda i: float(i.start))
    members = [sp.FiniteSet(p) for p in points] if len(points) > SHOWN else [sp.FiniteSet(*points)] * bool(points)
    progressions = sorted((part for part in parts if isinstance(part, sp.ImageSet)), key=lambda p: float(_member(p, 0)))
    return [token for member in _first(members + intervals + progressions) for token in ("∪", member)][1:]


def _member(progression, k):
    return evaluated(progression.lamda(sp.Integer(k)))


def _members(progression):
    """Three members of a progression from left to right, and on which sides there are more."""
    if progression.base_set == sp.S.Integers:
        return True, [_member(progression, k) for k in (-1, 0, 1)], True
    first = [_member(progression, k) for k in (0, 1, 2)]
    return (False, first, True) if first[0] < first[1] else (True, first[::-1], False)


def _first(members):
    """The members, of a long list the first few and how many there are."""
    members = list(members)
    return members if len(members) <= SHOWN else [*members[:SHOWN], f"… ({len(members)} in all)"]


def _written(token, number, brackets, comma):
    """A SymPy object with its numbers written by `number`."""
    if token == sp.S.Reals:
        return brackets["R"]
    if isinstance(token, sp.Interval):
        left, right = "(" if token.left_open else "[", ")" if token.right_open else "]"
        return f"{left}{number(token.start)}{comma}{number(token.end)}{right}"
    if isinstance(token, sp.FiniteSet):
        return brackets["{"] + comma.join(map(number, sorted(token, key=float))) + brackets["}"]
    if isinstance(token, sp.ImageSet):
        before, members, after = _members(token)
        more = [brackets["…"]]
        return brackets["{"] + comma.join([*more * before, *map(number, members), *more * after]) + brackets["}"]
    if isinstance(token, sp.Tuple):
        return f"({comma.join(map(number, token))})"
    return number(token)


# Plain text

def text(fact) -> str:
    if fact.absent:
        return f"not certified: {fact.argument}"
    return plain(fact.known) + (f" (+ k·{_plain(fact.period)})" if fact.period is not None else "")


def plain(value) -> str:
    return "; ".join(" ".join(map(_plain, phrase)) for phrase in phrases(value))


def _plain(token):
    return token if isinstance(token, str) else _written(token, _plain_number, {"R": "ℝ", "{": "{", "}": "}", "…": "…"}, ", ")


def _plain_number(number):
    if isinstance(number, sp.Eq):
        return f"{number.lhs} = {_plain_number(number.rhs)}"
    written = str(number).replace("C**", "C^")
    for symbol, sign in ((r"\boo\b", "∞"), (r"\bpi\b", "π")):
        written = re.sub(symbol, sign, written)
    return written


def numbers(value) -> dict[str, float]:
    """Each finite number that the plain text of a value writes, as the nearest float to what is known of it."""
    found = {}

    def note(number):
        if isinstance(number, sp.Expr) and number.is_finite and not number.free_symbols:
            found[_plain_number(number)] = float(Enclosure(ball(number)).midpoint)
        return ""

    with precision():
        for token in (token for phrase in phrases(value) for token in phrase if not isinstance(token, str)):
            _written(token, note, dict.fromkeys("R{}…", ""), "")
    return found


# LaTeX

def latex(fact) -> str:
    """The value of a fact in LaTeX math mode; an absent one says so."""
    if fact.absent:
        return r"\text{not certified}"
    repeated = rf" \quad (+\, k \cdot {sp.latex(fact.period)})" if fact.period is not None else ""
    return r";\; ".join(r" \; ".join(_latex(token, decimal=len(phrase) == 1) for token in phrase)
                        for phrase in phrases(fact.known)) + repeated


def _latex(token, decimal=False):
    if isinstance(token, str):
        return r"\cup" if token == "∪" else token if _is_function(token) else rf"\text{{{token}}}"
    brackets = {"R": r"\mathbb{R}", "{": r"\{", "}": r"\}", "…": r"\ldots"}
    return _written(token, lambda number: _latex_number(number, decimal), brackets, r",\; ")


def _latex_number(number, decimal=False):
    form, digits = sp.latex(number), approximation(number)
    if digits is None:
        return form
    if len(form) > LONGEST:
        return latex_digits(digits)
    return rf"{form} \approx {latex_digits(digits)}" if decimal else form


def approximation(number: sp.Expr) -> str | None:
    """The decimal digits of an exact number that does not show its size."""
    if not isinstance(number, sp.Expr) or number.free_symbols or number.is_Rational or number.is_infinite or (
            isinstance(number, Enclosure)):
        return None
    with precision():
        return Enclosure(ball(number)).digits()


# HTML

def table(facts, caption: str) -> str:
    """The facts as an HTML table: property, value, how known. The argument and the full balls unfold."""
    rows = "\n".join(_row(fact) for fact in facts)
    return (f'<table class="activlib-facts">\n<caption>{notebook.text(caption)}</caption>\n'
            '<thead><tr><th scope="col">Property</th><th scope="col">Value</th><th scope="col">How known</th></tr></thead>\n'
            f"<tbody>\n{rows}\n</tbody>\n</table>")


def _row(fact):
    how = "not certified" if fact.absent else fact.method
    if fact.method == "enclosed":
        how += f" {_math(chr(92) + 'pm ' + '10^{' + str(exponent(fact.radius)) + '}')}"
    return (f'<tr><th scope="row">{html.escape(fact.label)}</th><td>{cell(fact)}</td>'
            f"<td><details><summary>{how}</summary>{evidence(fact)}</details></td></tr>")


def cell(fact) -> str:
    """The value in HTML, and where a bound is attained."""
    value = "—" if fact.absent else "<br>".join(_html(phrase) for phrase in phrases(fact.known))
    if fact.period is not None:
        value += f"<br>and again every {_html([fact.period])}"
    if fact.attained is not sp.S.EmptySet:
        value += f"<br>attained on {_html(_set(fact.attained))}"
    elif fact.approached:
        value += f"<br>approached as {_math('x')} → {' or '.join(_html([place]) for place in fact.approached)}"
    return value


def comparison(columns, labels, caption: str) -> str:
    """An HTML table with a row for each property and a column of facts for each label."""
    rows = "\n".join(
        f'<tr><th scope="row">{html.escape(facts[0].label)}</th>{"".join(f"<td>{cell(fact)}</td>" for fact in facts)}</tr>'
        for facts in zip(*columns, strict=True))
    head = "".join(f'<th scope="col">{notebook.text(label)}</th>' for label in labels)
    return (f'<table class="activlib-facts">\n<caption>{notebook.text(caption)}</caption>\n'
            f'<thead><tr><th scope="col">Property</th>{head}</tr></thead>\n<tbody>\n{rows}\n</tbody>\n</table>')


def _html(phrase):
    """Each interval, number and member of a long set is a formula of its own, so that a narrow screen can break between them."""
    if len(phrase) == 1 and (digits := approximation(phrase[0])):
        form = sp.latex(phrase[0])
        return (f"{_math(form)} " if len(form) <= LONGEST else "") + _math(rf"\approx {latex_digits(digits)}")
    return " ".join(html.escape(token) if isinstance(token, str) and not _is_function(token) else _breakable(_latex(token))
                    for token in phrase)


def _breakable(formula):
    seen = re.sub(r"\\[a-z]+|[{}\\]", "", formula)
    members = formula.split(r",\; ") if formula.startswith(r"\{") and len(seen) > WIDEST else [formula]
    return " ".join(_math(member + "," * (member is not members[-1])) for member in members)


def _math(formula):
    return rf"\({html.escape(formula, quote=False)}\)"


def evidence(fact) -> str:
    """The argument in HTML, and for enclosed numbers their balls and how many boxes were examined."""
    parts = [html.escape(fact.argument, quote=False)]
    if fact.method == "enclosed":
        parts[0] += f" {fact.boxes} boxes examined."
        parts += [html.escape(e.ball) for e in _first(sorted(fact.enclosures, key=float)) if isinstance(e, Enclosure)]
    elif isinstance(fact.known, sp.Expr) and len(form := sp.latex(fact.known)) > LONGEST:
        parts.append(_math(form))
    return "<br>".join(parts)


def exponent(radius: float) -> int:
    """The least n with 10^n >= radius."""
    return math.ceil(math.log10(radius))
