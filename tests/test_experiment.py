"""What experiments share: intervals hold what they promise, generators are independent and stay the same."""

from pathlib import Path

import numpy as np
import pytest

import activlib as al
from runs.store import program


def test_first_generators_are_the_same_whatever_their_number():
    few, many = ([rng.normal(size=3) for rng in al.generators(n, seed=5)] for n in (2, 6))
    assert np.array_equal(few, many[:2])


def test_generators_and_seeds_differ():
    draws = np.array([rng.normal(size=20000) for seed in (0, 1) for rng in al.generators(3, seed)])
    correlations = np.corrcoef(draws)[~np.eye(6, dtype=bool)]
    assert np.abs(correlations).max() < 5 / np.sqrt(20000)


def test_no_generator_is_an_error():
    with pytest.raises(ValueError, match="at least one generator, got 0"):
        al.generators(0)


def test_mean_interval_is_students():
    mean, low, high = al.mean_interval([4.0, 6.0, 8.0])
    assert mean == 6
    # The quantile of Student's t with 2 degrees of freedom in closed form: (2p - 1) sqrt(2 / (4 p (1 - p))).
    quantile = 0.95 * np.sqrt(2 / (4 * 0.975 * 0.025))
    assert (high - 6, 6 - low) == pytest.approx([quantile * 2 / np.sqrt(3)] * 2)


def test_mean_interval_holds_the_mean_as_often_as_it_says():
    samples = np.random.default_rng(0).normal(3, 2, size=(5, 20000))
    _, low, high = al.mean_interval(samples, confidence=0.8)
    held = np.mean((low < 3) & (high > 3))
    assert abs(held - 0.8) < 4 * np.sqrt(0.8 * 0.2 / 20000)


@pytest.mark.parametrize("correlation", [0.0, 0.25, 0.8])
def test_mean_interval_of_correlated_samples_holds_the_mean_as_often_as_it_says(correlation):
    rng = np.random.default_rng(0)
    shared, own = rng.normal(size=20000), rng.normal(size=(7, 20000))
    samples = 3 + np.sqrt(correlation) * shared + np.sqrt(1 - correlation) * own
    _, low, high = al.mean_interval(samples, confidence=0.8, correlation=correlation)
    held = np.mean((low < 3) & (high > 3))
    assert abs(held - 0.8) < 4 * np.sqrt(0.8 * 0.2 / 20000)


@pytest.mark.parametrize("correlation", [-0.1, 1.0])
def test_a_correlation_of_samples_is_not_negative_and_below_one(correlation):
    with pytest.raises(ValueError, match=r"lies in \[0, 1\)"):
        al.mean_interval([1.0, 2.0], correlation=correlation)


def test_mean_interval_runs_along_an_axis():
    samples = np.random.default_rng(0).normal(size=(4, 7))
    across = al.mean_interval(samples, axis=1)
    assert across.value.shape == (4,)
    assert np.allclose(across, np.transpose([al.mean_interval(row) for row in samples]))


def test_equal_samples_give_an_interval_of_no_width():
    assert al.mean_interval([2.0, 2.0, 2.0]) == (2, 2, 2)


@pytest.mark.parametrize(("samples", "message"), [
    ([1.0], "at least two samples, got 1"), (3.0, "at least two samples, got 1"), ([], "at least two samples, got 0"),
    ([1, np.nan], "must be finite"), ([1, np.inf], "must be finite")])
def test_mean_interval_refuses(samples, message):
    with pytest.raises(ValueError, match=message):
        al.mean_interval(samples)


def test_proportion_interval_is_wilsons():
    # Wilson's ends are where the share lies z standard deviations of the binomial from the probability.
    value, low, high = al.proportion_interval(3, 20)
    assert value == 0.15
    for p in (low, high):
        assert abs(value - p) / np.sqrt(p * (1 - p) / 20) == pytest.approx(1.959963984540054)


def test_proportion_interval_of_none_and_of_all_reach_the_end_alone():
    assert al.proportion_interval(0, 10).low == 0
    assert 0.2 < al.proportion_interval(0, 10).high < 0.3
    assert al.proportion_interval(10, 10).high == 1


@pytest.mark.parametrize(("successes", "trials"), [(5, 4), (-1, 4), (0, 0)])
def test_proportion_interval_refuses_what_is_no_share(successes, trials):
    with pytest.raises(ValueError):  # noqa: PT011 (SciPy's own words)
        al.proportion_interval(successes, trials)


@pytest.mark.parametrize("interval", [lambda c: al.mean_interval([1, 2], confidence=c),
                                      lambda c: al.proportion_interval(1, 2, confidence=c)])
@pytest.mark.parametrize("confidence", [0, 1, 95])
def test_a_confidence_is_a_probability(interval, confidence):
    with pytest.raises(ValueError, match=f"between 0 and 1, got {confidence}"):
        interval(confidence)


def test_every_stored_run_names_the_script_that_made_it_and_its_versions():
    root = Path(al.__file__).resolve().parent
    names = [path.stem for path in (root / "data" / "runs").glob("*.json")]
    assert names
    for name in names:
        run = al.stored(name)
        assert run["made_by"] == f"python tools/runs/{name}.py"
        assert (root.parent / "tools" / "runs" / f"{name}.py").is_file()
        assert run["versions"]["numpy"]


def test_every_stored_run_is_of_the_program_as_it_is():
    root = Path(al.__file__).resolve().parent.parent
    for path in (root / "activlib" / "data" / "runs").glob("*.json"):
        if path.stem != "contest":  # which has a test of its own
            script = root / "tools" / "runs" / f"{path.stem}.py"
            assert al.stored(path.stem)["digest"] == program(script), f"run {script.name} again"


def test_a_run_that_is_not_stored_is_an_error_that_names_those_that_are():
    with pytest.raises(ValueError, match=r"no stored run 'tuning'; there are .*libraries_disagree"):
        al.stored("tuning")


def test_an_estimate_is_formatted_as_its_numbers_are():
    estimate = al.mean_interval([1.0, 2.0, 3.0])
    low, high = estimate.low, estimate.high
    assert f"{estimate:+.2f}" == f"+2.00 ({low:+.2f} to {high:+.2f})"
    assert f"{al.proportion_interval(1, 2):.0%}" == "50% (9% to 91%)"
    assert f"{estimate}" == str(estimate)


def test_the_code_for_the_start_is_what_was_run():
    run = al.stored("initialization")
    folder = Path(al.__file__).resolve().parent.parent / "tools" / "runs" / "starts"
    files = {path.name: path.read_text("utf8") for path in folder.glob("*.py")}
    assert sorted(run["codes"].values()) == sorted(files.values()), "run tools/runs/initialization.py again"
