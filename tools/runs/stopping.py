"""Train the networks of diabetes again, with a stop in time: `python tools/runs/stopping.py`.

For the chapter Choosing, whose small networks train for 600 steps, 113 passes through diabetes. Here the seeds that choose the
rate choose with it after how many steps training stops; everything else tools/runs/ensembles.py decides, as for the contest.
Writes activlib/data/runs/stopping.json:

settings: task, optimizer and start of all cases, the steps to choose from, and the rates.
results: {"kind depth activation": [[median score at each rate] for each number of steps, steps and rate that are chosen by them
    (of equals the fewest, then the lowest), [scores of the tests there]]}. Scores are ten thousandths of the variance explained.

It needs what tools/runs/contest.py needs. One thread, ten minutes.
"""

import argparse
import os
import sys
from pathlib import Path

for name in ("OMP", "OPENBLAS", "MKL"):
    os.environ[f"{name}_NUM_THREADS"] = "1"  # before NumPy loads

import numpy as np  # noqa: E402
import torch  # noqa: E402
from tqdm import tqdm  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

import activlib as al  # noqa: E402
from runs import ensembles  # noqa: E402
from runs.ensembles import RATES, TESTING, TUNING, Case, judged  # noqa: E402
from runs.store import store  # noqa: E402

STEPS = (20, 60, 200, 600)
TASK, OPTIMIZER, START = "diabetes", "adam", "gain"
NETWORKS = (("plain", 1), ("plain", 3), ("batch", 1), ("batch", 3), ("layer", 1), ("layer", 3), ("residual", 3))
NAMES = ("identity", "relu", "softplus")
PACKAGES = ("numpy", "scikit-learn", "torch")


def ran(case, seeds, seed, rates, steps, part):
    """Scores at each rate, of networks that stop after so many steps."""
    ensembles.STEPS = steps
    return judged(case, al.generators(seeds, seed=seed), rates, part)[0]


def trial(case):
    """What is stored of a case."""
    rates = RATES[case.optimizer]
    medians = np.array([np.median(ran(case, TUNING, 1, rates, steps, 1), axis=1) for steps in STEPS])
    stop, best = np.unravel_index(medians.argmax(), medians.shape)
    test = ran(case, TESTING, 2, rates[best:best + 1], STEPS[stop], 2)[0]
    return [[whole(row) for row in medians], STEPS[stop], rates[best], whole(test)]


def whole(scores):
    return np.round(10_000 * scores).astype(int).tolist()


def main():
    argparse.ArgumentParser(description=__doc__.splitlines()[0]).parse_args()
    torch.set_num_threads(1)
    cases = [Case(TASK, OPTIMIZER, kind, START, depth, name) for kind, depth in NETWORKS for name in NAMES]
    store("stopping", __file__, PACKAGES,
          settings={"task": TASK, "optimizer": OPTIMIZER, "start": START, "steps": STEPS, "rates": RATES[OPTIMIZER]},
          results={f"{case.kind} {case.depth} {case.activation}": trial(case) for case in tqdm(cases)})


if __name__ == "__main__":
    main()
