"""Time activations and their cheap approximations in NumPy, PyTorch and JAX: `python tools/runs/cost.py`.

For the chapter Cost, which takes ratios of these times: times themselves say more of the machine than of the functions.
One thread, float32, calls of all libraries interleaved in random order in each round. What counts is the processor time of
the whole process, which a busy machine disturbs less than the clock on the wall. Small arrays stay in the cache: a call is
timed after the same call, and repeated. Large ones (LARGE) do not: a call is timed once, after another function's, so that
no function finds more of its array there than another. Writes activlib/data/runs/cost.json:

settings: sizes (elements of an array), rounds, batch and widths of the layers, the processor, and the vector instructions
    that PyTorch uses.
formulas: {approximation: its formula}, for `activlib.define`.
times: {size: {mode: {library: {function: [ns per element in each round]}}}}. Modes: "forward"; "both", f(x) and, for a given
    array g, the product g f'(x), as back-propagation needs it; for the large array also "again", forward, timed as on the
    small ones. Libraries: activlib's kernels, numpy (with scipy.special; compositions, forward only), torch (eager, gradients
    by autograd) and jax (one compiled function). The function "x + 1" is the least that one can do with an array.
plain: {function: [ns per element in each round]}: forward in PyTorch on the middle size, in a process where PyTorch's own code
    may not use vector instructions.
layers: {width: {"product" or function: [ns per number that the layer returns in each round]}}: PyTorch's product of a
    batch with a square matrix, and activations of its result, all forward.

It needs PyTorch and JAX beside activlib: `pip install -r tools/libraries.txt`. Takes about a minute.
"""

import argparse
import functools
import importlib
import multiprocessing
import os
import platform
import random
import re
import sys
import time
from collections import defaultdict
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

for name in ("OMP", "OPENBLAS", "MKL"):
    os.environ[f"{name}_NUM_THREADS"] = "1"  # before NumPy loads
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})  # JAX has no option for it: it starts a thread per processor

import numpy as np  # noqa: E402
import scipy  # noqa: E402
import scipy.special  # noqa: E402
import sympy as sp  # noqa: E402
from tqdm import tqdm  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

import activlib as al  # noqa: E402
import runners  # noqa: E402
from runs.spellings import FORMULAS, NAMED, Words  # noqa: E402
from runs.store import store  # noqa: E402

SIZES, LARGE, ROUNDS = (10**2, 10**4, 10**6), 10**6, 41
BATCH, WIDTHS, ELEMENTWISE = 256, (64, 256, 1024), ("relu", "silu", "gelu", "mish")
PROBE = 4e-4  # seconds that a block of repeated calls takes at least
FLOOR = "x + 1"
APPROXIMATIONS = ("hard_sigmoid", "hard_sigmoid_fifth", "hard_tanh", "hard_swish", "quick_gelu")
OWN_FORMULAS = {**FORMULAS, "quick_gelu": "x*sigmoid(1.702*x)"}
SELU = {constant.name: float(constant) for constant in al.selu.formula.atoms(sp.NumberSymbol)}
ROOT_8_PI = (8 / np.pi) ** 0.5

MODULES = {"torch": ("torch", "torch.nn.functional"), "jax": ("jax.numpy", "jax.nn")}

# What a library has no function for. `m` has the words of a library.
SPELLED = {
    "hard_sigmoid_fifth": lambda m, x: m.clip(0.2 * x + 0.5, 0, 1),
    "quick_gelu": lambda m, x: x * m.sigmoid(1.702 * x),
    FLOOR: lambda m, x: x + 1,
}
NUMPY = {
    "sigmoid": lambda m, x: m.expit(x),
    "tanh": lambda m, x: m.tanh(x),
    "relu": lambda m, x: m.maximum(x, 0),
    "leaky_relu": lambda m, x: m.maximum(x, 0.01 * x),
    "elu": lambda m, x: m.where(x > 0, x, m.expm1(m.minimum(x, 0))),
    "selu": lambda m, x: SELU["lambda"] * m.where(x > 0, x, SELU["alpha"] * m.expm1(m.minimum(x, 0))),
    "softplus": lambda m, x: -m.log_expit(-x),
    "silu": lambda m, x: x * m.expit(x),
    "gelu": lambda m, x: x * m.ndtr(x),
    "gelu_tanh": lambda m, x: x * m.expit(ROOT_8_PI * (x + 0.044715 * x * x * x)),
    "mish": lambda m, x: x * m.tanh(-m.log_expit(-x)),
    "hard_sigmoid": lambda m, x: m.clip(x / 6 + 0.5, 0, 1),
    "hard_sigmoid_fifth": SPELLED["hard_sigmoid_fifth"],
    "hard_tanh": lambda m, x: m.clip(x, -1, 1),
    "hard_swish": lambda m, x: x * m.clip(x / 6 + 0.5, 0, 1),
    "quick_gelu": lambda m, x: x * m.expit(1.702 * x),
    FLOOR: SPELLED[FLOOR],
}
FUNCTIONS = tuple(NUMPY)


def definition(name):
    """What a function is, as an Activation."""
    return al.activations.get(name) or al.define(OWN_FORMULAS.get(name, name), name="f")


