"""What the stored contest of the lab Training says of the activations that ran under the same conditions."""

from __future__ import annotations

import functools
import math
import textwrap
from itertools import combinations
from typing import NamedTuple

import numpy as np

from activlib.experiment import Estimate, mean_interval, stored
from activlib.notebook import table

TASKS = ("digits", "diabetes", "diamonds")
OPTIMIZERS = ("sgd", "momentum", "adam")
KINDS = ("plain", "batch", "layer", "residual")
SHARED = 0.25  # the test part's share of the training and the test part together: Nadeau and Bengio's correlation


class Case(NamedTuple):
    """What was trained: the data, the optimizer, the kind of network, its start, its hidden layers."""

    task: str
    optimizer: str
    kind: str
    start: str
    depth: int

    @property
    def recipe(self) -> tuple[str, str, str]:
        """The data, the optimizer and the kind of network."""
        return self.task, self.optimizer, self.kind


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
    def percent(self) -> str:
        """The mean score in percent, as 93.5, with the number of failed tests behind it if there are any."""
        return f"{100 * self.mean.value:.1f}" + f" ({self.failed} failed)" * bool(self.failed)

    @property
    def qualifies(self) -> bool:
        """Whether no test failed, and none of the others is settled to be better."""
        return not self.failed and self.below is None

    @property
    def chosen(self) -> tuple[float, int]:
        """The median score at the chosen rate of the seeds that chose it, and how many of them failed."""
        return self.tuning[self.rate]

    @property
    def slower(self) -> float | None:
        """By how much the median score of the seeds that chose falls at a tenth of the rate; None if the list has no tenth."""
        tenth = (score for rate, (score, _) in self.tuning.items() if math.isclose(10 * rate, self.rate))
        return next((self.chosen[0] - score for score in tenth), None)

    @property
    def place(self) -> str:
        """Where the chosen rate stands in the list: "lowest", "highest" or "inside"; "none learned" if the rates differ by
        chance alone, because every seed failed at each."""
        seeds = _run()["settings"]["tuning"]
        if all(failed == seeds for _, failed in self.tuning.values()):
            return "none learned"
        rates = list(self.tuning)
        return {rates[0]: "lowest", rates[-1]: "highest"}.get(self.rate, "inside")

    def against(self, other: Verdict, *, together: int = 1, new: bool = True) -> Estimate:
        """The mean difference to another verdict, of the same case or not, seed by seed, and its interval for new data.

        together: the number of such intervals that are to be right together in 95 % (Bonferroni). new: False for the interval
        for other splits of the same data. Raises ValueError if the other is of another task, whose seeds cut other data.
        """
        if other.case.task != self.case.task:
            raise ValueError(f"scores of {self.case.task} cannot be paired with those of {other.case.task}")
        return mean_interval(self.scores - other.scores, confidence=1 - 0.05 / together, correlation=SHARED * new)


@functools.cache
def _run():
    return stored("contest")


@functools.cache
def _contest():
    """{case: {activation: its verdict, but for who is better}} of the stored contest."""
    run = _run()
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
    return dict(_judged(case, tuple(among or ran)))


@functools.cache
def _judged(case, names):
    ran = _contest()[case]
    found = dict(sorted(((name, ran[name]) for name in names), key=lambda item: -item[1].scores.mean()))
    return {name: verdict._replace(below=next(
        (other for other in found if found[other].against(verdict, together=pairs(found)).low > 0), None))
        for name, verdict in found.items()}


def select(among=(), **wanted) -> dict[Case, dict[str, Verdict]]:
    """{case: the `verdicts` in it, among these names} of the `cases` with the wanted values of their fields.

    wanted: a value or a tuple of values of a field of `Case`, as in select(names, optimizer="adam", depth=(1, 3)).
    """
    allowed = {field: value if isinstance(value, tuple) else (value,) for field, value in wanted.items()}
    return {case: verdicts(**case._asdict(), among=among or None) for case in cases(among)
            if all(getattr(case, field) in values for field, values in allowed.items())}


def pairs(found) -> int:
    """The number of pairs of verdicts of one case."""
    return len(found) * (len(found) - 1) // 2


def settled(found, among=None, *, new: bool = True) -> list[tuple[str, str]]:
    """The pairs (better, worse) of names in one case of which the interval of the mean difference excludes 0.

    found: {name: verdict}; all its pairs together are right in 95 %, also where among names fewer. new: False for other splits
    of the same data. Pairs come in the order of the names.
    """
    gaps = {(a, b): found[a].against(found[b], together=pairs(found), new=new) for a, b in combinations(among or found, 2)}
    return [(a, b) if gap.low > 0 else (b, a) for (a, b), gap in gaps.items() if gap.low > 0 or gap.high < 0]


