"""The stored contest is of today's program and of today's definitions, and says what its documentation says."""

from pathlib import Path

import numpy as np
import pytest
from scipy import stats

import activlib as al
from activlib import contest
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


def test_networks_that_may_stop_earlier_are_else_those_of_the_contest():
    run = al.stored("stopping")
    task, optimizer, start, steps, rates = (run["settings"][name] for name in ("task", "optimizer", "start", "steps", "rates"))
    assert (steps[-1], rates) == (RUN["settings"]["steps"], RUN["settings"]["rates"][optimizer])
    for key, (medians, stop, rate, scores) in run["results"].items():
        kind, depth, name = key.split()
        verdict = al.verdicts(task, kind, int(depth), optimizer=optimizer, start=start)[name]
        assert np.allclose(medians[-1], [10_000 * median for median, _ in verdict.tuning.values()], atol=50), key
        assert max(map(max, medians)) == medians[steps.index(stop)][rates.index(rate)], key
        assert len(scores) == RUN["settings"]["testing"]
        if stop == steps[-1]:
            assert np.allclose(scores, 10_000 * verdict.scores, atol=50), key


@pytest.mark.parametrize(("changed", "same"), [
    ("def f(x):\n    return x + 1\n", False), ("def f(x):\n    'Twice.'\n    # half\n    return 2 * x\n", True),
    ("def f(x): return 2*x", True), ("def g(x):\n    return 2 * x\n", False), ("RATE = 0.1\ndef f(x): return 2 * x", False)])
def test_the_digest_of_a_program_sees_what_it_does_and_not_what_it_says(tmp_path, changed, same):
    (tmp_path / "a.py").write_text("def f(x):\n    return 2 * x\n")
    (tmp_path / "b.py").write_text(changed)
    assert (program(tmp_path / "a.py") == program(tmp_path / "b.py")) == same


def test_the_digest_of_a_program_sees_what_it_imports_from_the_runs(tmp_path, monkeypatch):
    monkeypatch.setattr("runs.store.HERE", tmp_path / "store.py")
    (tmp_path / "run.py").write_text("from runs.words import WORDS\nfrom runs.store import store\n")
    found = []
    for words in ("WORDS = 1", "WORDS = 1  # one", "WORDS = 2"):
        (tmp_path / "words.py").write_text(words)
        found.append(program(tmp_path / "run.py"))
    assert found[0] == found[1] != found[2]


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


def test_a_verdict_is_by_pairs_of_the_same_seeds_with_nadeau_and_bengios_correction():
    found = al.verdicts("digits", "plain", 3)
    best, *others = found
    scores = {name: np.array(RESULTS["digits", "adam", "plain", "gain", "3", name][3]) / 10_000 for name in found}
    assert best == max(scores, key=lambda name: scores[name].mean())
    quantile = stats.t.ppf(1 - 0.025 / (len(found) * (len(found) - 1) / 2), 19)
    for name in others:
        gaps = scores[best] - scores[name]
        # Nadeau and Bengio (2003): 1/n + test/train, with a fifth to test and three fifths to train.
        settled = gaps.mean() > quantile * gaps.std(ddof=1) * np.sqrt(1 / 20 + 1 / 3)
        assert (found[name].below == best) == settled, name
        assert found[name].qualifies == (not settled and RESULTS["digits", "adam", "plain", "gain", "3", name][4] == 0)
    assert not found["squared_relu"].qualifies


def test_one_that_is_settled_below_another_than_the_best_does_not_qualify():
    found = al.verdicts("diamonds", "batch", 3)
    assert next(iter(found)) == "softplus"
    assert found["identity"].below == "mish"
    assert not found["identity"].qualifies


def test_verdicts_among_a_few_are_about_those_alone():
    found = al.verdicts("digits", "plain", 10, among=["relu", "sigmoid"])
    assert list(found) == ["relu", "sigmoid"]
    assert found["sigmoid"].below == "relu"


