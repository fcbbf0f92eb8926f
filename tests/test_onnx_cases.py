"""ONNX's own test cases of its activation operators pass against the book's kernels; `tools/onnx_cases.py` stores them."""

import functools
import json
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest
import sympy as sp

import activlib as al
from activlib.naming import find
from runners import pinned

STORED = json.loads((Path(__file__).parent / "data" / "onnx_cases.json").read_text("utf8"))
CASES = STORED["cases"]

# Operators with options that no entry of the catalogue has.
FORMULAS = {
    "onnx.HardSigmoid": "clip(alpha*x + beta, 0, 1)",
    "onnx.Selu": "gamma*x if x > 0 else gamma*alpha*(exp(x) - 1)",
    "onnx.Shrink": "x - bias if x > lambd else x + bias if x < -lambd else 0",
    "onnx.Clip": "min(max(x, {}), {})",
}


def fitted(call, case, inputs):
    """{parameter: number} with which a library call is that of a case; None if the case is of another function."""
    names = [name for name, _ in case["inputs"]]
    asked = {**case["options"], **dict(zip(names, inputs, strict=True))}
    told = {**case["defaults"], **call.options, **dict(zip(names, call.inputs, strict=False))}
    if call.name != case["operator"] or len(call.inputs) != len(inputs) or asked.keys() != told.keys():
        return None
    free = {name: value for name, value in told.items() if isinstance(value, sp.Symbol)}
    if any(asked[name] != value if isinstance(value, str) else not np.isclose(asked[name], float(value), rtol=1e-6)
           for name, value in told.items() if name not in free):
        return None
    found = {symbol.name: asked[name] for name, symbol in free.items()}
    return found if all(found[symbol.name] == asked[name] for name, symbol in free.items()) else None


def kernels(case, inputs):
    """The functions of the book that a case asks for, each a function of x alone."""
    for entry in al.activations.values():
        for call in entry.libraries:
            if (parameters := fitted(call, case, inputs)) is not None:
                yield functools.partial(entry, **parameters)


def general(case, inputs):
    """The operator of a case as a formula of one's own."""
    given = {**case["options"], **dict(zip([name for name, _ in case["inputs"]], inputs, strict=True))}
    text = FORMULAS[case["operator"]]
    if case["operator"] == "onnx.Clip":  # its bounds have names that mean something else in a formula
        text, given = text.format(given.get("min", -1e30), given.get("max", 1e30)), {}
    return al.define(text, **given)


def runs(case):
    """(numbers of the further inputs, which of the xs they are for): a kernel's parameters are numbers."""
    found = defaultdict(list)
    inputs = zip(*(numbers for _, numbers in case["inputs"]), strict=True) if case["inputs"] else [()] * len(case["x"])
    for i, row in enumerate(inputs):
        found[row].append(i)
    return found.items()


@pytest.mark.parametrize("case", CASES, ids=[case["case"] for case in CASES])
def test_a_case_of_onnx_passes(case):
    x, y = (np.array(case[name], np.float32) for name in ("x", "y"))
    examined = 0
    for inputs, places in runs(case):
        found = [*kernels(case, inputs)]
        if not found and case["operator"] in FORMULAS:
            found = [general(case, inputs)]
        for kernel in found:
            result = kernel(x[places])
            assert result.dtype == np.float32
            np.testing.assert_allclose(result, y[places], rtol=case["rtol"], atol=case["atol"])
            examined += len(places)
    assert examined >= len(x), "the catalogue has no such function"


@pytest.mark.parametrize("case", STORED["of several numbers"], ids=[case["case"] for case in STORED["of several numbers"]])
def test_a_case_of_onnx_of_several_numbers_passes(case):
    (f,) = find(case["operator"], al.vector_activations.values())
    (call,) = (call for call in f.libraries if call.name == case["operator"])
    parameters = {call.options[name].name: value for name, value in case["options"].items() if name in call.options}
    axis = {name: value for name, value in case["options"].items() if name not in call.options}
    *inputs, y = (np.array(numbers, case["dtype"]).reshape(shape)
                  for numbers, shape in zip([*case["x"], case["y"]], case["shapes"], strict=True))
    (measured,) = (row for row in al.libraries(f).rows if row["name"] == case["operator"])
    result = f(np.concatenate(inputs[::-1] if measured["gate"] == "first" else inputs, -1), **axis, **parameters)
    assert result.dtype == y.dtype
    np.testing.assert_allclose(result, y, rtol=case["rtol"], atol=case["atol"])


def test_cases_are_of_the_pinned_version():
    assert STORED["version"] == pinned()["onnx"]
    assert len(CASES) > 50
    operators = {case["operator"] for case in STORED["of several numbers"]}
    assert operators == {"onnx.Softmax", "onnx.LogSoftmax", "onnx.Hardmax", "onnx.SwiGLU"}
