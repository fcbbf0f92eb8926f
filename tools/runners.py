"""Run the functions of PyTorch, JAX, Keras and ONNX that `activlib.libraries.LibraryCall`s name, in their pinned versions.

Keras runs on JAX; ONNX in its reference evaluator, which computes with NumPy (operators' defaults come from their
schemas). Every call gets arrays whose length is a multiple of 64, so that it is the vectorized code that runs, which in
PyTorch is not always the code for a single number.
"""

import functools
import importlib.metadata
import importlib.util
import inspect
import os
import pkgutil
import re
from pathlib import Path

import numpy as np
import sympy as sp

from activlib.libraries import TITLES, LibraryCall

ROOT = Path(__file__).resolve().parent.parent
LANES = 64


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


def padded(f):
    """`f` on arrays of any length, run on a multiple of LANES."""

    def run(points):
        results = f(np.resize(points, -(-len(points) // LANES) * LANES))
        return [None if result is None else result[: len(points)] for result in results]

    return run


def shortest(value, dtype):
    """The number of fewest digits that is `value` in that type."""
    return float(str(np.dtype(dtype).type(value)))
