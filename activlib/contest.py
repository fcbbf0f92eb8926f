"""What the stored contest of the lab Training says of the activations that ran under the same conditions."""

from __future__ import annotations

import functools
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
    tuning: {rate: (the median score of the seeds that chose, how many of them failed)}. below: the activation that is
    settled to be better; of several the one of the highest mean; None if there is none.
    """

    case: Case
    scores: np.ndarray
    failed: int
    rate: float
    tuning: dict[float, tuple[float, int]]
    below: str | None

    @property
    def mean(self) -> Estimate:
        """The mean score, and its interval for new data."""
        return mean_interval(self.scores, correlation=SHARED)

    @property
    def qualifies(self) -> bool:
        """Whether no test failed, and none of the others is settled to be better."""
        return not self.failed and self.below is None

    def against(self, other: Verdict, *, together: int = 1) -> Estimate:
        """The mean difference to another verdict, of the same case or not, seed by seed, and its interval for new data.

        together: the number of such intervals that are to be right together in 95 % (Bonferroni). Raises ValueError if the
        other is of another task, whose seeds cut other data.
        """
        if other.case.task != self.case.task:
            raise ValueError(f"scores of {self.case.task} cannot be paired with those of {other.case.task}")
        return mean_interval(self.scores - other.scores, confidence=1 - 0.05 / together, correlation=SHARED)


@functools.cache
def _contest():
    """{case: {activation: its verdict, but for who is better}} of the stored contest."""
    run = stored("contest")
    found = {}
    for key, (best, medians, failures, scores, failed) in run["results"].items():
        *names, depth, activation = key.split()
        case = Case(*names, int(depth))
        rates = run["settings"]["rates"][case.optimizer]
        tuning = {rate: (median / 10_000, count) for rate, median, count in zip(rates, medians, failures, strict=True)}
        found.setdefault(case, {})[activation] = Verdict(
            case, np.array(scores) / 10_000, failed, rates[best], tuning, None)
    return found


def cases(among=()) -> tuple[Case, ...]:
    """The cases in which at least two activations ran, and all of those named, in the order in which they did."""
    return tuple(case for case, names in _contest().items() if len(names) > 1 and set(among) <= set(names))


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
    found = dict(sorted(((name, ran[name]) for name in among or ran), key=lambda item: -item[1].scores.mean()))
    pairs = len(found) * (len(found) - 1) // 2
    return {name: verdict._replace(below=next(
        (other for other in found if found[other].against(verdict, together=pairs).low > 0), None))
        for name, verdict in found.items()}
