"""Run the code that Choosing shows for the start of a network: `python tools/runs/initialization.py`.

For the chapter Choosing. The code of tools/runs/starts is run as it is; then its function `layer`, and the library's own layer
as it comes, make networks of ten hidden layers, whose signals and gradients are computed before any training, with standard
normal inputs. Writes activlib/data/runs/initialization.json:

settings: units of each layer, hidden layers, examples, seeds.
codes: {library: the text that was run}.
gains: {library: {"ours" or "default": the root of inputs times the mean square of the weights, of the model's layers}}.
signals, gradients: {library: {"ours" or "default": {activation: decimal logarithm of the mean square of the last layer's
    outputs, or of the root mean square gradient that arrives at the first layer for one of 1 at the outputs; the mean over
    seeds}}}. JAX has no layers of its own, and so no "default".

It needs PyTorch, Keras and JAX beside activlib: `pip install -r tools/libraries.txt`. Takes a minute.
"""

import argparse
import os
import runpy
import sys
from pathlib import Path

os.environ["KERAS_BACKEND"] = "jax"

import numpy as np

ROOT = Path(__file__).resolve().parent.parent.parent
STARTS = ROOT / "tools" / "runs" / "starts"
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

import activlib as al  # noqa: E402
from runs.store import store  # noqa: E402

WIDTH, DEPTH, EXAMPLES, SEEDS = 256, 10, 200, 10
NAMES = ("tanh", "relu", "gelu", "silu")
PACKAGES = ("numpy", "torch", "keras", "jax")


def arrays(layer):
    """The weights, inputs first, and the biases of a layer of any of the libraries, as NumPy has them."""
    if hasattr(layer, "in_features"):  # PyTorch
        return layer.weight.detach().numpy().T, layer.bias.detach().numpy()
    return tuple(np.asarray(array) for array in (layer if isinstance(layer, tuple) else (layer.kernel, layer.bias)))


def layers(library, code, sizes, gains, seed):
    """The layers that the library makes: by the code's function with these gains, or its own without."""
    pairs = list(zip(sizes, sizes[1:], strict=False))
    if library == "PyTorch":
        import torch

        torch.manual_seed(seed)
        return [code["layer"](a, b, g) if g else torch.nn.Linear(a, b) for (a, b), g in zip(pairs, gains, strict=True)]
    if library == "Keras":
        import keras

        keras.utils.set_random_seed(seed)
        made = [code["layer"](b, g) if g else keras.layers.Dense(b) for (_, b), g in zip(pairs, gains, strict=True)]
        for (a, _), layer in zip(pairs, made, strict=True):
            layer.build((None, a))
        return made
    import jax

    keys = jax.random.split(jax.random.key(seed), len(pairs))
    return [code["layer"](key, a, b, g) for key, (a, b), g in zip(keys, pairs, gains, strict=True)]


def passed(library, code, name, default, seed):
    """Decimal logarithms of the outputs' mean square and of the gradient's root mean square at the first layer."""
    activation = al.activations[name]
    gain = float(al.facts(activation).gain)
    gains = [None] * (DEPTH + 1) if default else [1.0, *[gain] * DEPTH]
    sizes = [WIDTH] * (DEPTH + 2)
    rng = np.random.default_rng(seed)
    net = al.Network(sizes, activation, rng)
    net.weights, net.biases = (list(of) for of in zip(*map(arrays, layers(library, code, sizes, gains, seed)), strict=True))
    pre = net.pre_activations(rng.normal(size=(EXAMPLES, WIDTH)))
    back = net.backward(pre, rng.normal(size=pre[-1].shape))
    return np.log10([np.mean(pre[-1] ** 2), np.sqrt(np.mean(back[0] ** 2))])


def model_gains(library, code):
    """The gain of each layer of the model that the code makes, and of the library's own layers of the same sizes."""
    made = code["layers"] if library == "JAX" else [one for one in code["model"] if hasattr(one, "in_features")] \
        if library == "PyTorch" else code["model"].layers
    found = {"ours": made}
    sizes = [64, 32, 32, 10]
    if library != "JAX":
        found["default"] = layers(library, code, sizes, [None] * 3, 0)
    return {kind: [round(float(np.sqrt(len(w) * np.mean(w**2))), 2) for w, _ in map(arrays, several)]
            for kind, several in found.items()}


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.parse_args()
    paths = {"PyTorch": STARTS / "pytorch.py", "Keras": STARTS / "keras.py", "JAX": STARTS / "jax.py"}
    gains, signals, gradients = {}, {}, {}
    for library, path in paths.items():
        code = runpy.run_path(str(path))
        gains[library] = model_gains(library, code)
        signals[library], gradients[library] = {}, {}
        for kind in gains[library]:
            found = {name: np.mean([passed(library, code, name, kind == "default", seed) for seed in range(SEEDS)], axis=0)
                     for name in NAMES}
            signals[library][kind] = {name: round(float(s), 2) for name, (s, _) in found.items()}
            gradients[library][kind] = {name: round(float(g), 2) for name, (_, g) in found.items()}
    store("initialization", __file__, PACKAGES,
          settings={"width": WIDTH, "depth": DEPTH, "examples": EXAMPLES, "seeds": SEEDS},
          codes={library: path.read_text("utf8") for library, path in paths.items()},
          gains=gains, signals=signals, gradients=gradients)


if __name__ == "__main__":
    main()
