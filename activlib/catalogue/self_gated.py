"""Activations that multiply their input by a gate between 0 and 1."""

from sympy import Interval, Piecewise, Rational, erf, exp, log, oo, pi, sqrt, tanh

from activlib.activation import Activation, Parameter, x
from activlib.libraries import LibraryCall

_beta = Parameter("beta", default=1, domain=Interval(0, oo), slider=(0, 5, Rational(1, 10)))

silu = Activation(
    name="silu",
    title="Sigmoid linear unit (SiLU, Swish)",
    latex=r"\operatorname{SiLU}",
    formula=x / (1 + exp(-_beta.symbol * x)),
    parameters=(_beta,),
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
    libraries=(LibraryCall("torch.nn.functional.gelu", approximate="none"),
               LibraryCall("torch.nn.GELU", approximate="none"),
               LibraryCall("jax.nn.gelu", approximate=False),
               LibraryCall("keras.activations.gelu", approximate=False),
               LibraryCall("keras.ops.gelu", approximate=False),
               LibraryCall("onnx.Gelu", approximate="none")),
)

_a = Rational("0.044715")

gelu_tanh = Activation(
    name="gelu_tanh",
    title="GELU, tanh approximation",
    latex=r"\operatorname{GELU}_{\tanh}",
    formula=x * (1 + tanh(sqrt(2 / pi) * (x + _a * x**3))) / 2,
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

mish = Activation(
    name="mish",
    title="Mish",
    latex=r"\operatorname{Mish}",
    formula=x * tanh(log(1 + exp(x))),
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
