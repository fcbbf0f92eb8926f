"""Ask the libraries' losses what they take: `python tools/runs/losses.py`.

For the chapter Choosing. Each cross-entropy, with its defaults, gets the same three things in turn: raw scores, the
probabilities that belong to them, and the logarithms of those. It *takes* the one with which it returns the cross-entropy. Then
it gets that of a prediction that is wrong beyond what a probability in float32 can say. The losses of a real number get the
number, and have to return the mean squared error. Those that take raw scores for targets of 0 or 1 are asked for targets
between them as well, as the task *share*. Writes activlib/data/runs/losses.json:

scores, targets: what the calls got, {task: numbers}; a task is "binary", "share", "classes" or "number", with targets 0 or 1,
    from 0 to 1, class numbers, or numbers.
exact: {task: the loss, the mean over the examples}.
far: {task: [a prediction and its target that are far off; the loss]}.
calls: one for each call: library, call, task, targets (as "0 or 1", "0 to 1", "numbers" or "one-hot"), takes, returns ({what
    it got: the mean of what it returned, to four digits, or the name of the error}), far (what it returned there; None if
    infinite).

It needs PyTorch, Keras on JAX, and optax beside activlib: `pip install -r tools/libraries.txt && pip install optax`. Takes
seconds.
"""

import argparse
import os
import sys
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"

import numpy as np

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

from runs.store import store  # noqa: E402

SCORES = {"binary": np.array([-1.5, 0.25, 2.0, -0.5]),
          "classes": np.array([[1.0, -0.5, 2.0], [0.0, 1.5, -1.0], [-2.0, 0.5, 0.25], [0.75, 0.0, -0.25]]),
          "number": np.array([-1.5, 0.25, 2.0, -0.5])}
SCORES["share"] = SCORES["binary"]
TARGETS = {"binary": np.array([0, 1, 0, 1]), "classes": np.array([2, 0, 2, 0]), "number": np.array([-1.0, 3.0, 2.5, 0.0]),
           "share": np.array([0.0, 0.25, 0.9, 1.0])}
FAR = {"binary": (np.array([200.0]), np.array([0])), "classes": (np.array([[200.0, 0.0, 0.0]]), np.array([1])),
       "number": (np.array([200.0]), np.array([0.0])), "share": (np.array([200.0]), np.array([0.25]))}
SINGLE = ("binary", "share")  # tasks with one score for each example
KINDS = ("raw scores", "probabilities", "logarithms of probabilities")


def calls():
    """Each call: library, its text, the task, the targets it wants, and a function of inputs and targets."""
    import keras
    import optax
    import torch
    from torch import nn

    for loss, task, targets in ((nn.BCEWithLogitsLoss, "binary", "0 or 1"), (nn.BCEWithLogitsLoss, "share", "0 to 1"),
                                (nn.BCELoss, "binary", "0 or 1"), (nn.CrossEntropyLoss, "classes", "numbers"),
                                (nn.NLLLoss, "classes", "numbers")):
        kind = torch.long if task == "classes" else torch.float32
        yield ("PyTorch", f"torch.nn.{loss.__name__}()", task, targets,
               lambda x, t, loss=loss, kind=kind: loss()(torch.tensor(x, dtype=torch.float32), torch.tensor(t, dtype=kind)))
    yield ("PyTorch", "torch.nn.MSELoss()", "number", "numbers",
           lambda x, t: nn.MSELoss()(torch.tensor(x, dtype=torch.float32), torch.tensor(t, dtype=torch.float32)))
    yield ("Keras", "keras.losses.MeanSquaredError()", "number", "numbers",
           lambda x, t: keras.losses.MeanSquaredError()(t[:, None].astype("float32"), x[:, None].astype("float32")))
    yield ("JAX with optax", "optax.squared_error", "number", "numbers",
           lambda x, t: optax.squared_error(x.astype("float32"), t.astype("float32")).mean())
    raw = {"from_logits": True}
    for name, options, task, targets in (("BinaryCrossentropy", {}, "binary", "0 or 1"),
                                         ("BinaryCrossentropy", raw, "binary", "0 or 1"),
                                         ("BinaryCrossentropy", raw, "share", "0 to 1"),
                                         ("SparseCategoricalCrossentropy", {}, "classes", "numbers"),
                                         ("SparseCategoricalCrossentropy", raw, "classes", "numbers"),
                                         ("CategoricalCrossentropy", {}, "classes", "one-hot"),
                                         ("CategoricalCrossentropy", raw, "classes", "one-hot")):
        loss, text = getattr(keras.losses, name)(**options), ", ".join(f"{key}={value}" for key, value in options.items())
        yield ("Keras", f"keras.losses.{name}({text})", task, targets,
               lambda x, t, loss=loss, task=task: loss(t[:, None] if task in SINGLE else t,
                                                       (x[:, None] if task in SINGLE else x).astype("float32")))
    for loss, task, targets in ((optax.sigmoid_binary_cross_entropy, "binary", "0 or 1"),
                                (optax.sigmoid_binary_cross_entropy, "share", "0 to 1"),
                                (optax.softmax_cross_entropy_with_integer_labels, "classes", "numbers"),
                                (optax.softmax_cross_entropy, "classes", "one-hot")):
        yield ("JAX with optax", f"optax.{loss.__name__}", task, targets,
               lambda x, t, loss=loss: loss(x.astype("float32"), t).mean())


