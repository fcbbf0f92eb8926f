"""Answers to exercises, checked: right by proof, or wrong with a point where the two differ and both values there."""

from __future__ import annotations

import html
import json
import re
from itertools import product
from typing import NamedTuple

import sympy as sp

from activlib.activation import Activation, Parameter, letters, x
from activlib.define import define
from activlib.definition.numbers import equal as equal_numbers
from activlib.derivation import equal

PLACES = tuple(map(sp.Rational, ("1", "-1", "0", "1/2", "-1/2", "2", "-2", "1/10", "-1/10", "5", "-5", "37/10", "-37/10")))
SHIFTS = (0, sp.Rational(1, 3), -sp.Rational(1, 4))  # of each parameter from its default
DIGITS = 30
SHORT = 7  # characters of a fraction that is shown as one
OPTIONS = ("label", "choices", "uses", "avoids", "hints", "digits")
INTERVAL = re.compile(r"\s*([\[(])(.*),(.*)([\])])\s*", re.DOTALL)
ENDS = {"oo": sp.oo, "inf": sp.oo, "infinity": sp.oo, "∞": sp.oo}


class Verdict(NamedTuple):
    """right: True where the answer is proved right, False where it is proved wrong or not in the form asked for, None where
    neither was found. message: what to say."""

    right: bool | None
    message: str


