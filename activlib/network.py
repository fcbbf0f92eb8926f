"""Small fully connected networks in NumPy, for the experiments of the chapters."""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from activlib.activation import Activation


def _squared(outputs, targets):
    difference = outputs - targets
    return (difference**2).mean((-2, -1)) / 2, difference / _size(outputs)


def _logistic(outputs, targets):
    """Cross-entropy of targets in [0, 1] from log-odds: softplus(z) - t z, with the gradient sigma(z) - t.

    The softplus is written max(z, 0) + log(1 + exp(-|z|)): for t = 1 and large z, its first term and t z cancel exactly.
    """
    from activlib.catalogue import activations

    loss = np.maximum(outputs, 0) - targets * outputs + np.log1p(np.exp(-np.abs(outputs)))
    return loss.mean((-2, -1)), (activations["sigmoid"](outputs) - targets) / _size(outputs)


def _softmax(outputs, targets):
    """Cross-entropy of class numbers from one score a class."""
    shifted = outputs - outputs.max(axis=-1, keepdims=True)
    log_probabilities = shifted - np.log(np.exp(shifted).sum(axis=-1, keepdims=True))
    chosen = np.broadcast_to(targets, outputs.shape[:-1])[..., None]
    gradient = np.exp(log_probabilities)
    np.put_along_axis(gradient, chosen, np.take_along_axis(gradient, chosen, -1) - 1, -1)
    return -np.take_along_axis(log_probabilities, chosen, -1).mean((-2, -1)), gradient / outputs.shape[-2]


def _size(outputs):
    """How many numbers one network puts out."""
    return outputs.shape[-2] * outputs.shape[-1]


LOSSES = {"squared": _squared, "logistic": _logistic, "softmax": _softmax}


