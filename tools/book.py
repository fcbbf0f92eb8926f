"""Build the book with warnings as errors: `python tools/book.py [--output folder]`.

Without a folder the book goes to `_build/html`, and pages that did not change are not built again. A Jupyter Book run
shows a warning only for the page it builds, so a failed build removes what it kept: the next run shows all warnings again.
"""

import argparse
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent


def pages():
    """All pages of the book, as `_toc.yml` lists them: paths without a suffix, the front page first."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text("utf8"))
    return [toc["root"], *(chapter["file"] for part in toc["parts"] for chapter in part["chapters"])]


def build(output):
    """Exit status of the build into `output`/_build/html."""
    command = [Path(sys.executable).with_name("jupyter-book"), "build", ROOT, "--path-output", output]
    status = None
    try:
        status = subprocess.run([*command, "-W", "-n", "--keep-going", "-q"], cwd=ROOT).returncode
    finally:
        if status != 0:  # failed or interrupted
            shutil.rmtree(output / "_build", ignore_errors=True)
    return status


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Build the book.")
    parser.add_argument("--output", type=Path, default=ROOT)
    output = parser.parse_args().output.resolve()
    if status := build(output):
        sys.exit(status)
    index = output / "_build" / "html" / "index.html"
    print(f"The book: {index.as_uri()}\nServe it: make serve, then http://127.0.0.1:8000")
