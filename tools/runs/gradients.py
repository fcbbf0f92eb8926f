"""Train networks of several depths from several initializations and store how soon each learns something:
`python tools/runs/gradients.py`.

For the chapter Gradients, which explains the protocol and checks a slice of it. Every activation gets the same: data,
depths, gains, steps, learning rates to choose from, and seeds. Writes activlib/data/runs/gradients.json; takes about ten
minutes on one core.
"""

import argparse
import sys
from itertools import product
from pathlib import Path

import numpy as np
from scipy.special import log_softmax
from sklearn.datasets import load_digits
from sympy import Rational
from tqdm import tqdm

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

import activlib as al  # noqa: E402
from runs.store import store  # noqa: E402

EXAMPLES, WIDTH, BATCH, STEPS, CHECK = 500, 32, 50, 400, 10
DEPTHS = (2, 10, 20)  # hidden layers
# Those of the chapter's figures but GELU's tanh form, which repeats GELU; leaky ReLU with three slopes.
COMPETITORS = {name: (al.activations[name], {}) for name in (
    "sigmoid", "tanh", "relu", "leaky_relu", "elu", "selu", "softplus", "silu", "gelu", "mish")}
COMPETITORS |= {f"leaky_relu {slope}": (al.leaky_relu, {"alpha": Rational(str(slope))}) for slope in (0.1, 0.2)}
STARTS = [(name, start) for name in COMPETITORS for start in ("1", "own")] + [("sigmoid", "edge")]
EDGE = 10.149  # the gain with chi = 1 for sigmoid, which the chapter computes
RATES = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
TUNING, TESTING = 3, 10  # seeds
THRESHOLD = float(np.log(10) / 2)  # half the loss of a guess among ten classes
# For the claim about leaky ReLU: large rates, and slopes on the left, of which 0 is ReLU.
SILENT = {"depths": (4, 10), "rates": (0.1, 0.3, 1.0), "slopes": (0, 0.01, 0.1, 0.2), "seeds": 20}


def data(rngs):
    """Digits for each generator, with mean 0 and mean square 1: the first layer has gain 1."""
    x, y = load_digits(return_X_y=True)
    chosen = np.stack([rng.permutation(len(x))[:EXAMPLES] for rng in rngs])
    x, y = x[chosen], y[chosen]
    return (x - x.mean((1, 2), keepdims=True)) / x.std((1, 2), keepdims=True), y


def made(activation, depth, gain, rngs, **parameters):
    return al.Network([64, *[WIDTH] * depth, 10], activation, rngs, gain=gain, first=1, **parameters)


def evaluate(network, x, y):
    """The loss of each network on all its examples; infinite if weights overflowed."""
    scores = network(x)
    chosen = np.take_along_axis(log_softmax(np.nan_to_num(scores), axis=-1), y[..., None], -1)
    return np.where(np.isfinite(scores).all((1, 2)), -chosen.mean((1, 2)), np.inf)


def run(competitor, depth, gain, rate, rngs):
    """Train networks until their losses are below the threshold, looking every CHECK steps. For each the step, None if
    there is none up to STEPS, and the last loss."""
    activation, parameters = competitor
    x, y = data(rngs)
    network = made(activation, depth, gain, rngs, **parameters)
    steps, losses = [None] * len(rngs), np.full(len(rngs), np.nan)
    for step in range(CHECK, STEPS + 1, CHECK):
        network.train(x, y, loss="softmax", rate=rate, steps=CHECK, batch=BATCH, rng=rngs)
        now = evaluate(network, x, y)
        for k, loss in enumerate(now):
            if steps[k] is None:
                losses[k] = loss
                if loss < THRESHOLD:
                    steps[k] = step
        if all(done or loss == np.inf for done, loss in zip(steps, now, strict=True)):
            break
    return steps, losses


def tune(competitor, depth, gain, rate):
    """The steps with each tuning seed, up to the first that fails, and the last loss."""
    steps, losses = run(competitor, depth, gain, rate, al.generators(TUNING, seed=1))
    end = steps.index(None) + 1 if None in steps else len(steps)
    return steps[:end], losses[end - 1]


def order(tuned):
    """The best rate comes first: the one that fails with the latest seed or none, then whose worst seed needs the fewest
    steps, then with the lowest last loss, which decides where every rate fails at once."""
    steps, loss = tuned
    return -len(steps), max(step or STEPS + CHECK for step in steps), loss


def compete(depth, name, start):
    """Choose a rate, and try it on other seeds."""
    activation, parameters = COMPETITORS[name]
    gain = {"1": 1.0, "own": float(al.facts(activation, **parameters).gain), "edge": EDGE}[start]
    tuning = {rate: tune(COMPETITORS[name], depth, gain, rate) for rate in RATES}
    best = min(RATES, key=lambda rate: order(tuning[rate]))
    tests, _losses = run(COMPETITORS[name], depth, gain, best, al.generators(TESTING, seed=2))
    losses = [round(loss, 4) if loss < np.inf else None for _steps, loss in tuning.values()]
    return {"depth": depth, "activation": name, "start": start, "gain": round(gain, 4), "rate": best,
            "tuning": [steps for steps, _loss in tuning.values()], "losses": losses, "test": tests}


def silent(network, x):
    """The share of hidden units on the left side of zero for every example: with slope 0 they get no gradient."""
    return (np.max(network.pre_activations(x)[:-1], axis=2) <= 0).mean((0, 2))


def silence(depth, rate, slope):
    """Silent units before and after training, and whether the loss got below the threshold; None if weights overflowed."""
    rngs = al.generators(SILENT["seeds"], seed=3)
    x, y = data(rngs)
    network = made(al.leaky_relu, depth, np.sqrt(2), rngs, alpha=slope)
    before = silent(network, x)
    network.train(x, y, loss="softmax", rate=rate, steps=STEPS, batch=BATCH, rng=rngs)
    losses = evaluate(network, x, y)
    results = [[round(float(a), 4), round(float(b), 4), bool(loss < THRESHOLD)] if loss < np.inf else None
               for a, b, loss in zip(before, silent(network, x), losses, strict=True)]
    return {"depth": depth, "rate": rate, "slope": slope, "test": results}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.parse_args()
    with np.errstate(all="ignore"):  # a large rate makes the weights overflow
        cases = list(product(SILENT["depths"], SILENT["rates"], SILENT["slopes"]))
        silenced = [silence(*case) for case in tqdm(cases, unit="case")]
        cases = list(product(DEPTHS, STARTS))
        results = [compete(depth, *start) for depth, start in tqdm(cases, unit="case")]
    settings = {"examples": EXAMPLES, "width": WIDTH, "batch": BATCH, "steps": STEPS, "check": CHECK, "tuning": TUNING,
                "testing": TESTING, "threshold": round(THRESHOLD, 4), "depths": DEPTHS, "rates": RATES, "silent": SILENT}
    store("gradients", __file__, ["numpy", "scikit-learn"], settings=settings, results=results, silent=silenced)


if __name__ == "__main__":
    main()
