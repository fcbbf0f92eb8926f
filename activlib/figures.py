"""Static figures in matplotlib, for the chapters and for print."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable

import numpy as np

from activlib.activation import Activation, check_window
from activlib.explorer.trees import cuts

DASHES = {0: "-", 1: (0, (5, 2)), 2: (0, (1, 1.5))}
SYMBOLS = {0: "f", 1: "f'", 2: "f''"}

LONGEST = 60  # characters of a title in a legend, for which a figure has room


def plot(activation: Activation, n: int = 0, *, ax=None, window=None, label=None, points=401, parameters=None, **style):
    """Draw the n-th derivative (0, 1 or 2) into `ax`, the pen lifted at every jump and every pole.

    Open circles mark the one-sided limits at a jump, a filled one the value that the definition takes
    there (at a kink: the derivative that it declares).

    Parameters
    ----------
    activation: an Activation.
    n: order of the derivative.
    ax: a matplotlib Axes; the current one if None.
    window: (low, high) of x; the activation's own if None.
    label: in the legend; f, f' or f'' if None.
    points: how many x to draw each smooth piece through, at least 2.
    parameters: dict of numbers in the parameters' domains; the defaults are filled in.
    style: goes to `Axes.plot`.

    Returns the drawn `Line2D`. Raises TypeError for another kind of object and an unknown parameter, ValueError for
    an order, a window, a number of points or a parameter outside what is accepted.
    See the chapter *How to read a chapter*.
    """
    import matplotlib.pyplot as plt

    from activlib.kernels import evaluate

    if not isinstance(activation, Activation):
        raise TypeError(f"expected an Activation, got {activation!r} of type {type(activation).__name__}")
    _check_orders([n])
    if points < 2:
        raise ValueError(f"points = {points}: a line needs at least 2")
    parameters = parameters or {}
    low, high = check_window(activation.window if window is None else window)
    values = activation.at(**parameters)
    smooth = [(float(a.subs(values)), float(b.subs(values)), piece) for a, b, piece in activation.pieces(n, **parameters)]
    smooth = [(a, b, piece) for a, b, piece in smooth if a < high and low < b]
    pieces, curves = [], []
    for a, b, piece in smooth:
        at = np.linspace(max(a, low), min(b, high), points)
        at[0] = np.nextafter(at[0], np.inf) if at[0] == a else at[0]
        at[-1] = np.nextafter(at[-1], -np.inf) if at[-1] == b else at[-1]
        y = evaluate(activation, at, n, parameters)
        for cut in cuts(piece):  # a denominator: the curve has a pole where it changes its sign
            sign = np.sign(evaluate(dataclasses.replace(activation, formula=cut), at, 0, parameters))
            poles = np.flatnonzero(sign[1:] * sign[:-1] < 0) + 1
            at, y = np.insert(at, poles, np.nan), np.insert(y, poles, np.nan)
        pieces.append(at)
        curves.append(y)
    limits = [(b, left[-1], right[0]) for (_, b, _), left, right in zip(smooth, curves, curves[1:])]
    own = [evaluate(activation, at, n, parameters) for at, _, _ in limits]
    jumps = [i for i, (_, left, right) in enumerate(limits) if not (_meet(left, right) and _meet(left, own[i]))]
    for i in jumps:  # a NaN lifts the pen
        pieces[i], curves[i] = np.append(pieces[i], np.nan), np.append(curves[i], np.nan)
    ax = ax or plt.gca()
    style = {"linestyle": DASHES[n], "label": label or SYMBOLS[n], **style}
    line, = ax.plot(np.concatenate(pieces), np.concatenate(curves), **style)
    for i in jumps:
        at, *sides = limits[i]
        ax.plot([at] * 2, sides, "o", color=line.get_color(), markerfacecolor="white", zorder=3)
        ax.plot(at, own[i], "o", color=line.get_color(), zorder=3)
    return line


def figure(activations, *, show=None, window=None, parameters=None):
    """A figure of one activation and its derivatives, or of several activations to compare.

    Parameters
    ----------
    activations: an Activation, or a list of them, which are told apart by their titles.
    show: the orders of the derivatives to draw, each 0, 1 or 2; f and f' of one activation, f of several if None.
    window: (low, high) of x; what the activations' own windows cover if None.
    parameters: dict of numbers in the domains of the one activation's parameters.

    Returns the matplotlib Figure. Raises TypeError for another kind of object and parameters of several activations,
    ValueError for no activation and as `plot` does.
    See the chapter *How to read a chapter*.
    """
    import matplotlib.pyplot as plt

    single = isinstance(activations, Activation) or not isinstance(activations, Iterable)
    drawn = _check_activations([activations] if single else activations)
    if parameters and not single:
        raise TypeError("parameters are those of one activation; compare `define`d ones with other defaults")
    show = _check_orders(((0, 1) if single else (0,)) if show is None else show)
    if window is None:
        window = min(f.window[0] for f in drawn), max(f.window[1] for f in drawn)
    (fig, ax), lines = plt.subplots(), []
    try:
        for f in drawn:
            color = None
            for n in show:
                title = " ".join(f.title.split())
                title = title if len(title) <= LONGEST else f"{title[:LONGEST - 1]}…"
                title = title.replace("$", r"\$")  # which would begin mathematics
                label = None if single else title if n == 0 else f"{title}, {SYMBOLS[n]}"
                line = plot(f, n, ax=ax, window=window, label=label, parameters=parameters, color=color)
                lines.append(line)
                color = None if single else line.get_color()
    except Exception:
        plt.close(fig)
        raise
    ax.axhline(0, color="0.5", linewidth=0.8, zorder=1)
    ax.axvline(0, color="0.5", linewidth=0.8, zorder=1)
    ax.set_xlabel("x")
    ax.legend(handles=lines)  # matplotlib alone would leave out titles that begin with an underscore
    return fig


def panels(activations, columns: int = 4, *, height: float = 1.9, **shared):
    """A figure as wide as the page with a small axes for each of the activations, under its name.

    columns: axes in a row. height: of a row, in inches. shared: `sharex` and `sharey` of `matplotlib.pyplot.subplots`.
    Returns the figure and a list of (axes, activation) in the order given. Raises ValueError for no activation, TypeError
    for anything else than activations.
    """
    import matplotlib.pyplot as plt

    activations = _check_activations(activations)
    rows = -(-len(activations) // columns)
    fig, grid = plt.subplots(rows, columns, figsize=(7.2, height * rows), squeeze=False, **shared)
    used, rest = np.split(grid.ravel(), [len(activations)])
    for ax in rest:
        ax.remove()
    for ax, activation in zip(used, activations, strict=True):
        ax.set_title(activation.name.replace("_", " "))
    return fig, list(zip(used, activations, strict=True))


def _check_activations(several):
    """`several` as a list of activations; ValueError if there is none, TypeError for anything else."""
    drawn = list(several)
    if not drawn:
        raise ValueError("a figure needs at least one activation")
    if other := [f for f in drawn if not isinstance(f, Activation)]:
        raise TypeError(f"expected an Activation or a list of them, got {other[0]!r} of type {type(other[0]).__name__}")
    return drawn


def _check_orders(show):
    """`show` as a tuple; ValueError for an order that is not drawn."""
    show = tuple(show) if isinstance(show, Iterable) else (show,)
    if not show or any(n not in DASHES for n in show):
        raise ValueError(f"orders {show}: expected 0, 1 or 2, for f, f' and f''")
    return show


def _meet(left, right):
    """Whether two values are the same but for rounding."""
    return np.isclose(left, right, rtol=1e-9, atol=1e-9, equal_nan=True)
