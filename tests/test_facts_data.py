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


def test_balls_are_decimal_and_hold_the_number():
    (ball,) = as_data(al.facts(al.tanh))["facts"]["gain"]["balls"]
    middle, radius = map(float, re.fullmatch(r"(\S+) ± (\S+)", ball).groups())
    square = mpmath.quad(lambda z: mpmath.tanh(z) ** 2 * mpmath.npdf(z), [-mpmath.inf, -2, 0, 2, mpmath.inf])
    assert middle == pytest.approx(float(1 / mpmath.sqrt(square)), rel=1e-13)
    assert 0 < radius <= 1e-15
