"""The skeleton of a chapter passes the tests of a chapter as it stands, whatever entry it is for."""

import dataclasses
import runpy

import nbformat
import pytest
import sympy as sp

import activlib as al
import chapter
import chapters
from activlib.vector.symbols import a, b, every, i, j
from activlib.vector.symbols import scores as s
from test_chapters import ENTRIES, check_exercises, check_outputs, check_sections, validate
from test_glossary import unlinked
from tracing import prose, untraced


@pytest.fixture
def root(tmp_path, monkeypatch):
    """A folder without chapters, in place of the book's."""
    monkeypatch.setattr(chapter, "ROOT", tmp_path)
    (tmp_path / "chapters").mkdir()
    return tmp_path


FAMILIES = {"leaky_relu": "rectifiers", "tanh": "sigmoidal", "swiglu": "vector"}
KINDS = {entry.kind: entry for entry in al.vector_activations.values()}


@pytest.mark.parametrize(("name", "family"), FAMILIES.items(), ids=FAMILIES)
def test_the_skeleton_is_executed_and_passes_as_it_stands(name, family, root, capsys):
    chapter.main([name])
    path = root / "chapters" / family / f"{name}.ipynb"
    assert f"- file: chapters/{family}/{name}\n" in capsys.readouterr().out
    notebook = nbformat.read(path, as_version=4)
    check_outputs(notebook)
    before = path.read_bytes()
    chapters.normalize(notebook, path)
    nbformat.write(notebook, path)
    assert path.read_bytes() == before
    result = validate(path)
    assert result.returncode == 0, result.stdout


@pytest.mark.parametrize("entry", KINDS.values(), ids=KINDS)
def test_the_code_of_the_skeleton_runs_for_each_kind_of_several_numbers(entry, tmp_path):
    cells = [cell.source for cell in chapter.filled(entry).cells if cell.cell_type == "code"]
    assert any("assert " in source for source in cells)
    path = tmp_path / "chapter.py"
    path.write_text("\n".join(cells))
    runpy.run_path(str(path))


FREE = {"quiet_softmax": sp.exp(s[i]) / (1 + sp.Sum(sp.exp(s[j]), every)), "sum_of_halves": a + sp.tanh(b)}


@pytest.mark.parametrize("name", FREE)
def test_the_code_of_the_skeleton_runs_for_a_formula_of_which_no_theorem_is_known(name, tmp_path, monkeypatch):
    entry = al.VectorActivation(name, name.capitalize(), "f", FREE[name])
    monkeypatch.setattr(al, name, entry, raising=False)
    path = tmp_path / "chapter.py"
    path.write_text("\n".join(cell.source for cell in chapter.filled(entry).cells if cell.cell_type == "code"))
    runpy.run_path(str(path))
    facts = al.facts(entry)
    assert all(getattr(facts, fact).absent for fact in ("range", "lipschitz", "lipschitz_infinity"))


@pytest.mark.parametrize("entry", ENTRIES.values(), ids=ENTRIES)
def test_the_skeleton_has_all_that_a_chapter_needs(entry, tmp_path):
    notebook, path = chapter.filled(entry), tmp_path / f"{entry.name}.ipynb"
    nbformat.write(notebook, path)
    check_sections(notebook, entry)
    check_exercises(notebook.cells, all_levels=True)
    assert all(number in entry.title for number in untraced(path))  # which its tables name, once they are executed
    assert sum(map(len, prose(path))) > 1000
    assert not unlinked(path)
    text = nbformat.writes(notebook)
    assert "NAME" not in text
    assert "TITLE" not in text
    assert text.count(entry.title) >= 2
    assert "](../labs/" in text


def test_the_skeleton_of_an_entry_without_libraries_has_no_table_of_them():
    entry = dataclasses.replace(al.elu, libraries=())
    notebook = chapter.filled(entry)
    check_sections(notebook, entry)
    assert "al.libraries" not in nbformat.writes(notebook)


def test_a_chapter_is_not_overwritten(root):
    path = root / "chapters" / "exponential" / "elu.ipynb"
    path.parent.mkdir()
    path.write_text("mine")
    with pytest.raises(SystemExit, match=r"chapters/exponential/elu\.ipynb exists already"):
        chapter.main(["elu"])
    assert path.read_text() == "mine"


def test_a_name_without_an_entry_is_told_to_write_it():
    with pytest.raises(SystemExit, match="the catalogue has no 'nobody'; write its entry first"):
        chapter.main(["nobody"])
