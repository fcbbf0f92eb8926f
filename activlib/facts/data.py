"""Facts as plain data, for programs in any language. `schema.json` beside this file documents the form."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from activlib.facts import render

if TYPE_CHECKING:
    from activlib.facts.report import Facts

VERSION = 1


def as_data(facts: Facts) -> dict:
    """All facts of one activation as a dict that `json.dumps` accepts."""
    return {
        "name": facts.activation.name,
        "title": facts.activation.title,
        "parameters": {name: str(value) for name, value in facts.parameters.items()},
        "facts": {fact.name: _fact(fact) for fact in facts},
    }


def _fact(fact):
    data = {"label": fact.label, "method": fact.method, "argument": fact.argument}
    if fact.absent:
        return data
    data |= {"value": render.plain(fact.known), "latex": fact.latex}
    if found := render.numbers(fact.known):
        data["numbers"] = found
    if fact.period is not None:
        data["period"] = str(fact.period)
    if fact.method == "enclosed":
        data["boxes"] = fact.boxes
        data["balls"] = [e.ball for e in sorted(fact.enclosures, key=float)]
    return data


def schema() -> str:
    """The JSON schema of `{"version": VERSION, "activations": [as_data(...), ...]}`."""
    return (files("activlib.facts") / "schema.json").read_text("utf-8")
