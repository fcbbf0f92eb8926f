"""Time of f and f' for 10^6 elements beside the usual NumPy forms, scipy.special and (where installed) PyTorch.

    python benchmarks/kernels.py [activation ...]

One thread, calls interleaved in random order, medians. In the same run every form is held to the kernels' promise over the
whole range: errors of at most 4 ulp (float64, where need be from the interval between the exact values at x's neighbors) or
2 ulp (float32), NaN for NaN, and the limit at infinity. The ratio is that of the kernel to the fastest form that keeps the
promise; below 1 the kernel is faster.
"""

import os

for library in ("OMP", "OPENBLAS", "MKL"):
    os.environ[f"{library}_NUM_THREADS"] = "1"  # before NumPy loads

import random  # noqa: E402
import statistics  # noqa: E402
import sys  # noqa: E402
import time  # noqa: E402
import warnings  # noqa: E402
from pathlib import Path  # noqa: E402

import numpy as np  # noqa: E402

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

from accuracy import BOUNDS, places  # noqa: E402
from forms import FORMS, torch_forms  # noqa: E402

import activlib as al  # noqa: E402
from activlib.kernels import evaluate  # noqa: E402
from activlib.ulp import ulp_errors  # noqa: E402

SIZE, ROUNDS = 10**6, 31


def in_float64(form):
    return lambda x: form(x.astype(np.float64)).astype(np.float32)


def worst_error(activation, n, form, dtype):
    """The largest error in ulp: of float64 on a sample, beyond the bound from the interval between the values at x's
    neighbors; of float32 on four million bit patterns, where the float64 kernel is as good as exact."""
    if dtype is np.float64:
        x = places(activation, dtype)
        errors = ulp_errors(activation, x, n, candidate=form)
        beyond = errors > BOUNDS[dtype]
        errors[beyond] = ulp_errors(activation, x[beyond], n, candidate=form, neighbors=True)
        return errors.max()
    x = np.arange(0, 1 << 32, 1021, dtype=np.uint32).view(np.float32)
    x = x[np.isfinite(x)]
    exact = evaluate(activation, x.astype(np.float64), n, {})
    x, exact = x[abs(exact) < np.finfo(np.float32).max], exact[abs(exact) < np.finfo(np.float32).max]
    errors = abs(form(x) - exact) / np.spacing(abs(exact).astype(np.float32)).astype(np.float64)
    return np.nan_to_num(errors, nan=np.inf).max()


def promise(activation, n, form, dtype):
    """The largest error in ulp, and what is broken of the promise, in a word."""
    ends = np.array([-np.inf, np.inf], dtype)
    worst = worst_error(activation, n, form, dtype)
    if worst > BOUNDS[dtype]:
        return worst, "inaccurate"
    if not np.isnan(form(np.array([np.nan], dtype)))[0]:
        return worst, "loses NaN"
    return worst, "" if np.array_equal(form(ends), evaluate(activation, ends, n, {})) else "wrong at infinity"


def medians(forms, x):
    """The median time of each form in milliseconds; the thread's own, so that a busy machine disturbs it less."""
    times = {name: [] for name in forms}
    for form in forms.values():
        form(x)
    order = random.Random(0)
    for _ in range(ROUNDS):
        for name in order.sample(list(forms), len(forms)):  # what ran before leaves memory in one state or another
            start = time.thread_time()
            y = forms[name](x)
            times[name].append(time.thread_time() - start)
            del y
    return {name: 1e3 * statistics.median(values) for name, values in times.items()}


def main(names):
    extra = torch_forms()
    slower = 0
    for dtype in BOUNDS:
        x = np.random.default_rng(0).normal(scale=2, size=SIZE).astype(dtype)
        for (name, n), given in FORMS.items():
            if names and name not in names:
                continue
            activation = al.activations[name]
            forms = {"kernel": lambda x, a=activation, n=n: evaluate(a, x, n, {}), **given, **extra.get((name, n), {})}
            if dtype is np.float32:
                forms |= {f"{label} in float64": in_float64(form) for label, form in given.items()}
            checked = {label: promise(activation, n, form, dtype) for label, form in forms.items()}
            assert not checked["kernel"][1], f"the kernel of {name} is {checked['kernel'][1]}"
            times = medians(forms, x)
            kept = [label for label, (_, broken) in checked.items() if not broken and label != "kernel"]
            best = min(kept, key=times.get, default=None)
            print(f"\n{name}{chr(39) * n} {dtype.__name__}: kernel {times['kernel']:.2f} ms, "
                  + (f"ratio {times['kernel'] / times[best]:.2f} to {best}" if best else "no other form keeps the promise"))
            slower += bool(best) and times["kernel"] > 1.05 * times[best]
            for label, (worst, broken) in checked.items():
                ratio = times["kernel"] / times[label]
                print(f"    {times[label]:8.2f} ms  {ratio:6.2f}  {worst:9.3g} ulp  {broken:18}{label}")
    print(f"\n{slower} of the kernels are more than 5 % slower than the best form that keeps the promise")


if __name__ == "__main__":
    warnings.simplefilter("ignore", RuntimeWarning)  # the forms' own
    main(sys.argv[1:])
