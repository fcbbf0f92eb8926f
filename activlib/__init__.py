"""The mathematics of activation functions: one SymPy definition each, and all that follows from it."""

from activlib.activation import Activation, Parameter, x
from activlib.catalogue import activations
from activlib.define import define
# These functions take the names of their own packages here; `from activlib.explorer...` imports still find the packages.
from activlib.explorer import explorer, explorer_html
from activlib.facts import facts
from activlib.libraries import libraries

__all__ = ["Activation", "Parameter", "activations", "define", "explorer", "explorer_html", "facts", "figure", "libraries", "x", *activations]

globals().update(activations)
