"""The stored notebooks are what `make chapters` writes, and a wrong stored output cannot pass."""

import ast
import json
import os
import re
import subprocess
import sys

import nbformat
import pytest

import activlib as al
import chapters
from book import ROOT, labels, pages
from plugins.processor import oldest, one_more

NOTEBOOKS = sorted((ROOT / "chapters").rglob("*.ipynb"))
NAMES = [path.stem for path in NOTEBOOKS]
MIMES = {
    "stream": "print(6 * 7)",
    "text/plain": "6 * 7",
    "text/latex": "from IPython.display import Latex\nLatex('$42$')",
    "text/html": "from IPython.display import HTML\nHTML('<b>42</b>')",
    "image/svg+xml": "from IPython.display import SVG\nSVG('<svg xmlns=\"http://www.w3.org/2000/svg\"><text>42</text></svg>')",
}


def validate(path, *options):
    """Run nbval on one notebook as `make test` does."""
    command = [sys.executable, "-m", "pytest", "-c", ROOT / "pyproject.toml", "--rootdir", path.parent, "-p", "no:xdist"]
    settings = ["-o", "addopts=", "-p", "plugins.processor", "--nbval", "--nbval-current-env", "-q", *options, path]
    return subprocess.run([*command, *settings], cwd=path.parent, capture_output=True, text=True,
                          env=os.environ | {"PYTHONPATH": str(ROOT / "tests")})


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
    check_outputs(nbformat.read(path, as_version=4))


def check_outputs(notebook):
    """All cells have run, in their order, and nbval compares what they show."""
    cells = [cell for cell in notebook.cells if cell.cell_type == "code"]
    assert [cell.execution_count for cell in cells] == list(range(1, len(cells) + 1))
    for cell in cells:
        assert not re.search(r"NBVAL_|PYTEST_VALIDATE", cell.source), "this cell's output would not be compared"
        if tags := [tag for tag in cell.metadata.get("tags", ()) if tag.startswith("nbval-")]:
            assert tags == ["nbval-ignore-output"], tags
            assert cell.source.startswith("# A measurement: "), "only a measurement may differ from run to run, and says so"
            assert "assert " in cell.source, "a measurement asserts what the page concludes from it"
        for output in cell.outputs:
            assert output.get("name") != "stderr", output.text
            assert not {"image/png", "image/jpeg"} & set(output.get("data", ())), (
                "nbval does not compare pixels: use SVG"
            )


SECTIONS = [
    "At a glance", "Explore", "Where it comes from", "Define it", "Derive it", "Shape", "In floating point", "In a network",
    "In your library", "Going further", "Exercises", "Summary", "References",
]  # fmt: skip
OPTIONAL = {"Going further"}  # where a chapter has nothing that goes deeper
ENTRIES = {**al.activations, **al.vector_activations}
LEVELS = ("(easy)", "(medium)", "(hard)")


def prose(notebook):
    """The text of all Markdown cells."""
    return "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "markdown")


def headings(notebook, level):
    return re.findall(rf"^{'#' * level} (.+)$", prose(notebook), re.MULTILINE)


@pytest.mark.parametrize("path", [path for path in NOTEBOOKS if path.stem in ENTRIES], ids=lambda path: path.stem)
def test_chapter_of_an_activation_has_every_section_in_order(path):
    check_sections(nbformat.read(path, as_version=4), ENTRIES[path.stem])


def check_sections(notebook, entry):
    """The chapter of an entry has the sections, the first cell and the calls that a chapter has."""
    assert headings(notebook, 1) == [entry.title]
    found = headings(notebook, 2)
    assert found == [section for section in SECTIONS if section in found or section not in OPTIONAL]
    first = notebook.cells[0].source
    assert first.startswith(f"({entry.name})=\n# ")
    assert re.search(r"^> \w", first, re.MULTILINE), "the idea in one sentence"
    shown = [cell.source for cell in notebook.cells if cell.cell_type == "code"]
    assert any(f"al.facts(al.{entry.name}" in source for source in shown)
    assert any(f"al.accuracy(al.{entry.name}" in source for source in shown), "what is proved or measured of the kernels"
    assert any(f"al.libraries(al.{entry.name})" in source for source in shown) or not entry.libraries
    assert re.search(rf"assert .*al\.{entry.name}\.formula", "\n".join(shown)), "the definition is the catalogue's"


