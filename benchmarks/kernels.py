"""Time of f and f' for 10^6 elements beside the usual NumPy forms, scipy.special and (where installed) PyTorch.

    python benchmarks/kernels.py [activation ...]

One thread, calls interleaved in random order, medians. In the same run every form is held to the kernels' promise over the
whole range: errors of at most 4 ulp (float64) or 2 ulp (float32), NaN for NaN, and the limit at infinity. The ratio is that
of the kernel to the fastest form that keeps the promise; below 1 the kernel is faster.
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
from scipy.special import expit  # noqa: E402

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

import activlib as al  # noqa: E402
from activlib.kernels import evaluate  # noqa: E402
from activlib.ulp import binades, ulp_errors  # noqa: E402

SIZE, ROUNDS = 10**6, 31
BOUNDS = {np.float32: 2, np.float64: 4}
ALPHA = float(al.leaky_relu.at()[al.leaky_relu.parameters[0].symbol])

FORMS = {
    ("sigmoid", 0): {
        "1/(1+exp(-x))": lambda x: 1 / (1 + np.exp(-x)),
        "where(x>=0, 1/(1+exp(-x)), exp(x)/(1+exp(x)))":
            lambda x: np.where(x >= 0, 1 / (1 + np.exp(-x)), np.exp(x) / (1 + np.exp(x))),
        "exp(min(x,0))/(1+exp(-|x|))": lambda x: np.exp(np.minimum(x, 0)) / (1 + np.exp(-np.abs(x))),
        "(1+tanh(x/2))/2": lambda x: (1 + np.tanh(x / 2)) / 2,
        "exp(-logaddexp(0,-x))": lambda x: np.exp(-np.logaddexp(0, -x)),
        "scipy expit": expit,
    },
    ("sigmoid", 1): {
        "s(1-s), s=1/(1+exp(-x))": lambda x: (s := 1 / (1 + np.exp(-x))) * (1 - s),
        "exp(-|x|)/(1+exp(-|x|))^2": lambda x: (t := np.exp(-np.abs(x))) / np.square(1 + t),
        "scipy expit(x)*expit(-x)": lambda x: expit(x) * expit(-x),
    },
    ("tanh", 0): {
        "tanh(x)": np.tanh,
        "scipy 2*expit(2x)-1": lambda x: 2 * expit(2 * x) - 1,
    },
    ("tanh", 1): {
        "1-tanh(x)^2": lambda x: 1 - np.square(np.tanh(x)),
        "(1/cosh(x))^2": lambda x: np.square(1 / np.cosh(x)),
        "4exp(-2|x|)/(1+exp(-2|x|))^2": lambda x: 4 * (t := np.exp(-2 * np.abs(x))) / np.square(1 + t),
        "scipy 4*expit(2x)*expit(-2x)": lambda x: 4 * expit(2 * x) * expit(-2 * x),
    },
    ("relu", 0): {
        "maximum(x,0)": lambda x: np.maximum(x, 0),
        "where(x>0,x,0)": lambda x: np.where(x > 0, x, 0),
        "x*(x>0)": lambda x: x * (x > 0),
    },
    ("relu", 1): {
        "(x>0).astype": lambda x: (x > 0).astype(x.dtype),
        "heaviside(x,0)": lambda x: np.heaviside(x, 0),
        "where(x>0,1,0)": lambda x: np.where(x > 0, x.dtype.type(1), x.dtype.type(0)),
        "(x>0).astype, then NaN": lambda x: with_nan((x > 0).astype(x.dtype), x),
    },
    ("leaky_relu", 0): {
        "maximum(x,a*x)": lambda x: np.maximum(x, ALPHA * x),
        "where(x>0,x,a*x)": lambda x: np.where(x > 0, x, ALPHA * x),
        "maximum(x,0)+a*minimum(x,0)": lambda x: np.maximum(x, 0) + ALPHA * np.minimum(x, 0),
    },
    ("leaky_relu", 1): {
        "where(x>0,1,a)": lambda x: np.where(x > 0, x.dtype.type(1), x.dtype.type(ALPHA)),
        "where(x>0,1,a), then NaN":
            lambda x: with_nan(np.where(x > 0, x.dtype.type(1), x.dtype.type(ALPHA)), x),
    },
    ("elu", 0): {
        "where(x>0,x,exp(x)-1)": lambda x: np.where(x > 0, x, np.exp(x) - 1),
        "where(x>0,x,expm1(x))": lambda x: np.where(x > 0, x, np.expm1(x)),
        "where(x>0,x,expm1(minimum(x,0)))": lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0))),
        "maximum(x,0)+expm1(minimum(x,0))": lambda x: np.maximum(x, 0) + np.expm1(np.minimum(x, 0)),
    },
    ("elu", 1): {
        "where(x>0,1,exp(x))": lambda x: np.where(x > 0, 1, np.exp(x)),
        "exp(minimum(x,0))": lambda x: np.exp(np.minimum(x, 0)),
    },
}


def with_nan(y, x):
    np.copyto(y, x, where=np.isnan(x))
    return y


def torch_forms():
    """PyTorch's functions, on tensors that share the arrays' memory."""
    if find_spec("torch") is None:
        return {}
    import torch
    torch.set_num_threads(1)
    functional = torch.nn.functional
    functions = {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": functional.relu,
                 "leaky_relu": functional.leaky_relu, "elu": functional.elu}
    return {(name, 0): {f"torch {name}": lambda x, f=f: f(torch.from_numpy(x)).numpy()} for name, f in functions.items()}


def in_float64(form):
    return lambda x: form(x.astype(np.float64)).astype(np.float32)


def worst_error(activation, n, form, dtype):
    """The largest error in ulp: of float64 on a sample, of float32 on four million bit patterns, where the
    float64 kernel is as good as exact."""
    if dtype is np.float64:
        near = np.random.default_rng(1).normal(scale=[[1], [20], [300]], size=(3, 150)).ravel()
        edges = np.array([372, 709, 709.7, 710, 744, 745, 745.2])
        x = np.unique(np.concatenate([binades(dtype, 1)[::4], near, edges, -edges]))
        return ulp_errors(activation, x, n, candidate=form).max()
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
