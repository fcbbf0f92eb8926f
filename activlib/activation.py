"""The one definition of an activation function, and what follows from it symbolically.

Everything here is SymPy; numbers, plots and widgets live in modules that load when first used.
"""

from __future__ import annotations

import functools
import numbers
from dataclasses import dataclass
from fractions import Fraction

import sympy as sp
from sympy.printing.pretty.pretty_symbology import pretty_symbol, pretty_use_unicode

from activlib.definition import written
from activlib.definition.line import Line
from activlib.definition.normal import line
from activlib.definition.numbers import equal
from activlib.definition.published import with_decimals
from activlib.definition.steady import steady
from activlib.definition.symbols import x
from activlib.entry import Entry
from activlib.notebook import has_words, latex


def letters(name: str) -> str:
    """A symbol's name in the letters of mathematics, such as α or c₁, whatever the terminal can print; words as they are."""
    if has_words(name):
        return name
    before = pretty_use_unicode(True)
    try:
        return pretty_symbol(name)
    finally:
        pretty_use_unicode(before)


def exact(value) -> sp.Expr:
    """The SymPy number that `value` is: a float becomes the binary rational it stores.

    Raises TypeError for anything that is not one finite-sized real number.
    """
    if isinstance(value, float) and abs(value) < float("inf"):
        return sp.Rational(Fraction(value))
    if isinstance(value, numbers.Real) and not isinstance(value, bool):
        value = sp.sympify(value, strict=True)
    if isinstance(value, sp.Expr) and value.is_number and value.is_extended_real is not False:
        return value.xreplace({f: sp.Rational(f) for f in value.atoms(sp.Float)})
    raise TypeError(f"expected a real number, got {value!r} of type {type(value).__name__}")


@dataclass(frozen=True)
class Parameter:
    """A shape parameter: its `name`, exact `default`, `domain` (a SymPy set of reals), and the
    `slider` (low, high, step) that a reader moves it by."""

    name: str
    default: sp.Expr
    domain: sp.Set
    slider: tuple[sp.Expr, sp.Expr, sp.Expr]

    def __post_init__(self):
        object.__setattr__(self, "default", self.validate(self.default))
        object.__setattr__(self, "slider", tuple(exact(s) for s in self.slider))
        for end in self.slider[:2]:
            self.validate(end)

    @functools.cached_property
    def symbol(self) -> sp.Symbol:
        """The SymPy symbol, assumed positive where the domain is."""
        positive = self.domain.is_subset(sp.Interval.open(0, sp.oo))
        return sp.Symbol(self.name, real=True, positive=True if positive else None)

    @property
    def text(self) -> str:
        """The name as a reader sees it without LaTeX, such as α."""
        return letters(self.name)

    @property
    def condition(self) -> str:
        """The domain in words of one line, such as 0 < α."""
        spaced = self.text.replace("_", " ")  # SymPy would print an index
        relation = self.domain.as_relational(sp.Symbol(spaced, real=True))
        written = "the real numbers" if relation == True else sp.pretty(relation, use_unicode=True)  # noqa: E712
        return written.replace(spaced, self.text)

    def validate(self, value) -> sp.Expr:
        """`value` as an exact number, or ValueError if it lies outside the domain."""
        try:
            number = exact(value)
        except TypeError as error:
            raise TypeError(f"parameter {self.name}: {error}") from None
        if not number.is_finite or self.domain.contains(number) is not sp.true:
            raise ValueError(f"parameter {self.name} = {value} lies outside its domain {self.condition}")
        return number


