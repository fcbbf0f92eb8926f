"""The specification of an explorer of a function of several numbers: softmax, gated units, maxout.

`schema.json` beside this file documents the form.
"""

import itertools
import math
from collections.abc import Iterable

import sympy as sp

from activlib.explorer.programs import Program, program
from activlib.explorer.specification import (
    LARGEST,
    VERSION,
    bounds_of,
    choose,
    finite,
    given_parameters,
    label,
    parameter_data,
    text,
)
from activlib.vector.activation import COUNTS

MOST = 8  # inputs, as many as there are colors
LAYERS = ("levels", "gradient")
LEVELS = [0.1, 0.25, 0.5, 0.75, 0.9]  # of a share
PLACES = (1, 0.5, -0.5, 0, 1.5, -1, 2, -1.5)  # of the point at first, in windows from -4 to 4
STEPS = 160  # of a slider


def vector_specification(activation, *, parameters=None, x=None, window=None, show=None, highlight=None, caption=None, id=None):
    """The specification of an explorer of a VectorActivation as a dict that `json.dumps` accepts.

    Parameters
    ----------
    activation: a VectorActivation.
    parameters: values to start with, by name.
    x: the inputs at first, as many as are wanted where the function takes any number: from 2 to 8.
    window: (low, high) of both directions of the plane, or (left, right, bottom, top).
    show: which of "levels" and "gradient" are drawn in the plane.
    highlight: the component that is drawn, such as "y2"; "y" where there is one.
    caption: text below the explorer.
    id: of the element in the page, by which a link to a view finds it.

    Raises TypeError for an unknown parameter, ValueError for an option outside what is accepted.
    """
    counts = [COUNTS[activation.kind]] if activation.kind in COUNTS else range(2, MOST + 1)
    programs = [program(activation, count) for count in counts]
    low, high = map(float, activation.window)
    places = [float(sp.Rational(place) * (high - low) / 8 + (high + low) / 2) for place in PLACES]
    count = 2 if activation.kind == "reduce" else min(3, counts[-1])
    data = [parameter_data(p, p.name, "") for p in activation.parameters]
    values = {p["key"]: p["value"] for p in data}
    shown = Program(next(p for p in programs if len(p["inputs"]) == count), values)
    corners = list(itertools.product((low, high), repeat=len(shown.data["inputs"])))
    found = [shown.components(at) for at in corners]
    simplex = len(found[0]) == len(corners[0]) > 1 and all(
        math.isclose(sum(shares), 1, abs_tol=1e-9) and min(shares) >= 0 for shares in (*found, shown.components(places[:count]))
    )
    stepwise = all(entry == 0 for row in shown.data["jacobian"] for entry in row)  # its level lines are jumps
    spec = {
        "version": VERSION,
        "kind": "vector",
        "id": text("id", id) or f"explorer-{activation.name.replace('_', '-')}",
        "label": f"Explorer of {label(activation)}",
        "caption": text("caption", caption),
        "programs": programs,
        "parameters": data,
        "slider": [low, high, (high - low) / STEPS],
        "more": places,
        "x": places[:count] if x is None else None,
        "window": check_plane(window if window is not None else (low, high)),
        "show": check_layers(show if show is not None else LAYERS[:1] if simplex else LAYERS),
        "highlight": highlight or programs[0]["outputs"][0]["key"],
        "simplex": simplex,
        "invariant": getattr(activation, "translation", None) == 0,
        "levels": [0.5] if stepwise else LEVELS if simplex else None,
        "stepwise": stepwise,
        "range": _range(found, simplex),
    }
    if x is not None:
        spec["x"] = check_inputs(x, spec)
    spec["highlight"] = check_component(spec["highlight"], spec)
    for key, value in check_values(activation, parameters or {}).items():
        next(p for p in spec["parameters"] if p["key"] == key)["value"] = value
    return spec


def _range(found, simplex):
    """The interval of the bars: all that the components reach over the sliders, rounded outwards to two digits."""
    if simplex:
        return [0, 1]
    values = [0, *(value for components in found for value in components if math.isfinite(value))]
    return [_rounded(min(values), math.floor), _rounded(max(values), math.ceil)]


def _rounded(value, towards):
    if value == 0:
        return 0
    unit = 10.0 ** (math.floor(math.log10(abs(value))) - 1)
    return float(f"{towards(value / unit - math.copysign(1e-9, towards(0.5) - 0.5)) * unit:.6g}")


def check_values(activation, given):
    """`given` as floats by name, each within its parameter's domain. Raises TypeError for an unknown name, ValueError for
    a value outside the domain."""
    return given_parameters({p.name: p for p in activation.parameters}, given)


def check_inputs(x, spec):
    """`x` as a list of finite floats, as many as one of the programs takes. Raises ValueError otherwise."""
    values = list(x) if isinstance(x, Iterable) and not isinstance(x, str) else [x]
    counts = [len(program["inputs"]) for program in spec["programs"]]
    found = [finite(value) for value in values]
    if any(map(math.isnan, found)) or len(values) not in counts:
        wanted = f"{counts[0]}" if len(counts) == 1 else f"{counts[0]} to {counts[-1]}"
        raise ValueError(f"x = {x!r}: expected {wanted} numbers of size at most {LARGEST:g}")
    return found


def check_plane(window):
    """`window` as [left, right, bottom, top]. Raises ValueError unless it is two or four numbers with low < high."""
    bounds = bounds_of(window, "(low, high) or (left, right, bottom, top)")
    return bounds if len(bounds) == 4 else bounds * 2


def check_layers(show):
    """`show` as a list in the order level lines, gradient. Raises ValueError for anything else than those."""
    return choose(show, LAYERS, "layer")


def check_component(name, spec):
    """The name of a component. Raises ValueError if there is none of that name."""
    names = [output["key"] for output in max((p["outputs"] for p in spec["programs"]), key=len)]
    if name not in names:
        raise ValueError(f"highlight = {name!r} is not one of {', '.join(names)}")
    return name
