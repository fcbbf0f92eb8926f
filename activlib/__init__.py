"""The mathematics of activation functions: one SymPy definition each, and all that follows from it."""

from activlib.activation import Activation, Parameter, x
from activlib.catalogue import activations, vector_activations
from activlib.define import define
from activlib.derivation import derivation

# These functions take the names of their own packages here; `from activlib.explorer...` imports still find the packages.
from activlib.explorer import explorer, explorer_html
from activlib.facts import compare, facts
from activlib.libraries import libraries
from activlib.vector import VectorActivation

# Loaded when first asked for: these need NumPy and matplotlib, and the symbolic half runs without.
_LAZY = {
    "binades": "ulp", "ulp_errors": "ulp",
    "Network": "network", "error_figure": "rounding", "accuracy": "kernels.report",
    "published": "naming", "answer": "answers", "recognize": "recognition",
    "generators": "experiment", "mean_interval": "experiment", "proportion_interval": "experiment", "stored": "experiment",
    "predicates": "facts.predicates", "verdicts": "contest",
    "book_style": "notebook", "table": "notebook", "figure": "figures", "panels": "figures", "plot": "figures",
}  # fmt: skip

__all__ = [
    "Activation", "Parameter", "VectorActivation", "activations", "compare", "define", "derivation", "explorer",
    "explorer_html", "facts", "libraries", "vector_activations", "x",
    *_LAZY, *activations, *vector_activations,
]  # fmt: skip

globals().update(activations | vector_activations)


def __getattr__(name):
    if name not in _LAZY:
        raise AttributeError(f"activlib has no {name!r}; it has {', '.join(__all__)}")
    from importlib import import_module

    return getattr(import_module(f"activlib.{_LAZY[name]}"), name)
