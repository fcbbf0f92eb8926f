"""The same function in PyTorch, JAX, Keras and ONNX: what those libraries do, as they were measured.

A catalogue entry names its counterparts as `LibraryCall`s; `tools/libraries.py` runs them and stores
what they return in `data/libraries.json`; `libraries(activation)` reads it beside the definition.
"""

from __future__ import annotations

import functools
import html
import itertools
import json
import math
import struct
from importlib import resources
from types import MappingProxyType

import sympy as sp

from activlib.activation import letters, x
from activlib.notebook import text

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


def settings(activation, call=None) -> list[dict[str, sp.Expr]]:
    """The parameters at which the libraries are run: the defaults and, if there are any, a second set: twice the
    default, or the slider's upper end where that is no other value of the domain. The defaults alone for a `call` that
    is told no parameter."""
    defaults = {p.name: p.default for p in activation.parameters}
    second = {p.name: 2 * p.default if p.default != 0 and 2 * p.default in p.domain else p.slider[1]
              for p in activation.parameters}
    told = call is None or call.told
    return [defaults, second] if defaults and told else [defaults]


def key(point) -> str:
    """The name of a place on the line in the stored data: "-inf", "-10000.0", "-0.0", "0.0", "inf", "nan"."""
    return repr(float(point))


def libraries(activation) -> Libraries:
    """What PyTorch, JAX, Keras and ONNX compute for `activation`, with the versions that were run.

    Raises LookupError if the activation names no library call, or one that has not been measured.
    """
    return Libraries(activation)


