"""Train small networks with every activation and store how well they do: `python tools/runs/training.py`.

For the chapter Training, which explains the protocol and checks a slice of it. Every activation gets the same: data
sets, depths, initialization to its own gain, steps, learning rates to choose from, and seeds. Writes
activlib/data/runs/training.json; takes half an hour to an hour on two cores.
"""

import os

os.environ["OPENBLAS_NUM_THREADS"] = "1"  # before NumPy loads: the cores work on different cases

import argparse
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import numpy as np
from sklearn.datasets import load_diabetes, load_digits
from tqdm import tqdm

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

import activlib as al  # noqa: E402
from runs.store import store  # noqa: E402

WIDTH, BATCH, STEPS = 32, 50, 600
DEPTHS = (1, 3, 10)  # hidden layers
RATES = tuple(float(f"{rate:.2g}") for rate in np.geomspace(0.0005, 2, 12))
TUNING, TESTING = 5, 20  # seeds
# What a network can do whose activation does nothing.
COMPETITORS = {"linear": al.define("x", name="linear"), **al.activations}
TASKS = {  # name: (loader, loss, outputs)
    "digits": (load_digits, "softmax", 10),
    "diabetes": (load_diabetes, "squared", 1),
}


def data(task, rng):
    """Inputs and targets for training (60 %), choosing the rate (20 %) and testing (20 %). All inputs are moved and
    scaled together to mean 0 and mean square 1 on the training part, and so are the targets of a regression."""
    load, loss, _outputs = TASKS[task]
    x, y = load(return_X_y=True)
    order = rng.permutation(len(x))
    train, choose, test = np.split(order, [len(x) * 6 // 10, len(x) * 8 // 10])
    x = (x - x[train].mean()) / x[train].std()
    if loss == "squared":
        y = ((y - y[train].mean()) / y[train].std())[:, None]
    return (x[train], y[train]), (x[choose], y[choose]), (x[test], y[test])


def score(outputs, targets, loss):
    """The share of right classes; for a regression the share of the variance that is explained, at least -1."""
    if loss == "softmax":
        return float((outputs.argmax(axis=1) == targets).mean())
    error = ((outputs - targets) ** 2).mean() / targets.var()
    return float(max(1 - error, -1)) if np.isfinite(error) else -1.0


def run(task, activation, depth, rate, rng):
    """Train one network; its scores for choosing the rate and for the test."""
    _load, loss, outputs = TASKS[task]
    train, *others = data(task, rng)
    sizes = [train[0].shape[1], *[WIDTH] * depth, outputs]
    gain = float(al.facts(activation).gain)
    network = al.Network(sizes, activation, rng, gain=gain)
    network.weights[0] /= gain  # the inputs have mean square 1 already
    with np.errstate(all="ignore"):  # a large rate makes the weights overflow
        network.train(*train, loss=loss, rate=rate, steps=STEPS, batch=BATCH, rng=rng)
        return [score(network(x), y, loss) for x, y in others]


def compete(case):
    """Choose the rate for one activation on one task at one depth, and test it."""
    task, depth, name = case
    activation = COMPETITORS[name]
    tuning = [[run(task, activation, depth, rate, rng)[0] for rng in al.generators(TUNING, seed=1)] for rate in RATES]
    best = int(np.argmax(np.min(tuning, axis=1)))  # a rate that fails with one of the seeds is no choice
    tests = [run(task, activation, depth, RATES[best], rng)[1] for rng in al.generators(TESTING, seed=2)]
    return {"task": task, "depth": depth, "activation": name, "rate": RATES[best],
            "tuning": np.round(tuning, 4).tolist(), "test": np.round(tests, 4).tolist()}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.parse_args()
    cases = [(task, depth, name) for task in TASKS for depth in DEPTHS for name in COMPETITORS]
    with ProcessPoolExecutor() as cores:
        results = list(tqdm(cores.map(compete, cases), total=len(cases), unit="case"))
    settings = {"width": WIDTH, "batch": BATCH, "steps": STEPS, "depths": DEPTHS, "rates": RATES}
    store("training", __file__, ["numpy", "scikit-learn"], settings=settings, results=results)


if __name__ == "__main__":
    main()
