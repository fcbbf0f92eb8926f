"""Build the book with warnings as errors: `python tools/book.py [--output folder]`.

Without a folder the book goes to `_build/html`, and pages that did not change are not built again, unless something
changed that every page shows: the list of pages and their titles in the sidebar, the settings, templates and extensions,
and activlib. A Jupyter Book run shows a warning only for the page it builds, so a failed build removes what it kept: the
next run shows all warnings again.
"""

import argparse
import hashlib
import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import yaml

ROOT = Path(__file__).resolve().parent.parent
SHARED = ("_toc.yml", "_config.yml", "_ext", "_templates", "activlib", "references.bib")


def pages():
    """All pages of the book, as `_toc.yml` lists them: paths without a suffix, the front page first."""
    toc = yaml.safe_load((ROOT / "_toc.yml").read_text("utf8"))
    return [toc["root"], *(chapter["file"] for part in toc["parts"] for chapter in part["chapters"])]


def labels():
    """{label: page} of all places in the book that have a name, `(label)=` in the sources."""
    found = {}
    for page in pages():
        found |= dict.fromkeys(re.findall(r"^\((\S+)\)=$", text(page), re.MULTILINE), page)
    return found


def text(page):
    """The Markdown and code of a page; none if it is missing, as the build will say."""
    for suffix in (".md", ".ipynb"):
        path = ROOT / f"{page}{suffix}"
        if path.exists():
            source = path.read_text("utf8")
            return source if suffix == ".md" else "\n".join("".join(cell["source"]) for cell in json.loads(source)["cells"])
    return ""


def title(page):
    """The first heading of a page."""
    return next((line for line in text(page).splitlines() if line.startswith("# ")), "")


def shared():
    """A digest of all that more than one page shows."""
    digest = hashlib.sha256("\n".join(map(title, pages())).encode())
    for path in sorted(path for source in SHARED for path in (ROOT / source, *(ROOT / source).rglob("*"))):
        if path.is_file() and "__pycache__" not in path.parts:
            digest.update(path.relative_to(ROOT).as_posix().encode() + path.read_bytes())
    return digest.hexdigest()


def build(output):
    """Exit status of the build into `output`/_build/html."""
    command = [Path(sys.executable).with_name("jupyter-book"), "build", ROOT, "--path-output", output]
    known, now = output / "_build" / "shared.sha256", shared()
    again = ["--all"] if not known.exists() or known.read_text() != now else []
    status = None
    try:
        status = subprocess.run([*command, "-W", "-n", "--keep-going", "-q", *again], cwd=ROOT).returncode
    finally:
        if status != 0:  # failed or interrupted
            shutil.rmtree(output / "_build", ignore_errors=True)
    if status == 0:
        known.write_text(now)
    return status


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description="Build the book.")
    parser.add_argument("--output", type=Path, default=ROOT)
    output = parser.parse_args().output.resolve()
    if status := build(output):
        sys.exit(status)
    index = output / "_build" / "html" / "index.html"
    print(f"The book: {index.as_uri()}\nServe it: make serve, then http://127.0.0.1:8000")
