"""Run the calls that entries of several numbers name; `tools/libraries.py` calls this and stores the results.

`activlib.libraries.vector.VectorLibraries` documents the fields.
"""

import inspect
import warnings

import numpy as np

from activlib.libraries.stored import key
from activlib.libraries.vector import ROWS
from runners import defaults, made, numpy_dtype, resolve, shortest

AXIS = {"torch": "dim", "jax": "axis", "keras": "axis", "onnx": "axis"}
LENGTHS = (10, 1000)
MOST_DIMENSIONS = 4


def run_torch(target, options, points):
    import torch

    tensor = torch.tensor(points, requires_grad=True)
    y = (target(**options) if inspect.isclass(target) else target)(tensor, **({} if inspect.isclass(target) else options))
    (gradient,) = torch.autograd.grad(y, tensor, torch.tensor(first(y.detach().numpy())))
    return y.detach().numpy(), gradient.numpy()


def run_jax(target, options, points):
    import jax
    import jax.numpy as jnp

    y, pull_back = jax.vjp(lambda p: target(p, **options), jnp.asarray(points))
    return [np.asarray(result) for result in (y, *pull_back(jnp.asarray(first(y))))]


def run_keras(target, options, points):
    if inspect.isclass(target):
        return run_jax(target(**options, dtype=points.dtype.name), {}, points)
    return run_jax(target, options, points)


def run_onnx(schema, options, points):
    """An operator of two inputs, a gate and what it lets through, gets the halves in this order."""
    from onnx import helper, reference

    arrays = dict(zip("xy", np.split(points, len(schema.inputs), axis=-1), strict=False))
    node = helper.make_node(schema.name, list(arrays), ["z"], **options)
    kind = helper.np_dtype_to_tensor_dtype(points.dtype)
    graph = helper.make_graph([node], schema.name,
                              [helper.make_tensor_value_info(name, kind, None) for name in arrays],
                              [helper.make_tensor_value_info("z", kind, None)])
    return reference.ReferenceEvaluator(helper.make_model(graph)).run(None, arrays)[0], None


RUN = {"torch": run_torch, "jax": run_jax, "keras": run_keras, "onnx": run_onnx}


def first(y):
    """1 for the first result of each row, 0 for the others: the gradient of the first result is asked for."""
    weights = np.zeros_like(y)
    weights[(..., 0) if y.ndim > 1 else ...] = 1
    return weights


def measure(entry, call):
    """One call, as `VectorLibraries` describes it."""
    target = resolve(call)
    along = {AXIS[call.library]: -1} if takes(call, target, AXIS[call.library]) else {}
    told = {name: made(value) for name, value in call.bound(entry.at())[1].items()}

    def run(options, points):
        return RUN[call.library](target, told | options, points)

    swapped = entry.kind == "pair" and not agrees(entry, run(along, sample(2))[0], sample(2), -1)
    row = {"name": call.name, "call": call.text, "defaults": defaults(call, target),
           "gate": "second" if entry.kind == "pair" else None,
           "axis": {str(count): axis(entry, call, run, count, swapped) for count in range(1, MOST_DIMENSIONS + 1)}}
    if swapped:
        if not agrees(entry, run(along, sample(2))[0], sample(2)[..., ::-1], -1):
            raise ValueError(f"{call.text} is not {entry.name}, in neither order of its halves")
        row["gate"] = "first"
    for dtype in ("float32", "float16"):
        kind = numpy_dtype(dtype)
        results = [run(along, np.array([order(values, swapped)], kind)) for values in ROWS[entry.kind]]
        row[dtype] = {
            name: {key(values): [shortest(number, kind) for number in order(np.ravel(result[part]), swapped and part == 1)]
                   for values, result in zip(ROWS[entry.kind], results, strict=True) if result[part] is not None}
            for part, name in enumerate(("values", "gradients"))}
        row[dtype]["ulp"] = {str(length): worst(entry, run, along, length, kind, swapped) for length in LENGTHS}
    return row


def order(values, swapped):
    """The halves as the library wants them."""
    return list(values)[::-1] if swapped else list(values)


def takes(call, target, option):
    if call.library == "onnx":
        return option in target.attributes
    try:
        return option in inspect.signature(target).parameters
    except ValueError:  # a built-in of torch
        return True


def sample(length, shape=(64,), dtype=np.float64):
    """Rows of normal numbers, three times as wide as the standard ones; the same in every run."""
    return (3 * np.random.default_rng(length).standard_normal((*shape, length))).astype(dtype)


def agrees(entry, result, points, axis):
    """Whether the entry gives that result along that axis."""
    ours, result = np.atleast_1d(entry(points, axis=axis), result)
    return ours.shape == result.shape and np.allclose(ours, result, rtol=1e-3, atol=1e-3)


def axis(entry, call, run, dimensions, swapped):
    """The axis that a call takes for an input of so many dimensions if it is told none, or "all"; None if it must be told,
    or takes two arrays instead."""
    points = sample(2, (2,) * (dimensions - 1), np.float32)
    if call.library == "onnx" and len(resolve(call).inputs) > 1:
        return None
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # PyTorch's, that the choice is going to change
            result = run({}, points)[0]
    except TypeError:
        return None
    if dimensions > 1 and agrees(entry, np.ravel(result), np.ravel(points), -1):
        return "all"
    found = [k for k in range(dimensions)
             if agrees(entry, result, np.flip(points, k) if swapped else points, k)]
    if len(found) != 1:
        raise ValueError(f"{call.text} of {dimensions} dimensions works along {found or 'no single axis'}")
    return found[0]


def worst(entry, run, along, length, kind, swapped):
    """The largest error over 64 rows of `length` numbers in units in the last place of the result, to two digits."""
    points = sample(length, dtype=kind)
    exact = entry((np.roll(points, length // 2, -1) if swapped else points).astype(np.float64), axis=-1)
    result = run(along, points)[0].astype(np.float64)
    units = np.spacing(np.abs(exact).astype(kind)).astype(np.float64)
    return float(f"{np.max(np.abs(result - exact) / units):.2g}")
