"""Quantize a layer and its activation with ONNX Runtime: `python tools/runs/eight_bits.py`.

For the chapter Choosing. One layer, 64 inputs to 64 units with standard normal pre-activations, and then the activation, goes
through the quantizer that ONNX Runtime ships (static, eight bits, weights and activations, ranges from calibration with its
defaults), and is run. Writes activlib/data/runs/eight_bits.json:

settings: units, examples for the calibration and for the test, seeds.
results: {activation: {"operators": what the runtime executes after its own fusions, between the quantization of the input and
    the dequantization of the output, "errors": [root mean square error of the output of each seed, divided by the standard
    deviation of the exact output]}}. "identity" is the layer alone.

It needs ONNX and ONNX Runtime beside activlib: `pip install -r tools/libraries.txt && pip install onnxruntime`. Takes less
than a minute.
"""

import argparse
import sys
import tempfile
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from onnxruntime.quantization import CalibrationDataReader, QuantFormat, quantize_static
from onnxruntime.quantization.shape_inference import quant_pre_process
from tqdm import tqdm

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

import activlib as al  # noqa: E402
from runs.store import store  # noqa: E402

UNITS, CALIBRATION, EXAMPLES, SEEDS = 64, 500, 2000, 5
OPSET = 22
# The names of ONNX's operators. "identity" has none: the layer alone.
OPERATORS = {"identity": None, "relu": "Relu", "leaky_relu": "LeakyRelu", "sigmoid": "Sigmoid", "tanh": "Tanh", "elu": "Elu",
             "selu": "Selu", "softplus": "Softplus", "hard_sigmoid": "HardSigmoid", "hard_swish": "HardSwish", "gelu": "Gelu",
             "mish": "Mish", "relu6": "Clip"}
MORE = {"hard_sigmoid": {"alpha": 1 / 6}}


class Examples(CalibrationDataReader):
    def __init__(self, x):
        self.rest = iter([{"x": x}])

    def get_next(self):
        return next(self.rest, None)


def model(name, weights):
    """A layer without bias and the activation, in float32."""
    operator = OPERATORS[name]
    nodes = [helper.make_node("MatMul", ["x", "w"], ["z" if operator else "y"])]
    constants = [numpy_helper.from_array(weights, "w")]
    if operator:
        inputs = ["z"]
        if operator == "Clip":
            inputs += ["low", "high"]
            constants += [numpy_helper.from_array(np.float32(end), label) for end, label in ((0, "low"), (6, "high"))]
        nodes.append(helper.make_node(operator, inputs, ["y"], **MORE.get(name, {})))
    shape = [None, UNITS]
    graph = helper.make_graph(nodes, name, [helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)],
                              [helper.make_tensor_value_info("y", TensorProto.FLOAT, shape)], constants)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=10)


def quantized(name, rng, folder):
    """What the runtime executes, and the relative error."""
    weights = rng.normal(scale=UNITS**-0.5, size=(UNITS, UNITS)).astype(np.float32)
    known, x = (rng.normal(size=(n, UNITS)).astype(np.float32) for n in (CALIBRATION, EXAMPLES))
    plain, prepared, small, run = (str(folder / f"{step}.onnx") for step in ("plain", "prepared", "small", "run"))
    onnx.save(model(name, weights), plain)
    quant_pre_process(plain, prepared)
    quantize_static(prepared, small, Examples(known), quant_format=QuantFormat.QDQ)
    options = onnxruntime.SessionOptions()
    options.optimized_model_filepath = run
    options.intra_op_num_threads = 1
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_ENABLE_EXTENDED
    (y,) = onnxruntime.InferenceSession(small, options, providers=["CPUExecutionProvider"]).run(None, {"x": x})
    exact = al.activations[name](x.astype(float) @ weights.astype(float))
    return [node.op_type for node in onnx.load(run).graph.node], float(np.sqrt(((y - exact) ** 2).mean()) / exact.std())


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.parse_args()
    onnxruntime.set_default_logger_severity(3)
    results = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in tqdm(OPERATORS):
            runs = [quantized(name, rng, Path(folder)) for rng in al.generators(SEEDS)]
            operators = {tuple(nodes) for nodes, _error in runs}
            if len(operators) > 1:
                raise SystemExit(f"{name} is executed in more than one way: {operators}")
            results[name] = {"operators": list(operators.pop()), "errors": [float(f"{error:.3g}") for _nodes, error in runs]}
    settings = {"units": UNITS, "calibration": CALIBRATION, "examples": EXAMPLES, "seeds": SEEDS}
    store("eight_bits", __file__, ("numpy", "onnx", "onnxruntime"), settings=settings, results=results)


if __name__ == "__main__":
    main()
