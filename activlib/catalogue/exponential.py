"""Activations with an exponential left branch."""

from sympy import E, Interval, Piecewise, Rational, erfc, exp, oo, pi, sqrt

from activlib.activation import Activation, Parameter, x
from activlib.constant import Constant
from activlib.libraries import LibraryCall

_alpha = Parameter("alpha", default=1, domain=Interval.open(0, oo), slider=(Rational(1, 20), 3, Rational(1, 20)))

elu = Activation(
    name="elu",
    title="Exponential linear unit (ELU)",
    latex=r"\operatorname{ELU}",
    formula=Piecewise((x, x > 0), (_alpha.symbol * (exp(x) - 1), True)),
    parameters=(_alpha,),
    libraries=(LibraryCall("torch.nn.functional.elu", alpha=_alpha.symbol),
               LibraryCall("torch.nn.ELU", alpha=_alpha.symbol),
               LibraryCall("jax.nn.elu", alpha=_alpha.symbol),
               LibraryCall("keras.activations.elu", alpha=_alpha.symbol),
               LibraryCall("keras.layers.ELU", alpha=_alpha.symbol),
               LibraryCall("onnx.Elu", alpha=_alpha.symbol)),
)

# The solution of E f(Z) = 0, E f(Z)^2 = 1 for standard normal Z (Klambauer et al. 2017, equation 14), which keeps the
# mean and the variance of a layer's inputs. p = exp(1/2) erfc(1/sqrt(2)) = 2 E exp(Z) [Z < 0], q = 2 E exp(2 Z) [Z < 0].
_p, _q = sqrt(E) * erfc(1 / sqrt(2)), E**2 * erfc(sqrt(2))
_alpha_01 = Constant("alpha", sqrt(2 / pi) / (1 - _p))
_lambda_01 = Constant("lambda", (1 - _p) * sqrt(2 * pi / (pi * (1 - _p) ** 2 + 2 * (1 - 2 * _p + _q))))

selu = Activation(
    name="selu",
    title="Scaled exponential linear unit (SELU)",
    latex=r"\operatorname{SELU}",
    formula=Piecewise((_lambda_01 * x, x > 0), (_lambda_01 * _alpha_01 * (exp(x) - 1), True)),
    libraries=(LibraryCall("torch.nn.functional.selu"), LibraryCall("torch.nn.SELU"),
               LibraryCall("jax.nn.selu"),
               LibraryCall("keras.activations.selu"),
               LibraryCall("onnx.Selu")),
)

celu = Activation(
    name="celu",
    title="Continuously differentiable exponential linear unit (CELU)",
    latex=r"\operatorname{CELU}",
    formula=Piecewise((x, x > 0), (_alpha.symbol * (exp(x / _alpha.symbol) - 1), True)),
    parameters=(_alpha,),
    libraries=(LibraryCall("torch.nn.functional.celu", alpha=_alpha.symbol),
               LibraryCall("torch.nn.CELU", alpha=_alpha.symbol),
               LibraryCall("jax.nn.celu", alpha=_alpha.symbol),
               LibraryCall("keras.activations.celu", alpha=_alpha.symbol),
               LibraryCall("onnx.Celu", alpha=_alpha.symbol)),
)

exponential = Activation(
    name="exponential",
    title="Exponential",
    latex=r"\exp",
    formula=exp(x),
    window=(-4, 2),
    libraries=(LibraryCall("torch.exp"),
               LibraryCall("jax.numpy.exp"),
               LibraryCall("keras.activations.exponential"),
               LibraryCall("onnx.Exp")),
    names=("exp",),
)

_beta = Parameter("beta", default=Rational(1, 2), domain=Interval(-oo, oo), slider=(-1, 2, Rational(1, 20)))
_alpha_p = Parameter("alpha_p", default=Rational(4, 5), domain=Interval.open(0, oo), slider=(Rational(1, 20), 2, Rational(1, 20)))
_alpha_n = Parameter("alpha_n", default=Rational(4, 5), domain=Interval.open(0, oo), slider=(Rational(1, 20), 2, Rational(1, 20)))

xielu = Activation(
    name="xielu",
    title="Expanded integral of the ELU (xIELU)",
    latex=r"\operatorname{xIELU}",
    formula=Piecewise((_alpha_p.symbol * x**2 + _beta.symbol * x, x > 0),
                      (_alpha_n.symbol * (exp(x) - 1 - x) + _beta.symbol * x, True)),
    parameters=(_alpha_p, _alpha_n, _beta),
    window=(-5, 2),
)

elish = Activation(
    name="elish",
    title="Exponential linear squashing (ELiSH)",
    latex=r"\operatorname{ELiSH}",
    formula=Piecewise((x / (1 + exp(-x)), x >= 0), ((exp(x) - 1) / (1 + exp(-x)), True)),
    names=("exponential linear sigmoid squashing",),
)
