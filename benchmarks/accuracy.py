"""Errors of f and f' against exact values, of our kernels and of what others compute, in one table.

    python benchmarks/accuracy.py [activation ...]

Every entry of the catalogue at its default parameters, in float32 and float64: the kernel, the textbook's formula as NumPy
computes it, the usual stable forms and scipy.special's (forms.py), and PyTorch and JAX where installed, f' by automatic
differentiation. The exact values are enclosed by ball arithmetic (activlib.ulp).

max ulp, at x   the largest error and where: over every binade of both signs, the edges of exp, and around 0
median          the middle error for x from the normal distribution with standard deviation 2
broken          where it gives NaN or an infinity for a number, a wrong value at an infinity, or a number for NaN

An ulp is that of the exact value, among subnormal numbers the smallest of them: where a form flushes those to 0 its
error is large. The program fails if a kernel breaks its promise: 2 ulp in float32 and 4 in float64, from the exact value
at x or, where the function is ill-conditioned, from the interval between the values at x's neighbors.
"""

import sys
import warnings
from importlib.util import find_spec
from inspect import isclass
from itertools import product
from pathlib import Path

import numpy as np
import sympy as sp

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

from forms import FORMS  # noqa: E402

import activlib as al  # noqa: E402
from activlib.kernels import evaluate  # noqa: E402
from activlib.ulp import binades, reference, ulp_errors  # noqa: E402
from runners import function, resolve, set_up_jax  # noqa: E402

BOUNDS = {np.float32: 2, np.float64: 4}
# Where exp and sums with it round to 1, underflow or overflow, in float32 and in float64.
EDGES = (16.6, 17.3, 36.7, 44, 87.3, 88, 88.7, 89, 103.3, 104, 354.9, 372.5, 708.4, 709, 709.7, 710, 744.4, 745.2)


def typical():
    """What a network's units see."""
    return np.random.default_rng(0).normal(scale=2, size=1000)


def places(activation, dtype):
    """Finite points that are hard, and those in between."""
    kinks = [float(b.subs(activation.at())) for b in activation.breakpoints]
    special = np.array([*EDGES, *(-edge for edge in EDGES), *kinks], dtype)
    beside = [np.nextafter(special, dtype(end)) for end in (-np.inf, np.inf)]
    middle = np.random.default_rng(1).normal(scale=[[1], [20], [300]], size=(3, 400)).astype(dtype)
    return np.unique(np.concatenate([binades(dtype, 4 if dtype is np.float32 else 1), special, *beside, middle.ravel()]))


def textbook(activation, n):
    """The formula as it is published, in NumPy."""
    return sp.lambdify(al.x, activation.derivative(n).subs(activation.at()), ["scipy", "numpy"])


def library_forms(activation, n):
    """Functions of PyTorch and JAX; their modules compute the same."""
    calls = [call for call in activation.libraries if call.library in ("torch", "jax") and find_spec(call.library)]
    functions = {call.name: function(activation, call, {}) for call in calls if not isclass(resolve(call))}
    return {name: lambda x, f=f: f(x)[n] for name, f in functions.items()}


def ends(activation, n):
    """The limits at -oo and oo."""
    pieces, values = activation.pieces(n), activation.at()
    limits = [sp.limit(piece.subs(values), al.x, end) for end, piece in ((-sp.oo, pieces[0][2]), (sp.oo, pieces[-1][2]))]
    return np.array(limits, float)


def faults(form, x, exact, limits, dtype):
    """What a form breaks, in words."""
    y, largest = form(x), np.finfo(dtype).max
    at_ends, at_nan = form(np.array([-np.inf, np.inf], dtype)), form(np.array([np.nan], dtype))[0]
    broken = {"nan": np.isnan(y), "inf": np.isinf(y) & (abs(exact) < largest)}
    found = [f"{word} at {min(x[where], key=abs):.4g}" for word, where in broken.items() if where.any()]
    found += [f"{y:.3g} at {end}" for y, limit, end in zip(at_ends, limits, ("-inf", "inf")) if y != limit]
    found += [] if np.isnan(at_nan) else [f"{at_nan:.3g} at nan"]
    return ", ".join(found)


def rows(activation, n, dtype):
    """(name, errors at `places`, at `typical` points, what is broken) of each form."""
    x, usual = places(activation, dtype), typical().astype(dtype)
    exact = reference(activation, n)
    exact = np.array([float(exact(v)) for v in x])
    forms = {
        "kernel": lambda x: evaluate(activation, x, n, {}),
        "textbook": textbook(activation, n),
        **FORMS.get((activation.name, n), {}),
        **library_forms(activation, n),
    }
    for name, given in forms.items():
        form = lambda x, given=given: np.broadcast_to(np.asarray(given(x), dtype), x.shape)  # noqa: E731
        errors, middle = (ulp_errors(activation, points, n, candidate=form) for points in (x, usual))
        yield name, x, errors, middle, faults(form, x, exact, ends(activation, n).astype(dtype), dtype)


def between_neighbors(activation, n, x, errors, dtype):
    """The kernel's largest error where that is above the bound, from the interval between the values at x's neighbors."""
    beyond = x[errors > BOUNDS[dtype]]
    return ulp_errors(activation, beyond, n, neighbors=True).max() if beyond.size else None


def main(names):
    if unknown := set(names) - set(al.activations):
        sys.exit(f"no activation {', '.join(unknown)}; there are {', '.join(al.activations)}")
    chosen = [al.activations[name] for name in names] or list(al.activations.values())
    if find_spec("jax"):
        set_up_jax()
    failed = []
    print(f"{'':14}{'':10}{'max ulp':>10}{'at x':>14}{'median':>9}   {'form':50}broken")
    for activation, n, dtype in product(chosen, (0, 1), BOUNDS):
        title = f"{activation.name + chr(39) * n:14}{dtype.__name__:10}"
        for form, x, errors, middle, broken in rows(activation, n, dtype):
            if form == "kernel":
                excess = between_neighbors(activation, n, x, errors, dtype)
                failed += [title] if broken or (excess or 0) > BOUNDS[dtype] else []
                form += f" ({excess:.2g} ulp between neighbors of x)" if excess is not None else ""
            worst = errors.argmax()
            place = f"{x[worst]:14.6g}" if errors[worst] else f"{'':14}"
            print(f"{title}{errors[worst]:10.3g}{place}{np.median(middle):9.2f}   {form:50}{broken}".rstrip())
        print()
    if failed:
        sys.exit("\n".join(["these kernels break their promise:", *failed]))
    print("every kernel keeps its promise: at most 2 ulp in float32, 4 in float64")


if __name__ == "__main__":
    warnings.simplefilter("ignore", RuntimeWarning)  # the forms' own
    main(sys.argv[1:])
