"""The programs for an expression: its forms, compiled."""

from __future__ import annotations

import functools
import math

import numpy as np
import scipy.special as special
from flint import arb

from activlib.balls import Ball, precision
from activlib.definition.forms import forms
from activlib.kernels.compile import NoProgram, compile_expression
from activlib.kernels.exact import PRECISIONS
from activlib.kernels.functions import FLOAT32, FUNCTIONS
from activlib.kernels.program import Constant

# Nanoseconds an element, roughly: they order the forms and say nothing else.
COSTS = {np.exp: 0.8, np.expm1: 1.2, np.log: 1, np.log1p: 3.3, np.tanh: 1.7, np.sin: 11, np.cos: 13, np.arctan: 1.2,
         np.sinh: 1.1, np.cosh: 1, np.arcsinh: 2, np.arctanh: 2.7, np.arccosh: 4, np.sqrt: 1.2, np.divide: 0.4, np.power: 2.8,
         special.erf: 12, special.erfc: 12}


@functools.lru_cache(maxsize=128)
def compiled(e, low, high):
    """The forms of an expression that have a program, and their steps."""
    found = []
    for form in forms(e):
        if form.high <= low or high <= form.low:  # it is another function there
            continue
        try:
            steps = compile_expression(form.expression, form.names, form.sequential)
        except NoProgram:
            continue
        known = any(steps == other and form.low >= f.low and form.high <= f.high for f, other in found)
        if not known and _agrees(form, e, low, high):
            found.append((form, steps))
    return found


def _agrees(form, e, low, high):
    """Whether a form has the value of the expression at some points: a net below the identities."""
    if form.expression == e:
        return True
    low, high = max(low, form.low), min(high, form.high)
    points = [p for p in (-21.7, -3.3, -0.7, 0.3, 1.9, 17.1, low + 0.1, high - 0.1) if low < p < high and math.isfinite(p)]
    balls = Ball(form.written_out), Ball(e)
    with precision(PRECISIONS[1]):
        for p in points:
            a, b = (value_of(ball, p) for ball in balls)
            if a is not None and b is not None and not a.overlaps(b):
                return False
    return True


def value_of(ball, point):
    value = ball(arb(point))
    return value if value.is_finite() else None


def single(steps):
    """Whether every function has an error model in float32 arithmetic."""
    info = np.finfo(np.float32)
    constants = [o.value for _, operands in steps for o in operands if isinstance(o, Constant)]
    return all(function not in FUNCTIONS or function in FLOAT32 for function, _ in steps) \
        and not any(function is np.power for function, _ in steps) \
        and all(c == 0 or info.tiny <= abs(c) <= info.max for c in constants)


def cost_of(steps):
    return sum(COSTS.get(function, 0.2) for function, _ in steps)
