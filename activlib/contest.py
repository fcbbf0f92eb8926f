"""What the stored contest of the lab Training says of the activations that ran under the same conditions."""

from __future__ import annotations

import functools
from itertools import combinations
from typing import NamedTuple

import numpy as np

from activlib.experiment import Estimate, mean_interval, stored

SHARED = 0.25  # the test part's share of the training and the test part together: Nadeau and Bengio's correlation


class Case(NamedTuple):
    """What was trained: the data, the optimizer, the kind of network, its start, its hidden layers."""

    task: str
    optimizer: str
    kind: str
    start: str
    depth: int


class Verdict(NamedTuple):
    """How an activation did in a case.

    scores: those of the tests, shares of right classes or of the variance explained, one a seed. failed: how many of the
    tests left more than nine tenths of the loss of a guess, on the training data. rate: the learning rate it chose.
    below: the activation that is settled to be better; of several the one of the highest mean; None if there is none.
    """

    scores: np.ndarray
    failed: int
    rate: float
    below: str | None

    @property
    def mean(self) -> Estimate:
        """The mean score, and its interval for new data."""
        return mean_interval(self.scores, correlation=SHARED)

    @property
    def qualifies(self) -> bool:
        """Whether no test failed, and none of the others is settled to be better."""
        return not self.failed and self.below is None


@functools.cache
def _contest():
    """{case: {activation: (rate, scores, failed)}} of the stored contest."""
    run = stored("contest")
    found = {}
    for key, (best, _, _, scores, failed) in run["results"].items():
        *case, depth, name = key.split()
        rate = run["settings"]["rates"][case[1]][best]
        found.setdefault(Case(*case, int(depth)), {})[name] = (rate, np.array(scores) / 10_000, failed)
    return found


def cases() -> tuple[Case, ...]:
    """The cases in which at least two activations ran, in the order in which they did."""
    return tuple(case for case, names in _contest().items() if len(names) > 1)


def verdicts(task: str, kind: str, depth: int, *, optimizer: str = "adam", start: str = "gain",
             among=None) -> dict[str, Verdict]:
    """{activation: its `Verdict`} in one case of the stored contest, the highest mean score first.

    task, kind, optimizer, start: as tools/runs/ensembles.py describes them; depth: the number of hidden layers.
    among: names of activations, if not all that ran are to be compared.
    That one is *settled* to be above another means: the interval of the mean difference, seed by seed, excludes 0, corrected for
    shared data (Nadeau and Bengio) and with a confidence with which all pairs of the case together are right in 95 %.
    Raises ValueError for a case that did not run, or in which one of the names did not. See the chapters *Training* and
    *Choosing*.
    """
    if (case := Case(task, optimizer, kind, start, depth)) not in cases():
        raise ValueError(f"the stored contest has no {case}")
    ran = _contest()[case]
    if missing := [name for name in among or () if name not in ran]:
        raise ValueError(f"in {case} there is no {missing[0]!r}")
    found = dict(sorted(((name, ran[name]) for name in among or ran), key=lambda item: -item[1][1].mean()))
    confidence = 1 - 0.05 / len(list(combinations(found, 2)))

    def below(name):
        return next((other for other in found if mean_interval(
            found[other][1] - found[name][1], confidence=confidence, correlation=SHARED).low > 0), None)

    return {name: Verdict(scores, failed, rate, below(name)) for name, (rate, scores, failed) in found.items()}
