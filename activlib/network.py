"""Small fully connected networks in NumPy, for the experiments of the chapters."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import sympy as sp

from activlib.activation import Activation, x


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
    learned: names of parameters of the activation that training changes, too. They begin as `parameters` has them, and each
        hidden layer has its own: one for all its units, or with `per_unit=True` one for each. Nothing keeps them inside their
        domain, and f, f' and its derivatives by them are computed as the formula has them, without the kernels' care.
    first: the gain of the first layer, if it is to have another: 1 suits inputs of mean square 1, which come from the data
        and not from an activation.
    parameters: numbers for the activation's parameters; defaults for those not given.

    `learned[k]` has the learned parameters of hidden layer k by name, of shape (1,), or (units,); they may be changed as
    well. `weights[k]` has shape (inputs, units) of layer k and `biases[k]` shape (units,); both may be changed. In an ensemble of
    m networks all arrays that it holds or gives have a first axis more, of length m (and `biases[k]` and the learned
    parameters a shape such as (m, 1, units)); its inputs may have one, and are shared otherwise.
    Raises ValueError for fewer than two sizes or an empty list, and what the activation raises for its parameters.
    """

    def __init__(self, sizes, activation: Activation, rng, *, gain: float = 1.0, first: float | None = None, learned=(),
                 per_unit: bool = False, **parameters):
        if len(sizes) < 2 or min(sizes) < 1:
            raise ValueError(f"a network needs the sizes of its input and its output, each at least 1; got {sizes!r}")
        self.activation, self.parameters = activation, parameters
        values = {symbol.name: float(value) for symbol, value in activation.at(**parameters).items()}
        self._derivatives = _formulas(activation, learned) if learned else {}
        if isinstance(rng, np.random.Generator):
            self._draw(sizes, gain, gain if first is None else first, rng)
        else:
            members = [Network(sizes, activation, one, gain=gain, first=first, **parameters) for one in rng]
            if not members:
                raise ValueError("an ensemble needs at least one generator")
            self.weights = [np.stack(arrays) for arrays in zip(*(member.weights for member in members))]
            self.biases = [np.stack(arrays)[:, None] for arrays in zip(*(member.biases for member in members))]
        self.learned = [{name: np.full((*b.shape[:-1], b.shape[-1] if per_unit else 1), values[name]) for name in learned}
                        for b in self.biases[:-1]]

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
                inputs.append(self._applied("f", len(signals) - 1, signals[-1]))
            signals.append(inputs[-1] @ w)
            signals[-1] += b
        return inputs, signals

    def _applied(self, what, k, z):
        """f, its slope, or its derivative by a learned parameter, at the pre-activations of hidden layer k."""
        if not self._derivatives:
            return (self.activation if what == "f" else self.activation.gradient)(z, **self.parameters)
        with np.errstate(all="ignore"):  # a piece that is not chosen may overflow
            return self._derivatives[what](z, **{**self.parameters, **self.learned[k]})

    def backward(self, pre_activations, gradient) -> list[np.ndarray]:
        """The gradients with respect to the pre-activations of every layer, from the one with respect to the outputs."""
        gradients = [gradient]
        for k in reversed(range(len(pre_activations) - 1)):
            gradients.append(self._arriving(k, gradients[-1]))
            gradients[-1] *= self._applied("slope", k, pre_activations[k])
        return gradients[::-1]

    def _arriving(self, k, gradient):
        """The gradient with respect to the outputs of hidden layer k, from that with respect to the next pre-activations."""
        # Copied, since BLAS is slow with a small matrix that lies the other way round.
        return gradient @ self.weights[k + 1].swapaxes(-1, -2).copy()

    def _by_parameters(self, signals, gradients):
        """The gradients with respect to the learned parameters of every hidden layer: sums over the units that share one."""
        found = []
        for k, values in enumerate(self.learned):
            arriving = self._arriving(k, gradients[k + 1])
            each = {name: (arriving * self._applied(name, k, signals[k])).sum(-2) for name in values}
            found.append({name: (g if values[name].shape[-1] > 1 else g.sum(-1, keepdims=True)).reshape(values[name].shape)
                          for name, g in each.items()})
        return found

    def train(self, x, targets, *, loss, rate: float, steps: int, batch: int | None = None, rng=None,
              speed: float = 1.0) -> np.ndarray:
        """Gradient descent in place; the losses before each step, of the examples that the step used.

        loss: "squared" (half the mean square), "logistic" (cross-entropy from log-odds, targets in [0, 1]) or
        "softmax" (cross-entropy from scores, targets are class numbers); or a function of outputs and targets that returns the
        loss of each network and the gradient with respect to the outputs. Each step uses all examples, or `batch` of them
        drawn by `rng` with replacement. x has shape (examples, inputs), targets the shape of the outputs, or for
        softmax (examples,); the losses have shape (steps,). An ensemble of m networks gives losses of shape (steps, m),
        and takes for `rng` a list of m generators, or one whose draws it shares. Its x and targets may both have a first
        axis of length m, the examples of each network. The rate of the learned parameters of the activation is `speed` times
        that of the others.
        Raises ValueError for another loss, examples and targets of another shape, and a batch that is less than 1 or comes
        without rng.
        """
        if not callable(loss) and loss not in LOSSES:
            raise ValueError(f"unknown loss {loss!r}; accepted are {', '.join(LOSSES)}")
        if batch is not None and rng is None:
            raise ValueError("a batch needs rng, which draws it")
        if batch is not None and batch < 1:
            raise ValueError(f"a batch has at least one example, got {batch}")
        x, targets = np.asarray(x), np.asarray(targets)
        if x.ndim > 2 and x.shape[:-2] != self.weights[0].shape[:-2]:
            raise ValueError(f"examples of each network have a first axis as long as the ensemble, got the shape {x.shape}")
        measured = loss if callable(loss) else LOSSES[loss]
        shape = x.shape[:-1] if loss == "softmax" else (*x.shape[:-1], self.biases[-1].shape[-1])
        if targets.shape != shape:
            kind = getattr(loss, "__name__", loss)
            raise ValueError(f"the targets of these {kind} outputs have the shape {shape}, got {targets.shape}")
        losses = np.empty((steps, *self.weights[0].shape[:-2]))
        for step in range(steps):
            chosen = ... if batch is None else _draws(rng, x, batch)
            inputs, signals = self._forward(x[chosen])
            ones = np.ones((1, signals[-1].shape[-2]))
            losses[step], gradient = measured(signals[-1], targets[chosen])
            gradients = self.backward(signals, gradient)
            if self._derivatives:
                moves = self._by_parameters(signals, gradients)
                for values, move in zip(self.learned, moves, strict=True):
                    for name, value in values.items():
                        value -= speed * rate * move[name]
            for w, b, a, g in zip(self.weights, self.biases, inputs, gradients, strict=True):
                w -= rate * a.swapaxes(-1, -2) @ g
                b -= rate * (ones @ g).reshape(b.shape)  # a sum, as BLAS takes it: several times as fast
        return losses


