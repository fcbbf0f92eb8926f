"""Where the results of long runs go, and how one tells whether they are of today's program."""

import ast
import hashlib
import json
import re
from importlib.metadata import version
from pathlib import Path

import sympy as sp

HERE = Path(__file__).resolve()
ROOT = HERE.parent.parent.parent
NUMBERS = re.compile(r"\[\s+((?:-?[\d.e+-]+,\s+)*-?[\d.e+-]+)\s+\]")  # a list of numbers that stands on a line each


def store(name, script, packages, digest=None, **results):
    """Write activlib/data/runs/<name>.json: what made it, on which versions of these packages, and the results. The digest
    is that of the script, unless another file decides what is computed."""
    made_by = f"python {Path(script).resolve().relative_to(ROOT).as_posix()}"
    path = ROOT / "activlib" / "data" / "runs" / f"{name}.json"
    partial = path.with_suffix(".partial")  # never half a file
    data = {"made_by": made_by, "versions": {package: version(package) for package in packages},
            "digest": digest or program(script), **results}
    text = json.dumps(data, indent=1, allow_nan=False)
    partial.write_text(NUMBERS.sub(lambda found: f"[{' '.join(found[1].split())}]", text) + "\n", "utf8")
    partial.replace(path)


def program(path):
    """The digest of a Python file, and of what it imports from this folder beside what stores. Comments, docstrings and layout
    leave it as it is."""
    tree = ast.parse(Path(path).read_text("utf8"))
    imported = []
    for node in ast.walk(tree):
        if hasattr(node, "body") and isinstance(node.body, list):
            node.body = [one for one in node.body if not (isinstance(one, ast.Expr) and isinstance(one.value, ast.Constant))]
        if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("runs."):
            imported.append(HERE.with_name(f"{node.module.removeprefix('runs.')}.py"))
    return _digest("".join([ast.dump(tree), *[program(file) for file in imported if file != HERE]]))


def definition(activation):
    """The digest of an activation at its default parameters: the same as long as its formula is."""
    return _digest(sp.srepr(activation.formula.subs({p.symbol: p.default for p in activation.parameters})))


def _digest(text):
    return hashlib.sha256(text.encode()).hexdigest()[:16]
