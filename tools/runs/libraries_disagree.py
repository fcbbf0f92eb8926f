"""Run PyTorch, JAX, Keras and ONNX side by side and store where they disagree: `python tools/runs/libraries_disagree.py`.

For the chapter Where libraries disagree. Beside the functions that a library names it runs other spellings of them, such
as `where(x > 0, x, 0)` for ReLU, and NumPy's, which the chapter runs again. Writes
activlib/data/runs/libraries_disagree.json, whose numbers are strings where JSON has none ("inf", "-inf", "nan"):

defaults: {call: {option: value that the library takes if it is not given}}, read from signatures.
functions: {name: formula, parameters, spellings}. `formula` is a string for `activlib.define`, null for an entry of the
    catalogue. spellings: {spelling: {library: call, values, gradients}}, float32, each {x: number}; "named" is the
    library's own function. A spelling (runs/spellings.py) is run in each library that has all of its words.
one_by_one: GELU of single numbers and in an array of 64, which need not be the same code.
thresholds: softplus on both sides of the point where PyTorch changes its formula.
precision: {function: {dtype: {library: ...}}}: from which x on, to four digits, towards "-inf" and "inf" the value and
    the gradient are exactly their limits, and from which on one of them is NaN (null: never).
overflow: {dtype: {library: the x from which on exp is infinite}}.
compiled: {spelling: operations that JAX's compiler makes of it}.
tails: relative errors of float32 GELU on a grid to the left of zero.
elsewhere: {processor: what is other there, under the same names}, as tools/processors.py runs it. A claim that does not hold
    on each of them is none of the chapter's.

It needs the libraries of tools/libraries.py, whose runners it uses: `pip install -r tools/libraries.txt`. Takes three
minutes.
"""

import argparse
import contextlib
import functools
import json
import re
import sys
from pathlib import Path

import numpy as np
from tqdm import tqdm

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

import activlib as al  # noqa: E402
import runners  # noqa: E402
from activlib.libraries import LibraryCall, key, limits  # noqa: E402
from libraries import saturation  # noqa: E402
from processors import differences, runs_on_every_processor  # noqa: E402
from runs.spellings import FORMULAS, NAMED, SPELLINGS, MissingWord, Words  # noqa: E402
from runs.store import program, store  # noqa: E402

PLACES = (-np.inf, -1e38, -100, -2.5, -0.7, 0.0, 0.3, 2.2, 100, 1e38, np.inf)
TAIL = np.round(np.arange(-10, -0.99, 0.1), 1)
DTYPES = ("float16", "bfloat16", "float32")
PRECISE = ("sigmoid", "tanh", "silu", "gelu", "gelu_tanh", "mish", "softplus")

# Where to look beside PLACES and the kinks.
MORE = {"gelu": (-3, -4, -5, -5.5, -6, -8, -10), "gelu_tanh": (-3, -4, -5, -5.5, -6, -8, -10), "softplus": (-10, -17, -20),
        "log_sigmoid": (10, 17, 20), "sigmoid": (-20, 17, 20), "mish": (-10, -17, -20), "hard_sigmoid": (1,),
        "hard_sigmoid_fifth": (1,), "elu": (-1e-8,)}  # fmt: skip
PARAMETERS = {"elu": {"alpha": 2}}
DEFAULTS = (
    "torch.nn.functional.leaky_relu", "torch.nn.LeakyReLU", "jax.nn.leaky_relu", "keras.activations.leaky_relu",
    "keras.ops.leaky_relu", "keras.layers.LeakyReLU", "onnx.LeakyRelu",
    "torch.nn.functional.gelu", "torch.nn.GELU", "jax.nn.gelu", "keras.activations.gelu", "keras.ops.gelu", "onnx.Gelu",
    "torch.nn.functional.elu", "jax.nn.elu", "keras.activations.elu", "onnx.Elu",
    "torch.nn.functional.celu", "jax.nn.celu", "keras.activations.celu", "onnx.Celu", "onnx.Selu",
    "torch.nn.functional.softplus", "torch.nn.Softplus", "jax.nn.softplus", "keras.activations.softplus", "onnx.Softplus",
    "torch.nn.functional.hardsigmoid", "jax.nn.hard_sigmoid", "keras.activations.hard_sigmoid", "onnx.HardSigmoid",
    "torch.nn.PReLU", "keras.layers.PReLU", "onnx.Swish",
)  # fmt: skip
EXP = {"torch": "torch.exp", "jax": "jax.numpy.exp", "keras": "keras.ops.exp", "onnx": "onnx.Exp"}

