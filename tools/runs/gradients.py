"""Train networks of several depths from several initializations and store how soon each learns something:
`python tools/runs/gradients.py`.

For the chapter Gradients, which explains the protocol and checks a slice of it. Every activation gets the same: data,
depths, gains, steps, learning rates to choose from, and seeds. Writes activlib/data/runs/gradients.json; takes about
seven minutes on one core.
"""

import argparse
import sys
from itertools import product
from pathlib import Path

import numpy as np
from scipy.special import log_softmax
from sklearn.datasets import load_digits
from tqdm import tqdm

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

import activlib as al  # noqa: E402
from runs.store import store  # noqa: E402

EXAMPLES, WIDTH, BATCH, STEPS, CHECK = 500, 32, 50, 400, 10
DEPTHS = (2, 10, 20)  # hidden layers
# Without GELU's tanh form, whose kernel takes the longest and whose results repeat GELU's.
NAMES = [name for name in al.activations if name != "gelu_tanh"]
STARTS = [(name, start) for name in NAMES for start in ("1", "own")] + [("sigmoid", "edge")]
EDGE = 10.149  # the gain with chi = 1 for sigmoid, which the chapter computes
RATES = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0)
TUNING, TESTING = 3, 10  # seeds
THRESHOLD = float(np.log(10) / 2)  # half the loss of a guess among ten classes
# For the claim about leaky ReLU: large rates, and slopes on the left, of which 0 is ReLU.
SILENT = {"depths": (4, 10), "rates": (0.1, 0.3, 1.0), "slopes": (0, 0.01, 0.1), "seeds": 20}


def data(gain, rng):
    """Digits, scaled so that the first pre-activations have mean square 1."""
    x, y = load_digits(return_X_y=True)
    chosen = rng.permutation(len(x))[:EXAMPLES]
    x, y = x[chosen], y[chosen]
    return (x - x.mean()) / x.std() / gain, y


def evaluate(network, x, y):
    """The loss on all examples; infinite if weights overflowed."""
    scores = network(x)
    if not np.isfinite(scores).all():
        return np.inf
    return -float(log_softmax(scores, axis=1)[range(len(y)), y].mean())


def run(activation, depth, gain, rate, rng):
    """Train one network until its loss is below the threshold, looking every CHECK steps: the step, None if there is
    none up to STEPS, and the last loss."""
    x, y = data(gain, rng)
    network = al.Network([64, *[WIDTH] * depth, 10], activation, rng, gain=gain)
    for step in range(CHECK, STEPS + 1, CHECK):
        network.train(x, y, loss="softmax", rate=rate, steps=CHECK, batch=BATCH, rng=rng)
        loss = evaluate(network, x, y)
        if loss < THRESHOLD:
            return step, loss
        if loss == np.inf:
            break
    return None, loss


def tune(activation, depth, gain, rate):
    """The steps with each tuning seed, up to the first that fails, and the last loss."""
    steps = []
    for rng in al.generators(TUNING, seed=1):
        step, loss = run(activation, depth, gain, rate, rng)
        steps.append(step)
        if step is None:
            break
    return steps, loss


def order(tuned):
    """The best rate comes first: the one that fails with the latest seed or none, then whose worst seed needs the fewest
    steps, then with the lowest last loss, which decides where every rate fails at once."""
    steps, loss = tuned
    return -len(steps), max(step or STEPS + CHECK for step in steps), loss


def compete(depth, name, start):
    """Choose a rate, and try it on other seeds."""
    activation = al.activations[name]
    gain = {"1": 1.0, "own": float(al.facts(activation).gain), "edge": EDGE}[start]
    tuning = {rate: tune(activation, depth, gain, rate) for rate in RATES}
    best = min(RATES, key=lambda rate: order(tuning[rate]))
    tests = [run(activation, depth, gain, best, rng)[0] for rng in al.generators(TESTING, seed=2)]
    losses = [round(loss, 4) if loss < np.inf else None for _steps, loss in tuning.values()]
    return {"depth": depth, "activation": name, "start": start, "gain": round(gain, 4), "rate": best,
            "tuning": [steps for steps, _loss in tuning.values()], "losses": losses, "test": tests}


def silent(network, x):
    """The share of hidden units on the left side of zero for every example: with slope 0 they get no gradient."""
    return round(float((np.max(network.pre_activations(x)[:-1], axis=1) <= 0).mean()), 4)


def silence(depth, rate, slope):
    """Silent units before and after training, and whether the loss got below the threshold; None if weights overflowed."""
    results = []
    for rng in al.generators(SILENT["seeds"], seed=3):
        x, y = data(np.sqrt(2), rng)
        network = al.Network([64, *[WIDTH] * depth, 10], al.leaky_relu, rng, gain=np.sqrt(2), alpha=slope)
        before = silent(network, x)
        network.train(x, y, loss="softmax", rate=rate, steps=STEPS, batch=BATCH, rng=rng)
        loss = evaluate(network, x, y)
        results.append([before, silent(network, x), loss < THRESHOLD] if loss < np.inf else None)
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
