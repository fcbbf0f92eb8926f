"""What the libraries do for a function of one number."""

from __future__ import annotations

import functools
import itertools
import math
import struct

import sympy as sp

from activlib.activation import letters, x
from activlib.libraries.call import LibraryCall
from activlib.libraries.stored import key, rows
from activlib.libraries.table import cell, same, show, table, unbroken


def settings(activation, call=None) -> list[dict[str, sp.Expr]]:
    """The parameters at which the libraries are run: the defaults and, if there are any, a second set: twice the
    default, or the slider's upper end where that is no other value of the domain. The defaults alone for a `call` that
    is told no parameter."""
    defaults = {p.name: p.default for p in activation.parameters}
    second = {p.name: 2 * p.default if p.default != 0 and 2 * p.default in p.domain else p.slider[1]
              for p in activation.parameters}
    told = call is None or call.told
    return [defaults, second] if defaults and told else [defaults]


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
        self.activation = activation
        self.rows = rows(activation, lambda row, call: [m["parameters"] for m in row["measured"]] == [
            {name: str(value) for name, value in setting.items()} for setting in settings(activation, call)])

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
                if not same(theirs, ours)]

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
                yield f"f′({show(place)}){_at(setting)}", gradients and gradients[key(place)], ours
        values = row["measured"][0]["float32"]["values"]
        for end, ours in limits(self.activation, settled[0]).items():
            yield f"f({show(end)})", values[key(end)], ours
        if not all(same(other["measured"][0]["float32"]["values"][key(math.nan)], math.nan) for other in self.rows):
            yield "f(NaN)", values[key(math.nan)], math.nan
        for place in LARGE:
            ours = _float32_at(place, self.activation)
            if not all(same(theirs, ours) for theirs in self.values(place).values()):
                yield f"f({show(place)})", values[key(place)], ours

    def _repr_html_(self):
        shown = [(row, self._cells(row, call))
                 for row, call in zip(self.rows, self.activation.libraries, strict=True)]
        varies = any(" or " in cell for _, cells in shown for cell in cells.values())
        return table(f"{self.activation.title} in other libraries", shown,
                     [note for note, needed in ((_GRADIENTS, self.activation.breakpoints),
                                                (_DIFFERENCES, self.differences()), (_VARIES, varies)) if needed])

    def _cells(self, row, call):
        """{column: what it shows}, in HTML; an empty cell has nothing to show."""
        defaults = {option: cell(theirs, ours) for option, theirs, ours in self._defaults(row, call)}
        if defaults.keys() != call.options.keys() or len(defaults) > 1:  # else the call beside it names the option
            defaults = {option: f"{option} = {cell}" for option, cell in defaults.items()}
        ends = limits(self.activation, settings(self.activation)[0])
        settles = {end: tuple(p for p in (place if isinstance(place, tuple) else (place,)) if p is not None)
                   for end, place in row["measured"][0]["float32"]["saturation"].items()}
        reached = [unbroken(f"{show(ends[float(end)])} from x = {show(places)}") for end, places in settles.items() if places]
        return {"Defaults": ", ".join(defaults.values()),
                **{what: cell(theirs, ours) for what, theirs, ours in self._measured(row, call)},
                "Reaches its limit": "; ".join(reached)}


#: Finite inputs at which the libraries were run, and at which an intermediate result may overflow or cancel.
LARGE = (-1e38, -1e4, 1e4, 1e38)

_GRADIENTS = "f′ is what automatic differentiation returns."
_VARIES = "Values with an <em>or</em> depend on the processor."
_DIFFERENCES = "Where a library differs from this book, its value is bold and this book's follows."


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


def _plain(value):
    if isinstance(value, LibraryCall):
        return value.text
    return float(value) if isinstance(value, sp.Basic) else value


def _at(setting):
    """Such as " at α = 2"; nothing where there is no parameter."""
    assigned = [f"{letters(name)} = {show(float(value))}" for name, value in setting.items()]
    return f" at {', '.join(assigned)}" if assigned else ""


