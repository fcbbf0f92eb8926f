"""Boxes that cover the pieces of a function, and which of them a program is proved on."""

from __future__ import annotations

import numpy as np

from activlib.kernels.boxes import SPLIT, all_boxes, largest_of, split
from activlib.kernels.compile import threshold
from activlib.kernels.intervals import Format
from activlib.kernels.pieces import Pieces
from activlib.kernels.proof import errors

ROUNDS, MOST_BOXES = 5, 20_000  # of splitting, and boxes in one
MOST_FAR_BOXES = 60_000  # where those far out are split, too


class Covering:
    """Boxes of the numbers of a format, for the pieces of a function."""

    def __init__(self, line: Pieces, result: Format):
        self.line, self.result = line, result
        self.boxes = all_boxes(result)
        self.cut_floats = [threshold(cut) for cut in line.cuts]

    def interval(self, i):
        """The least and the greatest number of a piece, without its cuts."""
        low, high = -largest_of(self.result), largest_of(self.result)
        if i:
            low = self.cut_floats[i - 1]
            low = np.nextafter(low, np.inf) if float(low) == self.line.places[i - 1] else low
        if i < len(self.cut_floats):
            high = np.nextafter(self.cut_floats[i], -np.inf)
        return low, high

    def boxes_of(self, i):
        """(lower ends, upper ends, mask of those beside a cut) for piece i."""
        low, high = self.interval(i)
        beside, inner = [], [low, high]
        for k, end, toward in ((0, low, np.inf), (1, high, -np.inf)):
            if (i if k == 0 else i < len(self.cut_floats)) and low <= high:
                # The numbers next to a cut have a neighbor where another piece holds.
                near = float(np.nextafter(self.result.dtype(end), self.result.dtype(toward)))
                beside.append((min(end, near), max(end, near)))
                inner[k] = np.nextafter(near, toward)
        kept = (self.boxes[0] <= inner[1]) & (self.boxes[1] >= inner[0])
        lows, highs = (np.clip(ends[kept], *inner) for ends in self.boxes)
        lows, highs = (np.append(ends, [pair[k] for pair in beside]) for k, ends in enumerate((lows, highs)))
        alone = np.arange(lows.size) >= lows.size - len(beside)
        return lows, highs, alone

    def proved(self, steps, work, boxes, as_written, rounds=ROUNDS, complete=False):
        """(proved, left) boxes; a proved one has its errors, too. Boxes are split where that may help; if `complete`, a
        box counts as proved only as a whole."""
        lows, highs, alone = boxes
        origin = np.arange(lows.size)
        done, left = [], []
        for turn in range(rounds):
            if not lows.size and turn:
                break
            found = errors(steps, lows, highs, work, self.result, alone)
            good = (found.beyond <= self.result.limit) | (found.undefined & as_written)
            plain, beyond = np.nan_to_num(found.plain, nan=0.5), np.nan_to_num(found.beyond, nan=0.5)
            done.append((lows[good], highs[good], alone[good], plain[good], beyond[good], origin[good]))
            lows, highs, alone, origin = lows[~good], highs[~good], alone[~good], origin[~good]
            near, far = np.minimum(abs(lows), abs(highs)), np.maximum(abs(lows), abs(highs))
            finer = (near >= 2.0**-14) & (far <= 2.0**11) & (highs > lows)
            if turn == 0 and np.sum(~finer) < 0.3 * finer.size:
                finer |= highs > lows
            few = lows[finer].size * SPLIT > MOST_BOXES or turn == rounds - 1 or (turn > 2 and good.mean() < 0.02)
            keep = ~finer | few
            far_too = turn == 0 and keep.any() and lows.size * SPLIT <= MOST_FAR_BOXES
            if far_too and self.helps(steps, work, lows[keep], highs[keep], alone[keep]):
                keep[:] = False
            left.append((lows[keep], highs[keep], alone[keep], origin[keep]))
            lows, highs, alone, origin = split(lows[~keep], highs[~keep], alone[~keep], origin[~keep])
        done, (lows, highs, alone, origin) = (tuple(map(np.concatenate, zip(*part, strict=True))) for part in (done, left))
        if complete:
            whole = np.ones(boxes[0].size, bool)
            whole[origin] = False
            kept = whole[done[5]]
            return tuple(column[kept] for column in done[:5]), tuple(column[~whole] for column in boxes)
        return done[:5], (lows, highs, alone)

    def helps(self, steps, work, lows, highs, alone):
        """Whether it helps to split boxes: a few are tried."""
        some = slice(None, None, 1 + lows.size // 32)
        parts = split(lows[some], highs[some], alone[some])
        return np.mean(errors(steps, *parts[:2], work, self.result, parts[2]).beyond <= self.result.limit) > 0.2