def kinds(task, scores):
    """The same prediction as raw scores, probabilities and their logarithms, computed in double precision; or a number."""
    if task == "number":
        return {"the number": scores}
    logs = -np.logaddexp(0, -scores) if task in SINGLE else scores - np.logaddexp.reduce(scores, axis=1, keepdims=True)
    return dict(zip(KINDS, (scores, np.exp(logs), logs), strict=True))


def right(task, scores, targets):
    """The mean squared error of numbers, and the cross-entropy of raw scores."""
    if task == "number":
        return float(np.mean((scores - targets) ** 2))
    if task in SINGLE:
        return float(np.mean(np.logaddexp(0, scores) - targets * scores))
    return float(np.mean(np.logaddexp.reduce(scores, axis=1) - scores[range(len(targets)), targets]))


def answer(function, given, targets, wanted):
    """What the call returns, or the name of the error."""
    try:
        return float(function(given, np.eye(given.shape[1])[targets] if wanted == "one-hot" else targets))
    except (RuntimeError, ValueError, TypeError) as error:
        return type(error).__name__


def asked(library, text, task, wanted, function):
    exact = right(task, SCORES[task], TARGETS[task])
    got = {kind: answer(function, given, TARGETS[task], wanted) for kind, given in kinds(task, SCORES[task]).items()}
    takes = [kind for kind, value in got.items() if not isinstance(value, str) and abs(value - exact) < 1e-4]
    if not takes:
        raise SystemExit(f"{text} returns the loss for nothing it was given: {got}")
    scores, targets = FAR[task]
    far = answer(function, kinds(task, scores)[takes[0]], targets, wanted)
    return {"library": library, "call": text, "task": task, "targets": wanted, "takes": takes,
            "returns": {kind: value if isinstance(value, str) else rounded(value) for kind, value in got.items()},
            "far": rounded(far)}


def rounded(value):
    return float(f"{value:.4g}") if np.isfinite(value) else None


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.parse_args()
    exact = {task: rounded(right(task, SCORES[task], TARGETS[task])) for task in SCORES}
    far = {task: [*(part.tolist() for part in FAR[task]), rounded(right(task, *FAR[task]))] for task in FAR}
    store("losses", __file__, ("numpy", "torch", "keras", "jax", "optax"),
          scores={task: scores.tolist() for task, scores in SCORES.items()},
          targets={task: targets.tolist() for task, targets in TARGETS.items()},
          exact=exact, far=far, calls=[asked(*call) for call in calls()])


if __name__ == "__main__":
    main()
