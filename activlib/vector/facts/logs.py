"""Logarithms of softmax, y_i = c x_i - log Σ exp(c x_j), and log-sum-exp, (1/c) log Σ exp(c x_j); p is softmax of c x."""

from __future__ import annotations

import functools

import sympy as sp

from activlib.balls import Undecided
from activlib.facts.render import Phrase
from activlib.vector.facts.claims import OverAllClaims, proved
from activlib.vector.symbols import every, i, j, k, n, scores

results = sp.IndexedBase("y", real=True)
shares = sp.IndexedBase("p", real=True)


class _LogClaims(OverAllClaims):
    @property
    def scale(self):
        return self.form.scale

    @functools.cached_property
    def _softmax(self):
        """p_k."""
        return sp.exp(self.scale * scores[k]) / sp.Sum(sp.exp(self.scale * scores[j]), every)

    @property
    def _derivative(self):
        return self.activation.jacobian().subs(self.activation.at(**self.parameters))


class LogShareClaims(_LogClaims):
    """`Claims` of log-softmax, for n ≥ 2."""

    @functools.cached_property
    def _matrix(self):
        proved(self._derivative - self.scale * (sp.KroneckerDelta(i, k) - self._softmax))
        return "J = c (I - 1 pᵀ), where p is softmax."

    def range(self):
        return {"known": sp.Interval.open(-sp.oo, 0), "argument": "Logarithms of all numbers between 0 and 1, which softmax has."}

    def image(self):
        return {"known": Phrase(("every y with", sp.Eq(sp.Sum(sp.exp(results[j]), every), 1))),
                "argument": "Such a y is the result at x = y/c."}

    def order(self):
        return {"known": bool(self.scale > 0), "argument": "The same number is taken from all c x_i."}

    def monotonicity(self):
        self._matrix  # noqa: B018
        own, others = ("increasing", "decreasing") if self.scale > 0 else ("decreasing", "increasing")
        return {"known": f"{own} in its own number, {others} in each other", "argument": "J_ii = c (1 - p_i) and J_ik = -c p_k."}

    def convexity(self):
        return {"known": "concave", "argument": "A linear function less log Σ exp, whose second derivatives are "
                                                "c² (diag p - p pᵀ), with softmax's p: positive semidefinite."}

    def monotone_operator(self):
        share = sp.Symbol("P")
        v, p = sp.Matrix([2, 1]), sp.Matrix([share, 1 - share])
        form = sp.expand((v.T * (sp.eye(2) - sp.ones(2, 1) * p.T) * v)[0])
        proved(form - (2 - 3 * share))
        return {"known": False, "argument": f"{self._matrix} With v = (2, 1) and two numbers, vᵀJv = c (2 - 3 p_1), which "
                                            "changes its sign "
                                            "at p_1 = 2/3; further numbers may be at -∞, nearly."}

    def jacobian(self):
        self._matrix  # noqa: B018
        return {"known": self.scale * (sp.KroneckerDelta(i, k) - shares[k]), "argument": f"{self._matrix} For any n."}

    def definiteness(self):
        return {"known": "not symmetric", "argument": f"{self._matrix} J_12 = -c p_2 and J_21 = -c p_1, which differ where p_1 "
                                                      "and p_2 do: "
                                                      "there is no potential."}

    def kernel(self):
        return {"known": "the multiples of (1, …, 1)", "argument": f"{self._matrix} Jv = 0 if every v_i is p·v."}

    def rank(self):
        return {"known": n - 1, "argument": f"{self._matrix} n minus the dimension of the kernel."}

    def lipschitz(self):
        for count in (2, 3):
            p = sp.Matrix(sp.symbols(f"p_1:{count + 1}", positive=True))
            p = p.subs(p[-1], 1 - sum(p[:-1]))
            matrix, square = sp.eye(count) - sp.ones(count, 1) * p.T, (p.T * p)[0]
            product = (matrix * matrix.T).applyfunc(sp.expand)
            proved(product.trace() - (count - 2 + count * square), *(p.T * matrix).applyfunc(sp.expand))
        return {"known": abs(self.scale) * sp.sqrt(n),
                "argument": f"{self._matrix} JJᵀ/c² is 1 on what is orthogonal to p and to (1, …, 1), and 0 on p. Its trace "
                            "n - 2 + n|p|² leaves one more eigenvalue, n|p|², or 1 where p is a multiple of (1, …, 1). |p| is "
                            "below 1, "
                            "and approaches it as one number leads by more and more."}

    def lipschitz_infinity(self):
        return {"known": 2 * abs(self.scale), "argument": f"{self._matrix} A row of |J| sums to |c| (1 - p_i + Σ_(k≠i) p_k) = "
                                                          "2|c| (1 - p_i): "
                                                          "below 2|c|, and approaching it as x_i falls behind."}


class LogSumClaims(_LogClaims):
    """`Claims` of log-sum-exp, for n ≥ 2."""

    @functools.cached_property
    def _gradient(self):
        proved(self._derivative - self._softmax)
        return "Its gradient is softmax, for any n."

    def range(self):
        return {"known": sp.S.Reals, "argument": "Adding c to every number adds c."}

    def monotonicity(self):
        return {"known": "increasing in each number", "argument": f"{self._gradient} Its entries are positive."}

    def convexity(self):
        return {"known": "convex" if self.scale > 0 else "concave",
                "argument": f"{self._gradient} The Jacobian of softmax is {'positive' if self.scale > 0 else 'negative'} "
                            "semidefinite."}

    def jacobian(self):
        return {"known": self._softmax, "argument": self._gradient}

    def lipschitz(self):
        return {"known": sp.S.One, "argument": f"{self._gradient} Σ p_k² < (Σ p_k)² = 1, and it approaches 1 as one number "
                                               "leads by more "
                                               "and more."}

    def lipschitz_infinity(self):
        return {"known": sp.S.One, "argument": f"{self._gradient} Its entries are positive and sum to 1: attained everywhere."}

    def excess(self):
        if not self.scale > 0:
            raise Undecided("the scale is negative: it lies below the smallest number")
        return {"known": sp.Interval.Lopen(0, sp.log(n) / self.scale),
                "argument": "With d_j the distances from the largest number, it is (1/c) log Σ exp(-c d_j), a sum of n terms of "
                            "which one "
                            "is 1 and all are in (0, 1]: the upper end is attained where all are equal, the lower one "
                            "approached."}

    def cold_limit(self):
        self._temperature()
        self.excess()
        return {"known": "the largest number", "argument": "The excess is at most τ log n, which tends to 0."}
