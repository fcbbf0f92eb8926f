"""Run a program as on several processors, and tell which of its results depend on them.

Libraries choose their code by the vector instructions that a processor has; each can be told to do with fewer.
"""

import json
import os
import subprocess
import sys

from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__

FEATURES = [name for name in __cpu_dispatch__ if __cpu_features__[name]]  # of NumPy, which ONNX's evaluator computes with
# JAX needs the half precision that comes with AVX2.
PROCESSORS = {
    "AVX-512" if any(name.startswith(("AVX512", "X86_V4")) for name in FEATURES) else "as it is": {},
    "AVX2": {"ATEN_CPU_CAPABILITY": "avx2", "XLA_FLAGS": "--xla_cpu_max_isa=AVX2", "ONEDNN_MAX_CPU_ISA": "AVX2",
             "NPY_DISABLE_CPU_FEATURES": " ".join(name for name in FEATURES if name.startswith(("AVX512", "X86_V4")))},
    "SSE": {"ATEN_CPU_CAPABILITY": "default", "XLA_FLAGS": "--xla_cpu_max_isa=AVX2", "ONEDNN_MAX_CPU_ISA": "SSE41",
            "NPY_DISABLE_CPU_FEATURES": " ".join(FEATURES)},
}  # fmt: skip


def runs_on_every_processor(program, *arguments):
    """{processor: what `program` prints as JSON}. Raises subprocess.CalledProcessError if it fails."""
    return {name: json.loads(subprocess.check_output([sys.executable, program, *arguments], env=os.environ | environment))
            for name, environment in PROCESSORS.items()}


def on_every_processor(program, *arguments):
    """What `program` prints as JSON, `merged`."""
    return merged([*runs_on_every_processor(program, *arguments).values()])


def merged(runs):
    """What all runs have in common; where they differ, {"varies": [every result]} in place of a number, true or null. A
    result that varies already is one of all its values.

    Raises ValueError where they differ in more than that.
    """
    first = runs[0]
    if all(run == first for run in runs):
        return first
    if all(isinstance(run, dict) and run.keys() == first.keys() != {"varies"} for run in runs):
        return {name: merged([run[name] for run in runs]) for name in first}
    if all(isinstance(run, list) and len(run) == len(first) for run in runs):
        return [merged(list(parts)) for parts in zip(*runs, strict=True)]
    values = [value for run in runs for value in (run["varies"] if isinstance(run, dict) and "varies" in run else [run])]
    if any(isinstance(value, (dict, list)) for value in values):
        raise ValueError(f"the results differ in their form: {runs}")
    different = {json.dumps(value): value for value in values}.values()  # numbers come first
    return {"varies": sorted(different, key=lambda run: (0, run) if isinstance(run, (int, float)) else (1, str(run)))}


def differences(base, other):
    """What is another number, true or null in `other`, under the same names; items of lists by their index."""
    if isinstance(base, (dict, list)) and isinstance(other, type(base)) and len(base) == len(other):
        pairs = [(i, *pair) for i, pair in enumerate(zip(base, other))] if isinstance(base, list) else [
            (name, base[name], other[name]) for name in base]
        return {str(name): differences(a, b) for name, a, b in pairs if a != b}
    if isinstance(base, (dict, list)) or isinstance(other, (dict, list)):
        raise ValueError(f"the results differ in their form: {base}, {other}")
    return other


def patched(base, difference):
    """`base` with the values of its `differences` from another."""
    if isinstance(base, list):
        return [patched(item, difference[str(i)]) if str(i) in difference else item for i, item in enumerate(base)]
    if isinstance(base, dict):
        return {name: patched(item, difference[name]) if name in difference else item for name, item in base.items()}
    return difference
