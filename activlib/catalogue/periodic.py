"""Activations that oscillate, and those that answer near one place alone."""

from sympy import Interval, Rational, oo, sin

from activlib.activation import Activation, Parameter, x
from activlib.libraries import LibraryCall

_omega = Parameter("omega", default=1, domain=Interval.open(0, oo), slider=(Rational(1, 2), 30, Rational(1, 2)))

sine = Activation(
    name="sine",
    title="Sine (SIREN)",
    latex=r"\operatorname{sine}",
    names=("Sinusoid", "SIREN"),
    formula=sin(_omega.symbol * x),
    parameters=(_omega,),
    libraries=(LibraryCall("torch.sin"), LibraryCall("jax.numpy.sin"), LibraryCall("keras.ops.sin"), LibraryCall("onnx.Sin")),
)
