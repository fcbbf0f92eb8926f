"""Run PyTorch, JAX, Keras and ONNX and store what they do: `python tools/libraries.py [activation ...]`.

It calls every function that the catalogue names (`libraries=` of an entry, see activlib/libraries.py), and writes
activlib/data/libraries.json: versions, defaults, values and gradients at the kinks and at the ends of the line,
where rounding reaches the limit, and the largest error. `activlib.libraries.Libraries` documents the fields. The book
and its tests read that file and need none of the libraries; this script needs them all beside activlib, in the versions
that tools/libraries.txt names:

    pip install -r tools/libraries.txt

With names it measures these activations and leaves the other rows alone; without, all of the catalogue. Everything is run
as on several processors (tools/processors.py), on one with AVX-512 if you have one, and what differs between them is
stored as {"varies": [...]}: do not rest a sentence on it. --add keeps what is stored as the results of one more processor.

Keras runs on JAX; ONNX in its reference evaluator, which computes with NumPy (operators' defaults come from their
schemas). Every call gets arrays whose length is a multiple of 64, so that it is the vectorized code that is measured, which
in PyTorch is not always the code for a single number. Saturation is rounded to four digits, errors to two. Run it again
after a change of the catalogue, and read the difference that version control shows.
"""

import argparse
import functools
import importlib.metadata
import importlib.util
import inspect
import json
import os
import pkgutil
import re
import sys
from pathlib import Path

import numpy as np
import sympy as sp

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

from activlib.activation import x  # noqa: E402
from activlib.catalogue import activations, vector_activations  # noqa: E402
from activlib.libraries import TITLES, LibraryCall, key, kinks, limits, settings  # noqa: E402
from activlib.ulp import binades, ulp_errors  # noqa: E402
from activlib.vector import VectorActivation  # noqa: E402
from processors import merged, on_every_processor  # noqa: E402

DTYPES = ("float64", "float32", "float16", "bfloat16")
LANES = 64
ENTRIES = activations | vector_activations
PLACES = (-np.inf, -1e38, -1e4, -0.0, 0.0, 1e4, 1e38, np.inf, np.nan)


def numpy_dtype(dtype):
    """The NumPy type of that name. JAX and ONNX bring ml_dtypes, which has bfloat16."""
    if dtype != "bfloat16":
        return np.dtype(dtype)
    import ml_dtypes

    return np.dtype(ml_dtypes.bfloat16)


# One function for each library: (target, inputs, options, points) -> (values, gradients or None), arrays like points.
# A target is a function of an array, or a class whose instances are such functions.


def run_torch(target, inputs, options, points):
    import torch

    # PyTorch and NumPy share no bfloat16; float32 holds it.
    tensor = torch.tensor(points.astype(np.promote_types(points.dtype, np.float32))).to(
        getattr(torch, points.dtype.name)
    )
    if inspect.isclass(target):
        y = target(**options).to(tensor.dtype)(tensor.requires_grad_())
    else:
        y = target(tensor.requires_grad_(), *(torch.full_like(tensor, value) for value in inputs), **options)
    try:
        (gradient,) = torch.autograd.grad(y, tensor, torch.ones_like(y))
    except RuntimeError as error:
        if "derivative for" not in str(error) or "is not implemented" not in str(error):
            raise
        gradient = None
    return [
        result
        if result is None
        else result.detach().double().numpy().astype(numpy_dtype(str(result.dtype).removeprefix("torch.")))
        for result in (y, gradient)
    ]


def run_jax(target, inputs, options, points):
    import jax
    import jax.numpy as jnp

    point = jnp.asarray(points)
    y, pull_back = jax.vjp(lambda p: target(p, *(jnp.full_like(p, value) for value in inputs), **options), point)
    return [np.asarray(result) for result in (y, *pull_back(jnp.ones_like(y)))]


def run_keras(target, inputs, options, points):
    if inspect.isclass(target):
        return run_jax(target(**options, dtype=points.dtype.name), inputs, {}, points)
    return run_jax(target, inputs, options, points)


def run_onnx(schema, inputs, options, points):
    from onnx import helper, reference

    kind = helper.np_dtype_to_tensor_dtype(points.dtype)
    arrays = dict(zip("xabcdefg", [points, *(np.full_like(points, value) for value in inputs)], strict=False))
    node = helper.make_node(schema.name, list(arrays), ["y"], **options)
    graph = helper.make_graph(
        [node],
        schema.name,
        [helper.make_tensor_value_info(name, kind, [len(points)]) for name in arrays],
        [helper.make_tensor_value_info("y", kind, [len(points)])],
    )
    return reference.ReferenceEvaluator(helper.make_model(graph)).run(None, arrays)[0], None


RUN = {"torch": run_torch, "jax": run_jax, "keras": run_keras, "onnx": run_onnx}


def pinned():
    """{library: its version} as tools/libraries.txt has them."""
    return dict(re.findall(r"^(\w+)==(\S+)", (ROOT / "tools" / "libraries.txt").read_text("utf8"), re.MULTILINE))


