"""Errors and times of softmax, log-softmax and log-sum-exp beside scipy.special's, and PyTorch's and JAX's where installed.

    python benchmarks/vector.py

worst ulp   the largest error of an entry, in units of the last place of the exact value, over rows that are normal, spread by
            30, all equal, and with one number that leads by 40; the exact values are enclosed by ball arithmetic
ratio       the time divided by scipy's, one thread, calls interleaved in random order, medians of a million numbers in rows

The program fails if a kernel breaks its promise: at most 4 ulp in float64, 2 in float32 and float16.
"""

import os

for library in ("OMP", "OPENBLAS", "MKL"):
    os.environ[f"{library}_NUM_THREADS"] = "1"  # before NumPy loads

import random  # noqa: E402
import statistics  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
import warnings  # noqa: E402
from importlib.util import find_spec  # noqa: E402
from pathlib import Path  # noqa: E402

import numpy as np  # noqa: E402
from flint import arb  # noqa: E402
from scipy import special  # noqa: E402

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import activlib as al  # noqa: E402
from activlib.balls import precision  # noqa: E402

SIZES = (2, 10, 1000, 10**5)
BOUNDS = {np.float64: 4, np.float32: 2, np.float16: 2}
TOTAL, ROUNDS = 10**6, 9


def exact(name, row):
    """The exact results for one row of floats, as balls."""
    numbers = [arb(x) for x in row]
    largest = arb(max(row))
    terms = [(x - largest).exp() for x in numbers]
    others = sum(terms, arb(0))
    if name == "softmax":
        return [term / others for term in terms]
    log = others.log()
    return [largest + log] if name == "logsumexp" else [x - largest - log for x in numbers]


def rows(count):
    """Rows of so many numbers; of very many only some kinds."""
    rng, first = np.random.default_rng(0), np.arange(count) == 0
    yield rng.normal(size=count)
    yield 30 * rng.normal(size=count)
    if count <= 1000:
        yield np.full(count, 3.0)
        yield np.where(first, 40.0, rng.normal(size=count))


def forms(name):
    """{library: the function along the last axis of an array}."""
    found = {"activlib": al.vector_activations[name], "scipy": lambda x: getattr(special, name)(x, axis=-1)}
    if find_spec("torch"):
        import torch

        torch.set_num_threads(1)
        of_torch = {"softmax": torch.softmax, "log_softmax": torch.log_softmax, "logsumexp": torch.logsumexp}[name]
        found["torch"] = lambda x: of_torch(torch.from_numpy(x), -1).numpy()
    if find_spec("jax"):
        import jax

        jax.config.update("jax_enable_x64", True)
        of_jax = jax.jit(getattr(jax.nn, name), static_argnames="axis")
        found["jax"] = lambda x: np.asarray(of_jax(x, axis=-1))
    return found


def worst(name, functions, count, dtype):
    """{library: the largest error in ulp}."""
    found = dict.fromkeys(functions, 0.0)
    for row in rows(count):
        row = row.astype(dtype)
        with precision(2400 if dtype is np.float64 and count <= 1000 else 256):
            balls = exact(name, row.tolist())
            spacing = np.spacing(np.abs([float(ball.mid()) for ball in balls]).astype(dtype)).astype(np.float64)
            for library, function in functions.items():
                result = np.atleast_1d(function(row)).astype(np.float64).tolist()
                errors = [abs(float((arb(y) - ball).mid())) for y, ball in zip(result, balls, strict=True)]
                found[library] = max(found[library], np.max(errors / spacing))
    return found


def ratios(functions, count, dtype):
    """{library: its time divided by scipy's}."""
    x = np.random.default_rng(1).normal(size=(TOTAL // count, count)).astype(dtype)
    times = {library: [] for library in functions}
    for turn in range(ROUNDS + 1):
        for library, function in random.sample(list(functions.items()), len(functions)):
            start = time.process_time()
            function(x)
            if turn:  # the first warms up
                times[library].append(time.process_time() - start)
    medians = {library: statistics.median(several) for library, several in times.items()}
    return {library: median / medians["scipy"] for library, median in medians.items()}


def main():
    failed = []
    print(f"{'':13}{'':9}{'n':>7}  worst ulp, and ratio of times")
    for name in ("softmax", "log_softmax", "logsumexp"):
        for dtype, bound in BOUNDS.items():
            functions = forms(name)
            for count in SIZES:
                errors, times = worst(name, functions, count, dtype), ratios(functions, count, dtype)
                cells = "   ".join(f"{library} {errors[library]:.3g} ({times[library]:.1f})" for library in functions)
                print(f"{name:13}{dtype.__name__:9}{count:7}  {cells}", flush=True)
                if errors["activlib"] > bound:
                    failed.append(f"{name} {dtype.__name__} {count}")
    if failed:
        sys.exit("\n".join(["these kernels break their promise:", *failed]))


if __name__ == "__main__":
    warnings.simplefilter("ignore", RuntimeWarning)  # the others' own
    main()
