"""Run the softmax of PyTorch, JAX, Keras, ONNX and TensorFlow.js where they may differ: `python tools/runs/shares.py`.

For the chapters Softmax and Sparsemax, what `al.libraries` does not keep: the axis in an older version of ONNX and in
TensorFlow.js, masks that leave nothing, and Keras's sparsemax. Writes activlib/data/runs/shares.json, whose numbers have at
most four digits, which are the same on every processor:

onnx11: {number of axes: the axis along which the result of Softmax of version 11 adds up to 1}, counted from the front.
schema: {version of ONNX's operator set: axis (the default) and flattens (whether its text says that the axes are coerced into
    two)} of Softmax, as ONNX's own schemas have it.
tfjs: version, and for `layer` (tf.layers.softmax()) and `function` (tf.softmax) {number of axes: the axis along which the result
    adds up to 1, or the message of the error}.
nothing_left: {call: its result for a row of zeros of which a mask given beside them leaves nothing}.
named: {library: what it has with "sparsemax" or "entmax" in its name}.
sparsemax: [[row of scores, result of keras.activations.sparsemax], ...].

It needs the libraries of tools/libraries.py (`pip install -r tools/libraries.txt`), and node and npm, from which it takes
TensorFlow.js into a folder that it deletes. Takes some seconds.
"""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

import runners  # noqa: E402
from runs.store import store  # noqa: E402

TFJS = "4.22.0"
PROGRAM = """
const tf = require("@tensorflow/tfjs-core");
require("@tensorflow/tfjs-backend-cpu");
const { layers } = require("@tensorflow/tfjs-layers");
const axis = (softmax, dimensions) => {
  try {
    const y = softmax(tf.randomNormal([2, 3, 4, 5].slice(0, dimensions), 0, 1, "float32", 1));
    const found = y.shape.map((_, k) => k).filter((k) => tf.sum(y, k).dataSync().every((sum) => Math.abs(sum - 1) < 1e-5));
    if (found.length !== 1) throw new RangeError(`adds up to 1 along ${found}`);
    return found[0];
  } catch (error) {
    if (error instanceof RangeError) throw error;
    return error.message;
  }
};
const axes = (softmax) => Object.fromEntries([1, 2, 3, 4].map((dimensions) => [dimensions, axis(softmax, dimensions)]));
console.log(JSON.stringify({ layer: axes((x) => layers.softmax().apply(x)), function: axes((x) => tf.softmax(x)) }));
"""
SPARSE = ([0, 0.5, 1], [0, 0.25, 3], [0, 0, -2], [0.1, 0.2, 0.3, 0.4, 0.5], [0.1, 0.6, 1.0, 0.2])


def onnx11(x):
    """ONNX's Softmax of version 11, without attributes, in the reference evaluator."""
    from onnx import helper, reference

    kind = helper.np_dtype_to_tensor_dtype(x.dtype)
    node = helper.make_node("Softmax", ["x"], ["y"])
    ends = [helper.make_tensor_value_info(name, kind, x.shape) for name in "xy"]
    graph = helper.make_graph([node], "softmax", ends[:1], ends[1:])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 11)])
    return reference.ReferenceEvaluator(model).run(None, {"x": x})[0]


def tfjs():
    """What TensorFlow.js takes for the axis."""
    with tempfile.TemporaryDirectory() as folder:
        packages = [f"@tensorflow/tfjs-{part}@{TFJS}" for part in ("core", "layers", "backend-cpu")]
        subprocess.run(["npm", "install", "--prefix", folder, "--ignore-scripts", "--silent", *packages], check=True)
        printed = subprocess.run(["node", "-e", PROGRAM], cwd=folder, check=True, stdout=subprocess.PIPE, text=True).stdout
    return {"version": TFJS, **json.loads(printed.splitlines()[-1])}


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
    """An array as nested lists of numbers of four digits."""
    array = np.asarray(result)
    return [*map(plain, array)] if array.ndim else float(f"{array:.4g}")


def row_of(softmax, row):
    """A row and its result."""
    return [plain(row), plain(softmax(np.array([row], np.float32)))[0]]


def main():
    runners.prepare()
    import keras
    import onnx

    versions = {schema.since_version: schema for schema in onnx.defs.get_all_schemas_with_history() if schema.name == "Softmax"}
    store(
        "shares", __file__, ["numpy", "torch", "jax", "keras", "onnx"],
        onnx11={n: own_axis(onnx11, n) for n in range(1, 5)},
        schema={version: {"axis": found.attributes["axis"].default_value.i, "flattens": "coerced" in found.doc}
                for version, found in sorted(versions.items())},
        tfjs=tfjs(),
        nothing_left=nothing_left(),
        named=named(),
        sparsemax=[row_of(keras.activations.sparsemax, row) for row in SPARSE],
    )  # fmt: skip


if __name__ == "__main__":
    main()
