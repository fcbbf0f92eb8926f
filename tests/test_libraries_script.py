"""The program that runs PyTorch, JAX, Keras and ONNX: what it measures, stores and refuses, without those libraries."""

import json
import subprocess
import sys
from pathlib import Path

import mpmath
import numpy as np
import pytest

import activlib as al
import libraries as script
import processors
import runners
from activlib.libraries import TITLES

ROOT = Path(__file__).resolve().parent.parent
STORED = json.loads((ROOT / "activlib" / "data" / "libraries.json").read_text(encoding="utf-8"))
MEASURED = [entry for entry in (*al.activations.values(), *al.vector_activations.values()) if entry.libraries]


@pytest.mark.parametrize("name", TITLES)
def test_the_script_says_which_library_is_missing_and_leaves_the_file(name, monkeypatch, tmp_path):
    file = tmp_path / "libraries.json"
    file.write_text("as it was")
    monkeypatch.setitem(sys.modules, name, None)
    with pytest.raises(SystemExit, match=rf"cannot import .*{name}.*pip install -r tools/libraries\.txt"):
        script.main(["--output", str(file)])
    assert file.read_text() == "as it was"
    assert list(tmp_path.iterdir()) == [file]


def test_the_script_refuses_other_versions_than_the_pinned_ones(monkeypatch, tmp_path):
    monkeypatch.setattr(runners.importlib.util, "find_spec", lambda name: name)
    monkeypatch.setattr(runners.importlib.metadata, "version", lambda name: "0.1+cpu")
    with pytest.raises(SystemExit, match=r"versions of tools/libraries\.txt, and finds torch 0\.1, jax 0\.1, .*pip install -r"):
        script.main(["--output", str(tmp_path / "libraries.json")])
    assert list(tmp_path.iterdir()) == []


def test_stored_results_are_of_the_pinned_versions():
    pins = runners.pinned()
    assert set(pins) == set(TITLES)
    assert STORED["versions"] == pins
    seen = 0
    for file in (ROOT / "activlib" / "data" / "runs").glob("*.json"):
        for library, version in json.loads(file.read_text("utf8"))["versions"].items():
            if library in pins:
                assert version.partition("+")[0] == pins[library], file.name
                seen += 1
    assert seen >= 4


@pytest.fixture
def measuring(monkeypatch, tmp_path):
    """A copy of the stored file, and the names that each run was asked for; what it measures is its name."""
    file, asked = tmp_path / "libraries.json", []
    file.write_text(json.dumps(STORED))

    def measure(program, here, *names):
        assert (program, here) == (script.__file__, "--here")
        asked.append(names)
        return {name: [name] for name in names}

    monkeypatch.setattr(script, "prepare", lambda: None)
    monkeypatch.setattr(script, "on_every_processor", measure)
    return file, asked


def test_a_name_is_measured_alone_and_the_other_rows_stay(measuring):
    file, asked = measuring
    script.main(["elu", "mish", "--output", str(file)])
    assert asked == [("elu", "mish")]
    written = json.loads(file.read_text())
    assert written == {**STORED, "activations": {**STORED["activations"], "elu": ["elu"], "mish": ["mish"]}}


def test_what_is_stored_can_count_as_another_processor(measuring):
    file, asked = measuring
    file.write_text(json.dumps({"versions": runners.pinned(), "activations": {"elu": ["other"], "mish": ["mish"]}}))
    script.main(["elu", "--add", "--output", str(file)])
    assert json.loads(file.read_text())["activations"] == {"elu": [{"varies": ["elu", "other"]}], "mish": ["mish"]}
    script.main(["elu", "--add", "--output", str(file)])
    assert json.loads(file.read_text())["activations"]["elu"] == [{"varies": ["elu", "other"]}]
    assert asked == [("elu",), ("elu",)]


def test_without_a_name_all_are_measured_and_nothing_old_stays(measuring):
    file, asked = measuring
    file.write_text("{}")
    script.main(["--output", str(file)])
    assert asked == [tuple(activation.name for activation in MEASURED)]
    assert json.loads(file.read_text()) == {"versions": runners.pinned(), "activations": {name: [name] for name in asked[0]}}


def test_a_name_without_library_calls_is_refused(measuring):
    file, asked = measuring
    with pytest.raises(SystemExit, match=r"nobody names no library call; those that do are .*sigmoid, tanh"):
        script.main(["nobody", "--output", str(file)])
    file.write_text(json.dumps({**STORED, "versions": {"torch": "1"}}))
    with pytest.raises(SystemExit, match=r"of other versions .* measure all, without a name"):
        script.main(["elu", "--output", str(file)])
    assert asked == []


def test_results_that_differ_between_processors_are_stored_as_such():
    runs = [{"a": [1, {"b": y}], "c": "nan"} for y in ("nan", "inf", "nan")]
    assert processors.merged(runs) == {"a": [1, {"b": {"varies": ["inf", "nan"]}}], "c": "nan"}
    assert processors.merged([[2.5, None], [1, None]]) == [{"varies": [1, 2.5]}, None]
    assert processors.merged([None, 3.5]) == {"varies": [3.5, None]}
    assert processors.merged([{"x": True}] * 3) == {"x": True}
    for runs in ([{"a": 1}, {"b": 1}], [[1], [1, 2]], [{"a": 1}, 2]):
        with pytest.raises(ValueError, match="differ in their form"):
            processors.merged(runs)


