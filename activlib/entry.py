"""What every entry of the catalogue has, whether it is a function of one number or of several."""

from __future__ import annotations

import sympy as sp

from activlib.pickling import reduced


class Entry:
    """A named function with parameters; see `activlib.activation.Activation` and `activlib.vector.VectorActivation`."""

    def _check_naming(self):
        """Raises ValueError for a name that is no identifier, TypeError for a title or names that are no strings."""
        if not (isinstance(self.name, str) and self.name.isidentifier()):
            raise ValueError(f"name = {self.name!r}: expected an identifier such as 'my_activation'")
        if not isinstance(self.title, str):
            raise TypeError(f"title = {self.title!r}: expected a string")
        if not (isinstance(self.names, tuple) and all(isinstance(name, str) for name in self.names)):
            raise TypeError(f"names = {self.names!r}: expected a tuple of strings")

    def _check_expressions(self, expressions):
        """Raises TypeError for what is no SymPy expression."""
        for expression in expressions:
            if not isinstance(expression, sp.Expr) or expression.is_Matrix:
                raise TypeError(f"{self.name}: a formula is a SymPy expression, not {expression!r} "
                                f"of type {type(expression).__name__}")

    def _check_symbols(self, expressions, known):
        """Raises ValueError for a symbol that is neither of the `known` nor a parameter."""
        known = {*known, *(p.symbol for p in self.parameters)}
        for expression in expressions:
            if unknown := expression.free_symbols - known:
                raise ValueError(f"{self.name}: the formula uses {sorted(map(str, unknown))}, which are not parameters")

    def __copy__(self):
        return self  # nothing in it can change, and an entry is known by its identity

    def __deepcopy__(self, memo):
        return self

    def __reduce__(self):
        return reduced(self)

    def __repr__(self):
        return f"{type(self).__name__}({', '.join([self.name, *(f'{p.text}={p.default}' for p in self.parameters)])})"

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
