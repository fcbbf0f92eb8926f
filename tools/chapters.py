"""Execute the chapters and store their outputs: `python tools/chapters.py [notebook ...]`.

The stored notebook depends on its sources and on requirements.txt alone: no times, no widget ids, cells counted from 1.
Running twice gives the same bytes.
"""

import re
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import nbformat
from nbclient import NotebookClient

from thrift import be_thrifty

ROOT = Path(__file__).resolve().parent.parent
METADATA = {
    "kernelspec": {"display_name": "Python 3", "language": "python", "name": "python3"},
    "language_info": {"name": "python"},
}
# A view of a widget needs the kernel that made it, and its id is random. The HTML beside it stays.
WIDGET_VIEW = "application/vnd.jupyter.widget-view+json"
ADDRESS = re.compile(r" at 0x[0-9a-f]{6,}")


def joined(outputs):
    """The outputs with neighboring parts of one stream put together: where a kernel splits them is a matter of time."""
    found = []
    for output in outputs:
        if found and output.output_type == "stream" and found[-1].get("name") == output.name:
            found[-1].text += output.text
        else:
            found.append(output)
    return found


def normalize(notebook, path):
    """Bring an executed notebook into the one form that is stored; an error if an output can't be the same twice."""
    notebook.metadata = nbformat.from_dict(METADATA)
    for number, cell in enumerate(notebook.cells):
        cell.id = f"{path.stem}-{number}"
        kept = ("tags", "mystnb", "jupyter") if cell.cell_type == "code" else ()
        cell.metadata = nbformat.from_dict({key: cell.metadata[key] for key in kept if key in cell.metadata})
        if "outputs" in cell:
            cell.outputs = joined(cell.outputs)
        for output in cell.get("outputs", ()):
            data = output.get("data", {})
            data.pop(WIDGET_VIEW, None)
            output.pop("transient", None)
            for text in (output.get("text", ""), *data.values()):
                if isinstance(text, str) and ADDRESS.search(text):
                    raise ValueError(f"{path}: cell {number} prints a memory address, which changes with every run")


def execute(path):
    """Execute one notebook in place."""
    notebook = nbformat.read(path, as_version=4)
    place = {"metadata": {"path": str(path.parent)}}
    NotebookClient(notebook, kernel_name="python3", timeout=180, record_timing=False, resources=place).execute()
    normalize(notebook, path)
    nbformat.validate(notebook)
    partial = path.with_suffix(".partial")  # never half a notebook
    nbformat.write(notebook, partial)
    partial.replace(path)


def main(names):
    be_thrifty()
    paths = [Path(name).resolve() for name in names] or sorted((ROOT / "chapters").rglob("*.ipynb"))
    paths = [path for path in paths if ".ipynb_checkpoints" not in path.parts]
    if not paths:
        sys.exit("no notebook found in chapters/")
    with ThreadPoolExecutor(max_workers=2) as workers:
        runs = {path: workers.submit(execute, path) for path in paths}
    failed = {path: run.exception() for path, run in runs.items() if run.exception()}
    for path, error in failed.items():
        print(f"{path}:\n{error}", file=sys.stderr)
    print(f"executed {len(paths) - len(failed)} of {len(paths)} notebooks")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