@pytest.mark.parametrize("name", al.activations)
def test_page_of_an_entry_has_its_tables_even_if_it_is_the_chapter_of_another(name):
    notebook = nbformat.read(ROOT / f"{labels()[name]}.ipynb", as_version=4)
    code = "\n".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    assert re.search(rf"al\.facts\(al\.{name}\b", code)
    assert re.search(rf"al\.accuracy\(al\.{name}\b", code)
    assert re.search(rf"al\.libraries\(al\.{name}\)", code) or not al.activations[name].libraries


LABS = [path for path in NOTEBOOKS if path.parent.name == "labs"]


@pytest.mark.parametrize("path", LABS, ids=[path.stem for path in LABS])
def test_lab_begins_with_an_answer_of_at_most_ten_lines(path):
    notebook = nbformat.read(path, as_version=4)
    assert headings(notebook, 2)[0] == "The short answer"
    assert headings(notebook, 2)[-2:] == ["Exercises", "References"]
    answer = next(cell.source for cell in notebook.cells if "## The short answer" in cell.source)
    lines = [line for line in answer.split("## The short answer")[1].split("\n## ")[0].splitlines() if line.strip()]
    assert 1 <= len(lines) <= 10
    assert max(map(len, lines)) <= 130


@pytest.mark.parametrize("path", NOTEBOOKS, ids=NAMES)
def test_every_exercise_has_a_level_and_at_once_a_solution_that_asserts(path):
    check_exercises(nbformat.read(path, as_version=4).cells, path.stem in ENTRIES or path in LABS)


def check_exercises(cells, all_levels):
    """Each exercise has a level, and at once a solution with a cell that checks it; of a chapter or lab, all levels occur."""
    text = "\n".join(cell.source if cell.cell_type == "markdown" else f"CODE\n{cell.source}\nEND" for cell in cells)
    found = re.findall(
        r"^`{3,}\{exercise\} ([^\n]+)\n:label: (\S+)\n.*?"
        r"^`{3,}\{solution-start\} (\S+)\n:class: dropdown\n(.*?)^`{3,}\{solution-end\}",
        text, re.MULTILINE | re.DOTALL,
    )  # fmt: skip
    assert len(found) == text.count("{exercise} ") == text.count("{solution-start}") >= 3
    if all_levels:
        assert len(found) >= 4
        assert {level for title, *_ in found for level in LEVELS if level in title} == set(LEVELS)
    for title, exercise, solution, body in found:
        assert title.endswith(LEVELS), title
        assert exercise == solution, f"{exercise} is followed by the solution of {solution}"
        code = "".join(re.findall(r"^CODE\n(.*?)^END", body, re.MULTILINE | re.DOTALL))
        # A derivation raises an error unless it proves each of its steps.
        assert re.search(r"\bassert |al\.derivation\(", code), f"nothing checks the solution of {exercise}"


def test_wrong_stored_number_fails_whatever_holds_it(tmp_path):
    path = tmp_path / "notebook.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in MIMES.values()]), path)
    chapters.execute(path)
    assert validate(path).returncode == 0
    notebook = nbformat.read(path, as_version=4)
    for cell in notebook.cells:  # in the outputs alone, not in the source that writes them
        stored = json.dumps(cell.outputs)
        assert "42" in stored
        cell.outputs = nbformat.from_dict(json.loads(stored.replace("42", "43")))
    nbformat.write(notebook, path)
    result = validate(path)
    assert result.returncode == 1, result.stdout
    assert f"{len(MIMES)} failed" in result.stdout


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