def leads(found, base: str, *, together: int | None = None) -> dict[tuple[Case, str], Estimate]:
    """{(case, name): the mean difference to the one named base} of all others in all cases of {case: {name: verdict}}.

    together: as in `Verdict.against`; all of these if not given.
    """
    rivals = [(case, name) for case, verdicts in found.items() for name in verdicts if name != base]
    return {(case, name): found[case][name].against(found[case][base], together=together or len(rivals))
            for case, name in rivals}


class Tally(NamedTuple):
    """How many cases and pairs there are, and how many pairs are `settled`: for other splits of the same data, for new data,
    and of the latter those of two of a chosen few."""

    cases: int
    pairs: int
    splits: int
    new: int
    few: int


def tally(found, few) -> dict[tuple[str, str], Tally]:
    """{(task, optimizer): the `Tally` of its cases} of {case: {name: verdict}}; few: names."""
    counts = {}
    for case, verdicts in found.items():
        new = settled(verdicts)
        count = (1, pairs(verdicts), len(settled(verdicts, new=False)), len(new), sum({*pair} <= {*few} for pair in new))
        group = case.task, case.optimizer
        counts[group] = Tally(*map(sum, zip(counts.get(group, (0,) * 5), count, strict=True)))
    return counts


def recipes(found, depths=(1, 3, 10)) -> dict[tuple[str, str, str], dict[int, dict[str, Verdict]]]:
    """{recipe: {depth: {name: verdict}}} of those of {case: {name: verdict}} that start by the gain and ran at all these depths.

    With one hidden layer a residual network is plain, and so are kinds that did not run with one layer.
    """
    grouped = {}
    for case, verdicts in found.items():
        if case.start == "gain":
            grouped.setdefault(case.recipe, {})[case.depth] = verdicts
    for (task, optimizer, _), by_depth in grouped.items():
        if one := grouped.get((task, optimizer, "plain"), {}).get(1):
            by_depth.setdefault(1, one)
    return {recipe: by_depth for recipe, by_depth in grouped.items() if {*depths} <= {*by_depth}}


def best_linear(by_depth) -> tuple[int, Verdict]:
    """The depth and verdict of the best linear network of {depth: {name: verdict}}: by the medians that chose its rate, not by
    the tests, and of equals the shallower."""
    depth = max(sorted(by_depth), key=lambda depth: by_depth[depth]["identity"].chosen[0])
    return depth, by_depth[depth]["identity"]


def over_linear(found) -> dict[tuple[Case, str], Estimate]:
    """{(case, name): the mean difference to the best plain linear network of the data and optimizer} of all but the identity.

    found: {case: {name: verdict}} of cases that start by the gain, plain networks among them. Each case is corrected for as
    many as it has.
    """
    best = {recipe: best_linear(by_depth)[1] for recipe, by_depth in recipes(found, ()).items()}
    return {(case, name): verdict.against(best[case.task, case.optimizer, "plain"], together=len(verdicts) - 1)
            for case, verdicts in found.items() for name, verdict in verdicts.items() if name != "identity"}


def gains(found, base, among=None) -> dict[str, Estimate]:
    """{name: the mean difference of its verdict in found to that in base}, corrected for all of them.

    found, base: {name: verdict} of two cases of the same task; among: names, if not all in found.
    """
    names = tuple(among or found)
    return {name: found[name].against(base[name], together=len(names)) for name in names}


def by_recipe(columns):
    """A `table` with a row for each data set and kind of network; in a cell stands what belongs to SGD, momentum and Adam.

    columns: {title: {recipe: value}}; a dash stands where a recipe is missing.
    """
    rows = {(task, kind) for column in columns.values() for task, _, kind in column}
    return table(["data, kind", *columns], [
        [f"{task} {kind}", *(", ".join(str(column.get((task, optimizer, kind), "–")) for optimizer in OPTIMIZERS)
                             for column in columns.values())]
        for task, kind in sorted(rows, key=lambda row: (TASKS.index(row[0]), KINDS.index(row[1])))])


def listed(found, form: str = "") -> str:
    """Lines such as "  relu +0.3%, leaky relu +0.2%" of {name: number} with a format for the numbers, or of names alone."""
    items = [f"{title(name)} {found[name]:{form}}" if form else title(name) for name in found] or ["none"]
    kept = ", ".join(item.replace(" ", "\0") for item in items)  # an item is not broken
    return textwrap.fill(kept, 76, initial_indent="  ", subsequent_indent="  ").replace("\0", " ")


def means(names, columns, *, intervals: bool = False):
    """A `table` of mean scores in percent, a row for each name, with the number of failed tests, or the interval, behind each.

    columns: {title: {name: verdict}}. The identity is called linear.
    """
    def cell(verdict):
        return "{:.1f} ({:.1f} to {:.1f})".format(*(100 * np.array(verdict.mean))) if intervals else verdict.percent

    return table(["activation", *columns], [[title(name), *(cell(found[name]) for found in columns.values())] for name in names])


def title(name: str) -> str:
    """What an activation is called in a table of the contest."""
    return "linear" if name == "identity" else name.replace("_", " ")
