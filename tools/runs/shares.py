"""Run the softmax of PyTorch, JAX, Keras and ONNX where they may differ: `python tools/runs/shares.py`.

For the chapters Softmax and Sparsemax: the axis that a call takes by itself, rows with infinities, masks that leave nothing,
and Keras's sparsemax. Writes activlib/data/runs/shares.json, whose numbers are strings where JSON has none ("inf", "nan"), and
have at most four digits, which are the same on every processor:

axes: {call: {number of axes: the axis along which its result adds up to 1}}, counted from the front.
schema: {version of ONNX's operator set: axis (the default) and flattens (whether its text says that the axes are coerced into
    two)} of Softmax, as ONNX's own schemas have it.
rows: {call: [[row of scores, result], ...]} in float32, the last axis.
nothing_left: {call: its result for a row of zeros of which a mask given beside them leaves nothing}.
named: {library: what it has with "sparsemax" or "entmax" in its name}.
sparsemax: [[row of scores, result of keras.activations.sparsemax], ...].

It needs the libraries of tools/libraries.py: `pip install -r tools/libraries.txt`. Takes some seconds.
"""

import sys
import warnings
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

import libraries as lib  # noqa: E402
from runs.store import store  # noqa: E402

INF, NAN = np.inf, np.nan
ROWS = ([0, -INF], [-INF, -INF], [INF, 0], [INF, INF], [NAN, 0])
SPARSE = ([0, 0.5, 1], [0, 0.25, 3], [0, 0, -2], [0.1, 0.2, 0.3, 0.4, 0.5], [0.1, 0.6, 1.0, 0.2])


def onnx_softmax(opset):
    """ONNX's Softmax of that version, without attributes, in the reference evaluator."""
    from onnx import helper, reference

    def run(x):
        kind = helper.np_dtype_to_tensor_dtype(x.dtype)
        node = helper.make_node("Softmax", ["x"], ["y"])
        ends = [helper.make_tensor_value_info(name, kind, x.shape) for name in "xy"]
        graph = helper.make_graph([node], "softmax", ends[:1], ends[1:])
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)])
        return reference.ReferenceEvaluator(model).run(None, {"x": x})[0]

    return run


def calls():
    """{how one writes the call: function of a float32 array}."""
    import jax
    import keras
    import torch

    return {
        "torch.nn.functional.softmax(x)": lambda x: torch.nn.functional.softmax(torch.tensor(x)),
        "torch.nn.Softmax()(x)": lambda x: torch.nn.Softmax()(torch.tensor(x)),
        "torch.softmax(x, dim=-1)": lambda x: torch.softmax(torch.tensor(x), dim=-1),
        "jax.nn.softmax(x)": jax.nn.softmax,
        "keras.activations.softmax(x)": keras.activations.softmax,
        "keras.layers.Softmax()(x)": keras.layers.Softmax(),
        "onnx.Softmax(x)": onnx_softmax(13),
        "onnx.Softmax(x), opset 11": onnx_softmax(11),
    }


def nothing_left():
    """What is made of a row whose mask leaves nothing."""
    import jax
    import keras
    import torch

    zeros, nothing = np.zeros((1, 2), np.float32), np.zeros((1, 2), bool)
    query, ones = torch.zeros(1, 1, 1), torch.ones(1, 2, 1)
    attended = torch.nn.functional.scaled_dot_product_attention(query, ones, ones, attn_mask=torch.tensor(nothing))
    return {
        "jax.nn.softmax(x, where=mask)": plain(jax.nn.softmax(zeros, where=nothing))[0],
        "keras.layers.Softmax()(x, mask)": plain(keras.layers.Softmax()(zeros, mask=nothing))[0],
        "torch.nn.functional.scaled_dot_product_attention(q, k, v, mask)": plain(attended)[0][0],
    }


def named():
    """What the libraries have under these names."""
    import jax
    import keras
    import onnx
    import torch

    places = {"torch": [torch, torch.nn, torch.nn.functional], "jax": [jax.nn, jax.numpy],
              "keras": [keras.activations, keras.layers, keras.ops]}
    names = {library: [f"{place.__name__}.{name}" for place in found for name in dir(place)] for library, found in places.items()}
    names["onnx"] = [f"onnx.{schema.name}" for schema in onnx.defs.get_all_schemas()]
    return {library: [name for name in found if any(word in name.rpartition(".")[2].lower() for word in ("sparsemax", "entmax"))]
            for library, found in names.items()}


def own_axis(softmax, dimensions):
    """The axis along which the result adds up to 1."""
    x = np.random.default_rng(0).normal(size=(2, 3, 4, 5)[:dimensions]).astype(np.float32)
    sums = [np.asarray(softmax(x)).sum(axis) for axis in range(dimensions)]
    (found,) = [axis for axis, total in enumerate(sums) if np.allclose(total, 1, atol=1e-5)]
    return found


def plain(result):
    """An array as nested lists of numbers of four digits, or strings."""
    array = np.asarray(result)
    return [*map(plain, array)] if array.ndim else number(array)


def number(value):
    return float(f"{value:.4g}") if np.isfinite(value) else f"{value}"


def row_of(softmax, row):
    """A row and its result."""
    return [plain(row), plain(softmax(np.array([row], np.float32)))[0]]


def main():
    lib.prepare()
    import jax
    import keras
    import onnx
    import torch

    warnings.filterwarnings("ignore", message="Implicit dimension choice")  # it is what we measure
    functions = calls()
    versions = {schema.since_version: schema for schema in onnx.defs.get_all_schemas_with_history() if schema.name == "Softmax"}
    store(
        "shares", __file__, [np, torch, jax, keras, onnx],
        axes={name: {n: own_axis(f, n) for n in range(1, 5)} for name, f in functions.items()},
        schema={version: {"axis": found.attributes["axis"].default_value.i, "flattens": "coerced" in found.doc}
                for version, found in sorted(versions.items())},
        rows={name: [row_of(functions[name], row) for row in ROWS]
              for name in functions if "Softmax()(x)" not in name and "functional" not in name and "opset" not in name},
        nothing_left=nothing_left(),
        named=named(),
        sparsemax=[row_of(keras.activations.sparsemax, row) for row in SPARSE],
    )  # fmt: skip


if __name__ == "__main__":
    main()