@pytest.mark.parametrize(("kind", "depth", "together"), [("plain", 3, 1), ("plain", 10, 1), ("batch", 3, 13)])
def test_a_difference_is_paired_and_its_interval_is_nadeau_and_bengios(kind, depth, together):
    mine, other = al.verdicts("digits", kind, depth)["tanh"], al.verdicts("digits", "plain", 3)["relu"]
    scores = [np.array(RESULTS["digits", "adam", *case][3]) / 10_000
              for case in ((kind, "gain", str(depth), "tanh"), ("plain", "gain", "3", "relu"))]
    gaps = scores[0] - scores[1]
    half = stats.t.ppf(1 - 0.025 / together, 19) * gaps.std(ddof=1) * np.sqrt(1 / 20 + 1 / 3)
    assert mine.against(other, together=together) == pytest.approx((gaps.mean(), gaps.mean() - half, gaps.mean() + half))


def test_scores_of_different_data_are_not_paired():
    digits, diamonds = (al.verdicts(task, "plain", 3)["relu"] for task in ("digits", "diamonds"))
    with pytest.raises(ValueError, match="scores of digits cannot be paired with those of diamonds"):
        digits.against(diamonds)


def test_the_chosen_rate_has_the_best_median_and_of_these_the_fewest_failures():
    for case in contest.cases():
        for verdict in al.verdicts(case.task, case.kind, case.depth, optimizer=case.optimizer, start=case.start).values():
            best = max(median for median, _ in verdict.tuning.values())
            failures = {rate: failed for rate, (median, failed) in verdict.tuning.items() if median == best}
            assert verdict.rate in failures
            assert failures[verdict.rate] == min(failures.values())


def test_cases_are_those_in_which_all_of_the_named_ran():
    ran = {}
    for *case, name in RESULTS:
        ran.setdefault(tuple(case), set()).add(name)
    for among in ((), ("relu", "sine"), ("relu", "softsign")):
        expected = [case for case, names in ran.items() if len(names) > 1 and {*among} <= names]
        assert [tuple(map(str, case)) for case in contest.cases(among)] == expected
    assert contest.cases(("no such",)) == ()


def test_what_did_not_run_has_no_verdict():
    with pytest.raises(ValueError, match=r"the stored contest has no .*depth=7"):
        al.verdicts("digits", "plain", 7)
    with pytest.raises(ValueError, match="there is no 'step'"):
        al.verdicts("digits", "plain", 3, among=["relu", "step"])


NINE = ("tanh", "relu", "elu", "selu", "silu", "gelu", "mish", "hard_swish", "identity")


def half_width(gaps, together, *, shared=1 / 3):
    """Of the interval of the mean of differences, with shared = test/train (Nadeau and Bengio), or 0 for the same data."""
    return stats.t.ppf(1 - 0.025 / together, len(gaps) - 1) * gaps.std(ddof=1) * np.sqrt(1 / len(gaps) + shared)


def test_selected_cases_have_the_wanted_values_and_no_other_is_left_out():
    found = contest.select(NINE, optimizer="adam", kind=("plain", "batch"), depth=3)
    assert {*found} == {case for case in contest.cases(NINE)
                        if case.optimizer == "adam" and case.kind in ("plain", "batch") and case.depth == 3}
    assert all({*verdicts} == {*NINE} for verdicts in found.values())
    with pytest.raises(AttributeError, match="layers"):
        contest.select(NINE, layers=3)


@pytest.mark.parametrize(("new", "shared"), [(True, 1 / 3), (False, 0)])
def test_settled_pairs_are_those_whose_interval_excludes_0_after_correction_for_all_pairs(new, shared):
    found = al.verdicts("digits", "plain", 50, among=NINE)
    expected = set()
    for a in NINE:
        for b in NINE:
            gaps = found[a].scores - found[b].scores
            if a != b and gaps.mean() > half_width(gaps, 36, shared=shared):
                expected.add((a, b))
    pairs = contest.settled(found, new=new)
    assert {*pairs} == expected != set()
    assert len(pairs) == len(expected)
    few = ("elu", "silu", "tanh")
    assert {*contest.settled(found, few, new=new)} == {pair for pair in expected if {*pair} <= {*few}} != set()


