"""Activations with an exponential left branch."""

from sympy import Interval, Piecewise, Rational, exp, oo
from sympy.codegen.cfunctions import expm1

from activlib.activation import Activation, Parameter, x
from activlib.libraries import LibraryCall

_alpha = Parameter("alpha", default=1, domain=Interval.open(0, oo), slider=(Rational(1, 20), 3, Rational(1, 20)))

elu = Activation(
    name="elu",
    title="Exponential linear unit (ELU)",
    latex=r"\operatorname{ELU}",
    formula=Piecewise((x, x > 0), (_alpha.symbol * (exp(x) - 1), True)),
    parameters=(_alpha,),
    # exp(x) - 1 cancels near 0.
    stable_forms={0: Piecewise((x, x > 0), (_alpha.symbol * expm1(x), True))},
    libraries=(LibraryCall("torch.nn.functional.elu", alpha=_alpha.symbol),
               LibraryCall("torch.nn.ELU", alpha=_alpha.symbol),
               LibraryCall("jax.nn.elu", alpha=_alpha.symbol),
               LibraryCall("keras.activations.elu", alpha=_alpha.symbol),
               LibraryCall("keras.layers.ELU", alpha=_alpha.symbol),
               LibraryCall("onnx.Elu", alpha=_alpha.symbol)),
)
