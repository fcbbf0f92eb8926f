"""The one definition of a function of several numbers, and what follows from it symbolically."""

from __future__ import annotations

import functools
import operator
from dataclasses import dataclass

import sympy as sp

from activlib.activation import Parameter, check_window, exact
from activlib.definition.published import with_decimals
from activlib.definition.symbols import x
from activlib.entry import Entry
from activlib.notebook import latex
from activlib.vector.explicit import explicit
from activlib.vector.kinks import explicit as without_distributions
from activlib.vector.places import check_places
from activlib.vector.shifts import shifted, shifted_derivative, translation
from activlib.vector.sums import collapsed
from activlib.vector.symbols import a, b, every, i, k, n, numbered, scores, weights_of_results
from activlib.vector.thresholds import Share

COUNTS = {"pair": 2, "expand": 1}  # of the arguments, for the kinds that have a count of their own


@dataclass(frozen=True, eq=False, repr=False)
class VectorActivation(Entry):
    """An activation of several numbers, y = f(x; parameters), defined by one SymPy expression.

    Parameters
    ----------
    name, title, latex, parameters, libraries, names: as an `Activation` has them.
    formula: says by what it consists of what kind of function it is, see `kind`:
        in `scores[i]` and sums or `Largest` over `every` place, the i-th of n results from n numbers;
        the same without i, one result from n numbers;
        in `a` and `b`, one result from a pair, which are the two halves of an axis;
        a tuple of expressions in `al.x`, several results from each number, one after the other along an axis.
    window: the interval of each number that shows the function's character.

    Raises what `Activation` raises, and ValueError for a number at another place than i or one that a sum or `Largest` over
    all places runs over: no row has to have it.
    """

    name: str
    title: str
    latex: str
    formula: sp.Expr | tuple[sp.Expr, ...]
    parameters: tuple[Parameter, ...] = ()
    window: tuple[float, float] = (-4, 4)
    libraries: tuple = ()
    names: tuple[str, ...] = ()

    def __post_init__(self):
        self._check_naming()
        check_window(self.window)
        allowed = {"axis": {scores.label, n, i}, "reduce": {scores.label, n}, "pair": {a, b}, "expand": {x}}[self.kind]
        if not self._formulas:
            raise ValueError(f"{self.name}: a tuple of formulas has one at least")
        self._check_expressions(self._formulas)
        numbers = {s for e in self._formulas for s in e.free_symbols if isinstance(s, sp.Indexed) and s.base == scores}
        self._check_symbols(self._formulas, allowed | numbers)
        for e in self._formulas:
            check_places(e, self.name)

    @property
    def _formulas(self):
        return self.formula if isinstance(self.formula, tuple) else (self.formula,)

    @functools.cached_property
    def definition(self) -> sp.Expr | tuple[sp.Expr, ...]:
        """The formula as derivatives and kernels read it: its floats as the fractions they are, |x|, max, min and sign by their
        pieces, which SymPy would differentiate into distributions."""
        written = tuple(without_distributions(e.xreplace({f: exact(f) for f in e.atoms(sp.Float)})) for e in self._formulas)
        return written if isinstance(self.formula, tuple) else written[0]

    @property
    def kind(self) -> str:
        """"axis": n numbers give n; "reduce": n give one; "pair": two give one; "expand": one gives several."""
        if isinstance(self.formula, tuple):
            return "expand"
        if not isinstance(self.formula, sp.Basic) or not self.formula.has(sp.Indexed):
            return "pair"
        return "axis" if i in self.formula.free_symbols else "reduce"

    def _repr_latex_(self):
        arguments = {"axis": "x", "reduce": "x", "pair": "a, b", "expand": "x"}[self.kind]
        if self.parameters:
            arguments += "; " + ", ".join(latex(p.symbol) for p in self.parameters)
        index = "_i" if self.kind == "axis" else ""
        return rf"$\displaystyle {self.latex}({arguments}){index} = {self.formula_latex}$"

    @property
    def formula_latex(self) -> str:
        """The formula, and what defines a threshold in it."""
        if self.kind == "expand":
            return latex(tuple(map(with_decimals, self.formula)))
        written = latex(with_decimals(self.formula))
        for share in {part.func(part.share, part.term, every[0], every) for part in self.formula.atoms(Share)}:
            written += rf",\quad \sum_{{j=1}}^{{n}} {latex(share)} = 1"
        return written

    # Symbolic half

    def inputs(self, count: int | None = None) -> tuple[sp.Symbol, ...]:
        """The symbols of the arguments: x_1, ..., x_count; a and b; or x.

        Raises TypeError where a count is needed and not given, or is no integer, ValueError for one below 1 and for another
        than a pair or a function of one number has.
        """
        count = self._count(count)
        return {"pair": (a, b), "expand": (x,)}.get(self.kind) or numbered(count)

    def components(self, count: int | None = None) -> tuple[sp.Expr, ...]:
        """The results for `count` numbers as explicit expressions in `inputs` and the parameters. Raises what `inputs` raises."""
        count = self._count(count)
        rows = self._rows(self.definition, count)
        return tuple(rows) if self.kind in ("pair", "expand") else tuple(explicit(rows, count))

    def jacobian(self, count: int | None = None) -> sp.Expr | sp.ImmutableMatrix:
        """The derivatives of the components, a row each, with respect to the inputs, a column each.

        Without a count, for kinds that need one: the derivative of the i-th result by the k-th number, for any n.
        """
        if self.kind in ("pair", "expand"):
            return sp.ImmutableMatrix([[sp.diff(e, symbol) for symbol in self.inputs(count)] for e in self.components()])
        if count is None:
            return collapsed(sp.diff(self.definition, scores[k]))
        count = self._count(count)
        entries = explicit(self._entries(self.jacobian(), count), count)
        return sp.ImmutableMatrix(len(entries) // count, count, entries)

    def vjp_formula(self) -> tuple[sp.Expr, ...]:
        """What back-propagation computes from gradients v[1], v[2], ... by the results, one for each input; for kinds with n
        inputs that by the k-th: Σ_i v[i] ∂y_i/∂x_k."""
        return pulled_back(self, self.jacobian())

    def shared(self, count: int | None = None) -> dict[sp.Symbol, sp.Expr]:
        """Quantities that all of `stable` and `stable_jacobian` use, such as the largest number, as {symbol: expression}
        in an order in which each needs only those before it."""
        return dict(self._stable_forms(count)[0])

    def stable(self, count: int | None = None) -> tuple[sp.Expr, ...]:
        """The components in terms of `shared` quantities, so that nothing overflows: where all numbers may be moved by the
        same amount, the largest is taken from each."""
        return self._stable_forms(count)[1]

    def stable_jacobian(self, count: int | None = None) -> sp.ImmutableMatrix:
        """The Jacobian in terms of `shared` quantities."""
        return self._stable_forms(count)[2]

    def _stable_forms(self, count):
        count = self._count(count)
        if self.kind in ("pair", "expand"):
            return {}, self.components(), self.jacobian()
        return _stable_forms(self, count)

    @property
    def translation(self) -> sp.Expr | None:
        """What adding c to every number adds to each result: 0 for a function that does not change, c for a mean or
        maximum; None if that is no multiple of c for any n."""
        if self.kind in ("pair", "expand"):
            return None
        return translation(self.formula)

    @property
    def _shifted(self):
        return self.definition if self.kind in ("pair", "expand") else shifted(self.definition)

    @property
    def _shifted_jacobian(self):
        return shifted_derivative(self.definition)

    def _count(self, count):
        """The number of arguments as an int."""
        own = COUNTS.get(self.kind)
        if own and count is None:
            return own
        try:
            number = operator.index(None if isinstance(count, bool) else count)
        except TypeError:
            raise TypeError(f"{self.name} needs the number of its arguments, such as {own or 3}; got {count!r}") from None
        if own and number != own:
            raise ValueError(f"{self.name} has {'two arguments' if own == 2 else 'one argument'}, not {number}")
        if number < 1:
            raise ValueError(f"{self.name} needs at least one number, not {number}")
        return number

    def _rows(self, formula, count):
        if self.kind == "axis":
            return [formula.subs(i, m) for m in range(1, count + 1)]
        return list(formula) if self.kind == "expand" else [formula]

    def _entries(self, derivative, count):
        return [row.subs(k, m) for row in self._rows(derivative, count) for m in range(1, count + 1)]

    # Numerical half, loaded when first used

    def __call__(self, x, axis=-1, **parameters):
        """f along an axis; see `activlib.vector.kernels.evaluate`."""
        from activlib.vector.kernels import evaluate
        return evaluate(self, x, axis, parameters)

    def vjp(self, x, v, axis=-1, **parameters):
        """The vector-Jacobian product of back-propagation; see `activlib.vector.kernels.pull_back`."""
        from activlib.vector.kernels import pull_back
        return pull_back(self, x, v, axis, parameters)

    def jacobian_at(self, x, **parameters):
        """The Jacobian at one vector, in float64; see `activlib.vector.kernels.jacobian_at`."""
        from activlib.vector.kernels import jacobian_at
        return jacobian_at(self, x, parameters)


@functools.lru_cache(maxsize=64)
def _stable_forms(activation, count):
    """What all results share, the results, and the Jacobian."""
    shared = {}
    components = explicit(activation._rows(activation._shifted, count), count, shared)
    entries = explicit(activation._entries(activation._shifted_jacobian, count), count, shared)
    return shared, tuple(components), sp.ImmutableMatrix(len(entries) // count, count, entries)


def pulled_back(activation, derivative):
    """The formulas of the vector-Jacobian product from those of a Jacobian; where n results are summed, what the Kronecker
    delta chooses stands for itself."""
    if activation.kind in ("pair", "expand"):
        return tuple(sum(weights_of_results[m] * e for m, e in enumerate(derivative.col(place), 1))
                     for place in range(derivative.cols))
    if activation.kind == "reduce":
        return (weights_of_results[1] * derivative,)
    chosen = sp.Dummy()
    affine = derivative.subs(sp.KroneckerDelta(i, k), chosen)
    return (weights_of_results[k] * affine.diff(chosen).subs(i, k)
            + sp.Sum(weights_of_results[i] * affine.subs(chosen, 0), (i, 1, n)),)
