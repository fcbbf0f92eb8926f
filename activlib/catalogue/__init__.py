"""All activations in the book's order, gathered from one module per family."""

from importlib import import_module
from types import MappingProxyType

from activlib.activation import Activation

families = (
    "line",
    "sigmoidal",
    "rectifiers",
    "exponential",
    "smooth_rectifiers",
    "self_gated",
    "periodic",
    "learned",
)

activations = MappingProxyType({
    entry.name: entry
    for family in families
    for entry in vars(import_module(f"activlib.catalogue.{family}")).values()
    if isinstance(entry, Activation)
})
