"""Formulas that nobody tuned anything for: drawn at random, the same on every run."""

import random

INNER = ("x", "x", "x", "-x", "2*x", "x/3", "x**2", "x - 1", "x + 1/3", "abs(x)", "1 - x**2", "x**3")
FUNCTIONS = ("exp({})", "tanh({})", "log(1 + exp({}))", "1/(1 + exp(-({})))", "sin({})", "atan({})", "erf({})",
             "sqrt(1 + ({})**2)", "log(1 + ({})**2)", "exp(-({})**2)", "cosh({})", "max({}, 0)",
             "abs({})", "expm1({})", "erfc({})", "cos({})", "sinh({})")
JOINS = ("({}) + ({})", "({}) - ({})", "({})*({})", "({})/(1 + ({})**2)", "({})*({})", "x*({}) + ({})",
         "({}) if x > 0 else ({})", "({}) if x >= -1/2 else ({})", "({})/(2 + cos({}))")


def formulas(count, seed):
    """Strings that `al.define` reads, each of one to three functions."""
    rng = random.Random(seed)

    def term(depth):
        if depth == 0:
            return rng.choice(INNER)
        if rng.random() < 0.45:
            return rng.choice(FUNCTIONS).format(term(depth - 1))
        return rng.choice(JOINS).format(term(depth - 1), term(depth - 1))

    found = []
    while len(found) < count:
        text = term(rng.choice((1, 1, 2)))
        if "(" in text and len(text) < 120 and text not in found:
            found.append(text)
    return found
