"""Random formulas with kinks, and what they mean: a function of mpf made beside each, and its slopes at a point."""

from random import Random
from typing import ClassVar

from mpmath import mp, mpf


def _only_if(condition, function):
    def guarded(z):
        if not condition(z):
            raise ValueError
        return function(z)
    return guarded


class Formulas:
    """A stream of (text, function of mpf)."""

    NUMBERS: ClassVar = {"0": 0, "1": 1, "2": 2, "(-1)": -1, "(1/2)": mpf(1) / 2, "3": 3}
    UNARY: ClassVar = {
        "abs": abs, "relu": lambda z: max(z, mpf(0)), "sign": mp.sign, "tanh": mp.tanh, "exp": mp.exp, "sin": mp.sin,
        "sigmoid": lambda z: 1 / (1 + mp.exp(-z)), "atan": mp.atan, "softplus": lambda z: mp.log1p(mp.exp(z)), "erf": mp.erf,
        "sqrt": _only_if(lambda z: z >= 0, mp.sqrt), "log": _only_if(lambda z: z > 0, mp.log),
        "log1p": _only_if(lambda z: z > -1, mp.log1p)}  # fmt: skip
    BINARY: ClassVar = {"+": lambda a, b: a + b, "-": lambda a, b: a - b, "*": lambda a, b: a * b, "/": lambda a, b: a / b}
    CONDITIONS: ClassVar = {
        "x < 0": lambda x: x < 0, "x >= 0": lambda x: x >= 0, "x != 0": lambda x: x != 0, "x > 1": lambda x: x > 1,
        "x <= -1": lambda x: x <= -1, "-1 < x < 1": lambda x: -1 < x < 1, "x < 0 or x >= 1": lambda x: x < 0 or x >= 1,
        "x*x > 1": lambda x: x * x > 1, "x**3 >= x": lambda x: x**3 >= x, "x**3 < 8": lambda x: x**3 < 8}  # fmt: skip

    def __init__(self, seed):
        self.random = Random(seed)

    def write(self, depth):
        choice = self.random.random() if depth else 0
        if choice < 0.1:
            if self.random.random() < 0.75:
                return "x", lambda x: x
            name = self.random.choice([*self.NUMBERS])
            return name, lambda x: mpf(self.NUMBERS[name])
        first, f = self.write(depth - 1)
        if choice < 0.42:
            name = self.random.choice([*self.UNARY, "abs", "relu", "sign", "abs"])
            return f"{name}({first})", lambda x: self.UNARY[name](f(x))
        if choice < 0.5:
            power = self.random.choice([2, 3])
            return f"({first})**{power}", lambda x: f(x) ** power
        second, g = self.write(depth - 1)
        if choice < 0.65:
            name, pick = self.random.choice([("max", max), ("min", min)])
            return f"{name}({first}, {second})", lambda x: pick(f(x), g(x))
        if choice < 0.78:
            condition = self.random.choice([*self.CONDITIONS])
            return f"({first} if {condition} else {second})", lambda x: f(x) if self.CONDITIONS[condition](x) else g(x)
        operator = self.random.choice([*self.BINARY])
        return f"({first} {operator} {second})", lambda x: self.BINARY[operator](f(x), g(x))


def value(function, p):
    """function(p), or None where it is not a finite real number."""
    try:
        found = function(p)
    except (ValueError, ZeroDivisionError, TypeError):  # complex numbers have no order
        return None
    return mpf(mp.re(found)) if mp.isfinite(found) and not mp.im(found) else None


def slopes(function, p):
    """The limits of the difference quotients at p from the left and from the right, at 120 digits: numbers, infinities, or
    None where the function is not defined on that side. "?" where they do not settle."""
    found = []
    with mp.workdps(120):
        here = value(function, p)
        for side in (-1, 1):
            steps = [side * mpf(10) ** -k for k in (20, 30, 40)]
            there = [value(function, p + step) for step in steps]
            if None in there:
                found.append(None)
                continue
            quotients = [(v - here) / step for v, step in zip(there, steps, strict=True)]
            if abs(quotients[2] - quotients[1]) < 1e-9 * max(1, abs(quotients[1])):
                found.append(quotients[2])
            elif abs(quotients[2]) > 100 * abs(quotients[1]) > 10000 * abs(quotients[0]):
                found.append(mp.inf * mp.sign(quotients[2]))
            else:
                found.append("?")
    return found
