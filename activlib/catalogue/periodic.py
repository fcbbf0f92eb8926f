"""Activations that oscillate, and those that answer near one place alone."""

from sympy import Interval, Ne, Piecewise, Rational, cos, exp, oo, sin

from activlib.activation import Activation, Parameter, x
from activlib.libraries import LibraryCall

_omega = Parameter("omega", default=1, domain=Interval.open(0, oo), slider=(Rational(1, 2), 30, Rational(1, 2)))
_alpha = Parameter("alpha", default=1, domain=Interval.open(0, oo), slider=(Rational(1, 10), 5, Rational(1, 10)))
_epsilon = Parameter("epsilon", default=1, domain=Interval.open(0, oo), slider=(Rational(1, 10), 4, Rational(1, 10)))

sine = Activation(
    name="sine",
    title="Sine (SIREN)",
    latex=r"\operatorname{sine}",
    names=("Sinusoid",),
    formula=sin(_omega.symbol * x),
    parameters=(_omega,),
    libraries=(LibraryCall("torch.sin"), LibraryCall("jax.numpy.sin"), LibraryCall("keras.ops.sin"), LibraryCall("onnx.Sin")),
)

snake = Activation(
    name="snake",
    title="Snake",
    latex=r"\operatorname{snake}",
    names=("Snake1d",),
    formula=x + sin(_alpha.symbol * x) ** 2 / _alpha.symbol,
    parameters=(_alpha,),
)

gaussian = Activation(
    name="gaussian",
    title="Gaussian",
    latex=r"\operatorname{gauss}",
    names=("Gaussian radial basis function", "RBF", "Bell curve"),
    formula=exp(-((_epsilon.symbol * x) ** 2)),
    parameters=(_epsilon,),
    window=(-4, 4),
)

gcu = Activation(
    name="gcu",
    title="Growing cosine unit (GCU)",
    latex=r"\operatorname{GCU}",
    formula=x * cos(x),
)

sinc = Activation(
    name="sinc",
    title="Sinc",
    latex=r"\operatorname{sinc}",
    names=("Cardinal sine",),
    formula=Piecewise((sin(x) / x, Ne(x, 0)), (1, True)),
    window=(-9, 9),
)
