"""The stored contest is of today's program and of today's definitions, and says what its documentation says."""

from pathlib import Path

import numpy as np
import pytest

import activlib as al
from runs.store import definition, program

ROOT = Path(__file__).parent.parent
RUN = al.stored("contest")
RESULTS = {tuple(case.split()): result for case, result in RUN["results"].items()}


def test_what_is_stored_is_of_the_program_as_it_is():
    assert RUN["digest"] == program(ROOT / "tools" / "runs" / "ensembles.py"), "run tools/runs/contest.py --anew"


def test_what_is_stored_is_of_the_definitions_as_they_are():
    stale = [name for name, digest in RUN["activations"].items() if digest != definition(al.activations[name])]
    assert not stale, f"tools/runs/contest.py does these again: {', '.join(stale)}"
    assert {case[-1] for case in RESULTS} == set(RUN["activations"])


@pytest.mark.parametrize(("changed", "same"), [
    ("def f(x):\n    return x + 1\n", False), ("def f(x):\n    'Twice.'\n    # half\n    return 2 * x\n", True),
    ("def f(x): return 2*x", True), ("def g(x):\n    return 2 * x\n", False), ("RATE = 0.1\ndef f(x): return 2 * x", False)])
def test_the_digest_of_a_program_sees_what_it_does_and_not_what_it_says(tmp_path, changed, same):
    (tmp_path / "a.py").write_text("def f(x):\n    return 2 * x\n")
    (tmp_path / "b.py").write_text(changed)
    assert (program(tmp_path / "a.py") == program(tmp_path / "b.py")) == same


def test_the_digest_of_a_definition_sees_its_formula_and_its_defaults():
    assert definition(al.define("x + 2*x**2", name="a")) == definition(al.define("x + x**2*2", name="b"))
    assert definition(al.define("2*x", name="a")) != definition(al.define("3*x", name="a"))


def test_each_case_has_the_stated_numbers_of_rates_and_seeds():
    settings = RUN["settings"]
    for case, (best, medians, failures, tests, lost) in RESULTS.items():
        assert len(medians) == len(failures) == len(settings["rates"][case[1]])
        assert len(tests) == settings["testing"]
        assert 0 <= lost <= settings["testing"]
        assert all(0 <= failed <= settings["tuning"] for failed in failures)
        assert -10_000 <= min(tests) <= max(tests) <= 10_000
        assert medians[best] == max(medians)


def test_scores_of_digits_are_counts_of_the_test_images():
    for case, (_, _, _, tests, _) in RESULTS.items():
        if case[0] == "digits":
            right = np.array(tests) / 10_000 * 360  # a fifth of 1,797, rounded up
            assert abs(right - right.round()).max() < 0.02, case
