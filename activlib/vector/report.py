"""How far the kernels of an activation of several numbers are off, measured over rows of many kinds, as a table."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from activlib.kernels.report import table
from activlib.ulp import ulp_errors

LENGTHS = {2: 12, 10: 4, 40: 1}  #: of the rows, and how many there are of each
BOUNDS = {np.float64: 4.0, np.float32: 2.0, np.float16: 2.0}
ROUNDED = 0.51  # ulp: as near as rounding allows, but for a few ties
FUNCTIONS = ("f", "vᵀJ")
NOTE = "* of the value at the numbers or at the floats next to them"


def _all_binades(rng, shape, dtype):
    info = np.finfo(dtype)
    size = rng.uniform(info.minexp - info.nmant, info.maxexp, size=shape)
    return rng.choice([-1.0, 1.0], size=shape) * np.minimum(np.exp2(size), float(info.max))


def _one_ahead(rng, shape, dtype):
    return rng.normal(size=shape) + 15.0 * (np.arange(shape[1]) == shape[1] // 2)


#: How the numbers of a row lie: {name: function of a generator, a shape and a type}.
SPREADS = {
    "normal": lambda rng, shape, dtype: rng.normal(size=shape),
    "30 times as wide": lambda rng, shape, dtype: 30 * rng.normal(size=shape),
    "nearly equal": lambda rng, shape, dtype: 1 + 1e-3 * rng.normal(size=shape),
    "one ahead by 15": _one_ahead,
    "of any size": _all_binades,
}


@dataclass(frozen=True)
class Row:
    """What was measured of one function and one type.

    largest: {spread: the largest error in ulp}. plain: {spread: whether it counts from the exact value at the numbers
    themselves, not from the values at the floats next to them}. examined: how many results.
    """

    dtype: str
    order: int
    largest: dict[str, float]
    plain: dict[str, bool]
    examined: int

    def text(self, spread) -> str:
        """What the error stays within, which does not depend on the processor: 0, 1/2, or what is promised."""
        promised = BOUNDS[getattr(np, self.dtype)]
        error = self.largest[spread]
        shown = "0" if error == 0 else "0.5" if error <= ROUNDED else f"{promised:g}" if error <= promised else f"{error:.2g}"
        return shown + "*" * (not self.plain[spread])


@dataclass(frozen=True)
class VectorAccuracy:
    """What was measured of the kernels of an activation of several numbers; prints as a table."""

    title: str
    rows: tuple[Row, ...]

    @property
    def note(self) -> str:
        return "" if all(all(row.plain.values()) for row in self.rows) else NOTE

    def _cells(self):
        return [(FUNCTIONS[row.order], row.dtype, *map(row.text, SPREADS)) for row in self.rows]

    def __repr__(self):
        widths = [8, 9, *(len(name) + 3 for name in SPREADS)]
        lines = ["".join(f"{cell:<{width}}" for cell, width in zip(cells, widths)).rstrip()
                 for cells in (("", "", *SPREADS), *self._cells())]
        return "\n".join([self.title, *lines, *([self.note] if self.note else [])])

    def _repr_html_(self):
        return table([self.title, self.note], ("Function", "Type", *(name.capitalize() for name in SPREADS)),
                     self._cells())


def measured(activation, orders, parameters) -> VectorAccuracy:
    """What `activlib.accuracy` gives for a `VectorActivation`."""
    if not set(orders) <= {0, 1}:
        raise ValueError(f"orders {tuple(orders)}: of {activation.name} there are 0, for f, and 1, for vector-Jacobian products")
    rows = tuple(_row(activation, order, dtype, parameters) for order in orders for dtype in BOUNDS)
    *shorter, longest = LENGTHS
    return VectorAccuracy(f"Measured accuracy of {activation.title}. No error in rows of {', '.join(map(str, shorter))} and "
                          f"{longest} numbers exceeds this many ulp", rows)


def _row(activation, order, dtype, parameters):
    largest, plain, examined = {}, {}, 0
    for place, (name, spread) in enumerate(SPREADS.items()):
        largest[name], plain[name] = 0.0, True
        for length, count in LENGTHS.items():
            rng = np.random.default_rng([place, length])
            x = spread(rng, (count, length), dtype).astype(dtype)
            v = rng.normal(size=np.shape(activation(x, **parameters))).astype(dtype) if order else None
            errors = ulp_errors(activation, x, weights=v, **parameters)
            if errors.max() > BOUNDS[dtype]:
                errors, plain[name] = ulp_errors(activation, x, weights=v, neighbors=True, **parameters), False
            largest[name], examined = max(largest[name], float(errors.max())), examined + errors.size
    return Row(np.dtype(dtype).name, order, largest, plain, examined)
