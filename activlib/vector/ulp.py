"""Errors of functions of several numbers in units in the last place (ulp), against values that ball arithmetic encloses."""

from __future__ import annotations

import itertools

import numpy as np
from flint import arb

from activlib.balls import precision
from activlib.ulp import error
from activlib.vector.activation import pulled_back
from activlib.vector.kernels import evaluate, jacobian_at, pull_back
from activlib.vector.kernels.exact import SMALLEST, settled
from activlib.vector.symbols import i, k, scores


def row_errors(activation, x, v, candidate, neighbors, parameters):
    """What `activlib.ulp.ulp_errors` gives for a `VectorActivation`."""
    given = (x,) if v is None else (x, v)
    kernel = evaluate if v is None else pull_back
    with np.errstate(all="ignore"):
        computed = np.asarray(candidate(*given) if candidate else kernel(activation, *given, -1, parameters))
    exact = reference(activation, *given, **parameters)
    if computed.shape != exact.shape:
        raise ValueError(f"the candidate gives shape {computed.shape}, and the result has shape {exact.shape}")
    sizes = exact if v is None or activation.kind != "axis" else _sizes(activation, x, v, parameters)
    around = np.stack([exact, *(_around(activation, x, v, parameters, exact) if neighbors else ())], -1)
    info = np.finfo(x.dtype)
    found = [error(float(y), values, info, size) for y, values, size in
             zip(computed.ravel(), around.reshape(-1, around.shape[-1]), sizes.ravel(), strict=True)]
    return np.array(found).reshape(exact.shape)


def reference(activation, x, v=None, **parameters) -> np.ndarray:
    """The exact results along the last axis of `x`, or their vector-Jacobian products with `v`: midpoints of balls.

    Each has at least 72 right bits; it is 0 where it is below 2**-1200, and NaN where balls do not bound it.
    """
    values, index = activation.at(**parameters), i if v is None else k
    formulas = [formula.subs(values) for formula in _formulas(activation, v is not None)]
    inputs, results = _widths(activation, x)
    rows = _rows(x, inputs).tolist()
    weights = [None] * len(rows) if v is None else _weights(activation, v, results).tolist()
    width = results if v is None else inputs
    exact = np.empty((len(rows), width), object)
    for place, (numbers, weight) in enumerate(zip(rows, weights, strict=True)):
        found = settled(lambda row, place: row.value(formulas[(place - 1) % len(formulas)], {index: place}),
                        width, numbers, weight)
        exact[place] = [arb(0) if abs(ball) < SMALLEST else ball.mid() for ball in found]
    return _joined(exact, activation, x, v is None)


def _sizes(activation, x, v, parameters):
    """Σ_i |v_i ∂y_i/∂x_k| in place of the sum itself."""
    rows, weights = (np.abs(part.reshape(-1, x.shape[-1]).astype(np.float64)) for part in (x, v))
    slopes = np.abs([jacobian_at(activation, row, parameters) for row in x.reshape(rows.shape)])
    with np.errstate(all="ignore"):
        found = (weights[:, None] @ slopes)[:, 0].reshape(x.shape)
    return np.vectorize(arb, otypes=[object])(np.nan_to_num(found, nan=np.finfo(np.float64).max))  # in place of infinity, too


def _around(activation, x, v, parameters, exact):
    """Values near the exact ones, which the next floats have in place of the numbers."""
    ends = [np.nextafter(x, x.dtype.type(end)) for end in (-np.inf, np.inf)]
    if activation.kind in ("pair", "expand"):
        halves = [np.split(end, 2 if activation.kind == "pair" else 1, -1) for end in ends]
        return [reference(activation, np.concatenate(corner, -1), v, **parameters) for corner in itertools.product(*zip(*halves))]
    if v is not None:
        return []
    slopes = np.abs([jacobian_at(activation, row, parameters) for row in x.reshape(-1, x.shape[-1])])
    reach = (slopes @ np.spacing(np.abs(x)).astype(np.float64).reshape(-1, x.shape[-1], 1)).reshape(exact.shape)
    with precision(300):
        return [exact + sign * np.vectorize(arb, otypes=[object])(reach) for sign in (-1, 1)]


def _formulas(activation, backward):
    """The results of a row of numbers, or its vector-Jacobian products, in the numbers x[1], ... and weights v[1], ...;
    one formula in the place i or k stands for all."""
    if activation.kind in ("axis", "reduce"):
        return pulled_back(activation, activation._shifted_jacobian) if backward else (activation._shifted,)
    numbers = dict(zip(activation.inputs(), (scores[1], scores[2])))
    return [e.xreplace(numbers) for e in (activation.vjp_formula() if backward else activation.components())]


def _widths(activation, x):
    """How many numbers make a row, and how many results it has."""
    length = x.shape[-1]
    return {"axis": (length, length), "reduce": (length, 1), "pair": (2, 1),
            "expand": (1, len(activation.components()) if activation.kind == "expand" else 0)}[activation.kind]


def _rows(x, width):
    """The numbers of an array in rows of so many, which lie along its last axis one part after the other."""
    return np.swapaxes(x.reshape(*x.shape[:-1], width, -1), -1, -2).reshape(-1, width)


def _weights(activation, v, results):
    return _rows(v[..., None] if activation.kind == "reduce" else v, results)


def _joined(rows, activation, x, forward):
    """What was computed for each row of numbers in an array as `activation` gives it for x, or the gradient by x."""
    lead = x.shape[:-1]
    joined = np.swapaxes(rows.reshape(*lead, -1, rows.shape[-1]), -1, -2).reshape(*lead, -1)
    return joined[..., 0] if forward and activation.kind == "reduce" else joined
