"""Piecewise linear activations."""

from sympy import Interval, Piecewise, Rational, oo, sqrt

from activlib.activation import Activation, Parameter, x
from activlib.libraries import LibraryCall

relu = Activation(
    name="relu",
    title="Rectified linear unit (ReLU)",
    latex=r"\operatorname{ReLU}",
    formula=Piecewise((x, x > 0), (0, True)),
    # The named functions, and the ways people spell max(x, 0): these differ in the gradient at 0.
    names=("Rectifier", "Ramp function", "Positive part"),
    libraries=(LibraryCall("torch.nn.functional.relu"), LibraryCall("torch.nn.ReLU"),
               LibraryCall("torch.clamp", min=0), LibraryCall("torch.maximum", 0),
               LibraryCall("jax.nn.relu"),
               LibraryCall("jax.numpy.clip", min=0), LibraryCall("jax.numpy.maximum", 0),
               LibraryCall("keras.activations.relu"), LibraryCall("keras.layers.ReLU"),
               LibraryCall("keras.ops.maximum", 0),
               LibraryCall("onnx.Relu")),
)

_alpha = Parameter("alpha", default=Rational(1, 100), domain=Interval(-oo, oo), slider=(-1, 2, Rational(1, 100)))

leaky_relu = Activation(
    name="leaky_relu",
    title="Leaky ReLU",
    latex=r"\operatorname{LeakyReLU}",
    formula=Piecewise((x, x > 0), (_alpha.symbol * x, True)),
    parameters=(_alpha,),
    names=("Leaky rectified linear unit", "LReLU"),
    libraries=(LibraryCall("torch.nn.functional.leaky_relu", negative_slope=_alpha.symbol),
               LibraryCall("torch.nn.LeakyReLU", negative_slope=_alpha.symbol),
               LibraryCall("jax.nn.leaky_relu", negative_slope=_alpha.symbol),
               LibraryCall("keras.activations.leaky_relu", negative_slope=_alpha.symbol),
               LibraryCall("keras.layers.LeakyReLU", negative_slope=_alpha.symbol),
               LibraryCall("onnx.LeakyRelu", alpha=_alpha.symbol)),
)

relu6 = Activation(
    name="relu6",
    title="ReLU6",
    latex=r"\operatorname{ReLU6}",
    names=("ReLU-6", "Capped ReLU",),
    formula=Piecewise((0, x <= 0), (x, x < 6), (6, True)),
    window=(-4, 10),
    libraries=(LibraryCall("torch.nn.functional.relu6"), LibraryCall("torch.nn.ReLU6"),
               LibraryCall("torch.nn.functional.hardtanh", min_val=0, max_val=6),
               LibraryCall("torch.clamp", min=0, max=6),
               LibraryCall("jax.nn.relu6"), LibraryCall("jax.numpy.clip", min=0, max=6),
               LibraryCall("keras.activations.relu6"), LibraryCall("keras.layers.ReLU", max_value=6),
               LibraryCall("onnx.Clip", 0, 6)),
)

_learned = Parameter("alpha", default=Rational(1, 4), domain=Interval(-oo, oo), slider=(-1, 2, Rational(1, 100)))

# Leaky ReLU with a slope that is trained.
prelu = Activation(
    name="prelu",
    title="Parametric ReLU (PReLU)",
    latex=r"\operatorname{PReLU}",
    formula=Piecewise((x, x > 0), (_learned.symbol * x, True)),
    parameters=(_learned,),
    libraries=(LibraryCall("torch.nn.PReLU", init=_learned.symbol),
               LibraryCall("keras.layers.PReLU",
                           alpha_initializer=LibraryCall("keras.initializers.Constant", value=_learned.symbol)),
               LibraryCall("onnx.PRelu", _learned.symbol)),
)

squared_relu = Activation(
    name="squared_relu",
    title="Squared ReLU",
    latex=r"\operatorname{ReLU}^2",
    names=("ReLU²", "ReLU squared", "relu2",),
    formula=Piecewise((x**2, x > 0), (0, True)),
    window=(-3, 3),
)

