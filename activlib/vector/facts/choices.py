"""The largest of n numbers, and the first place where it is."""

from __future__ import annotations

import sympy as sp

from activlib.definition.symbols import x
from activlib.facts import facts
from activlib.facts.render import Phrase
from activlib.vector.facts.claims import OverAllClaims, proved
from activlib.vector.forms import unit
from activlib.vector.nodes import First, Largest
from activlib.vector.symbols import k, n

ALONE = "Where one number is larger than all others, the same holds nearby"


class FirstClaims(OverAllClaims):
    """`Claims` of hardmax, for n ≥ 2."""

    def range(self):
        return {"known": sp.FiniteSet(0, 1), "argument": "1 for the first of the largest, 0 for the others."}

    def image(self):
        return {"known": "the corners of the simplex", "argument": "One result is 1; each place can have the largest number."}

    def total(self):
        return {"known": sp.S.One, "argument": "One result is 1, the others are 0."}

    def order(self):
        return {"known": True, "argument": "No smaller number has a larger result; equal ones may have different results."}

    def homogeneity(self):
        return {"known": sp.S.Zero, "argument": "A positive factor of all numbers leaves the first of the largest where it is."}

    def convexity(self):
        return {"known": "neither", "argument": "A bounded function on ℝⁿ that is convex or concave is constant."}

    def monotonicity(self):
        return {"known": "non-decreasing in its own number, non-increasing in each other",
                "argument": "A number that rises may become the first of the largest, and takes the 1 from another."}

    def jacobian(self):
        proved(self.activation.jacobian())
        return {"known": sp.S.Zero, "argument": f"{ALONE}. At ties it jumps."}

    def rank(self):
        return {"known": sp.S.Zero, "argument": "The Jacobian is 0 wherever there is one."}

    def lipschitz(self):
        return {"known": sp.oo, "argument": "It jumps where two numbers are equal and larger than all others."}

    lipschitz_infinity = lipschitz

    def mean(self):
        return {"known": 1 / n, "argument": "Independent standard normal numbers are all different with probability 1, each is "
                                            "the largest "
                                            "with the same probability, and the sum of the results is 1."}

    def second_moment(self):
        return self.mean() | {"argument": "y² = y for 0 and 1."}

    def variance(self):
        return {"known": 1 / n - 1 / n**2, "argument": "E y² - (E y)²."}

    def gain(self):
        return {"known": sp.sqrt(n), "argument": "From the second moment."}

    def gradient_second_moment(self):
        return {"known": sp.S.Zero, "argument": "The Jacobian is 0 wherever there is one."}


class LargestClaims(OverAllClaims):
    """`Claims` of the largest number, for n ≥ 2."""

    def range(self):
        return {"known": sp.S.Reals, "argument": "Adding c to every number adds c."}

    def homogeneity(self):
        return {"known": sp.S.One, "argument": "A positive factor of all numbers is one of the largest."}

    def convexity(self):
        return {"known": "convex", "argument": "The largest of convex functions, here of the coordinates."}

    def monotonicity(self):
        return {"known": "non-decreasing in each number", "argument": "No derivative is negative."}

    def jacobian(self):
        derivative, (largest,) = self.activation.jacobian(), self.activation.formula.atoms(Largest)
        proved(derivative - First(largest.term, k, largest.limits))
        return {"known": derivative,
                "argument": f"{ALONE}, and it is a coordinate; by convention the first of the largest at ties."}

    def lipschitz(self):
        return {"known": sp.S.One, "argument": "Its gradient is a unit vector wherever there is one, and it is continuous and "
                                               "piecewise linear."}

    def lipschitz_infinity(self):
        return {"known": sp.S.One, "argument": "If no number moves by more than d, neither does the largest; all together do."}

    def mean(self):
        size = facts(unit(sp.Piecewise((-x, x < 0), (x, True)), ()))
        return self._two(size.mean.value / sp.sqrt(2), "E |d|/√2")

    def second_moment(self):
        return self._two(sp.S.One, "(E s² + 2 E s E |d| + E d²)/2, where E s = 0")

    def variance(self):
        return self._two(self.second_moment()["known"][0] - self.mean()["known"][0] ** 2, "E y² - (E y)²")

    def gain(self):
        return self._two(1 / sp.sqrt(self.second_moment()["known"][0]), "From the second moment")

    def gradient_second_moment(self):
        return {"known": sp.S.One, "argument": "Its gradient is a unit vector wherever there is one."}

    @staticmethod
    def _two(found, how):
        a, b = sp.symbols("a b", positive=True)
        proved((a + b) / 2 + (a - b) / 2 - a, found.is_real)
        return {"known": Phrase((found, "for two numbers")), "argument":
                "The larger of two is (s + |d|)/√2 with s = (a + b)/√2 and d = (a - b)/√2, which are independent and standard "
                "normal as a "
                f"and b are: {how}."}