def bound(name, library):
    """A function as a library knows it: array -> array."""
    if name in SPELLED:
        return functools.partial(SPELLED[name], Words(*map(importlib.import_module, MODULES[library])))
    activation = definition(name)
    calls = activation.libraries if name in al.activations else NAMED[name]
    call = next(call for call in calls if call.library == library)
    _, options = call.bound(activation.at())
    options = {key: float(value) if isinstance(value, sp.Basic) else value for key, value in options.items()}
    target = runners.resolve(call)
    return lambda x: target(x, **options)


def of_kernels(x, g):
    """{name: (forward, both)} of activlib's own kernels, each to be called without arguments."""
    def pair(f):
        return lambda: f(x), lambda: (f(x), g * f.gradient(x))
    return {name: pair(definition(name)) for name in FUNCTIONS}


def of_numpy(x):
    words = Words(np, scipy.special)
    return {name: (lambda f=f: f(words, x), None) for name, f in NUMPY.items()}


def of_torch(x, g):
    import torch

    torch.set_num_threads(1)
    x, g = torch.tensor(x), torch.tensor(g)
    leaf = x.clone().requires_grad_()

    def pair(f):
        return lambda: f(x), lambda: torch.autograd.grad(f(leaf), leaf, g)
    return {name: pair(bound(name, "torch")) for name in FUNCTIONS}


def of_jax(x, g):
    import jax

    x, g = jax.numpy.asarray(x), jax.numpy.asarray(g)

    def pair(f):
        forward = jax.jit(f)

        @jax.jit
        def both(x, g):
            y, pull_back = jax.vjp(f, x)
            return y, pull_back(g)
        return lambda: forward(x).block_until_ready(), lambda: jax.block_until_ready(both(x, g))
    return {name: pair(bound(name, "jax")) for name in FUNCTIONS}


def layer(width, rng):
    """{name: what to call} for the parts of one layer in PyTorch."""
    import torch

    inputs, weights = (torch.tensor(rng.normal(size=(n, width)).astype(np.float32)) for n in (BATCH, width))
    weights /= width**0.5
    z = inputs @ weights
    return {"product": lambda: inputs @ weights,
            **{name: functools.partial(bound(name, "torch"), z) for name in ELEMENTWISE}}


def block(call, repeats):
    start = time.process_time()
    for _ in range(repeats):
        call()
    return time.process_time() - start


def repeats(call):
    """How often to call for a block that takes long enough."""
    count = 1
    while block(call, count) < PROBE:
        count *= 2
    return count


def measure(calls, elements, title, once=False):
    """{key: [nanoseconds per element in each round]}: of single calls, each after another one, or of repeated calls."""
    for call in calls.values():
        call()  # the first one compiles and loads
    counts = {key: 1 if once else repeats(call) for key, call in calls.items()}
    order, times = random.Random(0), {key: [] for key in calls}
    for _ in tqdm(range(ROUNDS), title):
        for key in order.sample(list(calls), len(calls)):  # what ran before leaves the caches in one state or another
            if not once:
                calls[key]()
            times[key].append(float(f"{1e9 * block(calls[key], counts[key]) / counts[key] / elements:.4g}"))
    return times


def arrays(size, rng):
    return [rng.normal(scale=scale, size=size).astype(np.float32) for scale in (2, 1)]


def elementwise(x, g, once=False, backward=True):
    pairs = {"activlib": of_kernels(x, g), "numpy": of_numpy(x), "torch": of_torch(x, g), "jax": of_jax(x, g)}
    calls = {(mode, library, name): call for library, functions in pairs.items() for name, both in functions.items()
             for mode, call in zip(("forward", "both"), both, strict=True) if call and (backward or mode == "forward")}
    result = defaultdict(lambda: defaultdict(dict))
    for (mode, library, name), times in measure(calls, x.size, f"{x.size} elements", once).items():
        result[mode][library][name] = times
    return result


def in_torch(size):
    """PyTorch's times forward, as its environment variables let it compute."""
    calls = {name: forward for name, (forward, _) in of_torch(*arrays(size, np.random.default_rng(0))).items()}
    return measure(calls, size, "plain")


def without_vectors(size):
    os.environ["ATEN_CPU_CAPABILITY"] = "default"  # PyTorch reads it once, so it takes a new process
    with ProcessPoolExecutor(1, multiprocessing.get_context("spawn")) as pool:
        return pool.submit(in_torch, size).result()


def processor():
    """The processor's name, where the system tells it."""
    try:
        return re.search(r"model name\s*: (.*)", Path("/proc/cpuinfo").read_text("utf8"))[1]
    except (OSError, TypeError):
        return platform.processor() or platform.machine()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.parse_args()
    import jax
    import torch

    jax.config.update("jax_platforms", "cpu")
    rng = np.random.default_rng(0)
    inputs = {size: arrays(size, rng) for size in SIZES}
    times = {size: elementwise(*inputs[size], once=size >= LARGE) for size in SIZES}
    times[LARGE]["again"] = elementwise(*inputs[LARGE], backward=False)["forward"]
    store(
        "cost", __file__, ["numpy", "scipy", "torch", "jax"],
        settings={"sizes": SIZES, "rounds": ROUNDS, "batch": BATCH, "widths": WIDTHS, "processor": processor(),
                  "vectors": torch.backends.cpu.get_cpu_capability()},
        formulas={name: OWN_FORMULAS[name] for name in APPROXIMATIONS},
        times=times,
        plain=without_vectors(10**4),
        layers={width: measure(layer(width, rng), BATCH * width, f"width {width}") for width in WIDTHS},
    )  # fmt: skip


if __name__ == "__main__":
    main()
