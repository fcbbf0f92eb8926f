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


class Explorer(anywidget.AnyWidget):
    """Curves, sliders and a movable point. See `activlib.explorer.explorer` for the arguments.

    The traits follow the reader's hand, move the explorer when set, and can be observed:

    parameters: {key: value}; setting some of them leaves the others as they are.
    x: where the point stands.
    window: [x low, x high, y low, y high]; setting (x low, x high) chooses the heights.
    show: which of "f", "df", "d2f" are drawn.
    highlight: name of the activation whose point moves.

    Setting one to something that is not accepted raises ValueError or TypeError and changes nothing.
    """

    _esm = script() + RENDER
    _css = style()

    specification = traitlets.Dict().tag(sync=True)
    # Untyped: the checks below name what is accepted, better than a type error of traitlets would.
    parameters = traitlets.TraitType().tag(sync=True)
    x = traitlets.TraitType().tag(sync=True)
    window = traitlets.TraitType().tag(sync=True)
    show = traitlets.TraitType().tag(sync=True)
    highlight = traitlets.TraitType().tag(sync=True)

    def __init__(self, activations, **options):
        self._functions = as_list(activations)
        spec = specification(self._functions, **options)
        first = {name: spec[name] for name in ("x", "window", "show", "highlight")}
        first["parameters"] = {p["key"]: p["value"] for p in spec["parameters"]}
        super().__init__(specification=spec, **first, model_id=_identity(spec))

    def __repr__(self):
        names = [curve["label"] for curve in self.specification["curves"]]
        given = [f"{p['text']} = {number(self.parameters[p['key']])}" for p in self.specification["parameters"]]
        low, high = map(number, self.window[:2])
        return f"Explorer of {', '.join(names)}: {', '.join([*given, f'window {low}…{high}'])}"

    def _repr_mimebundle_(self, **_):
        return {
            "text/plain": repr(self),
            "text/html": html(self._now()),
            "application/vnd.jupyter.widget-view+json": {
                "version_major": 2, "version_minor": 0, "model_id": self.model_id,
            },
        }  # fmt: skip

    def _now(self):
        """The specification that starts where the explorer stands."""
        parameters = [{**p, "value": self.parameters[p["key"]]} for p in self.specification["parameters"]]
        traits = {name: getattr(self, name) for name in ("x", "window", "show", "highlight")}
        return {**self.specification, **traits, "parameters": parameters}

    @traitlets.validate("parameters")
    def _check_parameters(self, proposal):
        before = self.parameters or {}
        return {**before, **check_parameters(self._functions, proposal.value)}

    @traitlets.validate("x")
    def _check_x(self, proposal):
        return check_x(proposal.value)

    @traitlets.validate("window")
    def _check_window(self, proposal):
        return check_window(proposal.value, self.specification)

    @traitlets.validate("show")
    def _check_show(self, proposal):
        return check_show(proposal.value)

    @traitlets.validate("highlight")
    def _check_highlight(self, proposal):
        names = [curve["name"] for curve in self.specification["curves"]]
        if proposal.value not in names:
            raise ValueError(f"highlight = {proposal.value!r} is not one of {', '.join(names)}")
        return proposal.value


def _identity(spec):
    """An id for the widget's model that is the same whenever the notebook runs: of its content, and how many were alike."""
    digest = hashlib.sha256(json.dumps(spec, sort_keys=True).encode()).hexdigest()[:26]
    _made[digest] += 1
    return f"{digest}{_made[digest]:06x}"