def prepare():
    """Check that every library is there in its pinned version, and set up those that have a mode to choose."""
    missing = [name for name in (*TITLES, "ml_dtypes") if importlib.util.find_spec(name) is None]
    other = [] if missing else [f"{name} {version}" for name, pin in pinned().items()
                                if (version := importlib.metadata.version(name).partition("+")[0]) != pin]
    if missing or other:
        found = f"cannot import {', '.join(missing)}" if missing else f"finds {', '.join(other)}"
        raise SystemExit(f"this program runs the libraries it reports on in the versions of tools/libraries.txt, and {found}; "
                         "pip install -r tools/libraries.txt")
    os.environ["KERAS_BACKEND"] = "jax"
    os.environ["MKL_CBWR"] = "AVX2"  # PyTorch's tanh comes from MKL, which otherwise computes by what the processor has
    set_up_jax()


def set_up_jax():
    """Run JAX on the CPU, with its float64."""
    import jax

    jax.config.update("jax_platforms", "cpu")
    jax.config.update("jax_enable_x64", True)


def resolve(call):
    """The function, class or ONNX schema that a call names."""
    if call.library == "onnx":
        import onnx

        return onnx.defs.get_schema(call.name.removeprefix("onnx."))
    return pkgutil.resolve_name(call.name)


def made(value):
    """What is passed for an option whose parameters are bound."""
    if isinstance(value, LibraryCall):
        return resolve(value)(**{name: made(option) for name, option in value.options.items()})
    return float(value) if isinstance(value, sp.Basic) else value


def function(activation, call, setting):
    """The call at one setting as a function: array -> (values, gradients or None)."""
    inputs, options = call.bound(activation.at(**setting))
    options = {name: made(value) for name, value in options.items()}
    return padded(functools.partial(RUN[call.library], resolve(call), [float(value) for value in inputs], options))


def has(call, target, dtype):
    """Whether the call takes that dtype; of those here, only ONNX's operators may not."""
    if call.library != "onnx":
        return True
    name = {"float32": "float", "float64": "double"}.get(dtype, dtype)
    return f"tensor({name})" in target.type_constraints[0].allowed_type_strs


def defaults(call, target):
    """{option: default} of a resolved call; None for an option of the call that has no default."""
    if call.library == "onnx":
        from onnx import helper

        stored = {name: attribute.default_value for name, attribute in target.attributes.items()}
        found = {name: helper.get_attribute_value(value) if value.name else None for name, value in stored.items()}
        found = {
            name: value.decode()
            if isinstance(value, bytes)
            else shortest(value, np.float32)
            if isinstance(value, float)
            else value
            for name, value in found.items()
        }
    else:
        try:
            found = {
                p.name: p.default
                for p in inspect.signature(target).parameters.values()
                if p.kind is not p.POSITIONAL_ONLY
            }
        except ValueError:  # a built-in of torch: its schema has what a signature has not
            import torch

            arguments = getattr(torch.ops.aten, target.__name__).default._schema.arguments
            found = {a.name: a.default_value if a.has_default_value() else inspect.Parameter.empty for a in arguments}
        found |= {name: None for name in call.options if found.get(name) is inspect.Parameter.empty}
    return {name: value for name, value in found.items() if value is None or isinstance(value, (bool, int, float, str))}


# What is measured of one function f: array -> (values, gradients or None)


