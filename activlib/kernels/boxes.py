"""Boxes that cover the numbers of a format: arrays of lower ends and of upper ends, which belong to them."""

from __future__ import annotations

import math

import numpy as np
import scipy.special as special

MIDDLE = 16.0  # up to this |x| speed matters: inputs of a network
SPREAD = 3.0  # of the inputs for which a form is chosen
FINE, COARSE, SPLIT = 16, 1, 8  # boxes in a binade, and parts of a box


def largest_of(result):
    return float(np.finfo(result.dtype).max)


def _edges(result):
    """Numbers that cut the positive half line into boxes: finer where the inputs mostly are."""
    parts = []
    for e in range(result.smallest, result.beyond):
        k = FINE if -12 <= e < math.log2(MIDDLE) else 2 if e < 0 else COARSE
        parts.append(np.ldexp(1 + np.arange(k) / k, e))
    return np.unique(np.concatenate(parts))


def all_boxes(result):
    """(lower ends, upper ends) of boxes that hold every finite number of a format; 0 is one by itself."""
    positive = _edges(result)
    highs = np.append(np.nextafter(positive[1:], 0), largest_of(result))
    return np.concatenate([-highs[::-1], [0.0], positive]), np.concatenate([-positive[::-1], [0.0], highs])


def split(lows, highs, *more):
    """Boxes in SPLIT parts each, with what else is known of them."""
    ends = lows[:, None] + (highs - lows)[:, None] * (np.arange(SPLIT) / SPLIT)
    uppers = np.nextafter(np.concatenate([ends[:, 1:], np.full((lows.size, 1), np.inf)], axis=1), -np.inf)
    uppers[:, -1] = highs
    kept = (ends <= uppers).ravel()
    return ends.ravel()[kept], uppers.ravel()[kept], *(np.repeat(column, SPLIT)[kept] for column in more)


def weight(lows, highs, axis=None):
    """How much of a network's inputs lies between the numbers."""
    return np.sum(special.ndtr(np.divide(highs, SPREAD)) - special.ndtr(np.divide(lows, SPREAD)), axis=axis)


def within(boxes, form):
    kept = (boxes[0] >= form.low) & (boxes[1] <= form.high)
    return tuple(part[kept] for part in boxes)


def cell_edge(middle, index, width):
    """The end of a cell of a table: half-way between two middles belongs to the even one."""
    edge, inward = middle * width, np.inf if middle < index else -np.inf
    return edge if np.rint(middle) == index else np.nextafter(edge, inward)


def _runs(boxes):
    """Boxes in order, and where a new run of neighbors starts."""
    order = np.argsort(boxes[0])
    boxes = [column[order] for column in boxes]
    return boxes, np.flatnonzero(np.append(True, np.nextafter(boxes[1][:-1], np.inf) < boxes[0][1:]))


def hulls(done):
    """(low, high, largest errors) of neighboring boxes together."""
    if not done[0].size:
        return (np.zeros(0),) * 4
    (lows, highs, _, plain, beyond), starts = _runs(done)
    return lows[starts], highs[np.append(starts[1:], lows.size) - 1], np.maximum.reduceat(plain, starts), \
        np.maximum.reduceat(beyond, starts)


def joined(boxes):
    """Neighboring boxes as one, but for those beside a cut."""
    apart, rest = (tuple(column[mask] for column in boxes) for mask in (boxes[2], ~boxes[2]))
    if not rest[0].size:
        return apart
    (lows, highs, _), starts = _runs(rest)
    joined = lows[starts], highs[np.append(starts[1:], lows.size) - 1], np.zeros(starts.size, bool)
    return tuple(np.concatenate(pair) for pair in zip(apart, joined, strict=True))