class Libraries:
    """The measurements of one activation's library calls; shows itself as a table.

    `rows` holds one dict for each call, in the catalogue's order:

    library, version: such as "PyTorch", "2.13.0".
    name, call: the dotted name, and the call as one writes it.
    defaults: what the library takes for an option that is not given (None: nothing, or no default).
    measured: one dict for each of the call's `settings`, with `parameters` and for each of float64, float32,
        float16, bfloat16 (if the library has it):
        values, gradients: f and, by automatic differentiation, f', each {`key(x)`: number} for x at
            ±inf, NaN, ±0, ±1e4, ±1e38 and the breakpoints. ONNX's evaluator has no gradients (None).
        saturation: for "-inf" and "inf" the x, to four digits, from which on f has the value of its
            limit; None where it has not, where the limit is infinite, or where f is constant there.
        ulp: largest error in units in the last place, to two digits, over results in the normal range.
            For float64 and float32 only.
        flushes_subnormals: whether all subnormal results come out as 0; None if none was met. For float64 and
            float32 only.
        returns: the dtype of the result.

    Each was measured as on several processors (tools/processors.py). Where it depends on them, a tuple of all results
    stands in place of the number.
    """

    def __init__(self, activation):
        if not activation.libraries:
            raise LookupError(f"{activation.name}: its definition names no call in another library")
        stored = _stored()
        measured = {row["call"]: row for row in stored["activations"].get(activation.name, ())}
        for call in activation.libraries:
            now = [{name: str(value) for name, value in setting.items()} for setting in settings(activation, call)]
            if [m["parameters"] for m in measured.get(call.text, {"measured": ()})["measured"]] != now:
                raise LookupError(f"{activation.name}: {call.text} has not been measured; run "
                                  f"python tools/libraries.py {activation.name} (CONTRIBUTING.md)")
        self.activation = activation
        self.rows = [{"library": TITLES[call.library], "version": stored["versions"][call.library],
                      **measured[call.text]} for call in activation.libraries]

    def __repr__(self):
        return f"Libraries({self.activation.name}: {', '.join(row['call'] for row in self.rows)})"

    def values(self, place, dtype="float32", **parameters) -> dict[str, float]:
        """{call: f(place)}, such as `values(-oo)`; a tuple of numbers where it depends on the processor.

        Raises LookupError for a place or parameters that were not run.
        """
        return self._column("values", place, dtype, parameters)

    def gradients(self, place, dtype="float32", **parameters) -> dict[str, float]:
        """{call: f'(place)} by automatic differentiation, such as `gradients(0, alpha=2)`; ONNX has none.

        Raises LookupError for a place or parameters that were not run.
        """
        return self._column("gradients", place, dtype, parameters)

    def differences(self) -> list[dict]:
        """Where a library's default, kink gradient or value far out is not this book's: dicts with
        `call`, `what`, `theirs` and `ours`. Measured in float32; within its rounding is no difference."""
        return [{"call": row["call"], "what": what, "theirs": theirs, "ours": ours}
                for row, call in zip(self.rows, self.activation.libraries, strict=True)
                for what, theirs, ours in (*self._defaults(row, call), *self._measured(row, call))
                if not _same(theirs, ours)]

    def _column(self, quantity, place, dtype, parameters):
        chosen = list(self.activation.at(**parameters).values())
        settled = settings(self.activation)
        index = next((i for i, setting in enumerate(settled) if list(setting.values()) == chosen), None)
        if index is None:
            raise LookupError(f"{self.activation.name} was run{' and'.join(map(_at, settled))} only")
        column = {row["call"]: row["measured"][index].get(dtype, {}).get(quantity) for row in self.rows
                  if index < len(row["measured"])}
        column = {call: points for call, points in column.items() if points}
        places = dict.fromkeys(itertools.chain.from_iterable(column.values()))
        if key(place) not in places:
            raise LookupError(f"no {quantity} at {place} in {dtype}; there are {', '.join(places) or 'none'}")
        return {call: points[key(place)] for call, points in column.items()}

    def _defaults(self, row, call):
        """(what, theirs, ours) for each option that has a default to speak of."""
        ours = call.bound(self.activation.at())[1]
        for option, theirs in row["defaults"].items():
            if option in ours and theirs is not None:
                yield option, theirs, _plain(ours[option])
            elif isinstance(theirs, (int, float, str)) and not isinstance(theirs, bool):
                yield option, theirs, theirs

    def _measured(self, row, call):
        """(what, theirs, ours) for the kinks at each setting, for the infinities at the defaults, and for those large
        numbers where some library errs."""
        settled = settings(self.activation, call)
        for measured, setting in zip(row["measured"], settled, strict=True):
            gradients = measured["float32"]["gradients"]
            for place, ours in kinks(self.activation, setting).items():
                yield f"f′({_show(place)}){_at(setting)}", gradients and gradients[key(place)], ours
        values = row["measured"][0]["float32"]["values"]
        for end, ours in limits(self.activation, settled[0]).items():
            yield f"f({_show(end)})", values[key(end)], ours
        if not all(_same(other["measured"][0]["float32"]["values"][key(math.nan)], math.nan) for other in self.rows):
            yield "f(NaN)", values[key(math.nan)], math.nan
        for place in LARGE:
            ours = _float32_at(place, self.activation)
            if not all(_same(theirs, ours) for theirs in self.values(place).values()):
                yield f"f({_show(place)})", values[key(place)], ours

    def _repr_html_(self):
        rows = [(row, self._cells(row, call))
                for row, call in zip(self.rows, self.activation.libraries, strict=True)]
        columns = [column for column in rows[0][1] if any(cells[column] for _, cells in rows)]
        bodies = []
        for library, group in itertools.groupby(rows, key=lambda pair: pair[0]["library"]):
            group = list(group)
            version = f"{library} {group[0][0]['version']}{_NOTES.get(library, '')}"
            lines = [f'<tr><th scope="rowgroup" colspan="{len(columns) + 1}">{version}</th></tr>']
            for row, cells in group:
                data = "".join(f"<td>{cells[column] or '—'}</td>" for column in columns)
                lines.append(f'<tr><th scope="row"><code>{html.escape(row["call"])}</code></th>{data}</tr>')
            bodies.append("\n".join(["<tbody>", *lines, "</tbody>"]))
        title = f"{self.activation.title} in other libraries"
        head = "".join(f'<th scope="col">{_unbroken(column)}</th>' for column in ("Call", *columns))
        varies = any(" or " in cell for _, cells in rows for cell in cells.values())
        notes = " ".join(note for note, needed in ((_GRADIENTS, self.activation.breakpoints),
                                                   (_DIFFERENCES, self.differences()), (_VARIES, varies)) if needed)
        # The notes are outside the box that scrolls, so that a phone shows them whole.
        return "\n".join([
            f'<div role="region" tabindex="0" aria-label="{html.escape(title)}" style="overflow-x: auto">',
            f"<table>\n<caption>{text(title)}, in float32</caption>\n<thead><tr>{head}</tr></thead>",
            *bodies, "</table>\n</div>", *([f"<p>{notes}</p>"] if notes else [])])

    def _cells(self, row, call):
        """{column: what it shows}, in HTML; an empty cell has nothing to show."""
        defaults = {option: _cell(theirs, ours) for option, theirs, ours in self._defaults(row, call)}
        if defaults.keys() != call.options.keys() or len(defaults) > 1:  # else the call beside it names the option
            defaults = {option: f"{option} = {cell}" for option, cell in defaults.items()}
        ends = limits(self.activation, settings(self.activation)[0])
        settles = {end: tuple(p for p in (place if isinstance(place, tuple) else (place,)) if p is not None)
                   for end, place in row["measured"][0]["float32"]["saturation"].items()}
        reached = [_unbroken(f"{_show(ends[float(end)])} from x = {_show(places)}") for end, places in settles.items() if places]
        return {"Defaults": ", ".join(defaults.values()),
                **{what: _cell(theirs, ours) for what, theirs, ours in self._measured(row, call)},
                "Reaches its limit": "; ".join(reached)}