def test_leads_are_over_one_base_and_corrected_for_all_of_them():
    found = contest.select(NINE, task="digits", optimizer="adam", kind="plain", start="gain", depth=(1, 3, 50))
    leads = contest.leads(found, "relu")
    assert {*leads} == {(case, name) for case in found for name in NINE if name != "relu"}
    for (case, name), lead in leads.items():
        gaps = found[case][name].scores - found[case]["relu"].scores
        assert lead.value == pytest.approx(gaps.mean())
        assert lead.value - lead.low == pytest.approx(half_width(gaps, len(leads)))
        single = contest.leads(found, "relu", together=1)[case, name]
        assert single.high - single.value == pytest.approx(half_width(gaps, 1))


def test_a_tally_counts_each_case_once_and_what_is_settled_in_it():
    found = contest.select(NINE, start="gain", kind="plain")
    counts = contest.tally(found, ("tanh", "relu"))
    assert sum(count.cases for count in counts.values()) == len(found)
    for group, count in counts.items():
        of = [verdicts for case, verdicts in found.items() if (case.task, case.optimizer) == group]
        assert count.pairs == 36 * len(of) == len(of) * contest.pairs(of[0])
        assert count.new == sum(len(contest.settled(verdicts)) for verdicts in of) <= count.splits
        assert count.few == sum(len(contest.settled(verdicts, ("tanh", "relu"))) for verdicts in of) <= count.new


def test_recipes_take_the_plain_network_for_one_layer_where_a_kind_has_none():
    found = contest.select(NINE)
    recipes = contest.recipes(found)
    residual = recipes["digits", "adam", "residual"]
    plain = recipes["digits", "adam", "plain"]
    assert residual[1] is plain[1]
    assert residual[3] is not plain[3]
    assert all({1, 3, 10} <= {*depths} for depths in recipes.values())
    assert {case.recipe for case in found if case.start == "gain"} == {*contest.recipes(found, ())}


def test_the_best_linear_network_is_chosen_without_its_tests():
    depths = contest.recipes(contest.select(NINE))["digits", "adam", "plain"]
    depth, linear = contest.best_linear(depths)
    medians = {n: max(median for median, _ in verdicts["identity"].tuning.values()) for n, verdicts in depths.items()}
    assert medians[depth] == max(medians.values())
    assert linear is depths[depth]["identity"]


def test_the_place_of_a_rate_tells_a_choice_from_a_guess():
    seen = set()
    for case in contest.cases():
        for verdict in al.verdicts(**case._asdict()).values():
            rates, failures = list(verdict.tuning), [failed for _, failed in verdict.tuning.values()]
            assert verdict.chosen == verdict.tuning[verdict.rate]
            assert (verdict.place == "none learned") == (min(failures) == 5)
            assert (verdict.place == "lowest") == (verdict.rate == rates[0] and min(failures) < 5)
            assert (verdict.place == "highest") == (verdict.rate == rates[-1] and min(failures) < 5)
            seen.add(verdict.place)
    assert seen == {"lowest", "highest", "inside", "none learned"}


def test_a_tenth_of_a_rate_costs_what_its_median_loses_or_is_not_in_the_list():
    seen = set()
    for found in contest.select(NINE, depth=3).values():
        for verdict in found.values():
            tenth = [rate for rate in verdict.tuning if rate == pytest.approx(verdict.rate / 10)]
            expected = verdict.tuning[verdict.rate][0] - verdict.tuning[tenth[0]][0] if tenth else None
            assert verdict.slower == expected
            seen.add(bool(tenth))
    assert seen == {True, False}