class Network:
    """A fully connected network with one activation after each layer but the last, which is affine.

    Parameters
    ----------
    sizes: number of inputs, of units in each hidden layer, and of outputs.
    activation: an `Activation`.
    rng: a `numpy.random.Generator`. Weights are normal with variance gain² / (inputs of the layer), biases 0.
        A list of generators makes an *ensemble*: as many networks, each as its generator alone would make it, that
        compute and train side by side, which takes far less time than one after the other.
    gain: see the glossary; He's initialization for ReLU is gain √2.
    first: the gain of the first layer, if it is to have another: 1 suits inputs of mean square 1, which come from the data
        and not from an activation.
    parameters: numbers for the activation's parameters; defaults for those not given.

    `weights[k]` has shape (inputs, units) of layer k and `biases[k]` shape (units,); both may be changed. In an ensemble of
    m networks all arrays that it holds or gives have a first axis more, of length m (and `biases[k]` has shape
    (m, 1, units)); its inputs may have one, and are shared otherwise.
    Raises ValueError for fewer than two sizes or an empty list, and what the activation raises for its parameters.
    """

    def __init__(self, sizes, activation: Activation, rng, *, gain: float = 1.0, first: float | None = None, **parameters):
        if len(sizes) < 2 or min(sizes) < 1:
            raise ValueError(f"a network needs the sizes of its input and its output, each at least 1; got {sizes!r}")
        activation.at(**parameters)
        self.activation, self.parameters = activation, parameters
        if isinstance(rng, np.random.Generator):
            self._draw(sizes, gain, gain if first is None else first, rng)
        else:
            members = [Network(sizes, activation, one, gain=gain, first=first, **parameters) for one in rng]
            if not members:
                raise ValueError("an ensemble needs at least one generator")
            self.weights = [np.stack(arrays) for arrays in zip(*(member.weights for member in members))]
            self.biases = [np.stack(arrays)[:, None] for arrays in zip(*(member.biases for member in members))]

    def _draw(self, sizes, gain, first, rng):
        gains = [first, *[gain] * (len(sizes) - 2)]
        self.weights = [rng.normal(scale=g / np.sqrt(a), size=(a, b))
                        for g, (a, b) in zip(gains, pairwise(sizes), strict=True)]
        self.biases = [np.zeros(b) for b in sizes[1:]]

    def __call__(self, x):
        """The outputs, shape (examples, outputs), for inputs of shape (examples, inputs)."""
        return self.pre_activations(x)[-1]

    def pre_activations(self, x) -> list[np.ndarray]:
        """The pre-activations of every layer; the last ones are the network's outputs."""
        return self._forward(np.asarray(x))[1]

    def _forward(self, x):
        """The inputs of every layer, and its pre-activations."""
        inputs, signals = [x], []
        for w, b in zip(self.weights, self.biases, strict=True):
            if signals:
                inputs.append(self.activation(signals[-1], **self.parameters))
            signals.append(inputs[-1] @ w)
            signals[-1] += b
        return inputs, signals

    def backward(self, pre_activations, gradient) -> list[np.ndarray]:
        """The gradients with respect to the pre-activations of every layer, from the one with respect to the outputs."""
        gradients = [gradient]
        for z, w in zip(pre_activations[-2::-1], self.weights[:0:-1], strict=True):
            # Copied, since BLAS is slow with a small matrix that lies the other way round.
            gradients.append(gradients[-1] @ w.swapaxes(-1, -2).copy())
            gradients[-1] *= self.activation.gradient(z, **self.parameters)
        return gradients[::-1]

    def train(self, x, targets, *, loss: str, rate: float, steps: int, batch: int | None = None, rng=None) -> np.ndarray:
        """Gradient descent in place; the losses before each step, of the examples that the step used.

        loss: "squared" (half the mean square), "logistic" (cross-entropy from log-odds, targets in [0, 1]) or
        "softmax" (cross-entropy from scores, targets are class numbers). Each step uses all examples, or `batch` of
        them drawn by `rng` with replacement. x has shape (examples, inputs), targets the shape of the outputs, or for
        softmax (examples,); the losses have shape (steps,). An ensemble of m networks gives losses of shape (steps, m),
        and takes for `rng` a list of m generators, or one whose draws it shares. Its x and targets may both have a first
        axis of length m, the examples of each network.
        Raises ValueError for another loss, examples and targets of another shape, and a batch that is less than 1 or comes
        without rng.
        """
        if loss not in LOSSES:
            raise ValueError(f"unknown loss {loss!r}; accepted are {', '.join(LOSSES)}")
        if batch is not None and rng is None:
            raise ValueError("a batch needs rng, which draws it")
        if batch is not None and batch < 1:
            raise ValueError(f"a batch has at least one example, got {batch}")
        x, targets = np.asarray(x), np.asarray(targets)
        if x.ndim > 2 and x.shape[:-2] != self.weights[0].shape[:-2]:
            raise ValueError(f"examples of each network have a first axis as long as the ensemble, got the shape {x.shape}")
        shape = x.shape[:-1] if loss == "softmax" else (*x.shape[:-1], self.biases[-1].shape[-1])
        if targets.shape != shape:
            raise ValueError(f"the targets of these {loss} outputs have the shape {shape}, got {targets.shape}")
        losses = np.empty((steps, *self.weights[0].shape[:-2]))
        for step in range(steps):
            chosen = ... if batch is None else _draws(rng, x, batch)
            inputs, signals = self._forward(x[chosen])
            ones = np.ones((1, signals[-1].shape[-2]))
            losses[step], gradient = LOSSES[loss](signals[-1], targets[chosen])
            for w, b, a, g in zip(self.weights, self.biases, inputs, self.backward(signals, gradient), strict=True):
                w -= rate * a.swapaxes(-1, -2) @ g
                b -= rate * (ones @ g).reshape(b.shape)  # a sum, as BLAS takes it: several times as fast
        return losses


def _draws(rng, x, batch):
    """The index of the examples that a step uses: one draw for all, or one for each network of an ensemble."""
    n = x.shape[-2]
    drawn = rng.integers(n, size=batch) if isinstance(rng, np.random.Generator) else np.stack(
        [one.integers(n, size=batch) for one in rng])
    return drawn if x.ndim == 2 else (np.arange(len(x))[:, None], drawn)
