"""The explorer's specification: all that the browser needs to draw activations, as plain JSON data.

`schema.json` beside this file documents the form.
"""

import math
import re
from collections import Counter
from collections.abc import Iterable

import sympy as sp

from activlib.activation import Activation, exact, x
from activlib.definition.domain import kept, requirements
from activlib.definition.kinks import explicit
from activlib.definition.line import UNDEFINED, unbounded
from activlib.definition.numbers import value_at
from activlib.explorer.sampling import height
from activlib.explorer.trees import cuts, tree

VERSION = 1
ORDERS = {"f": 0, "df": 1, "d2f": 2}
LARGEST = 1e9  # of a coordinate in the window
TAYLOR, NEAR = 13, sp.Rational(1, 16)  # terms of a polynomial, and how far it may reach
ROUNDING = 2.0**-46
MOST_CURVES = 8  # as many colors as there are


def specification(
    activations, *, parameters=None, x=None, window=None, show=None, highlight=None, marks=(), caption=None, id=None
):
    """The specification of an explorer as a dict that `json.dumps` accepts.

    Parameters
    ----------
    activations: an Activation, or a list of Activations with different names and of sampled curves (label, xs, ys),
        where a value that is not finite lifts the pen.
    parameters: values to start with, by key: the parameter's name, or "activation.name" where several have that name.
    x: where the point stands; the explorer's own choice if None.
    window: (low, high) of x, or (x low, x high, y low, y high).
    show: which of "f", "df", "d2f" are drawn at first; f alone when several are compared, f and f' otherwise.
    highlight: name of the activation whose point moves; the first one if None.
    marks: dicts with a "label" and "x" (a vertical line), "y" (a horizontal line) or both (a point), each a number or
        an expression in the parameters.
    caption: text below the explorer.
    id: of the element in the page, by which a link to a view finds it.

    Raises TypeError for anything that is not an activation, ValueError for an option outside what is accepted.
    """
    functions = as_list(activations)
    keys = _parameter_keys(functions)
    several = sum(1 for named in keys.values() if named) > 1
    curves = [_samples(f) if isinstance(f, tuple) else _curve(f, keys[f.name]) for f in functions]
    if len(curves) > MOST_CURVES:
        raise ValueError(f"an explorer shows at most {MOST_CURVES} curves that can be told apart, got {len(curves)}")
    names = [curve["name"] for curve in curves]
    if repeated := [name for name, count in Counter(names).items() if count > 1]:
        raise ValueError(f"two activations are named {repeated[0]!r}; a comparison needs different names")
    spec = {
        "version": VERSION,
        "id": text("id", id) or "-".join(["explorer", *(re.sub("[^A-Za-z0-9]+", "-", name).strip("-") for name in names)]),
        "label": f"Explorer of {join(curve['label'] for curve in curves)}",
        "caption": text("caption", caption),
        "curves": curves,
        "parameters": [
            parameter_data(p, keys[f.name][p.symbol], label(f) if several else "")
            for f in functions if isinstance(f, Activation) for p in f.parameters
        ],
        "highlight": highlight or names[0],
        "show": check_show(show or (["f", "df"] if len(functions) == 1 and keys else ["f"])),
    }  # fmt: skip
    if spec["highlight"] not in names:
        raise ValueError(f"highlight = {highlight!r} is not one of {', '.join(names)}")
    for key, value in check_parameters(functions, parameters or {}).items():
        next(p for p in spec["parameters"] if p["key"] == key)["value"] = value
    spec["window"] = check_window(window if window is not None else _widest(functions, curves), spec)
    low, high = spec["window"][:2]
    spec["x"] = check_x(x) if x is not None else _first_x(spec, low, high)
    symbols = {s: key for named in keys.values() for s, key in named.items()}
    spec["marks"] = [_mark(mark, symbols) for mark in marks]
    return spec


def part(activation) -> dict:
    """One activation for explorers that a page puts together: its "curve", its "parameters" with keys that no other activation
    has, and the "window" that it would have alone, [x low, x high, y low, y high]."""
    keys = {p.symbol: f"{activation.name}.{p.name}" for p in activation.parameters}
    return {
        "curve": _curve(activation, keys),
        "parameters": [parameter_data(p, keys[p.symbol], label(activation)) for p in activation.parameters],
        "window": specification(activation, show="f")["window"],
    }


