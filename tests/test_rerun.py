"""What is run again of the stored contest is what ran, and comes out as it did."""

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.preprocessing import StandardScaler

import activlib as al
from activlib.rerun import parts, rerun

DATA = load_digits(return_X_y=True)


def test_parts_are_disjoint_and_scaled_by_the_training_part():
    x, y = DATA
    found = parts(x, y, np.random.default_rng(0))
    assert [len(part) for part, _ in found] == [1078, 359, 360]
    order = np.random.default_rng(0).permutation(len(x))
    assert np.concatenate([labels for _, labels in found]).tolist() == y[order].tolist()
    scaled = StandardScaler().fit(x[order[:1078]]).transform(x[order])
    np.testing.assert_allclose(np.concatenate([part for part, _ in found]), scaled, atol=1e-12)


@pytest.mark.parametrize(("optimizer", "start", "depth"), [("sgd", "gain", 1), ("adam", "gain", 1), ("adam", "default", 3)])
def test_a_run_again_has_the_stored_score(optimizer, start, depth):
    verdict = al.verdicts("digits", "plain", depth, optimizer=optimizer, start=start)["elu"]
    right, left = rerun("elu", verdict, DATA, al.generators(1, seed=2)[0])
    assert abs(right - verdict.scores[0]) < 0.006  # two of 360 images
    assert 0 < left < 0.1


def test_a_network_at_rate_0_is_the_one_that_the_start_draws():
    verdict = al.verdicts("digits", "plain", 3, start="default")["identity"]
    right, left = rerun("identity", verdict, DATA, al.generators(1, seed=2)[0], rate=0)
    rng = al.generators(1, seed=2)[0]
    (x, y), _, (test, truth) = parts(*DATA, rng)
    shapes = [(64, 32), (32, 32), (32, 32), (32, 10)]
    layers = al.Network([64, 32, 32, 32, 10], al.activations["identity"], np.random.default_rng(0))
    weights, biases = ([rng.uniform(-1, 1, shape[rows:]) / shape[0] ** 0.5 for shape in shapes] for rows in (0, 1))
    layers.weights[:], layers.biases[:] = weights, biases
    assert right == np.mean(layers(test).argmax(axis=1) == truth)
    scores = layers(x)
    losses = np.log(np.exp(scores).sum(axis=1)) - scores[np.arange(len(y)), y]
    assert left == pytest.approx(losses.mean() / np.log(10))


@pytest.mark.parametrize("case", [("digits", "batch", 1, "adam"), ("diabetes", "plain", 1, "adam"),
                                  ("digits", "plain", 1, "momentum")])
def test_what_is_not_run_again_is_refused(case):
    *where, optimizer = case
    verdict = al.verdicts(*where, optimizer=optimizer)["relu"]
    with pytest.raises(ValueError, match="only plain networks on digits"):
        rerun("relu", verdict, DATA, np.random.default_rng(0))
