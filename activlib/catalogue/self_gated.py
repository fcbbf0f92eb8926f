"""Activations that multiply their input by a gate between 0 and 1."""

from sympy import Interval, Piecewise, Rational, erf, erfc, exp, log, oo, pi, sqrt, tanh

from activlib.activation import Activation, Parameter, x
from activlib.libraries import LibraryCall


def _times_sigmoid(w, growth, even, odd, factor=1):
    """Stable forms of x sigma(w), which ask exp where it is at most 1. With growth = x w', factor even = 2 w' + x w''
    and factor odd = x w'^2, the slope is sigma (1 + growth (1 - sigma))."""
    return {
        0: Piecewise((x / (1 + exp(-w)), x >= 0), (x * exp(w) / (1 + exp(w)), True)),
        1: Piecewise(((1 + (1 + growth) * exp(-w)) / (1 + exp(-w)) ** 2, x >= 0),
                     (exp(w) * (1 + growth + exp(w)) / (1 + exp(w)) ** 2, True)),
        2: Piecewise((factor * exp(-w) * (even - odd + (even + odd) * exp(-w)) / (1 + exp(-w)) ** 3, x >= 0),
                     (factor * exp(w) * (even + odd + (even - odd) * exp(w)) / (1 + exp(w)) ** 3, True))}


_beta = Parameter("beta", default=1, domain=Interval(0, oo), slider=(0, 5, Rational(1, 10)))
_z = _beta.symbol * x

silu = Activation(
    name="silu",
    title="Sigmoid linear unit (SiLU, Swish)",
    latex=r"\operatorname{SiLU}",
    formula=x / (1 + exp(-_z)),
    parameters=(_beta,),
    stable_forms=_times_sigmoid(_z, _z, 2, _z, _beta.symbol),
    names=("Swish-1", "SiL", "Sigmoid-weighted linear unit", "Sigmoid shrinkage"),
    libraries=(LibraryCall("torch.nn.functional.silu"), LibraryCall("torch.nn.SiLU"),
               LibraryCall("jax.nn.silu"),
               LibraryCall("keras.activations.silu"),
               LibraryCall("onnx.Swish", alpha=_beta.symbol)),
)

gelu = Activation(
    name="gelu",
    title="Gaussian error linear unit (GELU)",
    latex=r"\operatorname{GELU}",
    formula=x * (1 + erf(x / sqrt(2))) / 2,
    # 1 + erf cancels to the left of 0.
    stable_forms={0: x * erfc(-x / sqrt(2)) / 2,
                  1: erfc(-x / sqrt(2)) / 2 + x * exp(-(x**2) / 2) / sqrt(2 * pi),
                  2: (2 - x**2) * exp(-(x**2) / 2) / sqrt(2 * pi)},
    libraries=(LibraryCall("torch.nn.functional.gelu", approximate="none"),
               LibraryCall("torch.nn.GELU", approximate="none"),
               LibraryCall("jax.nn.gelu", approximate=False),
               LibraryCall("keras.activations.gelu", approximate=False),
               LibraryCall("keras.ops.gelu", approximate=False),
               LibraryCall("onnx.Gelu", approximate="none")),
)

_a = Rational("0.044715")
# (1 + tanh(w/2))/2 is the logistic sigmoid of w, and f = x sigma(w) is a SiLU with w for beta x.
_w = x * (sqrt(8 / pi) + _a * sqrt(8 / pi) * x**2)
_slope, _bend = sqrt(8 / pi) * (1 + 3 * _a * x**2), sqrt(8 / pi) * 6 * _a * x  # w', w''

gelu_tanh = Activation(
    name="gelu_tanh",
    title="GELU, tanh approximation",
    latex=r"\operatorname{GELU}_{\tanh}",
    formula=x * (1 + tanh(sqrt(2 / pi) * (x + _a * x**3))) / 2,
    stable_forms=_times_sigmoid(_w, x * _slope, 2 * _slope + x * _bend, x * _slope**2),
    names=("gelu_new", "gelu_fast", "gelu_pytorch_tanh"),
    libraries=(LibraryCall("torch.nn.functional.gelu", approximate="tanh"),
               LibraryCall("torch.nn.GELU", approximate="tanh"),
               LibraryCall("jax.nn.gelu", approximate=True),
               LibraryCall("keras.activations.gelu", approximate=True),
               LibraryCall("keras.ops.gelu", approximate=True),
               LibraryCall("onnx.Gelu", approximate="tanh")),
)

quick_gelu = Activation(
    name="quick_gelu",
    title="Quick GELU",
    latex=r"\operatorname{GELU}_{\mathrm{quick}}",
    formula=x / (1 + exp(-Rational("1.702") * x)),
)

_u = exp(x)

mish = Activation(
    name="mish",
    title="Mish",
    latex=r"\operatorname{Mish}",
    formula=x * tanh(log(1 + _u)),
    # tanh(log(1 + u)) = u (2 + u)/(2 + u (2 + u)); to the right of 0 in powers of 1/u, which does not overflow.
    stable_forms={
        0: Piecewise((x * (1 + 2 / _u) / (1 + 2 / _u + 2 / _u**2), x >= 0), (x * _u * (2 + _u) / (2 + _u * (2 + _u)), True)),
        1: Piecewise((((1 + 2 / _u) * (1 + 2 / _u + 2 / _u**2) + 4 * x * (1 + 1 / _u) / _u**2)
                      / (1 + 2 / _u + 2 / _u**2) ** 2, x >= 0),
                     (_u * (4 + 4 * x + (6 + 4 * x) * _u + 4 * _u**2 + _u**3) / (2 + 2 * _u + _u**2) ** 2, True)),
        2: Piecewise((4 * (2 - 2 * x + (6 - 3 * x) / _u + (8 + 2 * x) / _u**2 + (4 + 2 * x) / _u**3) / _u**2
                      / (1 + 2 / _u + 2 / _u**2) ** 3, x >= 0),
                     (4 * _u * (4 + 2 * x + (8 + 2 * x) * _u + (6 - 3 * x) * _u**2 + (2 - 2 * x) * _u**3)
                      / (2 + _u * (2 + _u)) ** 3, True))},
    libraries=(LibraryCall("torch.nn.functional.mish"), LibraryCall("torch.nn.Mish"),
               LibraryCall("jax.nn.mish"),
               LibraryCall("keras.activations.mish"),
               LibraryCall("onnx.Mish")),
)

hard_swish = Activation(
    name="hard_swish",
    title="Hard swish",
    latex=r"\operatorname{hardswish}",
    formula=Piecewise((0, x <= -3), (x * (x + 3) / 6, x < 3), (x, True)),
    window=(-5, 5),
    libraries=(LibraryCall("torch.nn.functional.hardswish"), LibraryCall("torch.nn.Hardswish"),
               LibraryCall("jax.nn.hard_swish"), LibraryCall("jax.nn.hard_silu"),
               LibraryCall("keras.activations.hard_swish"), LibraryCall("keras.activations.hard_silu"),
               LibraryCall("onnx.HardSwish")),
    names=("h-swish", "hard SiLU"),
)

telu = Activation(
    name="telu",
    title="TeLU (TanhExp)",
    latex=r"\operatorname{TeLU}",
    formula=x * tanh(exp(x)),
)

serf = Activation(
    name="serf",
    title="Serf",
    latex=r"\operatorname{Serf}",
    formula=x * erf(log(1 + exp(x))),
    names=("log-softplus error activation",),
)
