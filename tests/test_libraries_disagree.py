"""Where libraries disagree: the stored data and the script behind them. The chapter's claims: test_libraries_claims.py.

The tests read the stored file, so that they are the same whether or not those libraries are installed.
"""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import activlib as al
from activlib.libraries import TITLES
from runs import libraries_disagree as script
from runs.spellings import FORMULAS, NAMED, SPELLINGS, MissingWord, Words

ROOT = Path(__file__).resolve().parent.parent
FILE = ROOT / "activlib" / "data" / "runs" / "libraries_disagree.json"
RUN = al.stored("libraries_disagree")
FUNCTIONS = pytest.mark.parametrize("name", RUN["functions"])
ORDINARY = ("-2.5", "-0.7", "0.3", "2.2")  # neither kinks nor tails


def rows(name):
    """(spelling, library, its values and gradients) of all that was run of a function."""
    return [(text, library, row) for text, found in RUN["functions"][name]["spellings"].items() for library, row in found.items()]


def one_sided(name, place, n):
    """The values of the nth derivative's pieces that meet at a place, by SymPy."""
    f, values = script.definition(name), RUN["functions"][name]["parameters"]
    return [
        float(piece.subs(f.at(**values)).subs(al.x, place))
        for low, high, piece in f.pieces(n, **values)
        if low <= place <= high
    ]


# The file


def test_the_file_names_the_script_that_made_it_and_the_versions():
    program, path = RUN["made_by"].split()
    assert program == "python"
    assert (ROOT / path).samefile(script.__file__)
    assert set(RUN["versions"]) == {"numpy", *TITLES}
    assert all(version[0].isdigit() for version in RUN["versions"].values())


def test_the_file_is_strict_json():
    json.loads(FILE.read_text("utf8"), parse_constant=pytest.fail)


def test_the_file_holds_every_function_and_spelling_of_the_script():
    assert set(RUN["functions"]) == set(SPELLINGS)
    assert set(SPELLINGS) - set(al.activations) <= set(FORMULAS) == set(NAMED)  # some have become entries since
    assert set(RUN["defaults"]) == set(script.DEFAULTS)
    assert set(RUN["precision"]) == set(script.PRECISE)
    for name, function in RUN["functions"].items():
        named = {"named"} if script.named(name) else set()
        assert set(function["spellings"]) == named | set(SPELLINGS[name])
        assert function["formula"] == FORMULAS.get(name)


@FUNCTIONS
def test_every_row_has_its_kinks_the_infinities_and_nan(name):
    wanted = {"-inf", "inf", "nan", *ORDINARY, *(repr(float(place)) for place in script.definition(name).breakpoints)}
    assert rows(name)
    for _text, library, row in rows(name):
        assert wanted <= set(row["values"])
        if library in ("onnx", "numpy"):
            assert row["gradients"] is None
        else:
            assert set(row["gradients"]) == set(row["values"])


# Where nobody disagrees


@FUNCTIONS
def test_every_spelling_in_every_library_is_the_function_away_from_kinks_and_tails(name):
    seen = 0
    for n, what in enumerate(("values", "gradients")):
        for place in ORDINARY:
            expected = one_sided(name, float(place), n)
            if len(expected) > 1:  # ONNX's first hard sigmoid has a kink at -2.5
                continue
            for _text, _library, row in rows(name):
                if row[what]:
                    seen += 1
                    assert float(row[what][place]) == pytest.approx(expected[0], rel=1e-5, abs=1e-7)
    assert seen >= 4


@pytest.mark.parametrize("name", [name for name in RUN["functions"] if name in al.activations])
def test_every_spelling_of_a_catalogue_entry_has_our_gradient_away_from_kinks_and_tails(name):
    points = np.array(ORDINARY, np.float32)
    function = RUN["functions"][name]
    entry = al.define(function["formula"]) if function["formula"] else al.activations[name]  # it may be at other parameters
    ours = entry.gradient(points, **function["parameters"])
    gradients = [row["gradients"] for _text, _library, row in rows(name) if row["gradients"]]
    assert gradients
    for found in gradients:
        np.testing.assert_allclose([found[place] for place in ORDINARY], ours, rtol=1e-5)


@FUNCTIONS
def test_numpy_returns_today_what_is_stored(name):
    words = Words(np)
    for text, spelling in SPELLINGS[name].items():
        row = RUN["functions"][name]["spellings"][text].get("numpy")
        if row is None:
            with pytest.raises(MissingWord):
                spelling(words, np.ones(1, np.float32))
            continue
        with np.errstate(all="ignore"):
            now = spelling(words, np.array([*row["values"]], np.float32))
        assert now.dtype == np.float32
        known = np.array([*row["values"].values()], np.float32)
        np.testing.assert_allclose(now, known, rtol=1e-5, atol=float(np.finfo(np.float32).tiny), err_msg=text)


def test_keras_on_jax_is_jax():
    pairs = [found for f in RUN["functions"].values() for found in f["spellings"].values() if "keras" in found]
    assert len(pairs) > 50
    for found in pairs:
        for what in ("values", "gradients"):
            assert found["keras"][what] == found["jax"][what]


def test_two_spellings_leave_the_slopes_at_a_kink():
    outside, seen = set(), 0
    for name in RUN["functions"]:
        for place in map(float, script.definition(name).breakpoints):
            slopes = one_sided(name, place, 1)
            for text, _library, row in rows(name):
                if row["gradients"]:
                    seen += 1
                    if not min(slopes) - 1e-6 <= float(row["gradients"][str(place)]) <= max(slopes) + 1e-6:
                        outside.add(text)
    assert seen > 100
    assert outside == {"sqrt(x * x)", "relu(x) - 0.01 * relu(-x)"}


# The script


def test_the_script_documents_what_it_needs():
    run = subprocess.run([sys.executable, script.__file__, "--help"], capture_output=True, text=True)
    assert run.returncode == 0
    assert "pip install -r tools/libraries.txt" in run.stdout


@pytest.mark.parametrize("name", TITLES)
def test_the_script_says_which_library_is_missing_and_stores_nothing(name, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["libraries_disagree.py"])
    monkeypatch.setitem(sys.modules, name, None)
    monkeypatch.setattr(script, "store", lambda *_args, **_results: pytest.fail("stored"))
    with pytest.raises(SystemExit, match=rf"cannot import .*{name}.*pip install -r tools/libraries\.txt"):
        script.main()


def test_a_spelling_that_no_library_has_words_for_is_an_error(monkeypatch):
    monkeypatch.setitem(SPELLINGS, "identity", {"no_such_word(x)": lambda m, x: m.no_such_word(x)})
    with pytest.raises(LookupError, match=r"no library knows all words of no_such_word\(x\)"):
        script.spellings("identity", {"numpy": Words(np)})


def test_nan_is_found_from_its_first_point_on():
    def root(points):
        with np.errstate(invalid="ignore"):
            return np.sqrt(3 - points), None

    found = script.saturation(script.is_nan(root), 1, np.inf, np.dtype("float16"))
    assert found == pytest.approx(float(np.nextafter(np.float16(3), np.float16(4))), rel=1e-3)


def test_what_json_has_not_is_stored_as_text():
    assert [script.plain(y) for y in np.float32([np.inf, -np.inf, np.nan, 0.1])] == ["inf", "-inf", "nan", 0.1]
