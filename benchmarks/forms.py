"""What others compute for f and f': the usual NumPy forms, scipy.special and (where installed) PyTorch.

FORMS[name, n] holds forms of the n-th derivative of an entry of the catalogue, at its default parameters, by a label.
"""

from importlib.util import find_spec
from inspect import isclass

import numpy as np
import sympy as sp
from scipy.special import erf, erfc, expit, ndtr

import activlib as al
from runners import resolve

ALPHA = float(al.leaky_relu.at()[al.leaky_relu.parameters[0].symbol])
SELU_ALPHA, SELU_LAMBDA = 1.6732632423543772848, 1.0507009873554804934
ROOT_2, ROOT_2_PI, A = np.sqrt(2), np.sqrt(2 * np.pi), 0.044715


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


def density(x):
    return np.exp(-np.square(x) / 2) / x.dtype.type(ROOT_2_PI)


def inner(x):
    """The argument of tanh in GELU's approximation."""
    return x.dtype.type(np.sqrt(2 / np.pi)) * (x + x.dtype.type(A) * x**3)


def inner_slope(x):
    return x.dtype.type(np.sqrt(2 / np.pi)) * (1 + x.dtype.type(3 * A) * np.square(x))


FORMS |= {
    ("selu", 0): {
        "l*where(x>0,x,a*(exp(x)-1))": lambda x: SELU_LAMBDA * np.where(x > 0, x, SELU_ALPHA * (np.exp(x) - 1)),
        "l*where(x>0,x,a*expm1(minimum(x,0)))":
            lambda x: SELU_LAMBDA * np.where(x > 0, x, SELU_ALPHA * np.expm1(np.minimum(x, 0))),
        "l*maximum(x,0)+l*a*expm1(minimum(x,0))":
            lambda x: SELU_LAMBDA * np.maximum(x, 0) + SELU_LAMBDA * SELU_ALPHA * np.expm1(np.minimum(x, 0)),
    },
    ("selu", 1): {
        "l*where(x>0,1,a*exp(x))": lambda x: SELU_LAMBDA * np.where(x > 0, x.dtype.type(1), SELU_ALPHA * np.exp(x)),
    },
    ("softplus", 0): {
        "log(1+exp(x))": lambda x: np.log(1 + np.exp(x)),
        "log1p(exp(x))": lambda x: np.log1p(np.exp(x)),
        "logaddexp(0,x)": lambda x: np.logaddexp(x.dtype.type(0), x),
        "maximum(x,0)+log1p(exp(-|x|))": lambda x: np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x))),
    },
    ("softplus", 1): {
        "1/(1+exp(-x))": lambda x: 1 / (1 + np.exp(-x)),
        "scipy expit": expit,
    },
    ("silu", 0): {
        "x/(1+exp(-x))": lambda x: x / (1 + np.exp(-x)),
        "x*exp(min(x,0))/(1+exp(-|x|))": lambda x: x * np.exp(np.minimum(x, 0)) / (1 + np.exp(-np.abs(x))),
        "scipy x*expit(x)": lambda x: x * expit(x),
    },
    ("silu", 1): {
        "s(1+x(1-s)), s=1/(1+exp(-x))": lambda x: (s := 1 / (1 + np.exp(-x))) * (1 + x * (1 - s)),
        "scipy expit(x)*(1+x*expit(-x))": lambda x: expit(x) * (1 + x * expit(-x)),
    },
    ("gelu", 0): {
        "scipy x(1+erf(x/sqrt(2)))/2": lambda x: x * (1 + erf(x / x.dtype.type(ROOT_2))) / 2,
        "scipy x*erfc(-x/sqrt(2))/2": lambda x: x * erfc(-x / x.dtype.type(ROOT_2)) / 2,
        "scipy x*ndtr(x)": lambda x: x * ndtr(x),
    },
    ("gelu", 1): {
        "scipy erfc(-x/sqrt(2))/2+x*phi(x)": lambda x: erfc(-x / x.dtype.type(ROOT_2)) / 2 + x * density(x),
        "scipy ndtr(x)+x*phi(x)": lambda x: ndtr(x) + x * density(x),
    },
    ("gelu_tanh", 0): {
        "x(1+tanh(u))/2": lambda x: x * (1 + np.tanh(inner(x))) / 2,
        "scipy x*expit(2u)": lambda x: x * expit(2 * inner(x)),
    },
    ("gelu_tanh", 1): {
        "(1+tanh(u))/2+x(1-tanh(u)^2)u'/2":
            lambda x: (1 + (t := np.tanh(inner(x)))) / 2 + x * (1 - np.square(t)) * inner_slope(x) / 2,
        "scipy expit(2u)*(1+2x*u'*expit(-2u))":
            lambda x: expit(2 * inner(x)) * (1 + 2 * x * inner_slope(x) * expit(-2 * inner(x))),
    },
    ("mish", 0): {
        "x*tanh(log1p(exp(x)))": lambda x: x * np.tanh(np.log1p(np.exp(x))),
        "x*tanh(logaddexp(0,x))": lambda x: x * np.tanh(np.logaddexp(x.dtype.type(0), x)),
        "x*n/(n+2), n=u(u+2), u=exp(minimum(x,20))":
            lambda x: x * (n := (u := np.exp(np.minimum(x, 20))) * (u + 2)) / (n + 2),
    },
    ("mish", 1): {
        "scipy t+x(1-t^2)expit(x), t=tanh(log1p(exp(x)))":
            lambda x: (t := np.tanh(np.log1p(np.exp(x)))) + x * (1 - np.square(t)) * expit(x),
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
