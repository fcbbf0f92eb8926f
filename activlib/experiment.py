"""What the experiments of the book share: independent generators, intervals, and results of runs that take too long
for a page."""

from __future__ import annotations

import json
from importlib import resources
from typing import NamedTuple

import numpy as np


class Estimate(NamedTuple):
    """A number estimated from a sample, and the ends of its confidence interval.

    A format is that of each number: f"{estimate:+.2f}" is such as "+0.12 (+0.08 to +0.16)".
    """

    value: float | np.ndarray
    low: float | np.ndarray
    high: float | np.ndarray

    def __format__(self, form):
        return "{0:{3}} ({1:{3}} to {2:{3}})".format(*self, form) if form else str(self)


def generators(n: int, seed: int = 0) -> list[np.random.Generator]:
    """`n` independent random generators, of which the first few are the same whatever n.

    A comparison gives each competitor the same ones, and so the same data and the same draws for its weights.
    Raises ValueError for fewer than one.
    """
    if n < 1:
        raise ValueError(f"an experiment needs at least one generator, got {n}")
    return [np.random.default_rng([seed, i]) for i in range(n)]


def mean_interval(samples, *, axis: int = 0, confidence: float = 0.95, correlation: float = 0.0) -> Estimate:
    """The mean along an axis, and Student's interval for it.

    It holds the true mean with probability `confidence` where samples are independent and normal; means of several
    samples are nearly so. For a comparison on the same seeds give it the differences.
    correlation: that of every two samples, in [0, 1), where they are normal and not independent. For the scores of splits of
        one data set Nadeau and Bengio (2003) take the share of the test part in the training and the test part together.
    Raises ValueError for fewer than two samples, samples that are not finite, or a confidence or a correlation outside its
    interval. See the chapter *Training*.
    """
    from scipy import special

    samples = np.asarray(samples, float)
    n = samples.shape[axis] if samples.ndim else 1
    if n < 2:
        raise ValueError(f"an interval for a mean needs at least two samples, got {n}")
    if not np.isfinite(samples).all():
        raise ValueError("samples of a mean must be finite")
    if not 0 <= correlation < 1:
        raise ValueError(f"a correlation of samples lies in [0, 1), got {correlation}")
    variance = samples.var(axis=axis, ddof=1) * (1 / n + correlation / (1 - correlation))  # of the mean
    half = special.stdtrit(n - 1, (1 + _checked(confidence)) / 2) * np.sqrt(variance)
    mean = samples.mean(axis=axis)
    return Estimate(mean, mean - half, mean + half)


def proportion_interval(successes: int, trials: int, *, confidence: float = 0.95) -> Estimate:
    """The share of successes, and Wilson's interval for its probability (Wilson 1927), which serves for few trials and
    for shares near 0 and 1 too. Raises ValueError unless 0 <= successes <= trials and trials >= 1, or for a confidence
    outside (0, 1); TypeError for numbers that are not whole."""
    from scipy import stats

    interval = stats.binomtest(successes, trials).proportion_ci(_checked(confidence), "wilson")
    return Estimate(successes / trials, float(interval.low), float(interval.high))


def stored(name: str) -> dict:
    """The results of a long run, as the script named under "made_by" has written them, with the versions it ran on.

    Raises ValueError for a name that has none, and names those that have.
    """
    folder = resources.files("activlib") / "data" / "runs"
    files = {file.name.removesuffix(".json"): file for file in folder.iterdir() if file.name.endswith(".json")}
    if name not in files:
        raise ValueError(f"no stored run {name!r}; there are {', '.join(sorted(files))}")
    return json.loads(files[name].read_text("utf8"))


def _checked(confidence):
    if not 0 < confidence < 1:
        raise ValueError(f"a confidence lies between 0 and 1, got {confidence}")
    return confidence
