"""A run of the stored contest again, written anew: plain networks one after the other, in NumPy and double precision."""

from __future__ import annotations

import numpy as np

from activlib.catalogue import activations
from activlib.contest import Verdict
from activlib.experiment import stored
from activlib.facts import facts
from activlib.network import LOSSES, Network


def parts(x, y, rng) -> list[tuple[np.ndarray, np.ndarray]]:
    """Inputs and targets to train (six tenths), to choose the rate and to test (two each), as rng shuffles them.

    Each feature is centered and scaled by the training part, and is 0 there if it is constant.
    """
    cuts = np.split(rng.permutation(len(x)), [len(x) * 6 // 10, len(x) * 8 // 10])
    scatter = x[cuts[0]].std(axis=0)
    x = (x - x[cuts[0]].mean(axis=0)) / np.where(scatter > 0, scatter, 1)
    return [(x[cut], y[cut]) for cut in cuts]


def rerun(name: str, verdict: Verdict, data, rng, *, rate: float | None = None) -> tuple[float, float]:
    """The share of the test part that a network has right, and the share of a guess's loss that it leaves in training.

    name: an activation; verdict: its verdict in a case of digits with plain networks, by SGD or Adam; data: the images and
    their digits; rng: a generator; with that of a seed of the tests it draws what the stored run drew; rate: if not the
    chosen one. See the chapters *Training* and *Choosing*.
    Raises ValueError for another case.
    """
    case, run = verdict.case, stored("contest")["settings"]
    if (case.task, case.kind) != ("digits", "plain") or case.optimizer not in _OPTIMIZERS:
        raise ValueError(f"only plain networks on digits, by SGD or Adam, are run again, not {case}")
    train, _, (x, y) = parts(*data, rng)
    first = rng if case.start == "gain" else np.random.default_rng(0)  # whose weights do not stay
    network = Network([x.shape[1], *[run["width"]] * case.depth, 10], activations[name], first,
                      gain=float(facts(activations[name]).gain), first=1)
    if case.start == "default":
        for layers in (network.weights, network.biases):  # uniform, as torch.nn.Linear draws them
            for numbers, weights in zip(layers, network.weights, strict=True):
                numbers[:] = rng.uniform(-1, 1, numbers.shape) / np.sqrt(len(weights))
    _OPTIMIZERS[case.optimizer](network, *train, verdict.rate if rate is None else rate, run["steps"], run["batch"], rng)
    loss, _ = LOSSES["softmax"](network(train[0]), train[1])
    return np.mean(network(x).argmax(axis=1) == y), loss / np.log(10)


def _sgd(network, x, y, rate, steps, batch, rng):
    network.train(x, y, loss="softmax", rate=rate, steps=steps, batch=batch, rng=rng)


def _adam(network, x, y, rate, steps, batch, rng):
    numbers = [*network.weights, *network.biases]
    moments = [(np.zeros_like(n), np.zeros_like(n)) for n in numbers]
    for step in range(1, steps + 1):
        drawn = rng.integers(len(x), size=batch)
        signals = network.pre_activations(x[drawn])
        back = network.backward(signals, LOSSES["softmax"](signals[-1], y[drawn])[1])
        inputs = [x[drawn], *map(network.activation, signals[:-1])]
        slopes = [*(a.T @ g for a, g in zip(inputs, back, strict=True)), *(g.sum(axis=0) for g in back)]
        for n, (m, v), g in zip(numbers, moments, slopes, strict=True):
            m += 0.1 * (g - m)
            v += 0.001 * (g**2 - v)
            n -= rate * m / (1 - 0.9**step) / (np.sqrt(v / (1 - 0.999**step)) + 1e-8)


_OPTIMIZERS = {"sgd": _sgd, "adam": _adam}
