"""The explorer as a notebook widget."""

import hashlib
import json
from collections import Counter

import anywidget
import traitlets

from activlib.explorer.assets import script, style
from activlib.explorer.page import html
from activlib.explorer.specification import as_list, check_parameters, check_show, check_window, check_x, specification
from activlib.explorer.static import number
from activlib.explorer.vectorpage import html as vector_html
from activlib.explorer.vectors import (
    check_component,
    check_inputs,
    check_layers,
    check_plane,
    check_values,
    vector_specification,
)

RENDER = """
export default {
  render({ model, el }) {
    const traits = ["parameters", "x", "window", "show", "highlight"];
    const element = document.createElement("activation-explorer");
    element.setAttribute("data-notebook", "");
    element.specification = model.get("specification");
    el.append(element);
    const receive = () => {
      element.state = Object.fromEntries(traits.map((trait) => [trait, model.get(trait)]));
    };
    const send = ({ detail }) => {
      for (const trait of traits) model.set(trait, detail[trait]);
      model.save_changes();
    };
    receive();
    for (const trait of traits) model.on(`change:${trait}`, receive);
    element.addEventListener("explore", send);
    return () => {
      for (const trait of traits) model.off(`change:${trait}`, receive);
      element.removeEventListener("explore", send);
    };
  },
};
"""

_made = Counter()


class Checked(traitlets.TraitType):
    """A trait that holds what a function of the widget and the value returns; the function names what is accepted, better
    than a type error of traitlets would. It runs at once: a validator of traitlets would come after the browser's number
    has been told to observers as it was sent."""

    def __init__(self, check):
        super().__init__()
        self.check = check

    def validate(self, widget, value):
        return self.check(widget, value)


class Explored(anywidget.AnyWidget):
    """What the explorers of both kinds have in common: a specification, traits in step with the page, and a static form."""

    _esm = script() + RENDER
    _css = style()

    specification = traitlets.Dict().tag(sync=True)

    def __init__(self, spec):
        first = {name: spec[name] for name in ("x", "window", "show", "highlight")}
        first["parameters"] = {p["key"]: p["value"] for p in spec["parameters"]}
        super().__init__(specification=spec, **first, model_id=identity(spec))

    def _repr_mimebundle_(self, **_):
        return {
            "text/plain": repr(self),
            "text/html": self._html(self._now()),
            "application/vnd.jupyter.widget-view+json": {
                "version_major": 2, "version_minor": 0, "model_id": self.model_id,
            },
        }  # fmt: skip

    def _now(self):
        """The specification that starts where the explorer stands."""
        parameters = [{**p, "value": self.parameters[p["key"]]} for p in self.specification["parameters"]]
        traits = {name: getattr(self, name) for name in ("x", "window", "show", "highlight")}
        return {**self.specification, **traits, "parameters": parameters}

    def _given(self):
        """The values of the parameters in words."""
        return [f"{p['text']} = {number(self.parameters[p['key']])}" for p in self.specification["parameters"]]


class Explorer(Explored):
    """Curves, sliders and a movable point. See `activlib.explorer.explorer` for the arguments.

    The traits follow the reader's hand, move the explorer when set, and can be observed:

    parameters: {key: value}; setting some of them leaves the others as they are.
    x: where the point stands.
    window: [x low, x high, y low, y high]; setting (x low, x high) chooses the heights.
    show: which of "f", "df", "d2f" are drawn.
    highlight: name of the activation whose point moves.

    Setting one to something that is not accepted raises ValueError or TypeError and changes nothing.
    """

    _html = staticmethod(html)

    parameters = Checked(lambda self, value: self._with_parameters(value)).tag(sync=True)
    x = Checked(lambda self, value: check_x(value)).tag(sync=True)
    window = Checked(lambda self, value: check_window(value, self.specification)).tag(sync=True)
    show = Checked(lambda self, value: check_show(value)).tag(sync=True)
    highlight = Checked(lambda self, value: self._known(value)).tag(sync=True)

    def __init__(self, activations, **options):
        self._functions = as_list(activations)
        super().__init__(specification(self._functions, **options))

    def __repr__(self):
        names = [curve["label"] for curve in self.specification["curves"]]
        low, high = map(number, self.window[:2])
        return f"Explorer of {', '.join(names)}: {', '.join([*self._given(), f'window {low}…{high}'])}"

    def _with_parameters(self, given):
        return {**self._trait_values.get("parameters", {}), **check_parameters(self._functions, given)}

    def _known(self, name):
        names = [curve["name"] for curve in self.specification["curves"]]
        if name not in names:
            raise ValueError(f"highlight = {name!r} is not one of {', '.join(names)}")
        return name


class VectorExplorer(Explored):
    """The inputs and components of an activation of several numbers. See `activlib.explorer.explorer` for the arguments.

    The traits follow the reader's hand, move the explorer when set, and can be observed:

    parameters: {name: value}; setting some of them leaves the others as they are.
    x: the inputs, [x₁, x₂, ...]; setting more or fewer of them changes their number.
    window: [left, right, bottom, top] of the plane; setting (low, high) gives both directions the same.
    show: which of "levels" and "gradient" are drawn.
    highlight: name of the component that is drawn, such as "y2".

    Setting one to something that is not accepted raises ValueError or TypeError and changes nothing.
    """

    _html = staticmethod(vector_html)

    parameters = Checked(lambda self, value: self._with_parameters(value)).tag(sync=True)
    x = Checked(lambda self, value: check_inputs(value, self.specification)).tag(sync=True)
    window = Checked(lambda self, value: check_plane(value)).tag(sync=True)
    show = Checked(lambda self, value: check_layers(value)).tag(sync=True)
    highlight = Checked(lambda self, value: check_component(value, self.specification)).tag(sync=True)

    def __init__(self, activation, **options):
        self._activation = activation
        super().__init__(vector_specification(activation, **options))

    def __repr__(self):
        inputs = f"x = ({', '.join(map(number, self.x))})"
        return f"{self.specification['label']}: {', '.join([*self._given(), inputs])}"

    def _with_parameters(self, given):
        return {**self._trait_values.get("parameters", {}), **check_values(self._activation, given)}


def identity(spec):
    """An id for the widget's model that is the same whenever the notebook runs: of its content, and how many were alike."""
    digest = hashlib.sha256(json.dumps(spec, sort_keys=True).encode()).hexdigest()[:26]
    _made[digest] += 1
    return f"{digest}{_made[digest]:06x}"
