"""The line itself and the step: what an activation adds, and what it may take away."""

from activlib.activation import Activation, x
from activlib.libraries import LibraryCall

identity = Activation(
    name="identity",
    title="Identity",
    latex=r"\operatorname{id}",
    formula=x,
    libraries=(LibraryCall("torch.nn.Identity"),
               LibraryCall("jax.nn.identity"),
               LibraryCall("keras.activations.linear"),
               LibraryCall("onnx.Identity")),
)
