"""Activations of several numbers: softmax and its relatives, gated units, maxout."""

from sympy import Interval, Lambda, Piecewise, Rational, Sum, Symbol, exp, log, oo

from activlib.activation import Activation, Parameter, x
from activlib.catalogue.line import identity
from activlib.catalogue.rectifiers import relu
from activlib.catalogue.self_gated import gelu, silu
from activlib.catalogue.sigmoidal import sigmoid
from activlib.libraries import LibraryCall
from activlib.vector.activation import VectorActivation
from activlib.vector.nodes import First, Largest
from activlib.vector.symbols import a, b, every, i, j
from activlib.vector.symbols import scores as s
from activlib.vector.thresholds import Share

_temperature = Parameter("tau", default=1, domain=Interval.open(0, oo), slider=(Rational(1, 10), 5, Rational(1, 10)))
_tau = _temperature.symbol

softmax = VectorActivation(
    name="softmax",
    title="Softmax",
    latex=r"\operatorname{softmax}",
    formula=exp(s[i] / _tau) / Sum(exp(s[j] / _tau), every),
    parameters=(_temperature,),
    names=("Softargmax", "Normalized exponential", "Boltzmann distribution", "Gibbs distribution"),
    libraries=(
        LibraryCall("torch.nn.functional.softmax"),
        LibraryCall("torch.nn.Softmax"),
        LibraryCall("jax.nn.softmax"),
        LibraryCall("keras.activations.softmax"),
        LibraryCall("keras.layers.Softmax"),
        LibraryCall("onnx.Softmax"),
    ),
)

log_softmax = VectorActivation(
    name="log_softmax",
    title="Log-softmax",
    latex=r"\operatorname{log\,softmax}",
    formula=s[i] / _tau - log(Sum(exp(s[j] / _tau), every)),
    parameters=(_temperature,),
    libraries=(
        LibraryCall("torch.nn.functional.log_softmax"),
        LibraryCall("torch.nn.LogSoftmax"),
        LibraryCall("jax.nn.log_softmax"),
        LibraryCall("keras.activations.log_softmax"),
        LibraryCall("onnx.LogSoftmax"),
    ),
)

logsumexp = VectorActivation(
    name="logsumexp",
    title="Log-sum-exp",
    latex=r"\operatorname{LSE}",
    formula=_tau * log(Sum(exp(s[j] / _tau), every)),
    parameters=(_temperature,),
    names=("Smooth maximum", "RealSoftMax"),
    libraries=(
        LibraryCall("torch.logsumexp"),
        LibraryCall("jax.nn.logsumexp"),
        LibraryCall("keras.ops.logsumexp"),
    ),
)

_t = Symbol("t", real=True)


def _shares(share, scale):
    """The i-th share F(u_i - θ) of a whole, where u_i is the scaled i-th number and the shares sum to 1."""
    return Share(Lambda(_t, share), s[j] * scale, i, every)


sparsemax = VectorActivation(
    name="sparsemax",
    title="Sparsemax",
    latex=r"\operatorname{sparsemax}",
    formula=_shares(_t, 1 / _tau),
    parameters=(_temperature,),
    libraries=(
        LibraryCall("keras.activations.sparsemax"),
    ),
)

entmax15 = VectorActivation(
    name="entmax15",
    title="1.5-entmax",
    latex=r"\operatorname{entmax}_{1.5}",
    formula=_shares(_t**2, 1 / (2 * _tau)),
    parameters=(_temperature,),
    names=("Entmax",),
)

hardmax = VectorActivation(
    name="hardmax",
    title="Hardmax",
    latex=r"\operatorname{hardmax}",
    formula=First(s[j], i, every),
    names=("One-hot argmax",),
    libraries=(
        LibraryCall("onnx.Hardmax"),
    ),
)


def _gated(gate: Activation):
    """The product of the first half with an activation of the second."""
    return a * gate.formula.xreplace({x: b})


glu = VectorActivation(
    name="glu",
    title="Gated linear unit (GLU)",
    latex=r"\operatorname{GLU}",
    formula=_gated(sigmoid),
    libraries=(
        LibraryCall("torch.nn.functional.glu"),
        LibraryCall("torch.nn.GLU"),
        LibraryCall("jax.nn.glu"),
        LibraryCall("keras.activations.glu"),
    ),
)

bilinear = VectorActivation(
    name="bilinear",
    title="Bilinear unit",
    latex=r"\operatorname{bilinear}",
    formula=_gated(identity),
)

reglu = VectorActivation(
    name="reglu",
    title="ReGLU",
    latex=r"\operatorname{ReGLU}",
    formula=_gated(relu),
)

geglu = VectorActivation(
    name="geglu",
    title="GEGLU",
    latex=r"\operatorname{GEGLU}",
    formula=_gated(gelu),
)

swiglu = VectorActivation(
    name="swiglu",
    title="SwiGLU",
    latex=r"\operatorname{SwiGLU}",
    formula=_gated(silu),
    parameters=silu.parameters,
    libraries=(
        LibraryCall("onnx.SwiGLU", alpha=silu.parameters[0].symbol),
    ),
)

_slope = Parameter("alpha", default=Rational("1.702"), domain=Interval(0, oo), slider=(0, 5, Rational(1, 10)))
_limit = Parameter("c", default=7, domain=Interval.open(0, oo), slider=(Rational(1, 2), 10, Rational(1, 2)))
_c = _limit.symbol

clamped_swiglu = VectorActivation(
    name="clamped_swiglu",
    title="Clamped SwiGLU",
    latex=r"\operatorname{SwiGLU}_{\mathrm{clamped}}",
    formula=(Piecewise((1 - _c, a < -_c), (1 + a, a < _c), (1 + _c, True))
             * Piecewise(*((silu.formula.xreplace({silu.parameters[0].symbol: _slope.symbol, x: z}), condition)
                           for z, condition in ((b, b < _c), (_c, True))))),
    parameters=(_slope, _limit),
    window=(-10, 10),
    names=("SwiGLU of gpt-oss", "swigluoai"),
)

maxout = VectorActivation(
    name="maxout",
    title="Maxout",
    latex=r"\operatorname{maxout}",
    formula=Largest(s[j], every),
)

crelu = VectorActivation(
    name="crelu",
    title="Concatenated ReLU (CReLU)",
    latex=r"\operatorname{CReLU}",
    formula=(relu.formula, relu.formula.subs(x, -x)),
)
