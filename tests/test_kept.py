"""What is kept from process to process is asked for under all that it follows from."""

import shutil

import pytest

import activlib as al
from activlib import kept
from booksite import properties

ROOMS = ("facts", "definition")


@pytest.fixture(autouse=True)
def empty_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "activlib"


@pytest.fixture
def examined(monkeypatch):
    """The names of the activations whose facts were found anew."""
    found, examine = [], properties.examined
    monkeypatch.setattr(properties, "examined", lambda f: found.append(f.name) or examine(f))
    return found


def test_facts_of_the_table_are_found_once_and_read_as_they_were(examined):
    first, again = properties.examine("relu"), properties.examine("relu")
    assert examined == ["relu"]
    assert first == again == properties.examined(al.relu)


def test_another_definition_of_the_same_name_gets_facts_of_its_own(examined, monkeypatch):
    other = al.define("max(x, 0) + 1", name="relu")
    properties.examine("relu")
    monkeypatch.setattr(al, "activations", {**al.activations, "relu": other})
    assert properties.examine("relu").data["facts"]["range"] != properties.examined(al.relu).data["facts"]["range"]
    assert examined == ["relu", "relu", "relu"]


@pytest.mark.parametrize("name", ["facts/curve.py", "definition/line.py", "balls.py"])
def test_a_change_in_the_code_asks_for_another_result(name, tmp_path, monkeypatch):
    shutil.copytree(kept.ROOT, tmp_path / "copy", ignore=shutil.ignore_patterns("data", "*.js"))
    before = kept.code(*ROOMS)
    monkeypatch.setattr(kept, "ROOT", tmp_path / "copy")
    assert kept.code(*ROOMS) == before
    with (tmp_path / "copy" / name).open("a") as file:
        file.write("\n")
    assert kept.code(*ROOMS) != before


def test_another_version_of_a_library_asks_for_another_result(monkeypatch):
    before = kept.code(*ROOMS)
    monkeypatch.setattr(kept.importlib.metadata, "version", lambda name: "0")
    assert kept.code(*ROOMS) != before
