"""The names of the facts of functions of several numbers, and those that follow for a formula of any form."""

from __future__ import annotations

import sympy as sp

from activlib.balls import Undecided
from activlib.vector.forms import form
from activlib.vector.nodes import First
from activlib.vector.places import place_counts

LABELS = {
    "range": "Range of each result",
    "image": "All results together",
    "total": "Sum of the results",
    "translation": "Adding c to every number adds",
    "permutation": "Permuting the numbers",
    "order": "Keeps the order of the numbers",
    "homogeneity": "Degree of positive homogeneity",
    "monotonicity": "Monotonicity",
    "convexity": "Convexity",
    "potential": "Gradient of",
    "monotone_operator": "Monotone operator",
    "jacobian": "Derivative (of result i) by number k",
    "definiteness": "Jacobian",
    "kernel": "Kernel of the Jacobian",
    "rank": "Rank of the Jacobian",
    "lipschitz": "Lipschitz constant in ℓ2",
    "lipschitz_infinity": "Lipschitz constant in ℓ∞",
    "support": "A share is above 0 where",
    "lead": "One share is all from a lead of",
    "excess": "Excess over the largest number",
    "cold_limit": "Limit at temperature 0",
    "hot_limit": "Limit at temperature ∞",
    "norm": "Keeps the Euclidean norm",
    "injective": "Injective",
    "mean": "Mean E y",
    "second_moment": "Second moment E y²",
    "variance": "Variance of y",
    "gain": "Gain 1/√E y²",
    "gradient_second_moment": "Second moment of the gradient E |∇y|²",
}


def proved(*steps):
    """Go on if every step of a proof holds: an expression that is 0, or a truth value.

    Raises Undecided otherwise.
    """
    for step in steps:
        holds = _vanishes(step) if isinstance(step, sp.Expr) else step
        if not holds:
            raise Undecided(f"a step of the proof does not hold: {step}")


def _vanishes(e):
    return e == 0 or sp.expand(e) == 0 or sp.simplify(e) == 0


class Claims:
    """What is certain about an activation at exact parameters: a method for each fact, which gives the fields of a `Fact`.

    found: its `activlib.vector.forms.Form`, if it has one.
    """

    def __init__(self, activation, parameters, found):
        self.activation, self.parameters, self.form = activation, parameters, found

    @property
    def formula(self):
        return self.activation.formula.subs(self.activation.at(**self.parameters))

    def _temperature(self):
        """Goes on if one parameter divides all numbers; raises Undecided otherwise."""
        if len(self.activation.parameters) != 1:
            raise Undecided("there is no temperature")
        (parameter,) = self.activation.parameters
        once, twice = (form(self.activation.formula.subs(parameter.symbol, value)) for value in (1, 2))
        proved(2 * twice.scale - once.scale)


class OverAllClaims(Claims):
    """`Claims` of a formula of any form over all places. Its values and slopes are known for some forms alone, by theorems."""

    def range(self):
        raise Undecided("no theorem here is about a formula of this form")

    lipschitz = lipschitz_infinity = range

    def translation(self):
        if (found := self.activation.translation) is None:
            raise Undecided("what the formula adds is no multiple of c")
        return {"known": found, "argument": "The formula with x_j + c in place of every x_j, its exponentials multiplied out, "
                                            "minus the formula; for any n."}

    def permutation(self):
        e, axis = self.activation.formula, self.activation.kind == "axis"
        if place_counts(e):
            raise Undecided("the formula depends on the place")
        if e.has(First):
            if not axis:
                raise Undecided("what stands at the first of the largest may change where there are ties")
            return {"known": "permutes the results, but for ties",
                    "argument": "Among equal largest numbers the first gets the 1, and it keeps it when two of them change "
                                "places. Where one number is larger than all others, it does permute the results."}
        return {"known": "permutes the results" if axis else "changes nothing",
                "argument": "The place i occurs in x_i alone, and everything else runs over all places." if axis
                else "Everything runs over all places."}
