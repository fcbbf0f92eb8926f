"""facts.json: what the schema says, and the facts themselves."""

import copy
import json
import re

import jsonschema
import mpmath
import pytest

import activlib as al
from activlib.facts.data import VERSION, as_data, schema
from book import labels

VALIDATOR = jsonschema.Draft202012Validator(json.loads(schema()))
DEFINED = [al.define("1/x", name="reciprocal"), al.define("sin(x)", name="sine"), al.define("sin(x**2)", name="chirp")]


def data(*activations):
    return {"version": VERSION, "activations": [as_data(al.facts(activation)) for activation in activations]}


@pytest.mark.parametrize("activation", [*al.activations.values(), *DEFINED], ids=lambda activation: activation.name)
def test_facts_of_every_activation_keep_to_the_schema(activation):
    VALIDATOR.validate(json.loads(json.dumps(data(activation))))


@pytest.mark.parametrize(
    "spoil",
    [
        lambda entry: entry["facts"].clear(),
        lambda entry: entry["facts"]["gain"].pop("balls"),
        lambda entry: entry["facts"]["gain"].update(boxes=0),
        lambda entry: entry["facts"]["range"].pop("value"),
        lambda entry: entry["facts"]["range"].update(method="absent"),
        lambda entry: entry["facts"]["range"].update(argument=""),
        lambda entry: entry["facts"]["range"].update(method="guessed"),
        lambda entry: entry.update(more=1),
    ],
)
def test_the_schema_refuses_a_fact_without_evidence(spoil):
    spoiled = copy.deepcopy(data(al.sigmoid))
    spoil(spoiled["activations"][0])
    with pytest.raises(jsonschema.ValidationError):
        VALIDATOR.validate(spoiled)


def test_the_site_has_the_data_of_the_whole_catalogue_and_its_schema(site):
    stored = json.loads((site / "facts.json").read_text("utf8"))
    VALIDATOR.validate(stored)
    assert json.loads((site / "facts.schema.json").read_text("utf8")) == json.loads(schema())
    assert [entry["name"] for entry in stored["activations"]] == [*al.activations, *al.vector_activations]
    for entry in stored["activations"]:
        address = entry.pop("chapter", None)
        assert (address is not None) == (entry["name"] in labels())
        if address:
            page, place = address.split("#")
            assert f'id="{place}"' in (site / page).read_text("utf8")
        assert entry == as_data(al.facts(getattr(al, entry["name"])))


@pytest.mark.parametrize("name", ["selu", "silu", "sigmoid", "lecun_tanh", "sine", "threshold"])
def test_every_number_of_a_value_is_there_as_a_float_that_needs_no_parser(name):
    facts = as_data(al.facts(al.activations[name]))["facts"]
    lists = {key: fact.get("numbers", {}) for key, fact in facts.items()}
    assert {key for key, found in lists.items() if found} >= {"mean", "second_moment", "gain", "variance"}
    for key, found in lists.items():
        for written, number in found.items():
            assert written in facts[key]["value"]
            assert type(number) is float
            if written.endswith("…"):
                assert f"{number:.17f}".startswith(written[:-1])


def test_the_numbers_of_closed_forms_are_those_of_another_method():
    facts = as_data(al.facts(al.selu))["facts"]
    scale, alpha = mpmath.mpf("1.05070098735548049342"), mpmath.mpf("1.67326324235437728482")

    def selu(z):
        return scale * (z if z > 0 else alpha * mpmath.expm1(z))

    square = mpmath.quad(lambda z: selu(z) ** 2 * mpmath.npdf(z), [-mpmath.inf, -2, 0, 2, mpmath.inf])
    for name, number in (("second_moment", square), ("lipschitz", scale * alpha), ("mean", 0), ("gain", 1 / mpmath.sqrt(square))):
        assert list(facts[name]["numbers"].values()) == [pytest.approx(float(number), abs=1e-12)]
    (kind, value, place) = re.fullmatch(r"(\S+) (\S+) at (\S+)", as_data(al.facts(al.silu))["facts"]["extrema"]["value"]).groups()
    known = as_data(al.facts(al.silu))["facts"]["extrema"]["numbers"]
    at = mpmath.findroot(lambda z: mpmath.exp(z) + z + 1, -1.3)  # e^z (1 + e^-z + z e^-z), up to a positive factor
    assert kind == "minimum"
    assert known[place] == pytest.approx(float(at), abs=1e-15)
    assert known[value] == pytest.approx(float(at / (1 + mpmath.exp(-at))), abs=1e-15)


def test_balls_are_decimal_and_hold_the_number():
    (ball,) = as_data(al.facts(al.tanh))["facts"]["gain"]["balls"]
    middle, radius = map(float, re.fullmatch(r"(\S+) ± (\S+)", ball).groups())
    square = mpmath.quad(lambda z: mpmath.tanh(z) ** 2 * mpmath.npdf(z), [-mpmath.inf, -2, 0, 2, mpmath.inf])
    assert middle == pytest.approx(float(1 / mpmath.sqrt(square)), rel=1e-13)
    assert 0 < radius <= 1e-15
