"""The one definition of an activation function, and what follows from it symbolically.

Everything here is SymPy; numbers, plots and widgets live in modules that load when first used.
"""

from __future__ import annotations

import functools
import numbers
from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from types import MappingProxyType

import sympy as sp
from sympy.codegen.cfunctions import expm1, log1p
from sympy.printing.pretty.pretty_symbology import pretty_symbol, pretty_use_unicode

from activlib.notebook import has_words, latex
from activlib.pickling import reduced
from activlib.published import published, with_decimals

x = sp.Symbol("x", real=True)


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


@dataclass(frozen=True, eq=False)
class Activation:
    """A scalar activation function f(x; parameters), defined by one SymPy expression.

    Parameters
    ----------
    name: identifier, also the slug of its chapter.
    title: the name in prose.
    latex: the function's symbol in formulas.
    formula: expression in `x` and the parameters' symbols, as a textbook writes it. Pieces are a
        `Piecewise`; the piece whose condition holds at a breakpoint gives the value there *and the
        derivative there*, which is how the convention at a kink is declared.
    parameters: in calling order.
    stable_forms: {n: expression} equal to the n-th derivative, written so that it can be evaluated
        in floating point over the whole range (conditions that exist for this only are no breakpoints).
    window: the interval of x that shows the function's character.
    libraries: dotted names of the same function elsewhere, see `activlib.libraries`.

    Raises ValueError for a name that is no identifier, a symbol that is no parameter, and an empty window.
    """

    name: str
    title: str
    latex: str
    formula: sp.Expr
    parameters: tuple[Parameter, ...] = ()
    stable_forms: Mapping[int, sp.Expr] = field(default_factory=dict)
    window: tuple[float, float] = (-5, 5)
    libraries: tuple = ()

    def __post_init__(self):
        if not (isinstance(self.name, str) and self.name.isidentifier()):
            raise ValueError(f"name = {self.name!r}: expected an identifier such as 'my_activation'")
        if not isinstance(self.title, str):
            raise TypeError(f"title = {self.title!r}: expected a string")
        check_window(self.window)
        known = {x, *(p.symbol for p in self.parameters)}
        for expression in (self.formula, *self.stable_forms.values()):
            if unknown := expression.free_symbols - known:
                raise ValueError(f"{self.name}: the formula uses {sorted(map(str, unknown))}, which are not parameters")
        object.__setattr__(self, "stable_forms", MappingProxyType(dict(self.stable_forms)))

    def __copy__(self):
        return self  # nothing in it can change, and an activation is known by its identity

    def __deepcopy__(self, memo):
        return self

    def __reduce__(self):
        return reduced(self)

    def __repr__(self):
        return f"Activation({', '.join([self.name, *(f'{p.text}={p.default}' for p in self.parameters)])})"

    def _repr_latex_(self):
        arguments = "; ".join(["x", ", ".join(latex(p.symbol) for p in self.parameters)]).removesuffix("; ")
        return rf"$\displaystyle {self.latex}({arguments}) = {latex(with_decimals(self.formula))}$"

    # Symbolic half

    def derivative(self, n: int = 1) -> sp.Expr:
        """The n-th derivative with respect to x, each piece in the form one would publish."""
        return _derivative(self.formula, n)

    def stable(self, n: int = 0) -> sp.Expr:
        """The n-th derivative in the form to evaluate: the given stable form, or the derivative of
        the nearest lower one, or the published form where there is none."""
        given = [order for order in self.stable_forms if order <= n]
        if not given:
            return self.derivative(n)
        return sp.diff(self.stable_forms[max(given)], x, n - max(given))

    @functools.cached_property
    def breakpoints(self) -> tuple[sp.Expr, ...]:
        """Where the pieces of the formula meet, as expressions in the parameters, in the order of
        their places at the default parameters; those that have no real place there come last."""
        places = {b: b.subs(self.at()) for b in breakpoints(self.formula)}
        return tuple(sorted(sorted(places, key=sp.default_sort_key),
                            key=lambda b: places[b] if places[b].is_real else sp.oo))

    def pieces(self, n: int = 0, **parameters) -> tuple[tuple[sp.Expr, sp.Expr, sp.Expr], ...]:
        """The n-th derivative as (lower end, upper end, smooth expression) over the open intervals
        between breakpoints, from left to right.

        The ends and expressions hold the parameters as symbols; which piece lies where is decided at
        the given parameters (their order on the line may depend on them).
        """
        values = self.at(**parameters)
        expression = self.derivative(n)
        places = {place: b for b in self.breakpoints if (place := b.subs(values)).is_real}
        ends = (-sp.oo, *(places[place] for place in sorted(places)), sp.oo)
        return tuple((a, b, _branch(expression, _between(a.subs(values), b.subs(values)), values))
                     for a, b in zip(ends, ends[1:]))

    def at(self, **parameters) -> dict[sp.Symbol, sp.Expr]:
        """The exact value of every parameter, defaults filled in.

        Raises TypeError for an unknown parameter, ValueError for one outside its domain.
        """
        known = {p.name: p for p in self.parameters}
        if unknown := [name for name in parameters if name not in known]:
            accepted = f"it takes {', '.join(known)}" if known else "it takes no parameters"
            raise TypeError(f"{self.name} has no parameter {unknown[0]!r}; {accepted}")
        return {p.symbol: p.validate(parameters[p.name]) if p.name in parameters else p.default
                for p in self.parameters}

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


