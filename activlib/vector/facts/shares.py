"""Shares of a whole: y_i = F(c x_i - θ), where θ makes their sum 1.

F(t) = exp(t) gives softmax, F(t) = max(t, 0)^m with m = 1 sparsemax and with m = 2 1.5-entmax. With the weights
w_i = F'(c x_i - θ) = m y_i^r, where r = 1 - 1/m (r = 1 and w_i = y_i for exp), the Jacobian is c (diag(w) - w wᵀ/Σw). All that
is said here of Jacobians follows from this, in terms of r.
"""

from __future__ import annotations

import functools

import sympy as sp

from activlib.facts.render import Phrase
from activlib.vector.facts.claims import OverAllClaims, proved
from activlib.vector.sums import collapsed
from activlib.vector.symbols import every, i, j, k, n, scores
from activlib.vector.thresholds import Above, Share, Threshold, slope

results = sp.IndexedBase("y", real=True)
_p, _q, _kappa = sp.symbols("p q kappa", positive=True)
_m = sp.Symbol("m", integer=True, positive=True)


class ShareClaims(OverAllClaims):
    """`Claims` of shares, for n ≥ 2."""

    @property
    def exponential(self):
        return self.form.kind == "shares"

    @property
    def scale(self):
        return self.form.scale

    @property
    def power(self):
        """The exponent r in the weights."""
        return sp.S.One if self.exponential else 1 - sp.Rational(1, self.form.power)

    @property
    def factor(self):
        """The factor m in the weights."""
        return sp.S.One if self.exponential else sp.Integer(self.form.power)

    @property
    def sense(self):
        """1 where a larger number has a larger share, -1 where it has a smaller."""
        return 1 if self.scale > 0 else -1

    def _word(self, growing, falling):
        return growing if self.sense > 0 else falling

    @functools.cached_property
    def _weights(self):
        """w_i as an expression of the numbers, after a proof that it makes the Jacobian for any n."""
        if self.exponential:
            weight = self.formula
        else:
            share, term, _, limits = self.formula.args
            own = Share(share, term, i, limits).own
            weight = Above(share, term, i, limits) * slope(share, own - Threshold(share, term, limits))
        total = sp.S.One if self.exponential else sp.Sum(weight.subs(i, j), every)
        derivative = self.activation.jacobian().subs(self.activation.at(**self.parameters))
        claimed = self.scale * weight * (sp.KroneckerDelta(i, k) - weight.subs(i, k) / total)
        proved(_without_conditions(derivative - claimed))
        return weight

    @functools.cached_property
    def _quadratic(self):
        """vᵀ J v / c = Σ_ij w_i w_j (v_i - v_j)²/(2 Σw), after a proof: for 2 and 3 numbers, and from the sums for any n."""
        self._weights  # noqa: B018 - proves the Jacobian
        for count in (2, 3):
            w, v = sp.symbols(f"w1:{count + 1}", positive=True), sp.symbols(f"v1:{count + 1}", real=True)
            total = sum(w)
            matrix = total * sp.diag(*w) - sp.Matrix(w) * sp.Matrix(w).T
            pairs = sum(a * b * (s - t) ** 2 for a, s in zip(w, v) for b, t in zip(w, v)) / 2
            proved((sp.Matrix(v).T * matrix * sp.Matrix(v))[0] - pairs)
        total, first, second = sp.symbols("W A B")  # Σw, Σ w v, Σ w v²
        proved(second - first**2 / total - (2 * total * second - 2 * first**2) / (2 * total))
        return "vᵀJv = c Σ_ij w_i w_j (v_i - v_j)²/(2 Σw), with the weights w_i > 0 of the shares above 0 and 0 for the others."

    def range(self):
        interval = sp.Interval.open(0, 1) if self.exponential else sp.Interval(0, 1)
        return {"known": interval, "argument": self._onto() + " " + (
            "All terms are positive, so that no share is 0 or 1." if self.exponential else
            "A share is 0 where another leads by enough, see below, which then is 1.")}

    def image(self):
        floor = sp.Gt(results[i], 0) if self.exponential else sp.Ge(results[i], 0)
        return {"known": Phrase((floor, "with", sp.Eq(sp.Sum(results[j], every), 1))), "argument": self._onto() + " " + (
            "The open simplex, without its faces." if self.exponential else "The simplex with its faces and corners.")}

    def _onto(self):
        t = sp.Symbol("t", positive=True)
        inverse = sp.log(t) if self.exponential else t ** sp.Rational(1, self.form.power)
        function = sp.exp(inverse) if self.exponential else inverse**self.form.power
        proved(function - t)
        return f"Every y of sum 1 is the result at x_i = {sp.sstr(inverse.subs(t, sp.Symbol('y_i')) / self.scale)}."

    def total(self):
        if self.exponential:
            weight = self.formula
            common = sp.Mul(*(f for f in weight.args if not f.has(scores[i])))
            proved(sp.simplify(common * sp.Sum((weight / common).subs(i, j), every) - 1))
        return {"known": sp.S.One, "argument": "The numerators add up to the denominator, for any n." if self.exponential
                else "What defines θ."}

    def order(self):
        return {"known": self.sense > 0, "argument": self._word(
            "y_i = F(c x_i - θ) with one F for all, which " + ("increases." if self.exponential else "never decreases."),
            "A larger number has a smaller share, or an equal one.")}

    def monotonicity(self):
        proved(*self._signs())
        ways = ("increasing", "decreasing") if self.exponential else ("non-decreasing", "non-increasing")
        own, others = ways[::self.sense]
        return {"known": f"{own} in its own number, {others} in each other",
                "argument": "J_ii = c w_i (1 - w_i/Σw) and J_ik = -c w_i w_k/Σw."}

    def _signs(self):
        self._weights  # noqa: B018 - proves the Jacobian
        a, b = sp.symbols("a b", positive=True)  # a weight, and the sum of the others
        return ((a * (1 - a / (a + b))).simplify().is_positive, (a * b / (a + b)).is_positive)

    def potential(self):
        if self.exponential:
            found = sp.log(sp.Sum(sp.exp(self.scale * scores[j]), every)) / self.scale
            proved(collapsed(sp.diff(found, scores[k])) - self.formula.subs(i, k))
            argument = "Its derivative by x_k is y_k, for any n."
        else:
            share, term, _, limits = self.formula.args
            theta, (t,) = Threshold(share, term, limits), share.variables
            area = sp.integrate(share.expr, (t, 0, t))
            found = (theta + sp.Sum(Above(share, term, j, limits) * area.subs(t, term - theta), every)) / self.scale
            y, own, moved = sp.symbols("y_k c theta_k")
            proved((moved + own * y - moved * 1) / own - y, area.diff(t) - share.expr)
            argument = ("θ is the threshold. With the slopes θ_k of θ, the derivative by x_k is (θ_k + Σ_j F(u_j - θ)(c δ_jk - "
                        "θ_k))/c "
                        "= (θ_k + c y_k - θ_k)/c = y_k, since the shares sum to 1.")
        convex = self._word("convex", "concave")
        return {"known": found, "argument": f"{argument} It is {convex}, since its second derivatives are the Jacobian, which is "
                                            f"{self._word('positive', 'negative')} semidefinite."}

    def convexity(self):
        return {"known": "neither", "argument": "Each share is bounded and not constant, and no such function on all of ℝⁿ is "
                                                "convex or concave. Its potential is " + self._word("convex.", "concave.")}

    def monotone_operator(self):
        sign = self._word("≥", "≤")
        return {"known": self.sense > 0, "argument": f"(f(x) - f(z))·(x - z) {sign} 0: along the line from z to x it is the "
                                                     f"integral of vᵀJv with v = x - z. {self._quadratic}"}

    def jacobian(self):
        self._weights  # noqa: B018
        weight, words = results[i] ** self.power, ()
        if self.power == 0:
            weight, words = sp.IndexedBase("s")[i], ("where s is 1 for a share above 0, 0 for the others",)
        total = sp.S.One if self.exponential else sp.Sum(weight.subs(i, j), every)
        found = self.scale * self.factor * weight * (sp.KroneckerDelta(i, k) - weight.subs(i, k) / total)
        return {"known": Phrase((found, *words)) if words else found,
                "argument": "The machine's derivative of the definition for any n equals it." + (
                    "" if self.exponential else " Where a share is about to leave 0, it holds on either side.")}

    def definiteness(self):
        return {"known": f"symmetric, {self._word('positive', 'negative')} semidefinite", "argument": self._quadratic}

    def kernel(self):
        known = "the multiples of (1, …, 1)" if self.exponential else "every v that is the same at all shares above 0"
        return {"known": known, "argument": f"vᵀJv = 0 just where all v_i with a weight are equal, and J is semidefinite. "
                                            f"{self._quadratic}"}

    def rank(self):
        known = n - 1 if self.exponential else Phrase((_m - 1, "for m shares above 0"))
        dimension = "1" if self.exponential else "n - m + 1"
        return {"known": known, "argument": f"n minus the dimension of the kernel, which is {dimension}. {self._quadratic}"}

    @functools.cached_property
    def _infinity(self):
        """sup ‖J‖∞ for n numbers, after its proof."""
        r, c = self.power, abs(self.scale) * self.factor
        proved(*self._signs(), r * (r - 1) <= 0, r >= 0)
        w, others = sp.symbols("w R", positive=True)
        total = w + others
        proved(w - w**2 / total + w * others / total - 2 / (1 / w + 1 / others))
        best = 1 / (1 + _kappa ** (1 / (1 + r)))
        bound = _p ** (-r) + _kappa * (1 - _p) ** (-r)
        slope_, curvature = bound.diff(_p), (r * (r + 1) * (_p ** (-r - 2) + _kappa * _q ** (-r - 2)))
        proved(sp.simplify(slope_.subs(_p, best).subs(_kappa, _q ** (1 + r))),
               sp.simplify((bound.subs(_p, best) - (1 + _kappa ** (1 / (1 + r))) ** (1 + r)).subs(_kappa, _q ** (1 + r))),
               curvature.is_nonnegative)
        kappa = (n - 1) ** -(1 - r)
        return sp.simplify(2 * c / (1 + kappa ** (1 / (1 + r))) ** (1 + r))

    def lipschitz_infinity(self):
        found = self._infinity
        where = ("It is attained, where one share is ½." if self.exponential else
                 "It is attained where all numbers are equal." if self.power == 0 else
                 "It is attained where all numbers but one are equal, at the right distance from that one.")
        return {"known": found, "argument": f"A row of |J| sums to 2|c| w(Σw - w)/Σw = 2|c|/(1/w + 1/R), R the sum of the other "
                                            "weights. "
                                            f"For a share p, R is largest where the others are equal (t^{self.power} is "
                                            "concave), and "
                                            f"then the sum is largest at the zero of its derivative, which is unique. {where}"}

    def lipschitz(self):
        infinity, c = self._infinity, abs(self.scale) * self.factor
        if self.exponential:
            two = self.scale * (sp.diag(*2 * [sp.S.Half]) - sp.ones(2, 2) / 4)
            proved(infinity - c / 2, abs(two.eigenvals(multiple=True)[1] + two.eigenvals(multiple=True)[0]) - c / 2)
            return {"known": c / 2, "argument": "J is symmetric, so that its norm in ℓ2 is at most that in ℓ∞, which is |c|/2 "
                                                "at most. With "
                                                "two shares of ½ and v = (1, -1), Jv = (c/2) v: attained for n = 2 at equal "
                                                "numbers, for "
                                                "n > 2 approached as the others fall to -∞."}
        if self.power == 0:
            matrix = sp.diag(1, 1) - sp.ones(2, 2) / 2
            proved(matrix**2 == matrix)
            return {"known": c, "argument": "J/c is the projection that takes the mean of the shares above 0 from them: its "
                                            "norm is 1 "
                                            "wherever there are two of them or more."}
        r, pull = self.power, sp.Symbol("P", positive=True)
        one, each = pull**r, ((1 - pull) / _m) ** r
        quotient = one * _m * each / (one + _m * each) * (1 + 1 / _m)
        proved(sp.limit(quotient.subs(pull, sp.Rational(1, 4)), _m, sp.oo) - sp.Rational(1, 4) ** r)
        two = sp.sstr(infinity.subs(n, 2))
        return {"known": c, "argument": f"vᵀJv ≤ c Σ w_i v_i², and no weight is above {self.factor}: the least number that "
                                        "serves every n. "
                                        f"It is approached as n → ∞, by one share p near 1 beside n - 1 equal ones, where "
                                        "vᵀJv/vᵀv → "
                                        f"{sp.sstr(c)} p^{r}. For n = 2 the constant is {two}."}

    def support(self):
        if self.exponential:
            return {"known": "always", "argument": "An exponential is above 0."}
        t, power = sp.Max(0, self.scale * (scores[j] - scores[i])), self.form.power
        return {"known": sp.Lt(sp.Sum(t**power, every), 1),
                "argument": "The sum of F(u_j - θ) falls as θ grows, and is 1 at the threshold: θ < u_i just where the sum at θ "
                            "= u_i "
                            "is below 1."}

    def lead(self):
        if self.exponential:
            d = sp.Symbol("d", positive=True)
            proved(sp.limit(sp.exp(-d), d, sp.oo))
            return {"known": sp.oo, "argument": f"No share is 1. A lead of d over all others leaves them less than (n - 1) "
                                                f"exp(-{sp.sstr(abs(self.scale))} d) together."}
        return {"known": 1 / abs(self.scale), "argument": "A leader by d takes F(|c| d) from the others by the condition above, "
                                                          "and F(1) = 1; "
                                                          "then the Jacobian is 0. With a smaller lead the second has a share."}

    def cold_limit(self):
        self._temperature()
        d, tau = sp.symbols("d tau", positive=True)
        if self.exponential:
            proved(sp.limit(sp.exp(-d / tau), tau, 0, "+"))
        return {"known": Phrase((1 / _m, f"at each of the m {self._word('largest', 'smallest')} numbers, 0 elsewhere")),
                "argument": "exp(-d/τ) → 0 for every distance d > 0 from the largest number." if self.exponential else
                "As soon as the m largest lead by so much that the others have no share; it is reached, not only approached."}

    def hot_limit(self):
        self._temperature()
        return {"known": 1 / n, "argument": "All c x_i → 0, f is continuous, and equal numbers have equal shares."}

    def mean(self):
        return {"known": 1 / n, "argument": "All results have the same mean, since permuting the numbers permutes them, and "
                                            "their sum is 1."}


def _without_conditions(e):
    """`e` simplified, where what is 0 or 1 is its own square."""
    e = sp.expand(e)
    return e if e == 0 else sp.simplify(sp.factor_terms(e))
