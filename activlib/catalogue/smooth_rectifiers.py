"""Smooth versions of the rectifier."""

from sympy import Interval, Piecewise, Rational, exp, log, oo, sqrt, tanh

from activlib.activation import Activation, Parameter, x
from activlib.libraries import LibraryCall

_beta = Parameter("beta", default=1, domain=Interval.open(0, oo), slider=(Rational(1, 5), 10, Rational(1, 5)))
_z = _beta.symbol * x

softplus = Activation(
    name="softplus",
    title="Softplus",
    latex=r"\operatorname{softplus}",
    formula=log(1 + exp(_z)) / _beta.symbol,
    parameters=(_beta,),
    # PyTorch takes x itself where beta x > 20.
    names=("SmoothReLU",),
    libraries=(LibraryCall("torch.nn.functional.softplus", beta=_beta.symbol),
               LibraryCall("torch.nn.Softplus", beta=_beta.symbol),
               LibraryCall("jax.nn.softplus"),
               LibraryCall("keras.activations.softplus"),
               LibraryCall("onnx.Softplus")),
)

_b = Parameter("b", default=4, domain=Interval.open(0, oo), slider=(Rational(1, 10), 10, Rational(1, 10)))

squareplus = Activation(
    name="squareplus",
    title="Squareplus",
    latex=r"\operatorname{squareplus}",
    formula=(x + sqrt(x**2 + _b.symbol)) / 2,
    parameters=(_b,),
    window=(-6, 6),
    libraries=(LibraryCall("jax.nn.squareplus", b=_b.symbol),
               LibraryCall("keras.activations.squareplus", b=_b.symbol)),
)

sparse_plus = Activation(
    name="sparse_plus",
    title="Sparse plus",
    latex=r"\operatorname{sparseplus}",
    formula=Piecewise((0, x <= -1), ((x + 1) ** 2 / 4, x < 1), (x, True)),
    window=(-3, 3),
    libraries=(LibraryCall("jax.nn.sparse_plus"), LibraryCall("keras.activations.sparse_plus")),
    names=("SmeLU",),
)

# Its derivative. The slopes at -1 and 1 are those of the outer pieces.
sparse_sigmoid = Activation(
    name="sparse_sigmoid",
    title="Sparse sigmoid",
    latex=r"\operatorname{sparsesigmoid}",
    formula=Piecewise((0, x <= -1), ((x + 1) / 2, x < 1), (1, True)),
    window=(-3, 3),
    libraries=(LibraryCall("jax.nn.sparse_sigmoid"), LibraryCall("keras.activations.sparse_sigmoid")),
)

tanh_shrink = Activation(
    name="tanh_shrink",
    title="Tanh-shrink",
    latex=r"\operatorname{tanhshrink}",
    formula=x - tanh(x),
    window=(-4, 4),
    libraries=(LibraryCall("torch.nn.functional.tanhshrink"), LibraryCall("torch.nn.Tanhshrink"),
               LibraryCall("keras.activations.tanh_shrink")),
    names=("tanhshrink",),
)
