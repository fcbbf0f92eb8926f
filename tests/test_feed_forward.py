"""The stored comparison of feed-forward blocks is whole, and chose its rates as its documentation says."""

from collections import defaultdict

import numpy as np
import pytest

import activlib as al

RUN = al.stored("feed_forward")
SETTINGS = RUN["settings"]
UNITS = {**al.activations, **al.vector_activations}


def losses(kind):
    """{function: {rate: {seed: bits a character}}}."""
    found = defaultdict(lambda: defaultdict(dict))
    for key, bits in RUN[kind].items():
        name, rate, seed = key.split()
        found[name][float(rate)][int(seed)] = bits
    return found


TUNING, TESTS = losses("tuning"), losses("tests")
FUNCTIONS = pytest.mark.parametrize("name", RUN["parameters"])


def test_what_was_trained_are_activations_of_the_book():
    assert set(TUNING) == set(TESTS) == set(RUN["products"]) == set(RUN["parameters"])
    assert set(TESTS) <= set(UNITS)


@FUNCTIONS
def test_a_function_is_tested_with_every_seed_at_the_rate_of_the_lowest_mean(name):
    means = {}
    for rate, bits in TUNING[name].items():
        assert list(bits) == list(range(SETTINGS["tuning"]))
        means[rate] = np.mean(list(bits.values()))
    (chosen,) = TESTS[name]
    assert set(SETTINGS["rates"]) <= set(means)
    assert means[chosen] == min(means.values())
    assert min(means) < chosen < max(means)
    assert list(TESTS[name][chosen]) == list(range(SETTINGS["testing"]))


@FUNCTIONS
def test_each_tested_network_has_learned(name):
    """It needs less than half of the bits of a guess that takes all characters for equally likely."""
    assert all(0 < bits < np.log2(RUN["text"]["different"]) / 2 for rates in TESTS[name].values() for bits in rates.values())


@FUNCTIONS
def test_all_networks_have_the_same_number_of_weights_and_of_multiplications_by_them(name):
    width, hidden = SETTINGS["width"], 4 * SETTINGS["width"]
    shapes = [(width, hidden * 2 // 3)] * 3 if name in al.vector_activations else [(width, hidden)] * 2
    assert RUN["products"][name] == sum(map(np.prod, shapes))
    assert len(set(RUN["parameters"].values())) == 1
