"""Whatever a function is called leads to its chapter, and the book has every activation function of the libraries."""

from collections import Counter

import pytest

import activlib as al
import covered
from activlib.libraries import TITLES
from activlib.naming import OTHER, TREATED, find, listed, plain, spoken, versions, written
from book import labels
from runners import pinned


def test_an_activation_is_called_by_its_title_what_stands_in_its_parentheses_and_its_names():
    assert spoken(al.silu)[:5] == ("Sigmoid linear unit", "SiLU", "Swish", "Swish-1", "SiL")
    assert (spoken(al.gelu_tanh)[0], spoken(al.gelu_tanh)[-1]) == ("GELU, tanh approximation", "gelu_tanh")
    assert spoken(al.mish) == ("Mish",)
    assert spoken(al.define("x", "f", title="a (b) c")) == ("a (b) c", "f")


def test_an_activation_is_called_what_its_calls_are_and_what_the_libraries_call_the_same_function():
    assert set(written(al.silu)) > {"torch.nn.SiLU", "torch.nn.functional.silu", "jax.nn.silu", "jax.nn.swish", "onnx.Swish"}
    assert written(al.define("x")) == ()


@pytest.mark.parametrize(("name", "found"), [
    ("torch.nn.SiLU", ["silu"]), ("jax.nn.swish", ["silu"]), ("Sig-moid shrinkage", ["silu"]),
    ("jax.nn.gelu", ["gelu", "gelu_tanh"]),
    ("keras.layers.Swish", ["silu"]), ("gelu-TANH", ["gelu_tanh"]), ("nobody", []), ("torch.nn.Nobody", []),
    ("", []),
])
def test_a_name_finds_its_functions(name, found):
    assert [f.name for f in find(name, al.activations.values())] == found


def test_no_two_functions_share_a_name_that_people_use():
    names = Counter(name for f in al.activations.values() for name in {*map(plain, spoken(f))})
    assert [name for name, times in names.items() if times > 1] == []


@pytest.mark.parametrize("names", ["Swish", ["Swish"], ("Swish", 1)])
def test_names_are_strings_in_a_tuple(names):
    with pytest.raises(TypeError, match=r"names = .*: expected a tuple of strings"):
        al.Activation("f", "F", "f", al.x, names=names)


def test_lists_of_names_are_of_the_pinned_versions_and_of_every_library():
    assert versions() == pinned()
    assert {name.partition(".")[0] for name in listed()} == set(TITLES)
    assert len(listed()) > 150
    assert {listed()[row["same"]]["kind"] for row in listed().values() if "same" in row} == {"elementwise", "vector"}


def test_the_book_has_every_activation_function_of_the_libraries_and_of_wikipedia():
    assert [name for _, name, _, well in covered.rows() if not well] == []


def test_a_random_sibling_leads_to_the_chapter_that_treats_it():
    for name in ("torch.nn.RReLU", "RReLU", "randomized leaky relu"):
        assert [f.name for f in find(name, al.activations.values())] == ["prelu"]
    assert "RReLU" not in spoken(al.prelu)
    assert set(TREATED.values()) <= set(al.activations)


def test_what_is_called_no_activation_function_is_one_of_the_lists_and_elementwise():
    assert {listed()[name]["kind"] for name in OTHER} == {"elementwise"}


def test_every_activation_has_a_label_in_the_book():
    assert set(al.activations) <= set(labels())
