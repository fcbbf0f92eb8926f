"""Piecewise linear activations."""

from sympy import Interval, Piecewise, Rational, oo

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
    formula=Piecewise((0, x <= 0), (x, x < 6), (6, True)),
    window=(-4, 10),
    libraries=(LibraryCall("torch.nn.functional.relu6"), LibraryCall("torch.nn.ReLU6"),
               LibraryCall("torch.nn.functional.hardtanh", min_val=0, max_val=6),
               LibraryCall("torch.clamp", min=0, max=6),
               LibraryCall("jax.nn.relu6"), LibraryCall("jax.numpy.clip", min=0, max=6),
               LibraryCall("keras.activations.relu6"), LibraryCall("keras.layers.ReLU", max_value=6),
               LibraryCall("onnx.Clip", 0, 6)),
)
