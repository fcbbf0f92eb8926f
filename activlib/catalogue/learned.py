"""Activations whose coefficients are learned, and those that rescale what is learned."""

from dataclasses import replace

from sympy import Piecewise, Rational, Reals, log

from activlib.activation import Activation, Parameter, x

symlog = Activation(
    name="symlog",
    title="Symmetric logarithm (symlog)",
    latex=r"\operatorname{symlog}",
    names=("Bi-symmetric logarithm", "Logarithmic activation function", "LAF"),
    formula=Piecewise((log(1 + x), x >= 0), (-log(1 - x), True)),
    window=(-10, 10),
)


def _coefficients(letter, first, decimals, low, high):
    return tuple(Parameter(f"{letter}_{k}", default=Rational(decimal), domain=Reals, slider=(low, high, Rational(1, 100)))
                 for k, decimal in enumerate(decimals, first))


# ReLU's best approximation of this type on [-1, 1], to four decimals (Boullé, Nakatsukasa and Townsend 2020).
_a = _coefficients("a", 0, ("0.0218", "0.5", "1.5957", "1.1915"), -2, 2)
_b = _coefficients("b", 1, ("0", "2.383"), -3, 3)
_above = sum(p.symbol * x**k for k, p in enumerate(_a))
_below = sum(p.symbol * x**k for k, p in enumerate(_b, 1))

rational = Activation(
    name="rational",
    title="Rational activation",
    latex=r"\operatorname{rational}",
    formula=_above / (1 + _below),
    parameters=(*_a, *_b),
    window=(-3, 3),
)

safe_pade = Activation(
    name="safe_pade",
    title="Safe Padé activation unit (PAU)",
    latex=r"\operatorname{PAU}",
    names=("Padé activation unit", "Safe rational activation"),
    formula=_above / (1 + Piecewise((_below, _below >= 0), (-_below, True))),
    parameters=(*_a, _b[0], replace(_b[1], slider=(0, 3, Rational(1, 100)))),
    window=(-3, 3),
)
