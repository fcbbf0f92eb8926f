"""The input for an answer as a notebook widget."""

from importlib.resources import files

import anywidget
import traitlets

from activlib.explorer.widget import identity

# A notebook loads the script once for each widget, the site another one after it that says who checks.
RENDER = """
if (!customElements.get("activation-answer")) customElements.define("activation-answer", ActivationAnswer);
export default {
  render({ model, el }) {
    const element = document.createElement("activation-answer");
    element.answer = model.get("answer");
    element.dataset.lmSuppressShortcuts = "true"; // or the notebook takes keys for its own
    element.check = (text) => new Promise((resolve) => {
      const hear = (verdict) => {
        model.off("msg:custom", hear);
        resolve(verdict);
      };
      model.on("msg:custom", hear);
      model.send({ text });
    });
    el.append(element);
  },
};
"""


def script():
    """The script with the class of <activation-answer>, which its host defines."""
    return (files("activlib") / "question.js").read_text("utf-8")


class Question(anywidget.AnyWidget):
    """An input whose text the kernel checks. See `activlib.answers.answer`."""

    _esm = script() + RENDER

    answer = traitlets.Dict().tag(sync=True)

    def __init__(self, answer):
        data = answer.data()
        super().__init__(answer=data, model_id=identity(data))
        self._answer = answer
        self.on_msg(self._check)

    def _check(self, _widget, message, _buffers):
        self.send(verdict(self._answer, message["text"]))


def verdict(answer, text) -> dict:
    """What to say of a reader's text, as plain data."""
    try:
        return answer.check(text)._asdict()
    except ValueError as error:
        return {"error": str(error), **{key: getattr(error, key) for key in ("start", "end") if hasattr(error, key)}}
