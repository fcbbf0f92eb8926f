"""Networks of one kind in PyTorch that are trained side by side, each with its own seed and learning rate.

What a run of tools/runs/contest.py computes is decided here, in `trial`; the digest of this file is stored with its results
(activlib.experiment.digest). Matrix products of a whole ensemble are one batched product, so that a hundred small networks
cost little more than one. It needs PyTorch, scikit-learn and, for the diamonds, plotnine.
"""

import csv
import functools
import importlib.metadata
import warnings
from itertools import pairwise
from typing import NamedTuple

import numpy as np
import sympy as sp
import torch
from sklearn.datasets import load_diabetes, load_digits
from torch.nn import functional

import activlib as al

warnings.filterwarnings("ignore", "grad and param do not obey the gradient layout")  # they are cut from one long row

WIDTH, BATCH, STEPS = 32, 50, 600
TUNING, TESTING = 5, 20  # seeds
RATES = {  # of equal length; networks at all of them train at once
    "sgd": (0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2),
    "momentum": (0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2),
    "adam": (0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1),
}
KINDS = ("plain", "batch", "layer", "residual")
STARTS = ("gain", "default")
EXAMINED = 1000  # examples of the training part that tell whether a network has learned
LEARNED = 0.9  # the share of the loss of a constant guess that is left at most, where it has
EPSILON = 1e-5  # as in PyTorch's layers that normalize


class Case(NamedTuple):
    """What is trained: the data, the optimizer, the kind of network, its start, its hidden layers, and the activation."""

    task: str
    optimizer: str
    kind: str
    start: str
    depth: int
    activation: str


def diamonds():
    """Price (its logarithm) of 53,917 diamonds by nine measurements and grades, from the table that plotnine ships. Left
    out are those of its 53,940 whose measured lengths are 0 or more than 30 mm, which are mistakes."""
    grades = {"cut": ("Fair", "Good", "Very Good", "Premium", "Ideal"), "color": tuple("JIHGFED"),
              "clarity": ("I1", "SI2", "SI1", "VS2", "VS1", "VVS2", "VVS1", "IF")}
    path = importlib.metadata.distribution("plotnine").locate_file("plotnine/data/diamonds.csv")
    with open(path, newline="", encoding="utf8") as file:
        rows = [row for row in csv.DictReader(file) if all(0 < float(row[length]) < 30 for length in "xyz")]
    columns = [[grades[name].index(row[name]) if name in grades else float(row[name]) for row in rows]
               for name in rows[0] if name != "price"]
    return np.transpose(columns).astype(float), np.log([float(row["price"]) for row in rows])


TASKS = {  # name: (loader, loss, outputs)
    "digits": (lambda: load_digits(return_X_y=True), "softmax", 10),
    "diabetes": (lambda: load_diabetes(return_X_y=True), "squared", 1),
    "diamonds": (diamonds, "squared", 1),
}


@functools.cache
def table(task):
    return TASKS[task][0]()


