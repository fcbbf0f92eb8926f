"""What an activation is called: by its title, by papers and people, and by the libraries.

An entry's title, its `names` and its library calls are its names. `data/names.json`, which `tools/names.py` makes, adds what
the libraries call the same function, such as `jax.nn.swish` for `jax.nn.silu`, and lists all that they have.
"""

from __future__ import annotations

import functools
import json
import re
from importlib import resources
from types import MappingProxyType

from activlib.libraries import TITLES

# Names of elementwise functions in `listed` that are no activation functions: why.
OTHER = {
    **{f"onnx.{name}": "a function of arithmetic and analysis" for name in (
        "Abs", "Acos", "Acosh", "Asin", "Asinh", "Atanh", "Ceil", "Cos", "Cosh", "Erf", "Floor", "Log", "Neg", "Reciprocal",
        "Round", "Sinh", "Sqrt", "Tan")},
    **{f"onnx.{name}": "moves or picks numbers" for name in ("OptionalGetElement", "Split", "Squeeze", "Trilu")},
    "onnx.Dropout": "a random mask in training",
    "jax.nn.log1mexp": "log(1 - exp(-x)) for x > 0, an aid to log-probabilities",
}

# Names of what has no entry, since chance has a part in it, and the entry whose chapter treats it.
TREATED = dict.fromkeys(("torch.nn.RReLU", "torch.nn.functional.rrelu", "RReLU", "Randomized leaky ReLU"), "prelu")


@functools.cache
def listed() -> MappingProxyType:
    """{dotted name: {"kind": ..., "same": ...}} of every activation function that the libraries list, see `tools/names.py`."""
    return MappingProxyType(_stored()["names"])


def versions() -> dict[str, str]:
    """{library: the version that its names are of}."""
    return _stored()["versions"]


@functools.cache
def published() -> MappingProxyType:
    """The published table that the page *Wikipedia's table, checked* checks: `rows`, each with the `name` and as far as copies
    show them `function`, `derivative`, `range` and `order` of continuity as formulas of `define`; `copies` say where from."""
    return MappingProxyType(json.loads(resources.files("activlib").joinpath("data", "wikipedia.json").read_text("utf8")))


@functools.cache
def _stored():
    return json.loads(resources.files("activlib").joinpath("data", "names.json").read_text("utf8"))


def spoken(activation) -> tuple[str, ...]:
    """What the book and people call it: its title without parentheses, what stands in them, the entry's `names`, and its
    identifier where that is another name."""
    title, inside = re.fullmatch(r"(.+?)(?: \((.+)\))?", activation.title).groups()
    names = dict.fromkeys([title, *(inside.split(", ") if inside else ()), *activation.names])
    return (*names, *([] if plain(activation.name) in map(plain, names) else [activation.name]))


def written(activation) -> tuple[str, ...]:
    """What libraries call it, by dotted names: the calls of the entry, and other names of the same functions; then the names
    of what its chapter treats with it."""
    own = dict.fromkeys(call.name for call in activation.libraries)
    alike = {_first(name) for name in own}
    return (*own, *(name for name in listed() if name not in own and _first(name) in alike),
            *(name for name, entry in TREATED.items() if entry == activation.name))


def _first(name):
    """The name that stands for a library's several names of one function."""
    return listed().get(name, {}).get("same", name)


def plain(name: str) -> str:
    """A name without what people vary: capitals, spaces, hyphens and underscores."""
    return re.sub(r"[\s_-]+", "", name).lower()


def find(name: str, activations) -> list:
    """The activations of these that are called `name`: by a dotted name of a library, which may with its options stand for
    several; else by what people call them, which may also be the last part of a dotted name, such as `torch.nn.RReLU`."""
    activations = [*activations]
    if exact := [f for f in activations if name in written(f)]:
        return exact
    last = plain(name.rpartition(".")[2] if name.partition(".")[0] in TITLES else name)
    return [f for f in activations if last in map(plain, (*spoken(f), *(n for n, of in TREATED.items() if of == f.name)))]