RUN = runners.RUN | {"numpy": lambda target, inputs, options, points: (target(points, *inputs, **options), None)}


def definition(name):
    """What a function is, as an Activation."""
    return al.define(FORMULAS[name], name=name) if name in FORMULAS else al.activations[name]


def named(name):
    """{library: its call}, the first that the catalogue names."""
    calls = NAMED[name] if name in FORMULAS else al.activations[name].libraries
    return {call.library: call for call in reversed(calls)}


def of_call(name, call):
    """A library's own function: array -> (values, gradients or None)."""
    return runners.function(definition(name), call, PARAMETERS.get(name, {}))


def bare(library, target, **options):
    """A function of a library that the catalogue does not name: array -> (values, gradients or None)."""
    return runners.padded(functools.partial(RUN[library], target, [], options))


def plain(number, dtype=np.float32):
    """As JSON has it."""
    short = runners.shortest(number, dtype)
    return short if np.isfinite(short) else repr(short)


def pointwise(f, places):
    """{"values": {x: f(x)}, "gradients": {x: f'(x)} or null} in float32."""
    results = f(np.array(places, np.float32))
    return {what: None if found is None else {key(x): plain(y) for x, y in zip(places, found, strict=True)}
            for what, found in zip(("values", "gradients"), results, strict=True)}


def spelled(spelling, words, places):
    """{library: values and gradients} of a spelling, for the libraries that have all of its words."""
    row = {}
    for library, m in words.items():
        with contextlib.suppress(MissingWord):
            row[library] = pointwise(bare(library, functools.partial(spelling, m)), places)
    return row


def spellings(name, words):
    """Every spelling of a function in every library, as described above."""
    kinks = map(float, definition(name).breakpoints)
    places = [*sorted({*PLACES, *kinks, *MORE.get(name, ())}), np.nan]
    rows = {text: spelled(spelling, words, places) for text, spelling in SPELLINGS[name].items()}
    if unknown := [text for text, row in rows.items() if not row]:
        raise LookupError(f"no library knows all words of {', '.join(unknown)}")
    own = {library: {"call": call.text, **pointwise(of_call(name, call), places)} for library, call in named(name).items()}
    return {"named": own} | rows if own else rows


def defaults(name):
    call = LibraryCall(name)
    return runners.defaults(call, runners.resolve(call))


def one_by_one(points=(-4, -5, -5.5, -6, -8)):
    """Values and gradients of PyTorch's exact GELU, alone and in company."""
    call = named("gelu")["torch"]
    inputs, options = call.bound({})

    def alone(p):
        pairs = [runners.run_torch(runners.resolve(call), inputs, options, p[i : i + 1]) for i in range(len(p))]
        return [np.concatenate(column) for column in zip(*pairs, strict=True)]

    return {"alone": pointwise(alone, points), "among 64": pointwise(of_call("gelu", call), points)}


def thresholds():
    """Softplus in float64 at the last x of one formula and the first of the other."""
    rows = []
    for options in ({}, {"beta": 10}, {"beta": 10, "threshold": 0.4}):
        edge = np.float64(options.get("threshold", 20)) / options.get("beta", 1)
        points = np.array([edge, np.nextafter(edge, np.inf)])
        call = LibraryCall("torch.nn.functional.softplus", **options)
        values, gradients = bare("torch", runners.resolve(call), **options)(points)
        rows.append({"call": call.text, "x": points.tolist(), "values": values.tolist(), "gradients": gradients.tolist()})
    return rows


