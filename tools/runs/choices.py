"""Run what the libraries have for a discrete choice: `python tools/runs/choices.py`.

For the chapter Choosing discretely. Writes activlib/data/runs/choices.json, whose numbers are strings where JSON has none ("inf",
"nan"), and have at most four digits, which are the same on every processor:

argmax: {call: [[row of scores, index of the place that the call returns], ...]} in float32.
scores, noise, tau, v: a row, the Gumbel numbers that are added to it, a temperature, and the gradient of a loss by the choice.
estimators: {call: [result, gradient of v · result by the scores]} of torch.nn.functional.gumbel_softmax, soft and hard, and of
    the recipe with jax.lax.stop_gradient, with that noise and temperature.

It needs the libraries of tools/libraries.py: `pip install -r tools/libraries.txt`. Takes some seconds.
"""

import sys
from pathlib import Path

import numpy as np

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

import runners  # noqa: E402
from runs.store import store  # noqa: E402

INF, NAN = np.inf, np.nan
ROWS = ([1, 2, 2], [0.0, -0.0, 0.0], [-INF, -INF, -INF], [INF, 0, INF], [0, NAN, 1], [NAN, 2, NAN])
SCORES, V, TAU = np.float32([1, 0.5, -0.5]), np.float32([1, -2, 0.5]), 0.5


def argmax():
    """{call: function of a float32 row}."""
    import jax.numpy
    import keras
    import torch

    return {
        "torch.argmax(x)": lambda x: torch.argmax(torch.tensor(x)),
        "torch.max(x, 0)": lambda x: torch.max(torch.tensor(x), 0).indices,
        "jax.numpy.argmax(x)": jax.numpy.argmax,
        "keras.ops.argmax(x)": keras.ops.argmax,
        "onnx.ArgMax(x)": onnx_argmax,
        "numpy.argmax(x)": np.argmax,
    }


def onnx_argmax(x):
    """ONNX's ArgMax without attributes, in the reference evaluator."""
    from onnx import TensorProto, helper, reference

    node = helper.make_node("ArgMax", ["x"], ["y"])
    ends = [helper.make_tensor_value_info(*end, None) for end in (("x", TensorProto.FLOAT), ("y", TensorProto.INT64))]
    model = helper.make_model(helper.make_graph([node], "argmax", ends[:1], ends[1:]))
    return reference.ReferenceEvaluator(model).run(None, {"x": x})[0]


def torch_noise():
    """The Gumbel numbers that gumbel_softmax draws after this seed: minus the logarithm of exponential ones."""
    import torch

    torch.manual_seed(0)
    return -torch.empty(len(SCORES)).exponential_().log()


def by_torch(hard):
    import torch

    scores = torch.tensor(SCORES, requires_grad=True)
    torch.manual_seed(0)
    y = torch.nn.functional.gumbel_softmax(scores, tau=TAU, hard=hard)
    y.backward(torch.tensor(V))
    return [plain(y.detach()), plain(scores.grad)]


def by_jax(noise):
    import jax
    import jax.numpy as jnp

    def choice(scores):
        soft = jax.nn.softmax((scores + noise) / TAU)
        hard = jax.nn.one_hot(jnp.argmax(soft), len(SCORES), dtype=soft.dtype)
        return soft + jax.lax.stop_gradient(hard - soft)

    y, pull_back = jax.vjp(choice, jnp.asarray(SCORES))
    return [plain(y), plain(pull_back(jnp.asarray(V))[0])]


def plain(result):
    """An array as a list of numbers of four digits, or strings."""
    return [float(f"{value:.4g}") if np.isfinite(value) else f"{value}" for value in np.asarray(result).tolist()]


def main():
    runners.prepare()
    noise = torch_noise().numpy()
    store(
        "choices", __file__, ["numpy", "torch", "jax", "keras", "onnx"],
        argmax={call: [[plain(row), np.ravel(f(np.float32(row))).tolist()[0]] for row in ROWS] for call, f in argmax().items()},
        scores=plain(SCORES), noise=plain(noise), tau=TAU, v=plain(V),
        estimators={"torch gumbel_softmax(x, tau)": by_torch(False), "torch gumbel_softmax(x, tau, hard=True)": by_torch(True),
                    "jax soft + stop_gradient(hard - soft)": by_jax(noise)},
    )  # fmt: skip


if __name__ == "__main__":
    main()