class Answer:
    """The answer to an exercise; see `answer` for the arguments."""

    def __init__(self, expected, *, label="Your answer", of=None, choices=(), uses=(), avoids=(), hints=None,
                 digits=None):
        if of is not None and not isinstance(of, Activation):
            raise TypeError(f"of = {of!r}: expected an Activation")
        self.text, self.label, self.choices, self.digits = str(expected), label, tuple(choices), digits
        self.uses, self.avoids, self.hints = _names(uses), _names(avoids), dict(hints or {})
        self.parameters = {p.name: p for p in of.parameters} if of else {}
        if self.choices and self.text not in self.choices:
            raise ValueError(f"{self.text!r} is not one of the choices {', '.join(self.choices)}")
        self.kind = "choice" if self.choices else "interval" if INTERVAL.fullmatch(self.text) else "expression"
        self.expected = self.text if self.choices else self.read(self.text)
        if self.kind == "expression" and not self.expected.free_symbols:
            self.kind = "number"
        if digits is not None and (self.kind != "number" or self.expected.is_zero):
            raise ValueError("digits are for an answer that is a number other than 0")
        wrong = [text for text in self.hints if self.kind != "choice" and self._same(self.read(text))]
        if wrong:
            raise ValueError(f"the hint for {wrong[0]!r} would be given for the right answer")

    def read(self, text: str):
        """What an answer's text says: a SymPy expression, number or interval. Raises ValueError."""
        if self.kind != "interval":
            return define(text, **self.parameters).formula
        if not (match := INTERVAL.fullmatch(text)):
            raise ValueError("write an interval such as [0, 1), (-oo, 2] or (0, oo); oo is infinity")
        left, low, high, right = match.groups()
        low, high = (self._end(end, match.start(group)) for group, end in ((2, low), (3, high)))
        if (left == "[" and low.is_infinite) or (right == "]" and high.is_infinite):
            raise ValueError("infinity is not a number, so it does not belong to an interval: write (-oo or oo)")
        if low >= high and not (low == high and left + right == "[]"):
            raise ValueError("the first end of an interval is the lower one")
        return sp.Interval(low, high, left == "(", right == ")")

    def _end(self, text, place):
        plain = text.strip()
        if plain.lstrip("+-") in ENDS:
            return -ENDS[plain.lstrip("+-")] if plain.startswith("-") else ENDS[plain.lstrip("+-")]
        number = define(" " * place + text).formula  # so that an error points into the whole
        if number.has(x):
            raise ValueError("the ends of an interval are numbers, without x")
        return number

    def check(self, text: str) -> Verdict:
        """Whether a reader's answer is right. Raises ValueError where it can't be read, saying which part."""
        if self.kind == "choice":
            right = text == self.expected
            return Verdict(right, "Right." if right else self._hint(text) or "Not right.")
        given = self.read(text)
        if not self._same(given):
            return self._different(text, given)
        called = set(re.findall(r"[^\W\d]\w*", text))
        form = "Equal to the answer, but not in the form asked for: write it"
        if missing := [name for name in self.uses if name not in called]:
            return Verdict(False, f"{form} with {' and '.join(missing)}.")
        if present := [name for name in self.avoids if name in called]:
            return Verdict(False, f"{form} without {' and '.join(present)}.")
        return Verdict(True, "Right: proved equal." if self.digits is None else "Right.")

    def _same(self, given):
        if self.kind == "interval":
            return bool(given.left_open == self.expected.left_open and given.right_open == self.expected.right_open
                        and equal_numbers(given.start, self.expected.start) and equal_numbers(given.end, self.expected.end))
        if self.digits is not None and given.is_number:
            return self._near(given, self.digits)
        return self._equal(given, self.expected)

    def _equal(self, a, b):
        """Whether two expressions are proved equal; a place where both are defined and differ spares the search for a proof."""
        return _point(a, b, self.parameters.values(), defined=True) is None and equal(a, b)

    def _near(self, given, digits):
        return not self.expected.is_zero and bool(abs(given - self.expected) <= _half_unit(self.expected, digits))

    def _hint(self, text, given=None):
        for wrong, hint in self.hints.items():
            if wrong == text or (given is not None and given.func == self.read(wrong).func and given == self.read(wrong)) or (
                    given is not None and self.kind != "interval" and self._equal(given, self.read(wrong))):
                return hint
        return ""

    def _different(self, text, given):
        hint = self._hint(text, given)
        if self.kind == "interval":
            return Verdict(False, " ".join(["Not right:", _ends(given, self.expected), hint]).strip())
        if self.kind == "number":
            if given.has(x):
                return Verdict(False, "Not right: the answer is a number, without x.")
            near = "" if not self._near(given, (self.digits or 4) - 1) else f"Close, but {self.digits} digits are asked for." \
                if self.digits else "Close, but an exact number is asked for, with fractions, roots or functions."
            yours = _decimal(given) if "/" in text or not given.is_Rational else _rounded(given)
            return Verdict(False, f"Not right: yours is {yours}. {hint or near}".strip())
        where = _point(given, self.expected, self.parameters.values())
        if where is None:
            return Verdict(None, "Not settled: it agrees with the answer at every place that was tried, to "
                                 f"{DIGITS} digits, but no proof was found that they are equal.")
        place, yours, ours = where
        at = ", ".join(f"{letters(symbol.name)} = {value}" for symbol, value in place.items())
        negative = "Mind the sign: yours is the negative of it." if self._equal(given, -self.expected) else ""
        return Verdict(False, f"Not right: at {at} yours is {_decimal(yours)}, and the answer is {_decimal(ours)}. "
                              f"{hint or negative}".strip())

    def data(self) -> dict:
        """The answer as plain data, from which `from_data` makes it again."""
        parameters = {p.name: [str(p.default), _bounds(p.domain)] for p in self.parameters.values()}
        options = {key: getattr(self, key) for key in OPTIONS}
        return {"expected": self.text, "kind": self.kind, "parameters": parameters, **options}

    @classmethod
    def from_data(cls, data: dict) -> Answer:
        parameters = tuple(Parameter(name, sp.Rational(default), _domain(bounds), (sp.Rational(default),) * 3)
                           for name, (default, bounds) in data["parameters"].items())
        of = Activation("f", "f", "f", x, parameters) if parameters else None
        return cls(data["expected"], of=of, **{key: data[key] for key in OPTIONS})

    def __repr__(self):
        return f"Answer of the kind {self.kind}"

    def _repr_mimebundle_(self, **_):
        """A widget where there is a kernel, and elsewhere an element that the page's script brings to life."""
        from activlib.question import Question

        data = json.dumps(self.data(), ensure_ascii=False, sort_keys=True)
        return {
            "text/plain": repr(self),
            "text/html": f'<activation-answer data-answer="{html.escape(data)}"></activation-answer>',
            "application/vnd.jupyter.widget-view+json": {
                "version_major": 2, "version_minor": 0, "model_id": Question(self).model_id,
            },
        }  # fmt: skip


