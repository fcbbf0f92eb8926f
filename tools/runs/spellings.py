"""Functions, the libraries' names for them, and other ways to write them: what libraries_disagree.py runs, and cost.py in part.

Symbolic and callable only: nothing here imports a library that is run.
"""

from activlib.libraries import LibraryCall


class MissingWord(LookupError):
    """A library does not have a function of that name."""


class Words:
    """The functions of a library's modules by their names."""

    def __init__(self, *modules):
        self.modules = modules

    def __getattr__(self, name):
        for module in self.modules:
            if hasattr(module, name):
                return getattr(module, name)
        raise MissingWord(name)


# What the catalogue has not, as a formula and its names; a library that is not there has no such function.
FORMULAS = {
    "abs": "abs(x)",
    "celu": "x if x > 0 else 2*(exp(x/2) - 1)",
    "hard_tanh": "min(max(x, -1), 1)",
    "relu6": "min(max(x, 0), 6)",
    "hard_sigmoid": "min(max(x/6 + 1/2, 0), 1)",
    "hard_sigmoid_fifth": "min(max(x/5 + 1/2, 0), 1)",
    "hard_swish": "x*min(max(x/6 + 1/2, 0), 1)",
    "softsign": "x/(1 + abs(x))",
    "log_sigmoid": "-log(1 + exp(-x))",
    "identity": "x",
}
NAMED = {
    "abs": [LibraryCall("torch.abs"), LibraryCall("jax.numpy.abs"), LibraryCall("keras.ops.abs"), LibraryCall("onnx.Abs")],
    "celu": [LibraryCall("torch.nn.functional.celu", alpha=2), LibraryCall("jax.nn.celu", alpha=2),
             LibraryCall("keras.activations.celu", alpha=2), LibraryCall("onnx.Celu", alpha=2.0)],
    "hard_tanh": [LibraryCall("torch.nn.functional.hardtanh"), LibraryCall("jax.nn.hard_tanh"),
                  LibraryCall("keras.activations.hard_tanh")],
    "relu6": [LibraryCall("torch.nn.functional.relu6"), LibraryCall("jax.nn.relu6"), LibraryCall("keras.activations.relu6")],
    "hard_sigmoid": [LibraryCall("torch.nn.functional.hardsigmoid"), LibraryCall("jax.nn.hard_sigmoid"),
                     LibraryCall("keras.activations.hard_sigmoid"), LibraryCall("onnx.HardSigmoid", alpha=1 / 6)],
    "hard_sigmoid_fifth": [LibraryCall("onnx.HardSigmoid")],
    "hard_swish": [LibraryCall("torch.nn.functional.hardswish"), LibraryCall("jax.nn.hard_swish"),
                   LibraryCall("keras.activations.hard_silu"), LibraryCall("onnx.HardSwish")],
    "softsign": [LibraryCall("torch.nn.functional.softsign"), LibraryCall("jax.nn.soft_sign"),
                 LibraryCall("keras.activations.softsign"), LibraryCall("onnx.Softsign")],
    "log_sigmoid": [LibraryCall("torch.nn.functional.logsigmoid"), LibraryCall("jax.nn.log_sigmoid"),
                    LibraryCall("keras.activations.log_sigmoid")],
    "identity": [],
}

