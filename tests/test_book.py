"""An incremental build: what changes every page builds every page again."""

import json
import shutil
import subprocess

import nbformat
import pytest

import book

PAGE = "chapters/labs/choosing"
SOURCES = ("_toc.yml", "_config.yml", "_ext", "_templates", "references.bib", "intro.md", "chapters")


@pytest.fixture
def copy(tmp_path, monkeypatch):
    """A copy of the sources whose builds are pretended: a list of whether each was to build every page."""
    root = tmp_path / "book"
    (root / "activlib").mkdir(parents=True)
    for source in SOURCES:
        path = book.ROOT / source
        (shutil.copytree if path.is_dir() else shutil.copy)(path, root / source)
    (root / "activlib" / "module.py").write_text("1")
    everything = []

    def run(command, cwd):
        everything.append("--all" in command)
        (root / "_build").mkdir(exist_ok=True)
        return subprocess.CompletedProcess(command, failing[0])

    failing = [0]
    monkeypatch.setattr(book, "ROOT", root)
    monkeypatch.setattr(book.subprocess, "run", run)
    return root, everything, failing


def built(copy):
    root, everything, _ = copy
    book.build(root)
    return everything[-1]


def test_a_build_without_changes_builds_no_page_again(copy):
    assert [built(copy), built(copy), built(copy)] == [True, False, False]


def test_the_text_of_one_page_changes_that_page_alone(copy):
    built(copy)
    page = copy[0] / f"{PAGE}.ipynb"
    notebook = nbformat.read(page, as_version=4)
    notebook.cells[1].source += "\n\nMore."
    nbformat.write(notebook, page)
    assert not built(copy)


def new_page(root):
    toc = (root / "_toc.yml").read_text()
    (root / "_toc.yml").write_text(f"{toc.rstrip()}\n      - file: intro2\n")
    (root / "intro2.md").write_text("# New\n")


def new_title(root):
    page = root / f"{PAGE}.ipynb"
    notebook = json.loads(page.read_text())
    notebook["cells"][0]["source"] = ["# Another title\n", "Text."]
    page.write_text(json.dumps(notebook))


def new_front_page_title(root):
    (root / "intro.md").write_text("# Another title\n")


def new_template(root):
    next((root / "_templates").iterdir()).write_text("other")


def new_module(root):
    (root / "activlib" / "module.py").write_text("2")


def new_setting(root):
    (root / "_config.yml").write_text((root / "_config.yml").read_text() + "\n# changed\n")


@pytest.mark.parametrize("change", [new_page, new_title, new_front_page_title, new_template, new_module, new_setting])
def test_what_every_page_shows_builds_all_pages_again(copy, change):
    built(copy)
    assert not built(copy)
    change(copy[0])
    assert built(copy)
    assert not built(copy)


def test_a_failed_build_is_followed_by_one_of_all_pages(copy):
    root, _, failing = copy
    built(copy)
    failing[0] = 1
    assert book.build(root) == 1
    failing[0] = 0
    assert built(copy)