def answer(expected, **options) -> Answer:
    """The answer to the exercise above: the page shows an input for it, and says whether what a reader writes is right.

    Parameters
    ----------
    expected: an expression or a number as `al.define` reads them, such as "1 - tanh(x)**2" and "1/4"; an interval such as
        "[0, 1)" or "(-oo, 2]"; or one of the `choices`.
    label: what is asked for, before the input.
    of: an activation whose parameters the answer has.
    choices: the words to choose from.
    uses, avoids: names of functions that the answer has to have, or must not have, in the form that is asked for.
    hints: {wrong answer: what to say of it}.
    digits: for a number that is asked for to so many significant digits; else it has to be exact.

    Returns an `Answer`: `.expected` is the SymPy object, which the solution's cell asserts, and `.check(text)` gives a
    `Verdict`. Raises ValueError for an answer that can't be read, and for a hint that the right answer would get.
    """
    return Answer(expected, **options)


def _names(names):
    return (names,) if isinstance(names, str) else tuple(names)


def _half_unit(number, digits):
    """Half of the last place of a number that is rounded to so many significant digits."""
    return sp.Rational(10) ** (sp.floor(sp.log(abs(number), 10)) + 1 - digits) / 2


def _decimal(number):
    if number is sp.nan or not number.is_number or number.is_real is not True:
        return "not defined"
    if not number.is_Rational and abs(number - round(number)) < sp.Float(10) ** -DIGITS:
        number = sp.Integer(round(number))
    return str(number).replace("-", "−") if number.is_Rational and len(str(number)) <= SHORT else _rounded(number)


def _rounded(number):
    return f"{float(number):.6g}".replace("-", "−")


def _ends(given, expected):
    """Which of an interval's ends is wrong, without the right one."""
    sides = [("lower", given.start, expected.start, given.left_open, expected.left_open),
             ("upper", given.end, expected.end, given.right_open, expected.right_open)]
    wrong = [f"at the number at the {name} end" if not equal_numbers(a, b)
             else f"at whether the {name} end belongs to it" for name, a, b, p, q in sides if not equal_numbers(a, b) or p != q]
    return f"look again {' and '.join(wrong)}." if wrong else ""


def _point(a, b, parameters, defined=False):
    """({symbol: value}, value of a, value of b) at a place where two expressions certainly differ, with `defined` only where
    both have a value; None if none is found."""
    places = PLACES if a.has(x) or b.has(x) else PLACES[:1]
    moves = product(*([(p.symbol, v) for v in (p.default + s for s in SHIFTS) if p.domain.contains(v) is sp.true]
                      for p in parameters))
    for values in map(dict, moves):
        for place in places:
            where = {x: place, **values}
            one, other = (_value(e, where) for e in (a, b))
            if (one is sp.nan) != (other is sp.nan) and not defined:
                return where, one, other
            if sp.nan not in (one, other) and abs(one - other) > (1 + abs(one)) * sp.Float(10) ** -DIGITS:
                return where, one, other
    return None


def _value(expression, where):
    value = expression.subs(where).evalf(DIGITS + 10)
    return value if value.is_number and value.is_real and value.is_finite else sp.nan


def _bounds(domain):
    if not isinstance(domain, sp.Interval):
        raise ValueError(f"an answer's parameters have intervals for domains, got {domain}")
    return [str(domain.start), str(domain.end), bool(domain.left_open), bool(domain.right_open)]


def _domain(bounds):
    low, high = (sp.oo if end == "oo" else -sp.oo if end == "-oo" else sp.Rational(end) for end in bounds[:2])
    return sp.Interval(low, high, *bounds[2:])