def _first_x(spec, low, high):
    """A place for the point: -1 if it can be seen, else the middle; among samples the middle one."""
    curve = next(curve for curve in spec["curves"] if curve["name"] == spec["highlight"])
    if "samples" in curve:
        xs = curve["samples"][0]
        return xs[len(xs) // 2]
    return -1.0 if low < -1 < high else (low + high) / 2


def as_list(activations):
    """An activation, or several in any iterable, as a list. Raises TypeError for anything else, ValueError for none."""
    single = isinstance(activations, (Activation, str, tuple)) or not isinstance(activations, Iterable)
    functions = [activations] if single else list(activations)
    if not functions:
        raise ValueError("an explorer needs at least one activation")
    for f in functions:
        if not isinstance(f, Activation) and not (isinstance(f, tuple) and len(f) == 3):
            raise TypeError(f"expected an Activation, a (label, xs, ys) or a list of them, got {f!r}")
    return functions


def check_parameters(functions, given):
    """`given` as floats by key, each within its parameter's domain.

    Raises TypeError for an unknown key, ValueError for a value outside the domain.
    """
    keys = _parameter_keys(functions)
    known = {keys[f.name][p.symbol]: p for f in functions if isinstance(f, Activation) for p in f.parameters}
    return given_parameters(known, given)


def given_parameters(known, given):
    """`given` as floats, each within the domain of the Parameter that `known` has under its key.

    Raises TypeError for an unknown key, ValueError for a value outside the domain.
    """
    if not hasattr(given, "items"):
        raise TypeError(f"parameters: expected a dict such as {{'alpha': 1}}, got {given!r}")
    if unknown := [key for key in given if key not in known]:
        accepted = f"accepted are {', '.join(known)}" if known else "there are none"
        raise TypeError(f"unknown parameter {unknown[0]!r}; {accepted}")
    return {key: float(known[key].validate(value)) for key, value in given.items()}


def check_show(show):
    """`show` as a list in the order f, f', f''. Raises ValueError for anything else than those."""
    return choose(show, ORDERS, "curve")


def choose(show, accepted, what):
    """`show` as a list in the order of the `accepted` names. Raises ValueError for any other name."""
    show = [show] if isinstance(show, str) or not isinstance(show, Iterable) else list(show)
    if unknown := [name for name in show if name not in accepted]:
        raise ValueError(f"show: unknown {what} {unknown[0]!r}; accepted are {', '.join(accepted)}")
    return [name for name in accepted if name in show]


def check_window(window, spec):
    """`window` as [x low, x high, y low, y high]; the heights follow from the curves where not given.

    Raises ValueError unless it is two or four numbers with low < high, of size at most 1e9.
    """
    bounds = bounds_of(window, "(low, high) of x or (x low, x high, y low, y high)")
    return bounds if len(bounds) == 4 else [*bounds, *height(spec, *bounds)]


def bounds_of(window, form):
    """`window` as two or four floats with low < high. Raises ValueError, which tells the accepted `form`, otherwise."""
    window = list(window) if isinstance(window, Iterable) else [window]
    bounds = [finite(end) for end in window]
    ordered = all(low < high for low, high in zip(bounds[::2], bounds[1::2], strict=len(bounds) % 2 == 0))
    if len(bounds) not in (2, 4) or not ordered:
        raise ValueError(f"window = {window}: expected {form}, at most {LARGEST:g}")
    return bounds


def check_x(x):
    """`x` as a finite float. Raises ValueError otherwise."""
    if math.isnan(value := finite(x)):
        raise ValueError(f"x = {x!r}: expected a number of size at most {LARGEST:g}")
    return value


def finite(value):
    """A real number of size at most LARGEST as a float; NaN for anything else."""
    try:
        number = exact(value)
        return float(number) if abs(number) <= LARGEST else math.nan
    except TypeError:
        return math.nan


def text(name, value):
    """A string, empty for None. Raises TypeError, which tells the option's name, for anything else."""
    if not isinstance(value, str | None):
        raise TypeError(f"{name}: expected a string, got {value!r}")
    return value or ""


def join(words):
    """Words in a row as prose has them."""
    *first, last = words
    return f"{', '.join(first)} and {last}" if first else last


def label(activation):
    """A short name for legends: what stands in parentheses at the end of the title, after a space, or the whole title."""
    found = re.fullmatch(r".+ \((.+)\)", activation.title)
    return found[1] if found else activation.title


def _parameter_keys(functions):
    """For each activation's name the key of each of its symbols."""
    activations = [f for f in functions if isinstance(f, Activation)]
    count = Counter(p.name for f in activations for p in f.parameters)
    return {
        f.name: {p.symbol: p.name if count[p.name] == 1 else f"{f.name}.{p.name}" for p in f.parameters}
        for f in activations
    }


def parameter_data(parameter, key, owner):
    """A Parameter under its key as the specification has it; `owner` tells whose it is."""
    low, high, step = map(float, parameter.slider)
    domain = parameter.domain
    intervals = domain.args if isinstance(domain, sp.Union) else (domain,)
    if not all(isinstance(interval, sp.Interval) for interval in intervals):
        raise ValueError(f"parameter {parameter.name}: the explorer needs a domain of intervals, got {domain}")
    return {
        "key": key,
        "text": parameter.text,
        "of": owner,
        "default": float(parameter.default),
        "value": float(parameter.default),
        "slider": [low, high, step],
        "domain": {
            "text": parameter.condition,
            "intervals": [
                [_bound(i.start), _bound(i.end), bool(i.left_open), bool(i.right_open)] for i in intervals
            ],
        },
    }  # fmt: skip


def _bound(end):
    """An end of an interval, None where there is none."""
    return None if end.is_infinite else float(end)


def _curve(activation, keys):
    names = {x: "x", **keys}
    orders = [_drawn(activation, n) for n in ORDERS.values()]
    return {
        "name": activation.name,
        "label": label(activation),
        "breakpoints": [tree(b, names) for b in _visible(activation)],
        "orders": [{"value": tree(e, names), "cuts": [tree(cut, names) for cut in cuts(e)]} for e in orders],
    }


def _drawn(activation, n):
    """The n-th derivative in a form that the browser's arithmetic takes, also close by: the stable one, with Taylor's
    polynomial where it would be 0/0, on each side; all within the domain of f."""
    e, line = activation.stable(n), activation.line()
    if n and line.values and any(r.least is not None for r in requirements(activation.formula)):
        # Where parameters decide on the domain of f, the published derivatives leave it out.
        e = kept(e, (explicit(activation.formula),))
    for i, cut in enumerate(line.cuts):
        left, right = (_beside(line, i, side, n) for side in (0, 1))
        pieces = []
        if left and left == right:
            polynomial, reach = left
            near = (x > cut - reach) & (x < cut + reach)
            pieces = [(polynomial, near if line.smooth(i) else near & sp.Ne(x, cut))]
        else:  # the cut itself is drawn as it was
            pieces += [(left[0], (x > cut - left[1]) & (x < cut))] if left else []
            pieces += [(right[0], (x > cut) & (x < cut + right[1]))] if right else []
        e = sp.Piecewise(*pieces, (e, True)) if pieces else e
    return e


def _beside(line, i, side, n):
    """Taylor's polynomial of the n-th derivative to the left (side 0) or right (1) of cut i, and its reach; None where the
    formula tells as much there, or there is no such polynomial."""
    expression, cut = line.expressions[i + side], line.cuts[i]
    if line.values or expression is UNDEFINED or value_at(expression, cut).is_finite or unbounded(expression, cut, 2 * side - 1):
        return None
    coefficients = []
    for k in range(TAYLOR + 2):
        value = line.limits(i, n + k)[side]
        if value is None or not value.is_finite:
            return None
        coefficients.append(value / sp.factorial(k))
    polynomial = sum(c * (x - cut) ** k for k, c in enumerate(coefficients[:TAYLOR]))
    return sp.horner(polynomial) if cut == 0 else polynomial, _reach(coefficients)


def _reach(coefficients):
    """How far Taylor's polynomial tells the function: as far as the first two terms that it leaves out are lost in rounding."""
    reach = NEAR
    while True:
        sizes = [abs(float(c)) * float(reach) ** k for k, c in enumerate(coefficients)]
        if max(sizes[-2:]) <= ROUNDING * max(sizes):
            return reach
        reach /= 2


def _visible(activation):
    """The breakpoints at which something happens: not those where both sides are one smooth function."""
    line = activation.line()
    smooth = [cut for i, cut in enumerate(line.cuts) if line.smooth(i)]
    return [b for b in activation.breakpoints if b.subs(line.values) not in smooth]


def _samples(curve):
    name, xs, ys = curve
    xs, ys = ([_rounded(v) for v in values] for values in (xs, ys))
    if len(xs) != len(ys) or len(xs) < 2:
        raise ValueError(f"{name}: expected as many xs as ys and at least two, got {len(xs)} and {len(ys)}")
    if None in xs or any(a >= b for a, b in zip(xs, xs[1:], strict=False)):
        raise ValueError(f"{name}: the xs must be finite and increase")
    return {"name": name, "label": name, "samples": [xs, ys]}


def _rounded(value):
    """A measured number to six digits, which do not depend on the machine; None if it is not finite."""
    return float(f"{value:.6g}") if math.isfinite(value) else None


def _mark(mark, symbols):
    if not {"x", "y"} & set(mark) or not set(mark) <= {"x", "y", "label"}:
        raise ValueError(f"mark {mark!r}: expected 'x', 'y' or both, and a 'label'")
    places = {axis: tree(explicit(sp.sympify(mark[axis], strict=True)), symbols) for axis in ("x", "y") if axis in mark}
    return {**places, "label": mark.get("label", "")}


def _widest(functions, curves):
    """The interval of x that holds every activation's own window and all samples, which stand clear of its ends."""
    ends = [f.window if isinstance(f, Activation) else c["samples"][0] for f, c in zip(functions, curves, strict=True)]
    low, high = min(xs[0] for xs in ends), max(xs[-1] for xs in ends)
    if any(isinstance(f, Activation) for f in functions):
        return low, high
    margin = 0.02 * (high - low)
    return tuple(float(f"{end:.6g}") for end in (low - margin, high + margin))
