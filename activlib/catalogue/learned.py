"""Activations whose coefficients are learned, and those that rescale what is learned."""

from sympy import Piecewise, log

from activlib.activation import Activation, x

symlog = Activation(
    name="symlog",
    title="Symmetric logarithm (symlog)",
    latex=r"\operatorname{symlog}",
    names=("Bi-symmetric logarithm", "Logarithmic activation function", "LAF"),
    formula=Piecewise((log(1 + x), x >= 0), (-log(1 - x), True)),
    window=(-10, 10),
)