def _formulas(activation, learned):
    """f, its slope and its derivatives by the learned parameters as functions of arrays, whose parameters may be arrays too."""
    symbols = {p.name: p.symbol for p in activation.parameters}
    if unknown := [name for name in learned if name not in symbols]:
        raise TypeError(f"{activation.name} has no parameter {unknown[0]!r} to learn")
    expressions = {"f": activation.formula, "slope": activation.derivative(),
                   **{name: sp.diff(activation.formula, symbols[name]) for name in learned}}
    defaults = {p.name: float(p.default) for p in activation.parameters}

    def function(expression):
        compiled = sp.lambdify([x, *symbols.values()], expression, "numpy", cse=True)

        def call(z, **values):
            return np.broadcast_to(compiled(z, *(values.get(name, default) for name, default in defaults.items())), z.shape)
        return call
    return {name: function(expression) for name, expression in expressions.items()}


def _draws(rng, x, batch):
    """The index of the examples that a step uses: one draw for all, or one for each network of an ensemble."""
    n = x.shape[-2]
    drawn = rng.integers(n, size=batch) if isinstance(rng, np.random.Generator) else np.stack(
        [one.integers(n, size=batch) for one in rng])
    return drawn if x.ndim == 2 else (np.arange(len(x))[:, None], drawn)