def test_a_lead_over_linear_is_over_the_best_plain_linear_network_of_data_and_optimizer():
    found = contest.select(NINE, task="digits", optimizer="sgd", start="gain", depth=(1, 3, 10))
    over = contest.over_linear(found)
    assert {*over} == {(case, name) for case in found for name in NINE if name != "identity"}
    by_depth = contest.recipes(found)["digits", "sgd", "plain"]
    deepest = max(by_depth, key=lambda depth: by_depth[depth]["identity"].chosen[0])
    case = contest.Case("digits", "sgd", "residual", "gain", 10)
    gaps = found[case]["relu"].scores - by_depth[deepest]["identity"].scores
    assert over[case, "relu"].value == pytest.approx(gaps.mean())
    assert over[case, "relu"].high - gaps.mean() == pytest.approx(half_width(gaps, len(NINE) - 1))


def test_gains_are_corrected_for_as_many_as_are_asked_for():
    ten, three = (al.verdicts("digits", "plain", depth, among=NINE) for depth in (10, 3))
    for among in (None, ("relu", "tanh", "elu")):
        gains = contest.gains(ten, three, among)
        assert {*gains} == {*(among or NINE)}
        gaps = ten["elu"].scores - three["elu"].scores
        assert gains["elu"].value == pytest.approx(gaps.mean())
        assert gains["elu"].high - gaps.mean() == pytest.approx(half_width(gaps, len(gains)))


def test_a_table_by_recipe_has_the_optimizers_in_a_cell_and_a_dash_where_one_is_missing():
    counts = {("diabetes", "adam", "batch"): 3, ("digits", "momentum", "layer"): 2, ("digits", "sgd", "plain"): 1}
    lines = contest.by_recipe({"n": counts, "m": {("digits", "adam", "plain"): "4*"}}).data.splitlines()
    assert lines[0] == "| data, kind | n | m |"
    assert lines[2:] == ["| digits plain | 1, –, – | –, –, 4* |", "| digits layer | –, 2, – | –, –, – |",
                         "| diabetes batch | –, –, 3 | –, –, – |"]


def test_names_are_listed_with_their_numbers_in_lines_that_fit_a_page():
    assert contest.listed({"leaky_relu": 0.00231, "identity": -0.1}, "+.2%") == "  leaky relu +0.23%, linear -10.00%"
    assert contest.listed(["hard_swish"]) == "  hard swish"
    assert contest.listed({}) == "  none"
    lines = contest.listed(al.activations).splitlines()
    assert len(lines) > 3
    assert max(map(len, lines)) <= 76
    assert all(line.startswith("  ") and line[2] != " " for line in lines)
    assert [item.strip() for line in lines for item in line.rstrip(",").split(",")] == [*map(contest.title, al.activations)]


def test_a_table_of_means_has_what_failed_or_the_intervals():
    found = {"SGD": al.verdicts("digits", "plain", 10, optimizer="sgd")}
    sigmoid = found["SGD"]["sigmoid"]
    assert sigmoid.failed == 20
    plain, wide = (contest.means(("identity", "sigmoid"), found, intervals=on).data for on in (False, True))
    assert f"| sigmoid | {100 * sigmoid.scores.mean():.1f} (20 failed) |" in plain
    assert f"| linear | {100 * found['SGD']['identity'].scores.mean():.1f} |" in plain
    assert f"({100 * sigmoid.mean.low:.1f} to {100 * sigmoid.mean.high:.1f})" in wide


def test_a_table_sets_numbers_to_the_right_and_keeps_what_it_is_given():
    lines = al.table(["k", "n", "|x|"], [["a", 1, "f"], ["b", "-2.5", "|g|"]]).data.splitlines()
    assert lines == [r"| k | n | \|x\| |", "| --- | ---: | --- |", "| a | 1 | f |", r"| b | -2.5 | \|g\| |"]
    for more in ("0.5 (1 to 2)", "0.5*"):
        assert "---:" not in al.table(["k", "n", "of n"], [["a", 1, "0.5"], ["b", 2, more]]).data, more
    for rows in ([], [["a", 1]], [["a", 1, 2, 3]]):
        with pytest.raises(ValueError, match="needs rows of 3 values"):
            al.table(["k", "n", "x"], rows)
    with pytest.raises(ValueError, match="a title for each column"):
        al.table(["", "n"], [["a", 1]])