def test_a_stream_is_stored_in_one_part_however_the_kernel_split_it():
    parts = [("stdout", "a"), ("stdout", "b"), ("stderr", "c"), ("stdout", "d"), ("stdout", "e")]
    outputs = [nbformat.v4.new_output("stream", name=name, text=text) for name, text in parts]
    cell = nbformat.v4.new_code_cell("print('a')", outputs=[*outputs[:2], nbformat.v4.new_output("display_data"), *outputs[2:]])
    chapters.normalize(nbformat.v4.new_notebook(cells=[cell]), ROOT / "chapters" / "a.ipynb")
    assert [output.get("text") for output in cell.outputs] == ["ab", None, "c", "de"]


def test_memory_address_in_an_output_is_an_error(tmp_path):
    path = tmp_path / "notebook.ipynb"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell("object()")]), path)
    with pytest.raises(ValueError, match="memory address"):
        chapters.execute(path)


def test_output_that_depends_on_the_processor_fails(tmp_path):
    """`validate` runs as `make test` does: on the oldest processor."""
    path = tmp_path / "notebook.ipynb"
    source = "import numpy as np\na = np.random.default_rng(0).normal(size=(2, 300, 300))\n"
    cells = [nbformat.v4.new_code_cell(source + line) for line in ("(a[0] @ a[1]).sum()", "np.exp(a).sum().round(2)")]
    nbformat.write(nbformat.v4.new_notebook(cells=cells), path)
    chapters.execute(path)
    result = validate(path)
    assert result.returncode == 1, result.stdout
    assert "1 failed, 1 passed" in result.stdout
    assert validate(path, "--own-processor").returncode == 0


@pytest.mark.parametrize("path", NOTEBOOKS, ids=NAMES)
def test_a_notebook_names_the_activations_that_it_runs(path):
    """Never all of the catalogue: a new entry must not change the pages of others."""
    for cell in nbformat.read(path, as_version=4).cells:
        if cell.cell_type == "code":
            assert not whole_catalogue(cell.source), f"name the activations in place of al.activations in: {cell.source}"


def whole_catalogue(source):
    """Whether a cell takes the catalogue for more than looking up a name."""
    tree = ast.parse(source)
    looked_up = {id(node.value) for node in ast.walk(tree) if isinstance(node, ast.Subscript)}
    return any(isinstance(node, ast.Attribute) and node.attr == "activations" and id(node) not in looked_up
               for node in ast.walk(tree))


def test_a_notebook_that_runs_the_whole_catalogue_is_found_out(tmp_path):
    assert whole_catalogue("for f in al.activations.values():\n    f")
    assert whole_catalogue("len(al.activations)")
    assert not whole_catalogue("[al.activations[name] for name in ('relu', 'elu')]")
    path = tmp_path / "notebook.ipynb"
    hidden = "from importlib import import_module\nlen(import_module('activlib.catalogue').activations)"
    nbformat.write(nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(hidden)]), path)
    chapters.execute(path)
    assert validate(path, "--own-processor").returncode == 0
    assert validate(path).returncode == 1
    code = "import activlib as al; print(*al.activations)"
    names = subprocess.check_output([sys.executable, "-c", code], text=True, env=os.environ | one_more(), cwd=ROOT)
    assert names.split() == ["one_more", *al.activations]


def test_switching_processor_features_off_changes_numpy():
    code = (
        "from numpy._core._multiarray_umath import __cpu_features__ as on; import sys; "
        "sys.exit(any(on[name] for name in sys.argv[1:]))"
    )
    features = oldest()["NPY_DISABLE_CPU_FEATURES"].split()
    assert features
    assert subprocess.run([sys.executable, "-c", code, *features], env=os.environ | oldest()).returncode == 0


def test_another_core_type_changes_the_last_digits_of_a_matrix_product():
    code = "import numpy as np; a = np.random.default_rng(0).normal(size=(2, 300, 300)); print((a[0] @ a[1]).tobytes().hex())"
    products = {subprocess.check_output([sys.executable, "-c", code], env=os.environ | {"OPENBLAS_CORETYPE": core})
                for core in ("", oldest()["OPENBLAS_CORETYPE"])}
    assert len(products) == 2
