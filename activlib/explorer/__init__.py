"""The explorer: activations that a reader can move, in a notebook and on a page without a kernel.

    explorer(activations, ...)        the notebook widget
    explorer_html(activations, ...)   the same as HTML, for a page that loads `script()` and `style()`

The specification and the HTML need SymPy alone; the widget's libraries load when the first one is made.
"""


def explorer(activations, **options):
    """A widget that draws activations with their derivatives, a movable point with its tangent, and sliders.

    Of an activation of several numbers it draws the plane in which two or three inputs move, the components as bars, and the
    Jacobian.

    Parameters
    ----------
    activations: an Activation, or a list of them to compare; a list may also hold sampled curves (label, xs, ys). Or one
        VectorActivation.
    options: those of `activlib.explorer.specification.specification`: parameters, x, window, show, highlight, marks,
        caption, id. For a VectorActivation those of `activlib.explorer.vectors.vector_specification`.

    Returns an `activlib.explorer.widget.Explorer` or `VectorExplorer`; its traits `parameters`, `x`, `window`, `show` and
    `highlight` follow the reader's hand and move the explorer when set. Raises what the specification raises.
    """
    from activlib.explorer.widget import Explorer, VectorExplorer

    return (VectorExplorer if _of_several_numbers(activations) else Explorer)(activations, **options)


def explorer_html(activations, **options):
    """The explorer as an `<activation-explorer>` element with a static figure inside, for pages without a kernel.

    Arguments as for `explorer`. The page loads `activlib.explorer.assets.script()` deferred, and `style()`.
    """
    if _of_several_numbers(activations):
        from activlib.explorer.vectorpage import html
        from activlib.explorer.vectors import vector_specification as specification
    else:
        from activlib.explorer.page import html
        from activlib.explorer.specification import specification

    return html(specification(activations, **options))


def _of_several_numbers(activation):
    from activlib.vector import VectorActivation

    return isinstance(activation, VectorActivation)
