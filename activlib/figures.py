"""Static figures in matplotlib, for the chapters and for print."""

from __future__ import annotations

import numpy as np

from activlib.activation import Activation

DASHES = {0: "-", 1: (0, (5, 2)), 2: (0, (1, 1.5))}
SYMBOLS = {0: "f", 1: "f'", 2: "f''"}


def book_style():
    """Draw all figures of this session as the book does: its style sheet, and inline SVG without a date,
    so that running a notebook twice gives the same bytes."""
    import matplotlib.pyplot as plt
    from matplotlib_inline.backend_inline import set_matplotlib_formats

    plt.style.use("activlib.book")
    set_matplotlib_formats("svg", metadata={"Date": None})


def plot(activation: Activation, n: int = 0, *, ax=None, window=None, label=None, points=401, parameters=None, **style):
    """Draw the n-th derivative (0, 1 or 2) into `ax`, the pen lifted at every jump.

    Open circles mark the one-sided limits at a jump, a filled one the value that the definition takes
    there. `parameters` are the activation's; `style` goes to matplotlib. Returns the drawn line.
    """
    import matplotlib.pyplot as plt

    from activlib.kernels import evaluate

    parameters = parameters or {}
    ax = ax or plt.gca()
    low, high = window or activation.window
    values = activation.at(**parameters)
    cuts = sorted({c for b in activation.breakpoints if low < (c := float(b.subs(values))) < high})
    ends = [low, *cuts, high]
    pieces = [np.linspace(a, b, points) for a, b in zip(ends, ends[1:])]
    for piece, inner_left, inner_right in zip(pieces, [False] + [True] * len(cuts), [True] * len(cuts) + [False]):
        piece[0] = np.nextafter(piece[0], np.inf) if inner_left else piece[0]
        piece[-1] = np.nextafter(piece[-1], -np.inf) if inner_right else piece[-1]
    curves = [evaluate(activation, piece, n, parameters) for piece in pieces]
    jumps = [i for i in range(len(cuts)) if not np.isclose(curves[i][-1], curves[i + 1][0], rtol=1e-9, atol=1e-9)]
    for i in jumps:  # a NaN lifts the pen
        pieces[i], curves[i] = np.append(pieces[i], np.nan), np.append(curves[i], np.nan)
    style = {"linestyle": DASHES[n], "label": label or SYMBOLS[n], **style}
    line, = ax.plot(np.concatenate(pieces), np.concatenate(curves), **style)
    for i in jumps:
        limits = [curves[i][-2], curves[i + 1][0]]
        ax.plot([cuts[i]] * 2, limits, "o", color=line.get_color(), markerfacecolor="white", zorder=3)
        ax.plot(cuts[i], evaluate(activation, cuts[i], n, parameters), "o", color=line.get_color(), zorder=3)
    return line


def figure(activations, *, show=(0, 1), window=None, parameters=None):
    """A figure of one activation with the derivatives of orders `show`, or of several activations (f alone).

    `activations`: an Activation or a list of them; `parameters`: of the one activation.
    """
    import matplotlib.pyplot as plt

    fig, ax = plt.subplots()
    if isinstance(activations, Activation):
        for n in show:
            plot(activations, n, ax=ax, window=window, parameters=parameters)
    else:
        window = window or (min(a.window[0] for a in activations), max(a.window[1] for a in activations))
        for activation in activations:
            plot(activation, 0, ax=ax, window=window, label=activation.title)
    ax.axhline(0, color="0.5", linewidth=0.8, zorder=1)
    ax.axvline(0, color="0.5", linewidth=0.8, zorder=1)
    ax.set_xlabel("x")
    ax.legend()
    return fig
