"""The variable of every activation."""

import sympy as sp

x = sp.Symbol("x", real=True)
