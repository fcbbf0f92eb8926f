"""One certified fact: its value, how it is known, and the evidence."""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction
from typing import Any, NamedTuple

import sympy as sp

from activlib.balls import Undecided
from activlib.facts import render
from activlib.facts.enclosure import Enclosure

MAX_RADIUS = Fraction(1, 10**15)  # of an enclosed number of size 1 or less, relative to a greater one


class AbsentFact(LookupError):
    """The value of a fact that could not be certified was asked for."""


class Parts(NamedTuple):
    """How a union is pickled: SymPy would compare its parts, two and two, to make it anew."""

    parts: tuple[sp.Set, ...]


@dataclass(frozen=True, repr=False)
class Fact:
    """A property of one activation at exact parameters.

    name: the attribute of `Facts` that holds it. label: the name in prose.
    value: a SymPy number, set or expression, in which every inexact number is an `Enclosure`; or one of the
        named tuples of `activlib.facts`. Raises AbsentFact, with the reason, where nothing could be certified.
    method: "exact", "enclosed" or "absent".
    argument: a sentence that says how it is known, or why it is absent.
    boxes: how many intervals were examined by ball arithmetic.
    attained, approached: for a bound, the points at which it is attained, or approached but not attained.
    period: the value describes one period, and repeats with it.

    Raises ValueError without evidence, Undecided where an enclosure is wider than MAX_RADIUS.
    """

    name: str
    label: str
    known: Any
    argument: str
    boxes: int = 0
    attained: sp.Set = sp.S.EmptySet
    approached: tuple = ()
    period: sp.Expr | None = None
    absent: bool = False

    def __post_init__(self):
        if not self.argument:
            raise ValueError(f"{self.name}: a fact needs evidence")
        if self.method == "enclosed" and not self.boxes:
            raise ValueError(f"{self.name}: an enclosure for which nothing was examined")
        for e in self.enclosures:
            if e.radius > MAX_RADIUS * max(1, abs(e.midpoint)):
                raise Undecided(f"it was enclosed no closer than {e.digits()}")

    @property
    def value(self):
        if self.absent:
            raise AbsentFact(f"{self.name} is not certified: {self.argument}")
        return self.known

    @property
    def enclosures(self) -> frozenset[Enclosure]:
        """The enclosed numbers in the value."""
        return frozenset(_enclosures(self.known))

    @property
    def method(self) -> str:
        return "absent" if self.absent else "enclosed" if self.enclosures else "exact"

    @property
    def radius(self) -> float:
        """The radius of the widest ball in the value; 0 for an exact one."""
        return max((float(e.radius) for e in self.enclosures), default=0.0)

    @property
    def latex(self) -> str:
        return render.latex(self)

    @property
    def how(self) -> str:
        """The method and the radius in a few words."""
        return f"enclosed ± 1e{render.exponent(self.radius)}" if self.method == "enclosed" else self.method

    def __getstate__(self):
        return {name: Parts(value.args) if isinstance(value, sp.Union) else value for name, value in vars(self).items()}

    def __setstate__(self, state):
        vars(self).update((name, sp.Union(*value.parts, evaluate=False) if isinstance(value, Parts) else value)
                          for name, value in state.items())

    def __float__(self):
        return float(self.value)

    def __str__(self):
        return render.text(self)

    def __repr__(self):
        return f"<{self.label}: {self} ({self.how})>"

    def _repr_latex_(self):
        return rf"$\displaystyle {self.latex}$"

    def _repr_html_(self):
        return render.table([self], self.label)


def _enclosures(value):
    if isinstance(value, sp.Basic):
        yield from value.atoms(Enclosure)
    elif isinstance(value, (tuple, list)):
        for part in value:
            yield from _enclosures(part)
