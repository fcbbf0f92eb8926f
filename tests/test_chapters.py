"""The stored notebooks are what `make chapters` writes, and a wrong stored output cannot pass."""

import os
import re
import shutil
import subprocess
import sys

import nbformat
import pytest

import chapters
from book import ROOT, pages

NOTEBOOKS = sorted((ROOT / "chapters").rglob("*.ipynb"))
NAMES = [path.stem for path in NOTEBOOKS]
MIMES = {
    "stream": "print(6 * 7)",
    "text/plain": "6 * 7",
    "text/latex": "from IPython.display import Latex\nLatex('$42$')",
    "text/html": "from IPython.display import HTML\nHTML('<b>42</b>')",
    "image/svg+xml": "from IPython.display import SVG\nSVG('<svg xmlns=\"http://www.w3.org/2000/svg\"><text>42</text></svg>')",
}


def validate(path, **environment):
    """Run nbval on one notebook as `make test` does."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-c",
        ROOT / "pyproject.toml",
        "--rootdir",
        path.parent,
        "-p",
        "no:xdist",
    ]
    options = ["-o", "addopts=", "--nbval", "--nbval-current-env", "-q", path]
    return subprocess.run(
        [*command, *options], cwd=path.parent, capture_output=True, text=True, env=os.environ | environment
    )


def test_there_are_chapters_and_the_table_of_contents_lists_each():
    assert NOTEBOOKS
    listed = {page for page in pages() if (ROOT / f"{page}.ipynb").is_file()}
    assert listed == {path.relative_to(ROOT).with_suffix("").as_posix() for path in NOTEBOOKS}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=NAMES)
def test_notebook_is_stored_as_make_chapters_writes_it(path, tmp_path):
    notebook = nbformat.read(path, as_version=4)
    chapters.normalize(notebook, path)
    nbformat.write(notebook, tmp_path / path.name)
    assert (tmp_path / path.name).read_bytes() == path.read_bytes(), "run `make chapters`"


@pytest.mark.parametrize("path", NOTEBOOKS, ids=NAMES)
def test_notebook_ran_from_top_to_bottom_with_outputs_that_are_compared(path):
    cells = [cell for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    for cell in cells:
        assert not re.search(r"NBVAL_|PYTEST_VALIDATE", cell.source), "this cell's output would not be compared"
        assert not any(tag.startswith("nbval-") for tag in cell.metadata.get("tags", ()))
        for output in cell.outputs:
            assert output.get("name") != "stderr", output.text
            assert not {"image/png", "image/jpeg"} & set(output.get("data", ())), (
                "nbval does not compare pixels: use SVG"
            )


@pytest.mark.parametrize("mime", MIMES)
def test_wrong_stored_number_fails(mime, tmp_path):
    path = tmp_path / "notebook.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(MIMES[mime])]), path)
    chapters.execute(path)
    assert validate(path).returncode == 0
    # In the outputs alone, not in the source that writes them.
    head, outputs = path.read_text("utf8").split('"outputs"')
    outputs, source = outputs.split('"source"')
    assert "42" in outputs
    path.write_text(f'{head}"outputs"{outputs.replace("42", "43")}"source"{source}', "utf8")
    result = validate(path)
    assert result.returncode == 1, result.stdout
    assert "1 failed" in result.stdout


def test_executing_twice_gives_the_same_bytes(tmp_path):
    source = "import activlib as al\nal.book_style()\nal.figure(al.elu)"
    cells = [nbformat.v4.new_code_cell(text) for text in (source, "al.explorer(al.elu)", "al.elu.formula")]
    path = tmp_path / "notebook.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    chapters.execute(path)
    first = path.read_bytes()
    assert b"<svg" in first
    assert b"<activation-explorer" in first
    chapters.execute(path)
    assert path.read_bytes() == first


def test_memory_address_in_an_output_is_an_error(tmp_path):
    path = tmp_path / "notebook.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("object()")]), path)
    with pytest.raises(ValueError, match="memory address"):
        chapters.execute(path)


@pytest.mark.parametrize("path", NOTEBOOKS, ids=NAMES)
def test_outputs_do_not_depend_on_the_processor(path, tmp_path):
    from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__

    features = [name for name in __cpu_dispatch__ if __cpu_features__[name]]
    if not features:
        pytest.fail("this processor has no feature to switch off: run this test on another machine")
    copy = tmp_path / path.name
    shutil.copy(path, copy)
    result = validate(copy, NPY_DISABLE_CPU_FEATURES=" ".join(features))
    assert result.returncode == 0, result.stdout


def test_switching_processor_features_off_changes_numpy():
    from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__

    features = [name for name in __cpu_dispatch__ if __cpu_features__[name]]
    code = (
        "from numpy._core._multiarray_umath import __cpu_features__ as on; import sys; "
        "sys.exit(any(on[name] for name in sys.argv[1:]))"
    )
    environment = os.environ | {"NPY_DISABLE_CPU_FEATURES": " ".join(features)}
    assert features
    assert subprocess.run([sys.executable, "-c", code, *features], env=environment).returncode == 0