# s^2 = 1/(E r^4 - (E r^2)^2) and b = -s E r^2, where r is the ReLU of a standard normal number: mean 0, variance 1.
_scale = Parameter("s", default=2 / sqrt(5), domain=Interval(-oo, oo), slider=(-1, 2, Rational(1, 50)))
_bias = Parameter("b", default=-1 / sqrt(5), domain=Interval(-oo, oo), slider=(-2, 1, Rational(1, 50)))

star_relu = Activation(
    name="star_relu",
    title="StarReLU",
    latex=r"\operatorname{StarReLU}",
    formula=Piecewise((_scale.symbol * x**2 + _bias.symbol, x > 0), (_bias.symbol, True)),
    parameters=(_scale, _bias),
    window=(-3, 3),
)

_theta = Parameter("theta", default=1, domain=Interval(-oo, oo), slider=(-2, 3, Rational(1, 10)))
_value = Parameter("v", default=-1, domain=Interval(-oo, oo), slider=(-2, 3, Rational(1, 10)))

threshold = Activation(
    name="threshold",
    title="Threshold",
    latex=r"\operatorname{threshold}",
    formula=Piecewise((x, x > _theta.symbol), (_value.symbol, True)),
    parameters=(_theta, _value),
    libraries=(LibraryCall("torch.nn.functional.threshold", threshold=_theta.symbol, value=_value.symbol),
               LibraryCall("torch.nn.Threshold", threshold=_theta.symbol, value=_value.symbol),
               LibraryCall("keras.activations.threshold", threshold=_theta.symbol, default_value=_value.symbol)),
)

thresholded_relu = Activation(
    name="thresholded_relu",
    title="Thresholded ReLU",
    latex=r"\operatorname{ReLU}_{\theta}",
    names=("TRec", "Thresholded rectified",),
    formula=Piecewise((x, x > _theta.symbol), (0, True)),
    parameters=(_theta,),
    libraries=(LibraryCall("torch.nn.Threshold", threshold=_theta.symbol, value=0),
               LibraryCall("keras.activations.threshold", threshold=_theta.symbol, default_value=0),
               LibraryCall("keras.layers.ReLU", threshold=_theta.symbol),
               LibraryCall("onnx.ThresholdedRelu", alpha=_theta.symbol)),
)

# SymPy prints the name lamda as the Greek letter; Python has a keyword of the usual spelling.
_lambda = Parameter("lamda", default=Rational(1, 2), domain=Interval(0, oo), slider=(0, 3, Rational(1, 20)))

soft_shrink = Activation(
    name="soft_shrink",
    title="Soft shrinkage",
    latex=r"\operatorname{soft}",
    names=("Softshrink", "Soft thresholding",),
    formula=Piecewise((x - _lambda.symbol, x > _lambda.symbol), (x + _lambda.symbol, x < -_lambda.symbol), (0, True)),
    parameters=(_lambda,),
    window=(-3, 3),
    libraries=(LibraryCall("torch.nn.functional.softshrink", lambd=_lambda.symbol),
               LibraryCall("torch.nn.Softshrink", lambd=_lambda.symbol),
               LibraryCall("keras.activations.soft_shrink", threshold=_lambda.symbol),
               LibraryCall("onnx.Shrink", lambd=_lambda.symbol, bias=_lambda.symbol)),
)

hard_shrink = Activation(
    name="hard_shrink",
    title="Hard shrinkage",
    latex=r"\operatorname{hard}",
    names=("Hardshrink", "Hard thresholding",),
    formula=Piecewise((x, x > _lambda.symbol), (x, x < -_lambda.symbol), (0, True)),
    parameters=(_lambda,),
    window=(-3, 3),
    libraries=(LibraryCall("torch.nn.functional.hardshrink", lambd=_lambda.symbol),
               LibraryCall("torch.nn.Hardshrink", lambd=_lambda.symbol),
               LibraryCall("keras.activations.hard_shrink", threshold=_lambda.symbol),
               LibraryCall("onnx.Shrink", lambd=_lambda.symbol)),
)
