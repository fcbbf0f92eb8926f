"""The Python of the pages: tools/runtime.py puts it together while the pages are read, and it goes beside them."""

import shutil
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parent
TOOL = HERE.parents[1] / "tools" / "runtime.py"


def begin(app):
    app.runtime = subprocess.Popen([sys.executable, TOOL, "--quiet"], stdout=subprocess.PIPE, text=True)


def finish(app, error):
    """Put the files and the scripts that load them into _static/python."""
    folder = app.runtime.communicate()[0].strip()
    if error or app.builder.format != "html":
        return
    if app.runtime.returncode:
        raise RuntimeError("the pages' Python could not be put together")
    target = Path(app.outdir, "_static", "python")
    shutil.rmtree(target, ignore_errors=True)
    shutil.copytree(folder, target)
    for script in (HERE / "pyodide").glob("*.js"):
        shutil.copy(script, target)
    # A service worker answers for the folder it lies in and those below.
    (target / "offline.js").rename(Path(app.outdir, "offline.js"))


def setup(app):
    app.connect("builder-inited", begin)
    app.connect("build-finished", finish)
