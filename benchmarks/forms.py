"""What others compute for f and f': the usual NumPy forms, scipy.special and (where installed) PyTorch.

FORMS[name, n] holds forms of the n-th derivative of an entry of the catalogue, at its default parameters, by a label.
"""

from importlib.util import find_spec
from inspect import isclass

import numpy as np
import sympy as sp
from scipy.special import expit

import activlib as al
from libraries import resolve

ALPHA = float(al.leaky_relu.at()[al.leaky_relu.parameters[0].symbol])


def with_nan(y, x):
    np.copyto(y, x, where=np.isnan(x))
    return y


FORMS = {
    ("sigmoid", 0): {
        "1/(1+exp(-x))": lambda x: 1 / (1 + np.exp(-x)),
        "where(x>=0, 1/(1+exp(-x)), exp(x)/(1+exp(x)))":
            lambda x: np.where(x >= 0, 1 / (1 + np.exp(-x)), np.exp(x) / (1 + np.exp(x))),
        "exp(min(x,0))/(1+exp(-|x|))": lambda x: np.exp(np.minimum(x, 0)) / (1 + np.exp(-np.abs(x))),
        "(1+tanh(x/2))/2": lambda x: (1 + np.tanh(x / 2)) / 2,
        "exp(-logaddexp(0,-x))": lambda x: np.exp(-np.logaddexp(0, -x)),
        "scipy expit": expit,
    },
    ("sigmoid", 1): {
        "s(1-s), s=1/(1+exp(-x))": lambda x: (s := 1 / (1 + np.exp(-x))) * (1 - s),
        "exp(-|x|)/(1+exp(-|x|))^2": lambda x: (t := np.exp(-np.abs(x))) / np.square(1 + t),
        "scipy expit(x)*expit(-x)": lambda x: expit(x) * expit(-x),
    },
    ("tanh", 0): {
        "tanh(x)": np.tanh,
        "scipy 2*expit(2x)-1": lambda x: 2 * expit(2 * x) - 1,
    },
    ("tanh", 1): {
        "1-tanh(x)^2": lambda x: 1 - np.square(np.tanh(x)),
        "(1/cosh(x))^2": lambda x: np.square(1 / np.cosh(x)),
        "4exp(-2|x|)/(1+exp(-2|x|))^2": lambda x: 4 * (t := np.exp(-2 * np.abs(x))) / np.square(1 + t),
        "scipy 4*expit(2x)*expit(-2x)": lambda x: 4 * expit(2 * x) * expit(-2 * x),
    },
    ("relu", 0): {
        "maximum(x,0)": lambda x: np.maximum(x, 0),
        "where(x>0,x,0)": lambda x: np.where(x > 0, x, 0),
        "x*(x>0)": lambda x: x * (x > 0),
    },
    ("relu", 1): {
        "(x>0).astype": lambda x: (x > 0).astype(x.dtype),
        "heaviside(x,0)": lambda x: np.heaviside(x, 0),
        "where(x>0,1,0)": lambda x: np.where(x > 0, x.dtype.type(1), x.dtype.type(0)),
        "(x>0).astype, then NaN": lambda x: with_nan((x > 0).astype(x.dtype), x),
    },
    ("leaky_relu", 0): {
        "maximum(x,a*x)": lambda x: np.maximum(x, ALPHA * x),
        "where(x>0,x,a*x)": lambda x: np.where(x > 0, x, ALPHA * x),
        "maximum(x,0)+a*minimum(x,0)": lambda x: np.maximum(x, 0) + ALPHA * np.minimum(x, 0),
    },
    ("leaky_relu", 1): {
        "where(x>0,1,a)": lambda x: np.where(x > 0, x.dtype.type(1), x.dtype.type(ALPHA)),
        "where(x>0,1,a), then NaN":
            lambda x: with_nan(np.where(x > 0, x.dtype.type(1), x.dtype.type(ALPHA)), x),
    },
    ("elu", 0): {
        "where(x>0,x,exp(x)-1)": lambda x: np.where(x > 0, x, np.exp(x) - 1),
        "where(x>0,x,expm1(x))": lambda x: np.where(x > 0, x, np.expm1(x)),
        "where(x>0,x,expm1(minimum(x,0)))": lambda x: np.where(x > 0, x, np.expm1(np.minimum(x, 0))),
        "maximum(x,0)+expm1(minimum(x,0))": lambda x: np.maximum(x, 0) + np.expm1(np.minimum(x, 0)),
    },
    ("elu", 1): {
        "where(x>0,1,exp(x))": lambda x: np.where(x > 0, 1, np.exp(x)),
        "exp(minimum(x,0))": lambda x: np.exp(np.minimum(x, 0)),
    },
}


def torch_forms():
    """PyTorch's functions that the catalogue names, on tensors that share the arrays' memory."""
    if find_spec("torch") is None:
        return {}
    import torch
    torch.set_num_threads(1)
    forms = {}
    for activation in al.activations.values():
        functions = {call.name: call for call in activation.libraries
                     if call.library == "torch" and not call.inputs and not isclass(resolve(call))}
        forms[activation.name, 0] = {name: on_tensors(call, activation.at()) for name, call in functions.items()}
    return forms


def on_tensors(call, values):
    import torch
    function, (_, options) = resolve(call), call.bound(values)
    options = {name: float(value) if isinstance(value, sp.Basic) else value for name, value in options.items()}
    return lambda x: function(torch.from_numpy(x), **options).numpy()