def parts(task, rng):
    """Inputs and targets for training (60 %), choosing the rate (20 %) and testing (20 %). Each feature has mean 0 and
    mean square 1 on the training part, or is 0 where it is constant there, and so has the target of a regression."""
    x, y = table(task)
    train, *others = np.split(rng.permutation(len(x)), [len(x) * 6 // 10, len(x) * 8 // 10])
    scatter = x[train].std(axis=0)
    x = (x - x[train].mean(axis=0)) / np.where(scatter > 0, scatter, 1)
    if TASKS[task][1] == "squared":
        y = ((y - y[train].mean()) / y[train].std())[:, None]
    return [(x[part], y[part]) for part in (train, *others)]


class _Elementwise(torch.autograd.Function):
    """A function whose value and derivative are given, as PyTorch differentiates it: where branches overflow that were
    not chosen, automatic differentiation gives NaN, and this does not."""

    @staticmethod
    def forward(ctx, x, value, derivative):
        ctx.save_for_backward(x)
        ctx.derivative = derivative
        return value(x)

    @staticmethod
    def backward(ctx, gradient):
        (x,) = ctx.saved_tensors
        return gradient * ctx.derivative(x), None, None


@functools.cache
def elementwise(name):
    """The activation in PyTorch: the library's own function, or its formula in the library's words."""
    activation = al.activations[name]
    defaults = {p.symbol: p.default for p in activation.parameters}
    for call in activation.libraries:
        module, _, last = call.name.rpartition(".")
        if module in ("torch", "torch.nn.functional") and last.islower() and not call.inputs:
            options = {key: value if isinstance(value, str) else float(value) for key, value in call.bound(defaults)[1].items()}
            function = getattr(torch if module == "torch" else functional, last)
            return functools.partial(function, **options) if options else function
    formulas = (activation.formula.subs(defaults), activation.derivative(1).subs(defaults))
    value, derivative = (_torch(formula) for formula in formulas)
    return lambda x: _Elementwise.apply(x, value, derivative)


def _torch(formula):
    """A function of a tensor that computes the formula, in float64, which cancellation and overflow leave enough of."""
    function = sp.lambdify(al.x, sp.N(formula, 17), "torch")
    return lambda x: torch.as_tensor(function(x.double()), dtype=x.dtype).expand_as(x)


class Ensemble:
    """Networks with the same layout, one for each generator at each rate.

    Weights: normal with variance gain² / (inputs of the layer), but for the first layer with gain 1, and biases 0
    ("gain"); or both uniform up to 1 / √(inputs of the layer), as `torch.nn.Linear` does it ("default").
    Kinds: "plain"; "batch" or "layer" normalize the pre-activations before each activation, with a learned scale and shift,
    "batch" without a bias before;
    "residual" adds to the pre-activations of each hidden layer but the first those of the layer before, and divides the
    layer's own by √depth.
    """

    def __init__(self, case, inputs, outputs, rngs, copies):
        self.case, self.depth = case, case.depth
        self.function = elementwise(case.activation)
        sizes = [inputs, *[WIDTH] * case.depth, outputs]
        drawn = [self._draw(sizes, rng) for rng in rngs]
        hidden = range(case.depth) if case.kind in ("batch", "layer") else ()
        arrays = [np.stack(same) for same in zip(*drawn, strict=True)]
        arrays += [np.full((len(rngs), 1, WIDTH), fill) for _ in hidden for fill in (1.0, 0.0)]
        self.count = len(rngs) * copies
        shapes = [array.shape[1:] for array in arrays]
        self.flat = torch.tensor(np.concatenate([array.reshape(len(rngs), -1) for array in arrays], axis=1),
                                 dtype=torch.float32).repeat(copies, 1)
        self.gradient = torch.zeros_like(self.flat)
        self.leaves, at = [], 0
        for shape in shapes:
            cut = slice(at, at := at + shape[0] * shape[1])
            leaf = self.flat[:, cut].view(self.count, *shape).detach().requires_grad_()
            leaf.grad = self.gradient[:, cut].view(self.count, *shape)
            self.leaves.append(leaf)
        layers = case.depth + 1
        self.weights, self.biases = self.leaves[:layers], self.leaves[layers:2 * layers]
        self.scales = self.leaves[2 * layers:]
        self.running = [torch.zeros(self.count, 2, WIDTH) + torch.tensor([[0.0], [1.0]]) for _ in hidden]

    def _draw(self, sizes, rng):
        if self.case.start == "default":
            return [rng.uniform(-1, 1, size) / np.sqrt(a) for rows in (0, 1) for a, b in pairwise(sizes)
                    for size in [(1, b) if rows else (a, b)]]
        activation = al.activations[self.case.activation]
        gain = float(al.facts(activation).gain)
        network = al.Network(sizes, activation, rng, gain=gain)
        network.weights[0] /= gain  # the inputs have mean square 1 already
        return [*network.weights, *(b[None] for b in network.biases)]

    def __call__(self, x, *, training=False):
        """Outputs, shape (networks, examples, outputs), for inputs of shape (networks, examples, inputs)."""
        z = self._affine(x, 0)
        for k in range(1, self.depth + 1):
            z = self._normalized(z, k - 1, training)
            a = self._affine(self.function(z), k)
            z = z + a / self.depth**0.5 if self.case.kind == "residual" and k < self.depth else a
        return z

    def _affine(self, x, k):
        if self.case.kind == "batch" and k < self.depth:  # which takes a bias away again, and leaves its gradient to rounding
            return torch.bmm(x, self.weights[k])
        return torch.baddbmm(self.biases[k], x, self.weights[k])

    def _normalized(self, z, k, training):
        if not self.scales:
            return z
        if self.case.kind == "layer":
            z = functional.layer_norm(z, (WIDTH,), eps=EPSILON)
        elif training:
            variance, mean = torch.var_mean(z, 1, correction=0, keepdim=True)
            z = (z - mean) * (variance + EPSILON).rsqrt()
            with torch.no_grad():
                seen = torch.cat([mean, variance * (BATCH / (BATCH - 1))], 1)
                self.running[k].lerp_(seen, 0.1)
        else:
            mean, variance = self.running[k].split(1, 1)
            z = (z - mean) * (variance + EPSILON).rsqrt()
        return z * self.scales[2 * k] + self.scales[2 * k + 1]


def losses(outputs, targets, loss):
    """The loss of each network, as `activlib.Network` has it."""
    if loss == "softmax":
        right = outputs.gather(2, targets[..., None])[..., 0]
        return (outputs.logsumexp(2) - right).mean(1)
    return ((outputs - targets) ** 2).mean((1, 2)) / 2


def update(flat, gradient, rate, state, optimizer, step):
    """One step of the optimizer with PyTorch's defaults (momentum 0.9), in place. `step` counts from 1."""
    if optimizer == "sgd":
        flat.addcmul_(gradient, rate, value=-1)
    elif optimizer == "momentum":
        state[0].mul_(0.9).add_(gradient)
        flat.addcmul_(state[0], rate, value=-1)
    else:
        state[0].lerp_(gradient, 0.1)
        state[1].mul_(0.999).addcmul_(gradient, gradient, value=0.001)
        below = (state[1] / (1 - 0.999**step)).sqrt_().add_(1e-8)
        flat.sub_(rate / (1 - 0.9**step) * state[0] / below)


def trained(case, rngs, rates):
    """An ensemble after training, and the three parts of its data: tensors with a first axis of one entry a generator."""
    _load, loss, outputs = TASKS[case.task]
    data = [parts(case.task, rng) for rng in rngs]
    kind = torch.long if loss == "softmax" else torch.float32
    stacked = [(torch.tensor(np.stack([d[part][0] for d in data]), dtype=torch.float32),
                torch.tensor(np.stack([d[part][1] for d in data]), dtype=kind)) for part in range(3)]
    x, y = stacked[0]
    net = Ensemble(case, x.shape[-1], outputs, rngs, len(rates))
    rate = torch.tensor(rates, dtype=torch.float32).repeat_interleave(len(rngs))[:, None]
    state = [torch.zeros_like(net.flat) for _ in range({"sgd": 0, "momentum": 1, "adam": 2}[case.optimizer])]
    member = torch.arange(len(rngs))[:, None]
    for step in range(1, STEPS + 1):
        chosen = torch.tensor(np.stack([rng.integers(x.shape[1], size=BATCH) for rng in rngs]))
        net.gradient.zero_()
        inputs, targets = (torch.cat([array[member, chosen]] * len(rates)) for array in (x, y))
        losses(net(inputs, training=True), targets, loss).sum().backward()
        update(net.flat, net.gradient, rate, state, case.optimizer, step)
    return net, stacked


@torch.no_grad()
def scores(net, x, y, loss):
    """The share of right classes for each network; for a regression the share of the variance that is explained, at least
    -1. And the loss, divided by that of the best constant guess."""
    copies = net.count // len(x)
    outputs = torch.cat([net(torch.cat([chunk] * copies)) for chunk in x.split(1000, 1)], 1)
    y = torch.cat([y] * copies)
    if loss == "softmax":
        shares = functional.one_hot(y).float().mean(1)
        left = losses(outputs, y, loss) / torch.special.entr(shares).sum(1)
        good = (outputs.argmax(2) == y).float().mean(1) * outputs.isfinite().all(2).all(1)
    else:
        left = losses(outputs, y, loss) / (y.var((1, 2), correction=0) / 2)
        good = (1 - left).nan_to_num(-1, -1, -1).clamp_(min=-1)
    return good.double().numpy(), left.nan_to_num(np.inf).double().numpy()


def judged(case, rngs, rates, part):
    """Train, and score on a part: scores and whether each network failed to learn, shape (rates, generators)."""
    net, data = trained(case, rngs, rates)
    loss = TASKS[case.task][1]
    good, _ = scores(net, *data[part], loss)
    x, y = data[0]
    _, left = scores(net, x[:, :EXAMINED], y[:, :EXAMINED], loss)
    shape = (len(rates), len(rngs))
    return good.reshape(shape), ~(left < LEARNED).reshape(shape)


def trial(case):
    """Choose the rate for a case, and test it there: what the documentation of contest.py says is stored of it."""
    rates = RATES[case.optimizer]
    tuning, failed = judged(case, al.generators(TUNING, seed=1), rates, part=1)
    medians, failures = np.median(tuning, axis=1), failed.sum(axis=1)
    best = int(np.lexsort((failures, -medians))[0])
    test, lost = judged(case, al.generators(TESTING, seed=2), rates[best:best + 1], part=2)
    return [best, _whole(medians), failures.tolist(), _whole(test[0]), int(lost.sum())]


def _whole(scores):
    return np.round(10_000 * np.asarray(scores)).astype(int).tolist()
