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

How each library runs is in tools/runners.py. Saturation is rounded to four digits, errors to two. Run it again after a change
of the catalogue, and read the difference that version control shows.
"""

import argparse
import json
import os
import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

from activlib.activation import x  # noqa: E402
from activlib.catalogue import activations, vector_activations  # noqa: E402
from activlib.libraries import key, kinks, limits, settings  # noqa: E402
from activlib.ulp import binades, ulp_errors  # noqa: E402
from activlib.vector import VectorActivation  # noqa: E402
from processors import merged, on_every_processor  # noqa: E402
from runners import defaults, function, has, numpy_dtype, pinned, prepare, resolve, shortest  # noqa: E402
from vector_libraries import measure as measure_vector  # noqa: E402

DTYPES = ("float64", "float32", "float16", "bfloat16")
ENTRIES = activations | vector_activations
PLACES = (-np.inf, -1e38, -1e4, -0.0, 0.0, 1e4, 1e38, np.inf, np.nan)


# What is measured of one function f: array -> (values, gradients or None)


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
        return [measure_vector(activation, call) for call in activation.libraries]
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