# Other ways to write a function. `m` has the words of a library; a number beside an array becomes one.
SPELLINGS = {
    "relu": {
        "maximum(x, 0)": lambda m, x: m.maximum(x, m.zeros_like(x)),
        "clip(x, 0, None)": lambda m, x: m.clip(x, 0, None),
        "fmax(x, 0)": lambda m, x: m.fmax(x, m.zeros_like(x)),
        "where(x > 0, x, 0)": lambda m, x: m.where(x > 0, x, 0),
        "where(x >= 0, x, 0)": lambda m, x: m.where(x >= 0, x, 0),
        "where(x < 0, 0, x)": lambda m, x: m.where(x < 0, 0, x),
        "x * (x > 0)": lambda m, x: x * (x > 0),
        "(x + abs(x)) / 2": lambda m, x: (x + m.abs(x)) / 2,
    },
    "abs": {
        "maximum(x, -x)": lambda m, x: m.maximum(x, -x),
        "where(x > 0, x, -x)": lambda m, x: m.where(x > 0, x, -x),
        "where(x >= 0, x, -x)": lambda m, x: m.where(x >= 0, x, -x),
        "x * sign(x)": lambda m, x: x * m.sign(x),
        "sqrt(x * x)": lambda m, x: m.sqrt(x * x),
    },
    "leaky_relu": {
        "maximum(x, 0.01 * x)": lambda m, x: m.maximum(x, 0.01 * x),
        "where(x > 0, x, 0.01 * x)": lambda m, x: m.where(x > 0, x, 0.01 * x),
        "where(x >= 0, x, 0.01 * x)": lambda m, x: m.where(x >= 0, x, 0.01 * x),
        "relu(x) - 0.01 * relu(-x)": lambda m, x: m.relu(x) - 0.01 * m.relu(-x),
    },
    "elu": {
        "where(x > 0, x, 2 * (exp(x) - 1))": lambda m, x: m.where(x > 0, x, 2 * (m.exp(x) - 1)),
        "where(x > 0, x, 2 * expm1(minimum(x, 0)))":
            lambda m, x: m.where(x > 0, x, 2 * m.expm1(m.minimum(x, m.zeros_like(x)))),
        "where(x > 0, x, 2 * expm1(where(x > 0, 0, x)))":
            lambda m, x: m.where(x > 0, x, 2 * m.expm1(m.where(x > 0, 0, x))),
    },
    "selu": {},
    "celu": {},
    "hard_tanh": {
        "clip(x, -1, 1)": lambda m, x: m.clip(x, -1, 1),
        "minimum(maximum(x, -1), 1)": lambda m, x: m.minimum(m.maximum(x, -m.ones_like(x)), m.ones_like(x)),
    },
    "relu6": {
        "clip(x, 0, 6)": lambda m, x: m.clip(x, 0, 6),
        "minimum(maximum(x, 0), 6)": lambda m, x: m.minimum(m.maximum(x, m.zeros_like(x)), m.full_like(x, 6)),
        "minimum(relu(x), 6)": lambda m, x: m.minimum(m.relu(x), m.full_like(x, 6)),
    },
    "hard_sigmoid": {
        "clip(x / 6 + 0.5, 0, 1)": lambda m, x: m.clip(x / 6 + 0.5, 0, 1),
        "relu6(x + 3) / 6": lambda m, x: m.relu6(x + 3) / 6,
    },
    "hard_sigmoid_fifth": {"clip(0.2 * x + 0.5, 0, 1)": lambda m, x: m.clip(0.2 * x + 0.5, 0, 1)},
    "hard_swish": {
        "x * clip(x / 6 + 0.5, 0, 1)": lambda m, x: x * m.clip(x / 6 + 0.5, 0, 1),
        "x * relu6(x + 3) / 6": lambda m, x: x * m.relu6(x + 3) / 6,
    },
    "identity": {
        "relu(x) - relu(-x)": lambda m, x: m.relu(x) - m.relu(-x),
        "maximum(x, 0) + minimum(x, 0)": lambda m, x: m.maximum(x, m.zeros_like(x)) + m.minimum(x, m.zeros_like(x)),
    },
    "sigmoid": {
        "1 / (1 + exp(-x))": lambda m, x: 1 / (1 + m.exp(-x)),
        "exp(x) / (1 + exp(x))": lambda m, x: m.exp(x) / (1 + m.exp(x)),
    },
    "tanh": {"(exp(2 * x) - 1) / (exp(2 * x) + 1)": lambda m, x: (m.exp(2 * x) - 1) / (m.exp(2 * x) + 1)},
    "softsign": {"x / (1 + abs(x))": lambda m, x: x / (1 + m.abs(x))},
    "softplus": {
        "log(1 + exp(x))": lambda m, x: m.log(1 + m.exp(x)),
        "log1p(exp(x))": lambda m, x: m.log1p(m.exp(x)),
        "logaddexp(x, 0)": lambda m, x: m.logaddexp(x, m.zeros_like(x)),
        "relu(x) + log1p(exp(-abs(x)))": lambda m, x: m.relu(x) + m.log1p(m.exp(-m.abs(x))),
        "maximum(x, 0) + log1p(exp(-abs(x)))":
            lambda m, x: m.maximum(x, m.zeros_like(x)) + m.log1p(m.exp(-m.abs(x))),
    },
    "log_sigmoid": {
        "log(sigmoid(x))": lambda m, x: m.log(m.sigmoid(x)),
        "-softplus(-x)": lambda m, x: -m.softplus(-x),
    },
    "silu": {
        "x * sigmoid(x)": lambda m, x: x * m.sigmoid(x),
        "x / (1 + exp(-x))": lambda m, x: x / (1 + m.exp(-x)),
    },
    "gelu": {
        "x * (1 + erf(x / sqrt(2))) / 2": lambda m, x: x * (1 + m.erf(x / 2**0.5)) / 2,
        "x * erfc(-x / sqrt(2)) / 2": lambda m, x: x * m.erfc(-x / 2**0.5) / 2,
    },
    "gelu_tanh": {},
    "mish": {"x * tanh(log(1 + exp(x)))": lambda m, x: x * m.tanh(m.log(1 + m.exp(x)))},
}  # fmt: skip
