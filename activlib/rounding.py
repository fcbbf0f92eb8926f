"""Figures of rounding errors, for the chapters' sections on floating point."""

from __future__ import annotations

import numpy as np

from activlib.activation import Activation
from activlib.ulp import ulp_errors

PARTS = 120
HIGHEST = 1e12  # ulp: beyond it no digit of a double is right


def error_figure(activation: Activation, forms, x, n: int = 0, *, parameters=None):
    """A figure of the errors in ulp of several ways to compute the n-th derivative, and of the library's own kernel.

    Each line shows the largest error in each of 120 equal parts of the range of x; an infinite error, such as that of a
    NaN, leaves through the top. The figure is a measurement: its last digits differ between processors.

    Parameters
    ----------
    activation: an Activation.
    forms: {label: function of an array}.
    x: array of float16, float32 or float64 with finite entries.
    n: order of the derivative.
    parameters: dict of numbers in the parameters' domains; the defaults are filled in.

    Returns the matplotlib Figure. Raises what `activlib.ulp.ulp_errors` raises.
    """
    import matplotlib.pyplot as plt

    x = np.sort(np.asarray(x))
    starts = np.unique(np.searchsorted(x, np.linspace(x[0], x[-1], PARTS + 1)[:-1]))
    worst = {label: np.maximum.reduceat(ulp_errors(activation, x, n, candidate=form, **(parameters or {})), starts)
             for label, form in {**forms, "activlib": None}.items()}
    fig, ax = plt.subplots()
    for label, errors in worst.items():
        ax.plot(x[starts], np.minimum(errors, 10 * HIGHEST), label=label, drawstyle="steps-post")
    ax.set_yscale("symlog", linthresh=1, linscale=0.6)
    top = max(errors[np.isfinite(errors)].max(initial=1) for errors in worst.values())
    ax.set_ylim(0, min(4 * top, HIGHEST))
    ax.set_xlabel("x")
    ax.set_ylabel("error in ulp")
    ax.legend()
    return fig
