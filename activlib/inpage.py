"""What a page of the book asks of the Python that runs in it: plain data in, plain data out.

    written(request)    the replies to one request, as they are found; both are JSON
    namespace()         the names that the console begins with
    shown(value)        what the console shows of a value, as JSON

Nothing a request holds is executed: formulas are read by `al.define`.
"""

from __future__ import annotations

import html
import json
from collections.abc import Iterator
from dataclasses import replace

import sympy as sp

from activlib.activation import Activation, Parameter, exact, letters, x
from activlib.answers import Answer
from activlib.catalogue import activations
from activlib.define import define
from activlib.definition.published import with_decimals
from activlib.explorer.specification import specification
from activlib.notebook import latex
from activlib.reader import FormulaError
from activlib.recognition import recognize

MOST_PARAMETERS = 6


class Refused(ValueError):
    """A part of a request that is not accepted: `field` names it."""

    def __init__(self, message, field):
        super().__init__(message)
        self.field = field


def written(request: str) -> Iterator[str]:
    """The replies to a request, all as JSON."""
    for reply in replies(json.loads(request)):
        yield json.dumps(reply)


def replies(request: dict) -> Iterator[dict]:
    """The replies to a request, a dict of `ask` and its arguments. One with an "error" is the last: what is wrong, in which
    field of the request, and from which character to which."""
    try:
        yield from ASKED[request["ask"]](request)
    except FormulaError as error:
        yield {"error": str(error), "field": "formula", "start": error.start, "end": error.end, "unknown": error.unknown}
    except Refused as error:
        yield {"error": str(error), "field": error.field}
    except ValueError as error:
        yield {"error": str(error), "field": "formula", "start": 0, "end": len(request.get("formula", request.get("text", "")))}


def _parameter(given):
    """A parameter by name, default, low and high, whose domain is what the slider reaches where `within` says so."""
    name = given["name"].strip()
    if not name.isidentifier():
        raise Refused(f"{name!r} is no name for a parameter: write letters, such as alpha", "parameters")
    numbers = []
    for field in ("default", "low", "high"):
        try:
            number = define(given[field]).formula
        except ValueError as error:
            raise Refused(f"{letters(name)}: {field}: {error}", "parameters") from None
        if number.free_symbols:
            raise Refused(f"{letters(name)}: {field}: write a number", "parameters")
        numbers.append(exact(number))
    default, low, high = numbers
    if not low < high or not low <= default <= high:
        raise Refused(f"{letters(name)}: the range goes from a lower to a higher number, and has the first value in it",
                      "parameters")
    domain = sp.Interval.open(0, sp.oo) if low > 0 else sp.Interval(0, sp.oo) if low == 0 else sp.Reals
    return Parameter(name, default, domain, slider=(low, high, (high - low) / 100))


def _activation(request) -> Activation:
    given = request.get("parameters", [])
    if len(given) > MOST_PARAMETERS:
        raise Refused(f"at most {MOST_PARAMETERS} parameters are accepted", "parameters")
    declared = {}
    for one in given:
        p = _parameter(one)
        if p.name in declared:
            raise Refused(f"two parameters are named {p.text}", "parameters")
        declared[p.name] = p
    try:
        return define(request["formula"], **declared)
    except FormulaError:
        raise
    except ValueError as error:
        raise Refused(str(error), "parameters" if "a parameter can't be named" in str(error) else "formula") from None


def _defined(request):
    f = _activation(request)
    compared = [activations[name] for name in request.get("compare", []) if name in activations]
    yield {
        "formula": replace(f, latex="f")._repr_latex_().strip("$"),
        "derivative": rf"\displaystyle f'(x) = {latex(with_decimals(f.derivative()))}",
        "domain": rf"{latex(f.line().domain)}",
        "explorer": specification([f, *compared] if compared else f, id="explorer-own"),
    }


def _proved(request):
    from activlib.facts import facts, render

    found = facts(_activation(request))
    yield {"count": len(found.names), "at": found._setting}
    for name in found.names:
        fact = getattr(found, name)
        yield {"name": name, "label": fact.label, "proved": not fact.absent, "text": str(fact),
               "value": render.cell(fact), "how": fact.how, "method": fact.method, "evidence": render.evidence(fact)}


def _recognized(request):
    for match in recognize(_activation(request)):
        entry = match.entry
        given = ", ".join(f"{latex(p.symbol)} = {latex(match.parameters[p.name])}" for p in entry.parameters)
        inside = latex(match.input * x) + (rf";\; {given}" if given else "")
        name = rf"\operatorname{{{entry.name}}}".replace("_", r"\_")
        factor = "" if match.output == 1 else "-" if match.output == -1 else latex(match.output) + r"\,"
        yield {"name": entry.name, "title": entry.title, "scaled": match.scaled, "proved": match.proved,
               "formula": rf"f(x) = {factor}{name}({inside})"}


def _checked(request):
    right, message = Answer.from_data(request["answer"]).check(request["text"])
    yield {"right": right, "message": message}


def _entries(_request):
    yield {"entries": [{"name": f.name, "title": f.title} for f in activations.values()]}


ASKED = {"define": _defined, "facts": _proved, "recognize": _recognized, "check": _checked, "entries": _entries}


def namespace() -> dict:
    """The names that the console begins with: al, sp, x."""
    import activlib

    return {"__name__": "__console__", "al": activlib, "sp": sp, "x": x}


def shown(value) -> str:
    """What the console shows of a value, as JSON: HTML where it has some, else its text."""
    for form in ("_repr_html_", "_repr_latex_"):
        if not isinstance(value, type) and (method := getattr(value, form, None)) is not None and (found := method()):
            return json.dumps({"html": found if form == "_repr_html_" else _formula(found.strip("$"))})
    return json.dumps({"html": _formula(latex(value))} if isinstance(value, sp.Basic) else {"text": repr(value)})


def _formula(form):
    return rf"\({html.escape(form, quote=False)}\)"