def breakpoints(expression: sp.Expr) -> set[sp.Expr]:
    """The real solutions for x of every comparison in `expression` that involves x.

    Raises ValueError for a comparison that is not polynomial in x of degree at most 2 (after taking
    off odd increasing functions, which keep the sign).
    """
    found = set()
    for relation in expression.atoms(sp.core.relational.Relational):
        difference = relation.lhs - relation.rhs
        while type(difference) in (sp.tanh, sp.sinh, sp.asinh, sp.atan, sp.erf, expm1, log1p):
            difference = difference.args[0]
        if not difference.has(x):
            continue
        try:
            found.update(root for root in _roots(difference) if root.is_real is not False)
        except ValueError as error:
            raise ValueError(f"cannot solve the condition {relation} for x: {error}") from None
    return found


def _roots(polynomial):
    """The solutions of polynomial = 0, from its Taylor coefficients: SymPy's solver simplifies them, for as long as
    that takes. Where parameters make the last coefficient vanish, a solution is infinite or undefined."""
    slope = sp.diff(polynomial, x)
    twice = sp.diff(slope, x)
    if twice.has(x):
        raise ValueError("compare polynomials of degree 1 or 2")
    b, c = slope.subs(x, 0), polynomial.subs(x, 0)
    leading = twice or b
    if leading.is_zero is not False and (leading.is_number or (twice != 0 and b != 0)):
        raise ValueError("the leading coefficient may vanish")
    if twice == 0:
        return [-c / b]
    root = sp.sqrt(b**2 - 2 * twice * c)
    return [(-b - root) / twice, (-b + root) / twice]


def reflected(terms) -> list[sp.Expr]:
    """The terms of a sum, with erfc(-z) where SymPy has made it 2 - erfc(z), which cancels."""
    terms = list(terms)
    for term in terms:
        coefficient, function = term.as_coeff_Mul()
        if isinstance(function, sp.erfc) and -2 * coefficient in terms:
            terms.remove(-2 * coefficient)
            terms[terms.index(term)] = -coefficient * sp.erfc(-function.args[0], evaluate=False)
    return terms


def _between(a, b):
    """An exact point strictly between two numbers or infinities."""
    if a.is_infinite:
        return sp.S.Zero if b.is_infinite else b - 1
    return a + 1 if b.is_infinite else (a + b) / 2


def _branch(expression, point, values):
    """`expression` with every Piecewise in it replaced by the piece that holds at `point`."""
    def held(*pieces):
        for piece, condition in pieces:
            if condition.subs(values).subs(x, point) == True:  # noqa: E712 - SymPy's true is not Python's
                return piece
        return sp.nan
    return expression.replace(sp.Piecewise, held)


@functools.lru_cache(maxsize=512)
def _derivative(formula, n):
    if n == 0:
        return formula
    lower = _derivative(formula, n - 1)
    if isinstance(lower, sp.Piecewise):
        return sp.Piecewise(*((published(sp.diff(piece, x)), condition) for piece, condition in lower.args))
    return published(sp.diff(lower, x))