def test_a_program_is_run_as_on_every_processor(tmp_path):
    program = tmp_path / "program.py"
    program.write_text("import json, os, sys\n"
                       "print(json.dumps({'of': sys.argv[1], 'torch': os.environ.get('ATEN_CPU_CAPABILITY')}))")
    assert processors.on_every_processor(program, "x") == {"of": "x", "torch": {"varies": [None, "avx2", "default"]}}
    program.write_text("raise SystemExit(1)")
    with pytest.raises(subprocess.CalledProcessError):
        processors.on_every_processor(program)


def test_the_script_leaves_the_file_when_a_call_fails(monkeypatch, tmp_path):
    file = tmp_path / "libraries.json"
    file.write_text("as it was")
    monkeypatch.setattr(script, "prepare", lambda: None)
    monkeypatch.setattr(script, "on_every_processor", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        script.main(["--output", str(file)])
    with pytest.raises(TypeError):
        script.write(file, {"no number": object()})
    assert file.read_text() == "as it was"
    assert list(tmp_path.iterdir()) == [file]


def test_the_script_documents_what_it_needs():
    run = subprocess.run([sys.executable, ROOT / "tools" / "libraries.py", "--help"], capture_output=True, text=True)
    assert run.returncode == 0
    assert "pip install -r tools/libraries.txt" in run.stdout


def test_what_is_written_is_sorted_strict_json(tmp_path):
    file = tmp_path / "data.json"
    script.write(file, {"b": [float("-inf"), {"y": float("nan")}], "a": 0.1})
    assert json.loads(file.read_text(), parse_constant=pytest.fail) == {"a": 0.1, "b": ["-inf", {"y": "nan"}]}
    assert file.read_text().index('"a"') < file.read_text().index('"b"')
    assert list(tmp_path.iterdir()) == [file]


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
@pytest.mark.parametrize("end", [-np.inf, np.inf])
def test_saturation_is_where_a_function_first_keeps_its_limit(dtype, end):
    dtype = np.dtype(dtype)
    near_1 = 1 - 2.0 ** -(np.finfo(dtype).nmant + 1)

    def clipped(points):  # 1 for |x| > 3, and next to it the largest number below 1
        return np.sign(points) * np.where(np.abs(points) > 3, 1, near_1).astype(dtype), None

    found = script.saturation(clipped, np.sign(end), end, dtype)
    assert found == pytest.approx(np.copysign(float(np.nextafter(dtype.type(3), dtype.type(4))), end), rel=1e-3)


def test_saturation_of_half_precision_is_that_of_an_exhaustive_search():
    finite = np.arange(0x7C00, dtype="u2").view("f2")
    last_away = finite[np.tanh(finite) != 1][-1]
    found = script.saturation(lambda x: (np.tanh(x), None), 1, np.inf, np.dtype("float16"))
    assert found == pytest.approx(float(np.nextafter(last_away, np.float16(9))), rel=1e-3)


def test_saturation_is_none_for_a_limit_that_is_not_reached():
    assert script.saturation(lambda x: (np.full_like(x, 0.5), None), 1, np.inf, np.dtype("float32")) is None


def exact_sigmoid(points):
    """The logistic function by mpmath, rounded once."""
    with mpmath.workprec(200):
        return np.array([float(1 / (1 + mpmath.exp(-mpmath.mpf(float(x))))) for x in points]).astype(points.dtype)


@pytest.mark.parametrize("wrong", [0, 3, np.nan])
def test_accuracy_is_the_largest_error_in_units_in_the_last_place(wrong):
    def off_near_1(points):
        values = exact_sigmoid(points)
        return np.where(points == 1, values + wrong * np.spacing(values), values), None

    found = script.accuracy(al.sigmoid, {}, off_near_1, np.dtype("float32"))
    assert found["flushes_subnormals"] is False
    assert found["ulp"] == (np.inf if np.isnan(wrong) else pytest.approx(wrong or 0.5, abs=0.5))


def test_accuracy_tells_that_subnormal_results_come_out_as_0():
    def flushed(points):
        values = exact_sigmoid(points)
        return np.where(values < np.finfo("float32").smallest_normal, 0, values).astype("float32"), None

    found = script.accuracy(al.sigmoid, {}, flushed, np.dtype("float32"))
    assert found == {"ulp": 0.5, "flushes_subnormals": True}


def test_the_differences_between_processors_give_back_each_run():
    base = {"a": [1, {"b": "nan"}], "c": None, "d": {"e": 2}}
    other = {"a": [1, {"b": "inf"}], "c": 3.5, "d": {"e": 2}}
    assert processors.differences(base, other) == {"a": {"1": {"b": "inf"}}, "c": 3.5}
    assert processors.patched(base, processors.differences(base, other)) == other
    assert processors.differences(base, base) == {}
    assert processors.patched(base, {}) == base
    for different in ({"a": 1}, {**base, "c": [1]}, {**base, "a": [1]}):
        with pytest.raises(ValueError, match="differ in their form"):
            processors.differences(base, different)
