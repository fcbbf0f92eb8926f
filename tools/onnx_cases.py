"""Store ONNX's own test cases of its activation operators: `python tools/onnx_cases.py`.

ONNX publishes for each operator a few inputs and the outputs that an implementation must give, within a tolerance that comes
with them. This program writes those of the activation functions that ONNX lists (`activlib.naming`), one node each with inputs
of float32, to tests/data/onnx_cases.json (of more than 500 numbers an even selection), and with their shapes and options the
cases of operators that have the name of a function of several numbers. Tests ask the book's kernels for them.
It needs the libraries in the versions of tools/libraries.txt.
"""

import numpy as np

import activlib as al
from activlib.libraries import LibraryCall
from activlib.naming import OTHER, find, listed
from libraries import write
from runners import ROOT, defaults, pinned, prepare

MOST = 500  # numbers of a case
FILE = ROOT / "tests" / "data" / "onnx_cases.json"


def numbers(array):
    """The array as the shortest decimals that are its numbers."""
    return [float(str(number)) for number in np.asarray(array).ravel()]


def stored(case):
    """One case as a dict; None if it is no call of one operator with arrays of float32."""
    import onnx

    (node, *others), (inputs, (output, *_)) = case.model.graph.node, case.data_sets[0]
    if others or "expanded" in case.name or any(getattr(array, "dtype", None) != np.float32 for array in (*inputs, output)):
        return None
    options = {a.name: onnx.helper.get_attribute_value(a) for a in node.attribute}
    schema = onnx.defs.get_schema(node.op_type)
    names = [given.name for given, name in zip(schema.inputs, node.input, strict=False) if name]
    few = slice(None, None, -(-output.size // MOST))
    x, *more = (numbers(np.broadcast_to(array, output.shape).ravel()[few]) for array in inputs)
    operator = f"onnx.{node.op_type}"
    known = {name: default for name, default in defaults(LibraryCall(operator), schema).items() if default is not None}
    return {"operator": operator, "case": case.name, "defaults": known,
            "options": known | {name: plain(value) for name, value in options.items()},
            "inputs": list(zip(names[1:], more, strict=True)),
            "x": x, "y": numbers(output.ravel()[few]), "rtol": case.rtol, "atol": case.atol}


def stored_of_several(case):
    """One case of a function of several numbers as a dict; None if it is no call of one operator with arrays of a float type
    that the book's kernels take."""
    import onnx

    (node, *others), (inputs, (output, *_)) = case.model.graph.node, case.data_sets[0]
    if others or "expanded" in case.name or any(array.dtype not in (np.float32, np.float16) for array in inputs):
        return None
    options = {a.name: plain(onnx.helper.get_attribute_value(a)) for a in node.attribute}
    operator = f"onnx.{node.op_type}"
    return {"operator": operator, "case": case.name, "dtype": output.dtype.name,
            "options": defaults(LibraryCall(operator), onnx.defs.get_schema(node.op_type)) | options,
            "shapes": [array.shape for array in (*inputs, output)], "x": [numbers(array) for array in inputs],
            "y": numbers(output), "rtol": case.rtol, "atol": case.atol}


def plain(value):
    """An attribute's value as JSON has it: the shortest decimals of a float32, text in place of bytes."""
    return value.decode() if isinstance(value, bytes) else numbers(np.float32(value))[0] if isinstance(value, float) else value


def main():
    prepare()
    from onnx.backend.test.case.node import collect_testcases

    operators = {name for name in listed() if name.startswith("onnx.")} - OTHER.keys()
    several = [(f"onnx.{case.model.graph.node[0].op_type}", case) for case in collect_testcases(None)]
    of_several = {operator for operator, _ in several if find(operator, al.vector_activations.values())}
    cases = [stored(case) for operator, case in several if operator in operators - of_several]
    others = [stored_of_several(case) for operator, case in several if operator in of_several]
    write(FILE, {"version": pinned()["onnx"], "cases": [case for case in cases if case],
                 "of several numbers": [case for case in others if case]})


if __name__ == "__main__":
    main()