#: Finite inputs at which the libraries were run, and at which an intermediate result may overflow or cancel.
LARGE = (-1e38, -1e4, 1e4, 1e38)

#: What a reader must know of how a library was run.
_NOTES = MappingProxyType({"Keras": " (with JAX)", "ONNX": " (reference evaluator, no gradients)"})

_GRADIENTS = "f′ is what automatic differentiation returns."
_VARIES = "Values with an <em>or</em> depend on the processor."
_DIFFERENCES = "Where a library differs from this book, its value is bold and this book's follows."


@functools.cache
def _stored():
    """The data file. JSON has no infinities: they are strings there."""
    file = resources.files("activlib").joinpath("data", "libraries.json")
    return json.loads(file.read_text(encoding="utf-8"), object_hook=_record)


def _record(record):
    """A dict as it was before JSON, which has no infinities; {"varies": [...]} as a tuple."""
    if "varies" in record:
        return tuple(map(_number, record["varies"]))
    return {name: _number(value) for name, value in record.items()}


def _number(value):
    return float(value) if value in ("-inf", "inf", "nan") else value


def limits(activation, setting) -> dict[float, float]:
    """{-inf: the limit of f at -oo, inf: that at oo} at the parameters in `setting`; NaN where there is none."""
    return dict(_limits(activation, tuple(setting.items())))


@functools.lru_cache(maxsize=64)
def _limits(activation, setting):
    pieces, values = activation.pieces(**dict(setting)), activation.at(**dict(setting))
    found = []
    for end, (_, _, piece) in ((-sp.oo, pieces[0]), (sp.oo, pieces[-1])):
        limit = piece.subs(values).subs(x, end)  # by the rules of extended reals, which leave 0*oo and oo - oo open
        limit = sp.limit(piece.subs(values), x, end) if limit is sp.nan else limit
        found.append((float(end), math.nan if limit.has(sp.AccumBounds) else float(limit)))
    return found


@functools.lru_cache(maxsize=256)
def _float32_at(place, activation):
    """f at a large number, at the defaults, as float32 holds both: a wave is elsewhere at the next float."""
    (stored,) = struct.unpack("f", struct.pack("f", place))
    value = float(activation.formula.subs(activation.at()).subs(x, sp.Integer(int(stored))).evalf())
    if abs(value) < 2.0**-149:
        return 0.0
    return math.copysign(math.inf, value) if abs(value) >= 2.0**128 else value


def kinks(activation, setting) -> dict[float, float]:
    """{place: f' there as the definition declares it} for each breakpoint."""
    values = activation.at(**setting)
    gradient = activation.derivative().subs(values)
    return {float(place.subs(values)): float(gradient.subs(x, place.subs(values))) for place in activation.breakpoints}


def _same(theirs, ours):
    """Whether they agree within float32's rounding; what was not measured disagrees with nothing."""
    if isinstance(theirs, tuple):
        return all(_same(value, ours) for value in theirs)
    if theirs is None:
        return True
    if isinstance(ours, (str, bool)):
        return theirs == ours
    return math.isclose(theirs, ours, rel_tol=1e-6) or (math.isnan(theirs) and math.isnan(ours))


def _plain(value):
    if isinstance(value, LibraryCall):
        return value.text
    return float(value) if isinstance(value, sp.Basic) else value


def _cell(theirs, ours):
    if theirs is None:
        return ""
    if _same(theirs, ours):
        return _show(theirs)
    return f'<strong>{_show(theirs)}</strong> (here\N{NO-BREAK SPACE}{_show(ours)})'


def _show(value):
    """A value as prose writes it, in HTML."""
    if isinstance(value, tuple):
        return " or ".join(map(_show, value))
    if isinstance(value, (bool, str)):
        return html.escape(str(value))
    return f"{value:.6g}".replace("inf", "∞").replace("nan", "NaN").replace("-", "−")


def _unbroken(text):
    """Equations in it stay on one line."""
    return text.replace(" = ", "\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}")


def _at(setting):
    """Such as " at α = 2"; nothing where there is no parameter."""
    assigned = [f"{letters(name)} = {_show(float(value))}" for name, value in setting.items()]
    return f" at {', '.join(assigned)}" if assigned else ""


def _text(value):
    if isinstance(value, LibraryCall):
        return value.text
    if isinstance(value, sp.Basic):
        return str(value.subs({s: sp.Symbol(letters(s.name)) for s in value.free_symbols}))
    return repr(value)
