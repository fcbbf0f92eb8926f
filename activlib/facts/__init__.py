"""Certified facts: properties of an activation, each proved exactly or enclosed rigorously.

    facts(activation, **parameters)     all facts of an activation
    compare(several, *names)            some facts of several, side by side
    Enclosure                           a number known through a ball that provably contains it

    balls, growth, tails        ball arithmetic; expansions at the ends of an interval with proved remainders
    smooth, roots, charts       one analytic piece; closed forms of zeros; sign charts
    curve                       the pieces and joints of a function
    waves                       zeros of products that swing for ever
    shape, bounds, ends, moments, cost    the facts
    predicates                  what a reader may ask of them
    fact, report, render        the objects that a reader sees
"""

import functools


def facts(activation, **parameters):
    """What is certain about an activation at exact parameters.

    Each attribute of the result is a `Fact` with `value`, `method` ("exact", "enclosed" or "absent"),
    and `argument` and `boxes` as evidence: domain, range, left_limit, left_asymptote, right_limit,
    right_asymptote, symmetry, zeros, fixed_points, monotonicity, extrema, convexity,
    inflection_points, smoothness, lipschitz, lipschitz_of_gradient, saturation, mean, second_moment,
    gradient_second_moment (under the standard normal distribution), variance, gain and cost.
    An activation of several numbers has others, see `activlib.vector.facts`; the attribute `names` lists those there are.

    Parameters
    ----------
    activation: an Activation, from the catalogue or from `define`, or a VectorActivation.
    parameters: exact numbers (int, Fraction, SymPy number); a float is taken as the binary fraction that
        it stores, so write Rational(1, 10) for one tenth. Defaults are filled in.

    Returns a `Facts`; `facts(...).table("range", "lipschitz")` selects rows. Raises TypeError for an
    unknown parameter or another kind of object, ValueError for a parameter outside its domain.
    See the chapter *How to read a chapter*.
    """
    from activlib.entry import Entry

    if not isinstance(activation, Entry):
        raise TypeError(f"expected an Activation, got {activation!r} of type {type(activation).__name__}")
    values = activation.at(**parameters)
    return _facts(activation, tuple((symbol.name, value) for symbol, value in values.items()))


def compare(several, *names):
    """A table of the facts with these names, a column for each `Facts` in the list.

    Raises ValueError for an empty list and for a name that is not one of `Facts.names`.
    """
    from activlib.facts.report import Comparison

    if not (several := tuple(several)):
        raise ValueError("expected a list of facts to compare, got none")
    return Comparison(several, names)


@functools.lru_cache(maxsize=256)
def _facts(activation, values):
    from activlib.vector.activation import VectorActivation

    if isinstance(activation, VectorActivation):
        from activlib.vector.facts import VectorFacts as Kind
    else:
        from activlib.facts.report import Facts as Kind
    return Kind(activation, **dict(values))