def padded(f):
    """`f` on arrays of any length, run on a multiple of LANES."""

    def run(points):
        results = f(np.resize(points, -(-len(points) // LANES) * LANES))
        return [None if result is None else result[: len(points)] for result in results]

    return run


def shortest(value, dtype):
    """The number of fewest digits that is `value` in that type."""
    return float(str(np.dtype(dtype).type(value)))


def saturation(f, limit, end, dtype):
    """The point from which on towards `end`, an infinity, f equals its limit in `dtype`, to four digits; None if none.

    Every 16-bit float is looked at. Of wider ones, 32,768 spread evenly over the bit patterns, then as many between
    the last that is away from the limit and its neighbor, until none is left between them.
    """
    unsigned = np.dtype(f"u{dtype.itemsize}")

    def points(patterns):
        return np.copysign(np.array(patterns, unsigned).view(dtype), dtype.type(end))

    low, high = 0, int(np.array([np.inf]).astype(dtype).view(unsigned)[0]) - 1
    target = dtype.type(limit)
    while high - low > 1:
        patterns = [*range(low, high, max(1, (high - low) >> 15)), high]
        (away,) = np.nonzero(f(points(patterns))[0] != target)
        if not len(away) or away[-1] == len(patterns) - 1:
            return None
        low, high = patterns[away[-1]], patterns[away[-1] + 1]
    return float(f"{float(points([high])[0]):.4g}")


def accuracy(activation, setting, f, dtype):
    """`ulp` and `flushes_subnormals` as `activlib.libraries.Libraries` describes them."""
    limits = np.finfo(dtype)
    edge = 1.2 * np.log(float(limits.max))
    points = np.concatenate([np.linspace(-8, 8, 1001), np.linspace(-edge, edge, 1001), binades(dtype, 1)]).astype(dtype)
    points = points[(points == 0) | (np.abs(points) >= limits.smallest_normal)]
    size = np.abs(activation(points, **{name: float(value) for name, value in setting.items()}))
    # Rounding may take a result of the smallest subnormal's size to 0.
    subnormal = (2 * limits.smallest_subnormal < size) & (size < limits.smallest_normal)
    normal = (size == 0) | (size >= limits.smallest_normal)
    errors = ulp_errors(activation, points[normal], candidate=lambda p: f(p)[0], **setting)
    return {
        "ulp": float(f"{errors.max():.2g}"),
        "flushes_subnormals": not np.any(f(points[subnormal])[0]) if np.any(subnormal) else None,
    }


def measure(activation, setting, f, dtype):
    """One library call at one setting in one dtype, as `activlib.libraries.Libraries` describes it."""
    places = {key(place): float(place) for place in (*PLACES, *kinks(activation, setting))}
    points = np.array([*places.values()]).astype(dtype)
    inside = np.isfinite(points) | ~np.isfinite([*places.values()])
    results = f(points)
    stored = np.float32 if dtype.itemsize < 4 else dtype
    values, gradients = (
        numbers
        if numbers is None
        else {name: shortest(number, stored) for name, number, ok in zip(places, numbers, inside, strict=True) if ok}
        for numbers in results
    )
    ends = {
        key(end): saturation(f, limit, end, dtype) if np.isfinite(limit) and varies else None
        for (end, limit), varies in zip(limits(activation, setting).items(), tails(activation, setting), strict=True)
    }
    result = {"values": values, "gradients": gradients, "saturation": ends, "returns": results[0].dtype.name}
    if dtype.name in ("float64", "float32"):
        result |= accuracy(activation, setting, f, dtype)
    return result


def tails(activation, setting):
    """Whether f varies towards -oo, and towards oo."""
    pieces = activation.pieces(**setting)
    return [piece.has(x) for piece in (pieces[0][2], pieces[-1][2])]


def measured(activation):
    """The rows of one entry, as `activlib.libraries.Libraries` or `activlib.libraries.vector.VectorLibraries` describes them."""
    if isinstance(activation, VectorActivation):
        import vector_libraries

        return [vector_libraries.measure(activation, call) for call in activation.libraries]
    rows = []
    for call in activation.libraries:
        target = resolve(call)
        row = {"name": call.name, "call": call.text, "defaults": defaults(call, target), "measured": []}
        for setting in settings(activation, call):
            f = function(activation, call, setting)
            row["measured"].append(
                {
                    "parameters": {name: str(value) for name, value in setting.items()},
                    **{
                        dtype: measure(activation, setting, f, numpy_dtype(dtype))
                        for dtype in DTYPES
                        if has(call, target, dtype)
                    },
                }
            )
        rows.append(row)
    return rows


def plain(value):
    """`value` for JSON, which has no infinities: they become strings."""
    if isinstance(value, dict):
        return {name: plain(item) for name, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return repr(value) if isinstance(value, float) and not np.isfinite(value) else value


def write(file, result):
    """Replace `file` by `result` as JSON in one step."""
    text = json.dumps(plain(result), indent=1, sort_keys=True, allow_nan=False) + "\n"
    draft = file.with_name(f"{file.name}.{os.getpid()}")
    draft.write_text(text, encoding="utf-8")
    os.replace(draft, file)


def update(file, names, measure_all, add):
    """Store the rows of `names`, or of all activations, in the file; `measure_all` gives them by their names. With `add`
    what the file has of them counts as one more processor."""
    everything = [name for name, entry in ENTRIES.items() if entry.libraries]
    if unknown := [name for name in names if name not in everything]:
        raise SystemExit(f"{unknown[0]} names no library call; those that do are {', '.join(everything)}")
    kept = names or add
    stored = json.loads(file.read_text(encoding="utf-8")) if kept else {"versions": pinned(), "activations": {}}
    if stored["versions"] != pinned():
        raise SystemExit("the stored rows are of other versions than tools/libraries.txt names; measure all, without a name")
    new = measure_all(names or everything)
    if add:
        new = {name: merged([stored["activations"].get(name, rows), rows]) for name, rows in new.items()}
    write(file, {**stored, "activations": stored["activations"] | new})


def main(arguments=None):
    """Measure the calls of some or all activations and store them; an error leaves the file as it was."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("names", nargs="*", metavar="activation")
    parser.add_argument("--output", type=Path, default=ROOT / "activlib" / "data" / "libraries.json")
    parser.add_argument("--add", action="store_true", help="keep what is stored, as the results of another processor")
    parser.add_argument("--here", action="store_true", help="print what is measured on this processor alone")
    given = parser.parse_args(arguments)
    prepare()
    if given.here:
        with np.errstate(all="ignore"):
            print(json.dumps(plain({name: measured(ENTRIES[name]) for name in given.names})))
    else:
        update(given.output, given.names, lambda names: on_every_processor(__file__, "--here", *names), given.add)


if __name__ == "__main__":
    main()