@dataclass(frozen=True, eq=False, repr=False)
class Activation(Entry):
    """A scalar activation function f(x; parameters), defined by one SymPy expression.

    Parameters
    ----------
    name: identifier, also the slug of its chapter.
    title: the name in prose.
    latex: the function's symbol in formulas.
    formula: expression in `x` and the parameters' symbols, as a textbook writes it. Pieces are a
        `Piecewise`; the piece whose condition holds at a breakpoint gives the value there and, where the
        one-sided slopes differ, the derivative there, which is how the convention at a kink is declared.
    parameters: in calling order.
    window: the interval of x that shows the function's character.
    libraries: dotted names of the same function elsewhere, see `activlib.libraries`.
    names: what papers, tables and people also call it, such as "Swish"; see `activlib.naming`.

    Raises TypeError for a formula that is no SymPy expression, ValueError for a name that is no identifier, a symbol that is
    no parameter, and an empty window.
    """

    name: str
    title: str
    latex: str
    formula: sp.Expr
    parameters: tuple[Parameter, ...] = ()
    window: tuple[float, float] = (-5, 5)
    libraries: tuple = ()
    names: tuple[str, ...] = ()

    def __post_init__(self):
        self._check_naming()
        check_window(self.window)
        self._check_expressions((self.formula,))
        self._check_symbols((self.formula,), {x})

    def _repr_latex_(self):
        arguments = "; ".join(["x", ", ".join(latex(p.symbol) for p in self.parameters)]).removesuffix("; ")
        return rf"$\displaystyle {self.latex}({arguments}) = {latex(with_decimals(self.formula))}$"

    # Symbolic half

    def derivative(self, n: int = 1) -> sp.Expr:
        """The n-th derivative with respect to x, by intervals, each piece in the form one would publish.

        At a joint it is what the one-sided difference quotients agree on, where they do; else the declared convention.
        """
        return written.derivative(self.formula, n, tuple(self.at().items())) if n else self.formula

    def stable(self, n: int = 0) -> sp.Expr:
        """The n-th derivative in a form that neither overflows nor cancels in plain arithmetic where general identities
        know better; it holds for all parameters. See `activlib.definition.steady`."""
        return steady(written.derivative(self.formula, n, tuple(self.at().items())))

    @functools.cached_property
    def breakpoints(self) -> tuple[sp.Expr, ...]:
        """Where the pieces of the formula and its domain end, as expressions in the parameters, in the order of
        their places at the default parameters; those that have no real place there come last."""
        places = {b: b.subs(self.at()) for b in written.breakpoints(self.formula)}
        return tuple(sorted(sorted(places, key=sp.default_sort_key),
                            key=lambda b: places[b].evalf() if places[b].is_real else sp.oo))

    def line(self, n: int = 0, **parameters) -> Line:
        """The normal form of the n-th derivative at the given parameters: smooth pieces in order along the line, the
        exact cuts between them, what holds there, and the domain. Everything that computes with f reads this."""
        return line(self.formula, self.at(**parameters)).derivative(n)

    def pieces(self, n: int = 0, **parameters) -> tuple[tuple[sp.Expr, sp.Expr, sp.Expr], ...]:
        """The n-th derivative as (lower end, upper end, smooth expression) over disjoint open intervals, from left to
        right; what is not covered, but for the ends, lies outside the domain.

        The ends and expressions hold the parameters as symbols; which piece lies where is decided at
        the given parameters (their order on the line may depend on them).
        """
        values = self.at(**parameters)
        named = [(b, place) for b in self.breakpoints if (place := b.subs(values)).is_real]

        def name(end):
            return end if end.is_infinite else next((b for b, place in named if equal(place, end)), end)

        return tuple((name(p.lower), name(p.upper), p.expression) for p in self.line(n, **parameters).pieces)

    # Numerical half, loaded when first used

    def __call__(self, x, **parameters):
        """f(x) elementwise; see `activlib.kernels.evaluate`."""
        from activlib.kernels import evaluate
        return evaluate(self, x, 0, parameters)

    def gradient(self, x, **parameters):
        """f'(x) elementwise; see `activlib.kernels.evaluate`."""
        from activlib.kernels import evaluate
        return evaluate(self, x, 1, parameters)


def check_window(window) -> tuple[float, float]:
    """An interval of x as two floats; ValueError unless it is two finite numbers in order."""
    try:
        low, high = map(float, window)
    except (TypeError, ValueError):
        low = high = 0
    if not -float("inf") < low < high < float("inf"):
        raise ValueError(f"window = {window!r}: expected (low, high) with finite numbers low < high")
    return low, high


def reflected(terms) -> list[sp.Expr]:
    """The terms of a sum, with erfc(-z) where SymPy has made it 2 - erfc(z), which cancels."""
    terms = list(terms)
    for term in terms:
        coefficient, function = term.as_coeff_Mul()
        if isinstance(function, sp.erfc) and -2 * coefficient in terms:
            terms.remove(-2 * coefficient)
            terms[terms.index(term)] = -coefficient * sp.erfc(-function.args[0], evaluate=False)
    return terms
