"""Results in the user's cache, so that a new process need not compute them again.

A file's name is a digest of all that its content follows from: what was asked, the code that answers and the versions of
the libraries. So a change of any of them asks for another file, and a file that is not whole is no file; then the result is
computed, as at first.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import json
import os
import sys
import tempfile
from pathlib import Path

LIBRARIES = ("numpy", "scipy", "sympy", "mpmath", "python-flint")
ROOT = Path(__file__).parent
MOST_FILES = 3000


def code(*rooms: str | Path) -> str:
    """The digest of activlib's loose modules and of these folders of it, or files beside it, and of Python's and the
    libraries' versions."""
    found = hashlib.sha256(repr([sys.version, *map(importlib.metadata.version, LIBRARIES)]).encode())
    places = [ROOT / room for room in rooms]
    for path in [*sorted(ROOT.glob("*.py")), *(path for p in places for path in (sorted(p.glob("*.py")) if p.is_dir() else [p]))]:
        found.update(path.name.encode() + b"\0" + path.read_bytes())
    return found.hexdigest()


def folder() -> Path:
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "activlib"


def digest(*asked) -> str:
    """The name of the file with the result of what was asked, objects that their repr tells apart."""
    return hashlib.sha256(repr(asked).encode()).hexdigest()


def read(name: str):
    """The data in the file of this name; None without it, or where it is not whole."""
    path = folder() / name
    try:
        check, _, text = path.read_text("utf-8").partition("\n")
        os.utime(path)
    except (OSError, ValueError):
        return None
    return json.loads(text) if hashlib.sha256(text.encode()).hexdigest() == check else None


def write(name: str, data) -> None:
    """Keep data, of which JSON can tell everything, where there is a place to write; files that were long not used give way."""
    text = json.dumps(data)
    with contextlib.suppress(OSError):  # a full disk, or one that may not be written
        folder().mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile("w", encoding="utf-8", dir=folder(), delete=False) as file:
            file.write(f"{hashlib.sha256(text.encode()).hexdigest()}\n{text}")  # the digest of the rest in the first line
        os.replace(file.name, folder() / name)
        files = list(folder().iterdir())
        if len(files) > MOST_FILES:
            for old in sorted(files, key=lambda f: f.stat().st_mtime)[:MOST_FILES // 3]:
                old.unlink(missing_ok=True)
