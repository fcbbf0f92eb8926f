"""Where the results of long runs go."""

import json
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent


def store(name, script, packages, **results):
    """Write activlib/data/runs/<name>.json: what made it, on which versions, and the results."""
    made_by = f"python {Path(script).resolve().relative_to(ROOT).as_posix()}"
    versions = {package.__name__: package.__version__ for package in packages}
    path = ROOT / "activlib" / "data" / "runs" / f"{name}.json"
    partial = path.with_suffix(".partial")  # never half a file
    data = {"made_by": made_by, "versions": versions, **results}
    partial.write_text(json.dumps(data, indent=1, allow_nan=False) + "\n", "utf8")
    partial.replace(path)
