"""Activations and what belongs to them can be copied, pickled, and sent to other processes."""

import copy
import pickle
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from time import process_time

import numpy as np
import pytest
import sympy as sp

import activlib as al
from activlib.facts.enclosure import Enclosure
from activlib.libraries import LibraryCall
from published_functions import PUBLISHED

POINTS = np.array([-30.0, -1.5, -0.5, 0.0, 0.5, 1.5, 30.0])
FIELDS = ("name", "title", "latex", "formula", "parameters", "window", "names")
mine = al.define("x*tanh(beta*exp(x)) if x > c_1 else relu6(x + 3)", "my_activation", title='A "<title>"', window=(-2, 7),
                 beta=1.5, c_1=al.Parameter("c_1", default=0, domain=sp.Interval(-1, 1), slider=(-1, 1, 0.1)))


def copies(thing):
    yield copy.copy(thing)
    yield copy.deepcopy(thing)
    for protocol in range(2, pickle.HIGHEST_PROTOCOL + 1):
        yield pickle.loads(pickle.dumps(thing, protocol))


@pytest.mark.parametrize("entry", al.activations.values(), ids=al.activations)
def test_a_catalogue_entry_stays_itself(entry):
    assert all(made is entry for made in copies(entry))
    assert all(made[0] is made[1] is entry for made in copies([entry, entry]))


@pytest.mark.parametrize("name", PUBLISHED)
def test_an_activation_pickles_as_its_definition(name):
    f = PUBLISHED[name].define(name)
    made = pickle.loads(pickle.dumps(f))
    assert [getattr(made, field) for field in FIELDS] == [getattr(f, field) for field in FIELDS]
    assert str(made.formula) == str(f.formula)
    assert made.derivative() == f.derivative()


def test_an_activation_of_ones_own_can_be_copied_and_pickled_with_all_its_parts():
    formula = mine.formula + sp.erfc(-al.x, evaluate=False)
    f = al.Activation("full", "Full", r"\phi", formula, mine.parameters, (-1, 1),
                      (LibraryCall("torch.clamp", 0, min=mine.parameters[1].symbol),), ("Full house",))
    for made in copies(f):
        assert [getattr(made, field) for field in FIELDS] == [getattr(f, field) for field in FIELDS]
        assert repr(made.libraries) == repr(f.libraries) == "(LibraryCall(torch.clamp(x, 0, min=c₁)),)"
    for made in copies(mine):
        np.testing.assert_array_equal(made(POINTS, beta=2), mine(POINTS, beta=2))
        np.testing.assert_array_equal(made.gradient(POINTS), mine.gradient(POINTS))
        assert str(al.facts(made).range) == str(al.facts(mine).range)


def test_an_activation_with_a_named_constant_computes_the_same():
    f = al.define(al.selu.formula * 2, "twice")
    assert pickle.loads(pickle.dumps(f)).formula == f.formula


@pytest.mark.parametrize("parameter", [p for f in (al.elu, al.leaky_relu, al.silu, mine) for p in f.parameters])
def test_a_parameter_stays_equal(parameter):
    for made in copies(parameter):
        assert made == parameter
        assert made.symbol == parameter.symbol


def test_facts_keep_their_values_and_find_the_rest():
    facts = al.facts(al.gelu)
    known = {fact.name: str(fact) for fact in facts}
    for made in copies(facts):
        assert made.activation is al.gelu
        assert {fact.name: str(fact) for fact in made} == known
        assert made.lipschitz.value == facts.lipschitz.value
    fresh = pickle.loads(pickle.dumps(al.facts(mine, beta=3)))
    assert str(fresh.zeros) == str(al.facts(mine, beta=3).zeros)
    for fact in facts:
        assert pickle.loads(pickle.dumps(fact)) == fact


def test_a_fact_of_hundreds_of_intervals_is_pickled_in_no_time():
    for name in ("saturation", "zeros"):
        fact = getattr(al.facts(al.define("sin(x)/x if x != 0 else 1")), name)
        start = process_time()
        made = pickle.loads(pickle.dumps(fact))
        assert process_time() - start < 1
        assert (made.value.args, str(made), made) == (fact.value.args, str(fact), fact)


def test_an_enclosure_stays_the_same_ball():
    number = al.facts(al.mish).second_moment.value
    for made in copies(number):
        assert isinstance(made, Enclosure)
        assert made == number
        assert (made.midpoint, made.radius, str(made)) == (number.midpoint, number.radius, str(number))
        assert made.enclosing_ball.contains(number.enclosing_ball)


def test_a_network_is_copied_with_its_weights():
    net = al.Network([2, 3, 1], mine, np.random.default_rng(0), beta=2)
    x = np.random.default_rng(1).normal(size=(5, 2))
    for made in copies(net):
        np.testing.assert_array_equal(made(x), net(x))
    alone = copy.deepcopy(net)
    alone.weights[0][:] = 0
    assert np.abs(net.weights[0]).min() > 0


def evaluated(f):
    return f, f(POINTS), al.facts(f).range


@pytest.mark.parametrize("start", ["fork", "spawn"])
@pytest.mark.filterwarnings("ignore:This process .* is multi-threaded:DeprecationWarning")
def test_other_processes_take_activations_and_give_them_back(start):
    with ProcessPoolExecutor(1, mp_context=get_context(start)) as pool:
        (entry, values, _), (own, others, range_) = pool.map(evaluated, [al.gelu, mine])
    assert entry is al.gelu
    np.testing.assert_array_equal(values, al.gelu(POINTS))
    assert own.formula == mine.formula
    np.testing.assert_array_equal(others, mine(POINTS))
    assert str(range_) == str(al.facts(mine).range)
