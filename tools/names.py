"""Store what the libraries call their activation functions: `python tools/names.py`.

It writes activlib/data/names.json, from which the book knows whether it has every function of torch.nn, jax.nn,
keras.activations and ONNX (`make covered`), and under which other names a library has the same function. Like
tools/libraries.py it needs the libraries in the versions of tools/libraries.txt; the book and its tests read the file.

The lists are the libraries' own: the non-linear modules of torch.nn with the functions that they call, what jax.nn and
keras.activations export, the activation layers of Keras, and the operators of ONNX. Each is run on numbers of which one is
then changed, and so is of a kind:

elementwise     only the changed number's result changes
vector          other results change too, or there are more or fewer of them
several         it takes several arrays, such as an attention

What is no function of arrays is left out, and of ONNX, which has operators for everything, all but what is elementwise.
"""

import inspect
import re

import numpy as np

from libraries import write
from runners import ROOT, pinned, prepare, run_onnx

FILE = ROOT / "activlib" / "data" / "names.json"
POINTS = [np.random.default_rng(1).uniform(-size, size, (2, 2, 3, 4)).astype(np.float32) for size in (0.2, 2)]

# What has no default and must be given to have a function of one array.
ARGUMENTS = {
    "torch.nn.Threshold": (0.5, 2.0), "torch.nn.MultiheadAttention": (4, 1), "torch.nn.AdaptiveLogSoftmaxWithLoss": (4, 5, [2]),
    "keras.activations.threshold": (0.5, 2.0), "keras.layers.Activation": ("relu",),
}  # fmt: skip


def kind(function):
    """The kind of a function of arrays, None if it is none."""
    try:
        return "elementwise" if all(apart(function, points) for points in POINTS) else "vector"
    except TypeError as error:
        return "several" if re.search(r"missing .*required (positional )?argument", str(error)) else None
    except Exception:  # what is no function of numbers, or of all numbers, fails in its own way
        return None


def apart(function, points):
    """Whether each of the first numbers, if it is changed, changes its own result alone; TypeError if these are no numbers."""
    before = np.asarray(function(points))
    if before.dtype.kind != "f":
        raise TypeError(f"{before.dtype} is no type of numbers here")
    if before.shape != points.shape:
        return False
    for i in range(points.shape[-1]):
        changed = points.copy()
        changed.flat[i] += 0.5
        same = np.isclose(np.asarray(function(changed)), before, rtol=0, atol=0, equal_nan=True).ravel()
        if not all(np.delete(same, i)):
            return False
    return True


def of_torch():
    """{name: (kind, the same function's name)} of torch.nn's activation modules and the functions that they call."""
    import torch
    from torch.nn.modules import activation, adaptive

    found = {}
    for module in (activation, adaptive):
        for name in module.__all__:
            made = getattr(torch.nn, name)
            full = f"torch.nn.{name}"
            layer = made(*ARGUMENTS.get(full, ())).eval()
            found[full] = kind(lambda points, layer=layer: layer(torch.tensor(points)).detach().numpy()), None
            if found[full][0] != "several":
                space, function = re.search(r"\b(F|torch)\.(\w+)\(", inspect.getsource(made.forward)).groups()
                called = {f"torch.nn.functional.{function}" if space == "F" else f"torch.{function}"}
                called |= {f"torch.nn.functional.{name.lower()}"} if hasattr(torch.nn.functional, name.lower()) else set()
                for function in sorted(called):
                    found.setdefault(function, (found[full][0], full))
    return found


def of_module(space, module, names):
    """{name: (kind, the same function's name)} of these names of a module whose functions take arrays of JAX."""
    import jax.numpy as jnp

    found, first = {}, {}
    for name in names:
        full, target = f"{space}.{name}", getattr(module, name)
        if not callable(target):
            continue
        given = ARGUMENTS.get(full, ())
        if inspect.isclass(target):
            function = target(*given)
        else:
            def function(points, target=target, given=given):
                return target(points, *given)
        if (of := kind(lambda points, function=function: function(jnp.asarray(points)))) is not None:
            found[full] = of, first.setdefault(id(target), full)
    return {name: (of, same if same != name else None) for name, (of, same) in found.items()}


def of_onnx():
    """{name: ("elementwise", None)} of the operators that are."""
    import onnx

    def operator(schema, *inputs):
        return lambda points: run_onnx(schema, inputs, {}, points)[0]

    found = {}
    for schema in onnx.defs.get_all_schemas():
        slope = [0.25] if schema.name == "PRelu" else []
        several = not schema.inputs or schema.inputs[0].option == onnx.defs.OpSchema.FormalParameterOption.Variadic
        if not schema.domain and not schema.deprecated and not several and kind(operator(schema, *slope)) == "elementwise":
            found[f"onnx.{schema.name}"] = "elementwise", None
    return found


def main():
    prepare()
    import jax
    import keras
    from keras.src.layers import activations as layers

    public = {module: [name for name in dir(module) if not name.startswith("_")] for module in (jax.nn, keras.activations)}
    modules = [name for name, member in vars(layers).items() if inspect.isclass(member)]
    with np.errstate(all="ignore"):
        found = {**of_torch(), **of_module("jax.nn", jax.nn, public[jax.nn]),
                 **of_module("keras.activations", keras.activations, public[keras.activations]),
                 **of_module("keras.layers", keras.layers, modules), **of_onnx()}
    rows = {name: {"kind": of, **({"same": same} if same else {})} for name, (of, same) in found.items()}
    write(FILE, {"versions": pinned(), "names": rows})


if __name__ == "__main__":
    main()
