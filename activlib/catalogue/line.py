"""The line itself and the step: what an activation adds, and what it may take away."""

from sympy import Piecewise

from activlib.activation import Activation, x
from activlib.libraries import LibraryCall

identity = Activation(
    name="identity",
    title="Identity",
    latex=r"\operatorname{id}",
    names=("Linear",),
    formula=x,
    libraries=(LibraryCall("torch.nn.Identity"),
               LibraryCall("jax.nn.identity"),
               LibraryCall("keras.activations.linear"),
               LibraryCall("onnx.Identity")),
)

# The libraries ask for the value at 0 (their second argument); 1 is Rosenblatt's and the usual one of a binary step.
step = Activation(
    name="step",
    title="Binary step",
    latex=r"\operatorname{step}",
    names=("Heaviside", "Unit step", "Threshold unit",),
    formula=Piecewise((1, x >= 0), (0, True)),
    window=(-3, 3),
    libraries=(LibraryCall("torch.heaviside", 1),
               LibraryCall("jax.numpy.heaviside", 1),
               LibraryCall("keras.ops.heaviside", 1)),
)

sign = Activation(
    name="sign",
    title="Sign",
    latex=r"\operatorname{sign}",
    names=("Signum",),
    formula=Piecewise((1, x > 0), (-1, x < 0), (0, True)),
    window=(-3, 3),
    libraries=(LibraryCall("torch.sign"),
               LibraryCall("jax.numpy.sign"),
               LibraryCall("keras.ops.sign"),
               LibraryCall("onnx.Sign")),
)
