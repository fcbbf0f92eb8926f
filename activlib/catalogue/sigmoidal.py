"""Saturating S-shaped activations."""

from sympy import Interval, Piecewise, Rational, S, atan, exp, log, oo, sqrt
from sympy import tanh as hyperbolic_tangent

from activlib.activation import Activation, Parameter, x
from activlib.libraries import LibraryCall

sigmoid = Activation(
    name="sigmoid",
    title="Logistic sigmoid",
    latex=r"\sigma",
    formula=1 / (1 + exp(-x)),
    window=(-8, 8),
    names=("Logistic function", "Soft step", "expit"),
    libraries=(LibraryCall("torch.sigmoid"), LibraryCall("torch.nn.Sigmoid"),
               LibraryCall("jax.nn.sigmoid"),
               LibraryCall("keras.activations.sigmoid"),
               LibraryCall("onnx.Sigmoid")),
)

tanh = Activation(
    name="tanh",
    title="Hyperbolic tangent",
    latex=r"\tanh",
    formula=hyperbolic_tangent(x),
    libraries=(LibraryCall("torch.tanh"), LibraryCall("torch.nn.Tanh"),
               LibraryCall("jax.nn.tanh"),
               LibraryCall("keras.activations.tanh"),
               LibraryCall("onnx.Tanh")),
)

softsign = Activation(
    name="softsign",
    title="Softsign",
    names=("Elliott activation function", "ElliotSig"),
    latex=r"\operatorname{softsign}",
    formula=Piecewise((x / (1 + x), x >= 0), (x / (1 - x), True)),
    window=(-10, 10),
    libraries=(LibraryCall("torch.nn.functional.softsign"), LibraryCall("torch.nn.Softsign"),
               LibraryCall("jax.nn.soft_sign"),
               LibraryCall("keras.activations.softsign"),
               LibraryCall("onnx.Softsign")),
)

arctan = Activation(
    name="arctan",
    title="Arctangent",
    names=("Inverse tangent",),
    latex=r"\arctan",
    formula=atan(x),
    window=(-10, 10),
    libraries=(LibraryCall("torch.atan"),
               LibraryCall("jax.numpy.arctan"),
               LibraryCall("keras.ops.arctan"),
               LibraryCall("onnx.Atan")),
)

_slope = Parameter("alpha", default=Rational(1, 6), domain=Interval.open(0, oo), slider=(Rational(1, 20), 1, Rational(1, 60)))

_line = _slope.symbol * x + S.Half

hard_sigmoid = Activation(
    name="hard_sigmoid",
    title="Hard sigmoid",
    latex=r"\operatorname{hardsigmoid}",
    formula=Piecewise((0, _line <= 0), (1, _line >= 1), (_line, True)),
    parameters=(_slope,),
    libraries=(LibraryCall("torch.nn.functional.hardsigmoid"), LibraryCall("torch.nn.Hardsigmoid"),
               LibraryCall("jax.nn.hard_sigmoid"),
               LibraryCall("keras.activations.hard_sigmoid"),
               LibraryCall("onnx.HardSigmoid", alpha=_slope.symbol)),
)

hard_tanh = Activation(
    name="hard_tanh",
    title="Hard tanh",
    names=("Clip", "Clamp"),
    latex=r"\operatorname{hardtanh}",
    # The ends belong to the flat branches: the slope there is 0, as in PyTorch.
    formula=Piecewise((-1, x <= -1), (1, x >= 1), (x, True)),
    window=(-3, 3),
    libraries=(LibraryCall("torch.nn.functional.hardtanh"), LibraryCall("torch.nn.Hardtanh"),
               LibraryCall("torch.clamp", min=-1, max=1),
               LibraryCall("jax.nn.hard_tanh"),
               LibraryCall("jax.numpy.clip", min=-1, max=1),
               LibraryCall("keras.activations.hard_tanh"),
               LibraryCall("onnx.Clip", -1, 1)),
)

log_sigmoid = Activation(
    name="log_sigmoid",
    title="Log-sigmoid",
    latex=r"\operatorname{logsigmoid}",
    formula=-log(1 + exp(-x)),
    window=(-8, 8),
    libraries=(LibraryCall("torch.nn.functional.logsigmoid"), LibraryCall("torch.nn.LogSigmoid"),
               LibraryCall("jax.nn.log_sigmoid"),
               LibraryCall("keras.activations.log_sigmoid")),
)

lecun_tanh = Activation(
    name="lecun_tanh",
    title="Scaled hyperbolic tangent (LeCun's tanh)",
    names=("Scaled tanh",),
    latex=r"\operatorname{lecuntanh}",
    formula=Rational("1.7159") * hyperbolic_tangent(2 * x / 3),
)

_cap = Parameter("c", default=30, domain=Interval.open(0, oo), slider=(1, 60, 1))

softcap = Activation(
    name="softcap",
    title="Logit soft-cap",
    names=("Logit soft-capping",),
    latex=r"\operatorname{softcap}",
    formula=_cap.symbol * hyperbolic_tangent(x / _cap.symbol),
    parameters=(_cap,),
    window=(-100, 100),
)

_steepness = Parameter("alpha", default=1, domain=Interval.open(0, oo), slider=(Rational(1, 10), 4, Rational(1, 10)))

_root = sqrt(1 + _steepness.symbol * x**2)

isru = Activation(
    name="isru",
    title="Inverse square root unit (ISRU)",
    latex=r"\operatorname{ISRU}",
    formula=x / _root,
    parameters=(_steepness,),
)

isrlu = Activation(
    name="isrlu",
    title="Inverse square root linear unit (ISRLU)",
    latex=r"\operatorname{ISRLU}",
    formula=Piecewise((x, x >= 0), (x / _root, True)),
    parameters=(_steepness,),
)

_exponents = {name: Parameter(name, default=default, domain=Interval.open(0, oo), slider=(Rational(1, 10), 3, Rational(1, 10)))
              for name, default in (("a", 1), ("b", 1), ("c", 1), ("d", 1))}
_A, _B, _C, _D = (p.symbol for p in _exponents.values())

soboleva_tanh = Activation(
    name="soboleva_tanh",
    title="Soboleva modified hyperbolic tangent",
    names=("smht", "mtanh", "Modified hyperbolic tangent"),
    latex=r"\operatorname{smht}",
    formula=(exp(_A * x) - exp(-_B * x)) / (exp(_C * x) + exp(-_D * x)),
    parameters=tuple(_exponents.values()),
)
