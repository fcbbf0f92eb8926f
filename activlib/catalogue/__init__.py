"""All activations in the book's order, gathered from one module per family."""

from importlib import import_module
from types import MappingProxyType

from activlib.activation import Activation
from activlib.vector.activation import VectorActivation

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

# Those of several numbers, which are no functions of one.
vector_families = ("vector",)


def _gathered(kind, families):
    return MappingProxyType({
        entry.name: entry
        for family in families
        for entry in vars(import_module(f"activlib.catalogue.{family}")).values()
        if type(entry) is kind
    })


activations = _gathered(Activation, families)
vector_activations = _gathered(VectorActivation, vector_families)