def precision(name):
    """Where the values and the gradients of the named functions reach their limits, and where NaN appears."""
    activation = definition(name)
    setting = {p.name: p.default for p in activation.parameters}
    ends = limits(activation, setting)
    found = {}
    for dtype in map(runners.numpy_dtype, DTYPES):
        found[dtype.name] = {}
        for library, call in named(name).items():
            if not runners.has(call, runners.resolve(call), dtype.name):
                continue
            f = runners.function(activation, call, setting)
            row = {"values": {key(end): saturation(f, limit, end, dtype) if np.isfinite(limit) else None
                              for end, limit in ends.items()}}
            if library != "onnx":
                slopes = {end: float(np.isposinf(limit)) for end, limit in ends.items()}  # of an asymptote y = x, or y = c
                row["gradients"] = {key(end): saturation(lambda p, f=f: f(p)[::-1], slope, end, dtype)
                                    for end, slope in slopes.items()}
            row["nan"] = {key(end): saturation(is_nan(f), 1, end, dtype) for end in ends}
            found[dtype.name][library] = row
    return found


def is_nan(f):
    """1 where f or f' is NaN, else 0."""

    def run(points):
        found = [np.isnan(result.astype(np.float64)) for result in f(points) if result is not None]
        return np.any(found, axis=0).astype(points.dtype), None

    return run


def overflow(dtype):
    """{library: from which x on exp is infinite}."""
    return {library: saturation(bare(library, runners.resolve(LibraryCall(name))), np.inf, np.inf, dtype)
            for library, name in EXP.items()}


def compiled(name, text, words):
    """The operations, in their order, of a spelling as JAX's compiler for this processor leaves it."""
    import jax

    program = jax.jit(lambda x: SPELLINGS[name][text](words["jax"], x)).lower(np.ones(runners.LANES, np.float32)).compile()
    body = program.as_text().partition("%fused_computation")[2].partition("}\n\n")[0]
    operations = re.findall(r" = \S+ ([a-z]+)\(", body)
    if not operations:
        raise LookupError(f"JAX's compiler made no fused loop of {text}")
    return operations


def tails():
    """Relative errors of the libraries' float32 GELU left of zero, to two digits."""
    exact = al.gelu(TAIL.astype(np.float32).astype(np.float64))
    errors = {}
    for library, call in named("gelu").items():
        values = of_call("gelu", call)(TAIL.astype(np.float32))[0].astype(np.float64)
        errors[library] = [float(f"{error:.2g}") for error in np.abs(values / exact - 1)]
    return {"x": TAIL.tolist(), "errors": errors}


def results():
    """All that is stored, on this processor."""
    import jax
    import keras
    import torch
    from jax.scipy import special

    words = {"torch": Words(torch, torch.nn.functional), "jax": Words(jax.numpy, jax.nn, special),
             "keras": Words(keras.ops), "numpy": Words(np)}
    with np.errstate(all="ignore"):
        return {
            "defaults": {name: defaults(name) for name in DEFAULTS},
            "functions": {name: {"formula": FORMULAS.get(name), "parameters": PARAMETERS.get(name, {}),
                              "spellings": spellings(name, words)} for name in tqdm(SPELLINGS, "spellings")},
            "one_by_one": one_by_one(),
            "thresholds": thresholds(),
            "precision": {name: precision(name) for name in tqdm(PRECISE, "precision")},
            "overflow": {name: overflow(runners.numpy_dtype(name)) for name in DTYPES},
            "compiled": {"x * (x > 0)": compiled("relu", "x * (x > 0)", words)},
            "tails": tails(),
        }  # fmt: skip


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--here", action="store_true", help="print what is measured on this processor alone")
    parser.add_argument("--add", action="store_true", help="keep what is stored, and add what is other on this processor")
    given = parser.parse_args(arguments)
    runners.prepare()
    if given.here:
        print(json.dumps(results(), allow_nan=False))
        return

    runs = runs_on_every_processor(__file__, "--here")
    stored = al.stored("libraries_disagree") if given.add else {}
    if stored and stored["digest"] != program(__file__):
        parser.error("what is stored is of another program: run this without --add first")
    known = stored.get("elsewhere", {})
    base = {name: stored.get(name, result) for name, result in next(iter(runs.values())).items()}
    elsewhere = {name: differences(base, run) for name, run in runs.items()}
    store("libraries_disagree", __file__, ["numpy", "torch", "jax", "keras", "onnx"], **base,
          elsewhere=known | {name: other for name, other in elsewhere.items() if other})


if __name__ == "__main__":
    main()
