"""Train small networks with every activation in PyTorch and store how well they do: `python tools/runs/contest.py`.

For the chapter Training. What a case is and how it is judged, tools/runs/ensembles.py decides: data, optimizers, kinds of
network, starts, depths, and rates, which each activation chooses by the median of five seeds. Here is the order: a small
study of the main activations first, which each later part extends, so that the results are of use wherever one stops.

They are written after each case (activlib/data/runs/contest.json), as a whole file or not at all; started anew the program
goes on where it was, and does again what a change of an activation's formula has made stale. Results of another
tools/runs/ensembles.py or of other versions it does not mix with new ones: --anew throws them away.

settings: width, batch, steps, rates of each optimizer, seeds for tuning and testing, and the share of a guess's loss that
    a network has to get below with the training data, or it has *failed*.
activations: {name: the digest of its formula}.
results: {"task optimizer kind start depth activation": [place of the chosen rate, [median score at each rate], [number of
    failed runs at each rate], [scores of the tests at the chosen rate], number of failed tests]}. Scores are ten
    thousandths: of right classes, or of the variance explained (not below -10000).

It needs PyTorch, scikit-learn and plotnine, whose wheel has the diamonds, beside activlib:

    pip install -r tools/libraries.txt && pip install scikit-learn && pip install --no-deps plotnine

One thread; three to five hours for all 2,096 cases, half a second to a minute for each. Stored are 1,690; to come are networks
of twenty and fifty layers on digits, residual by SGD, batch-normalized by SGD, and layer-normalized, and more cases of the
library's start.
"""

import argparse
import os
import sys
import time
from importlib.metadata import version
from itertools import product
from pathlib import Path

for name in ("OMP", "OPENBLAS", "MKL"):
    os.environ[f"{name}_NUM_THREADS"] = "1"  # before NumPy loads

import torch  # noqa: E402
from tqdm import tqdm  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

import activlib as al  # noqa: E402
from runs import ensembles  # noqa: E402
from runs.ensembles import KINDS, RATES, TASKS, Case, trial  # noqa: E402
from runs.store import definition, program, store  # noqa: E402

DEPTHS = (1, 3, 10)  # hidden layers
DEEP = (20, 50)
PACKAGES = ("numpy", "scikit-learn", "torch", "plotnine")
# The control first: a layer of it does nothing.
MAIN = ("identity", "sigmoid", "tanh", "relu", "leaky_relu", "elu", "selu", "softplus", "silu", "gelu", "mish", "hard_swish",
        "squared_relu", "sine")
OTHERS = tuple(name for name in al.activations if name not in (*MAIN, "step", "sign"))  # whose derivative is 0


def order():
    """Every case, the most telling first, each once."""
    rest = [kind for kind in KINDS if kind != "plain"]
    for tasks, optimizers, kinds, starts, depths, names in (
        (["digits"], ["adam"], ["plain"], ["gain"], DEPTHS, MAIN),
        (["digits"], ["adam"], rest, ["gain"], DEPTHS, MAIN),
        (["digits"], ["momentum", "sgd"], ["plain"], ["gain"], DEPTHS, MAIN),
        (["diabetes", "diamonds"], ["adam"], ["plain", "batch"], ["gain"], DEPTHS, MAIN),
        (["digits"], ["adam", "sgd"], ["plain"], ["default"], DEPTHS[1:], MAIN),
        (["digits"], ["adam"], ["plain"], ["gain"], DEEP[:1], MAIN),
        (["digits"], ["sgd"], ["batch", "residual"], ["gain"], DEPTHS[1:], MAIN),
        (["digits"], ["adam"], ["plain"], ["gain"], DEPTHS, OTHERS),
        (["digits"], ["adam", "sgd"], ["plain"], ["gain"], DEEP, MAIN),
        (["digits"], ["momentum"], ["plain"], ["default"], DEPTHS[1:], MAIN),
        (["diabetes", "diamonds"], ["sgd", "momentum"], ["plain"], ["gain"], DEPTHS, MAIN),
        (list(TASKS), ["adam"], KINDS, ["gain"], DEPTHS, MAIN),
        (list(TASKS), list(RATES), KINDS, ["gain"], DEPTHS, MAIN),
        (["digits"], ["adam", "sgd"], ["residual", "batch", "layer"], ["gain"], DEEP, MAIN),
        (list(TASKS), list(RATES), ["plain"], ["default"], DEPTHS, MAIN),
    ):
        for task, optimizer, kind, start in product(tasks, optimizers, kinds, starts):
            yield from (Case(task, optimizer, kind, start, depth, name) for name, depth in product(names, depths)
                        if kind != "residual" or depth > 1)  # which is plain with one layer


def key(case):
    return " ".join(map(str, case))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--anew", action="store_true", help="throw away what is stored")
    parser.add_argument("--minutes", type=float, default=float("inf"), help="stop after about that time")
    options = parser.parse_args()
    torch.set_num_threads(1)
    torch.use_deterministic_algorithms(True)
    cases = list(dict.fromkeys(order()))
    definitions = {name: definition(al.activations[name]) for name in (*MAIN, *OTHERS)}
    same = {"digest": program(ensembles.__file__), "settings": {
        name.lower(): getattr(ensembles, name) for name in ("WIDTH", "BATCH", "STEPS", "RATES", "TUNING", "TESTING", "LEARNED")}}
    results = {} if options.anew else resumed(same, definitions)
    for name in {case.activation for case in cases}:
        al.facts(al.activations[name]).gain  # noqa: B018 (kept; numbers below the normal range are flushed from here on)
    torch.set_flush_denormal(True)
    end = time.monotonic() + 60 * options.minutes
    for case in tqdm(cases, unit="case"):
        if key(case) not in results and time.monotonic() < end:
            results[key(case)] = trial(case)
            used = {name: definitions[name] for name in sorted({k.rpartition(" ")[2] for k in results})}
            store("contest", __file__, PACKAGES, **same, activations=used, results=results)


def resumed(same, definitions):
    """The stored results that are as they would be computed now."""
    try:
        stored = al.stored("contest")
    except ValueError:
        return {}
    now = {"versions": {package: version(package) for package in PACKAGES}, "digest": same["digest"]}
    for field, value in now.items():
        if stored[field] != value:
            raise SystemExit(f"the stored results have {field} {stored[field]}, now it is {value}; --anew throws them away")
    return {case: result for case, result in stored["results"].items()
            if stored["activations"][case.rpartition(" ")[2]] == definitions.get(case.rpartition(" ")[2])}


if __name__ == "__main__":
    main()
