"""What the libraries do for a function of several numbers."""

from math import inf, nan
from types import MappingProxyType

from activlib.libraries.stored import key, rows
from activlib.libraries.table import same, show, table

_SCORES = ((1, 2, 3), (0.1, 0.2, 0.3, 0.4), (100, 99.5), (1000, 0), (0, 0),
           (-inf, 0), (-inf, -inf), (inf, 0), (inf, inf), (nan, 0))
#: The rows of numbers at which the libraries are run, by the kind of function; the halves of a pair in the order (a, b).
ROWS = MappingProxyType({
    "axis": _SCORES,
    "reduce": _SCORES,
    "pair": ((1, 2), (2, -1), (300, 300), (1e30, 1e30), (-inf, -1), (inf, -inf), (inf, 0), (0, inf), (nan, 0)),
})


class VectorLibraries:
    """The measurements of one activation's library calls; shows itself as a table.

    `rows` holds one dict for each call, in the catalogue's order:

    library, version, name, call, defaults: as in `activlib.libraries.Libraries`.
    axis: {"1": axis, ..., "4": axis}, along which it works for an input of so many dimensions if it is told none, or "all";
        None where it must be told, or takes none and two arrays instead.
    gate: "second" if the second half goes through the gate, as in this book, or "first"; None of what is no pair.
    float32, float16: values and gradients, the latter of the first result by automatic differentiation (ONNX's evaluator
        has none): {`key(row)`: numbers} at each of `ROWS`; and ulp, {"10": error, "1000": error}, the largest error of 64
        rows of so many normal numbers, three times as wide as standard ones, in units in the last place, to two digits.

    Each was measured as on several processors. Where it depends on them, a tuple of all results stands in place of the number.
    """

    def __init__(self, activation):
        self.activation = activation
        self.rows = rows(activation)

    def __repr__(self):
        return f"VectorLibraries({self.activation.name}: {', '.join(row['call'] for row in self.rows)})"

    def values(self, *row, dtype="float32") -> dict[str, list[float]]:
        """{call: results} for a row of numbers, such as `values(-oo, 0)`. Raises LookupError for a row that was not run."""
        return self._at("values", row, dtype)

    def gradients(self, *row, dtype="float32") -> dict[str, list[float]]:
        """{call: gradient of the first result} for a row of numbers, where the library has automatic differentiation."""
        return self._at("gradients", row, dtype)

    def _at(self, quantity, row, dtype):
        found = {stored["call"]: stored[dtype][quantity][key(row)]
                 for stored in self.rows if key(row) in stored[dtype][quantity]}
        if not found:
            raise LookupError(f"no {quantity} at ({key(row)}); there are ({'), ('.join(map(key, ROWS[self.activation.kind]))})")
        return found

    def _repr_html_(self):
        import numpy as np

        ours = {row: np.ravel(self.activation(np.array([row], np.float32))).tolist() for row in ROWS[self.activation.kind]}
        shown = {row for row in ours if any(not _agree(stored["float32"]["values"][key(row)], ours[row]) for stored in self.rows)}
        notes = ["Where a library differs from this book, its values are bold and this book's follow."] if shown else []
        return table(f"{self.activation.title} in other libraries",
                     [(stored, self._cells(stored, ours, shown)) for stored in self.rows], notes)

    def _cells(self, stored, ours, shown):
        """{column: what it shows}, in HTML."""
        axes = [axis for axis in stored["axis"].values() if axis is not None]
        cells = {"Axis by default, for 1, 2, 3 and 4 dimensions": show_all(axes) if len(axes) == len(stored["axis"]) else ""}
        if self.activation.kind == "pair":
            cells["Half in the gate"] = stored["gate"]
        for row in ours:
            if row in shown:
                theirs = stored["float32"]["values"][key(row)]
                cells[f"f({show_all(row)})"] = show_all(theirs) if _agree(theirs, ours[row]) else (
                    f"<strong>{show_all(theirs)}</strong> (here\N{NO-BREAK SPACE}{show_all(ours[row])})")
        return cells | {f"Largest error of {n} numbers": f"{show(error)}\N{NO-BREAK SPACE}ulp"
                        for n, error in stored["float32"]["ulp"].items()}


def show_all(numbers):
    """Such as "0, 1"."""
    return ", ".join(map(show, numbers)).replace(", ", ",\N{NO-BREAK SPACE}")


def _agree(theirs, ours):
    return all(same(a, b) or (not isinstance(a, tuple) and abs(a - b) < 1e-6) for a, b in zip(theirs, ours, strict=True))
