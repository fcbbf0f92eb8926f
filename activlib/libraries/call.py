"""How a library is asked for an activation."""

from __future__ import annotations

import functools
from types import MappingProxyType

import sympy as sp

from activlib.activation import letters

#: The libraries that are run, by the first part of a dotted name.
TITLES = MappingProxyType({"torch": "PyTorch", "jax": "JAX", "keras": "Keras", "onnx": "ONNX"})


class LibraryCall:
    """How a library is asked for an activation, such as
    `LibraryCall("torch.nn.functional.leaky_relu", negative_slope=alpha)`.

    Parameters
    ----------
    name: dotted name of a function of x, of a class whose instances are one, or of an ONNX operator
        ("onnx.LeakyRelu").
    inputs: what follows x as further arrays, which are filled with one number each.
    options: what is passed by name, in the library's words.

    An input or option is a constant, a SymPy expression in the activation's parameters, or a LibraryCall that makes an object,
    such as an initializer.
    Raises ValueError if the name does not begin with one of `TITLES`.
    """

    def __init__(self, name, /, *inputs, **options):
        if name.partition(".")[0] not in TITLES:
            raise ValueError(f"cannot run {name!r}; the libraries are {', '.join(TITLES)}")
        self.name = name
        self.inputs = inputs
        self.options = MappingProxyType(options)

    @property
    def library(self) -> str:
        """The first part of the name, such as torch."""
        return self.name.partition(".")[0]

    @property
    def text(self) -> str:
        """The call as one writes it, a parameter by its Greek letter."""
        given = [_text(value) for value in self.inputs]
        named = [f"{option}={_text(value)}" for option, value in self.options.items()]
        last = self.name.rpartition(".")[2]
        if last[0].isupper() and self.library != "onnx":
            return f"{self.name}({', '.join(named)})"
        return f"{self.name}({', '.join(['x', *given, *named])})"

    @property
    def told(self) -> bool:
        """Whether an input or option holds a parameter."""
        return any(value.told if isinstance(value, LibraryCall) else isinstance(value, sp.Basic) and bool(value.free_symbols)
                   for value in (*self.inputs, *self.options.values()))

    def bound(self, values):
        """Inputs (a list) and options (a dict) with the parameters' symbols replaced by `values`."""
        def bind(value):
            if isinstance(value, LibraryCall):
                inputs, options = value.bound(values)
                return LibraryCall(value.name, *inputs, **options)
            return value.subs(values) if isinstance(value, sp.Basic) else value
        return [bind(value) for value in self.inputs], {name: bind(value) for name, value in self.options.items()}

    def __repr__(self):
        return f"LibraryCall({self.text})"

    def __reduce__(self):
        return functools.partial(LibraryCall, self.name, *self.inputs, **self.options), ()


def _text(value):
    if isinstance(value, LibraryCall):
        return value.text
    if isinstance(value, sp.Basic):
        return str(value.subs({s: sp.Symbol(letters(s.name)) for s in value.free_symbols}))
    return repr(value)
