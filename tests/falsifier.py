"""Tries to refute the facts of an activation, by evaluating its formula with mpmath at hundreds of digits.

A claim that holds survives. `falsify` returns a line for every claim that some point contradicts, and for every claim
that was compared with nothing.
"""

from itertools import pairwise

import sympy as sp
from mpmath import mp, mpf

from activlib.activation import x
from oracle import DIGITS, NEAR, Members, Oracle, inside, near, number, parts, places, sample

CLEAR = 3  # up to this |x| a strict inequality must show in DIGITS digits
ABOUT_VALUES = ("range", "left_limit", "right_limit", "lipschitz", "lipschitz_of_gradient")  # of f, not of x
ROUNDING = mpf(10) ** (50 - DIGITS)
CHECKS = {}


def falsify(facts, claims=None):
    """A line for each claim that does not survive.

    facts: the `Facts` of an activation. claims: `Fact`s about it; all of `facts` if None.
    """
    claims = [fact for fact in facts if not fact.absent] if claims is None else claims
    checked = [fact for fact in claims if fact.name in CHECKS]
    with mp.workdps(DIGITS):
        oracle = Oracle(facts.activation, facts.parameters)
        special = places((fact.attained, fact.approached, () if fact.name in ABOUT_VALUES else fact.value) for fact in checked)
        points = [(p, value) for p in sample([*special, *oracle.joints]) if (value := oracle(p)) is not None]
        found = []
        for fact in checked:
            before = oracle.asked
            found += [f"{fact.name}: {line}" for line in CHECKS[fact.name](oracle, points, fact)]
            if oracle.asked == before:
                found.append(f"{fact.name}: nothing was compared")
    return found


def check(name, **options):
    def register(function):
        CHECKS[name] = lambda oracle, points, fact: function(oracle, points, fact, **options)
        return function
    return register


def margin(fact):
    """How far a number in the fact's value may be off."""
    return mpf(4 * fact.radius) + mpf(10) ** -100


@check("domain")
def _(oracle, points, fact):
    claimed = Members(fact.value)
    for p in sample(claimed.ends):
        if (holds := claimed.holds(p, 0)) is not None and abs(p) < 1000:
            yield from oracle.claims(holds == (oracle(p) is not None), "wrong at {}", p)
    for end in {end for part in parts(fact.value) for end in part.args[:2] if isinstance(end, sp.Expr) and end.is_finite}:
        value = oracle.formula.subs(x, end)
        yield from oracle.claims((end in fact.value) == bool(value.is_finite and value.is_real), f"wrong at {end}")


@check("range")
def _(oracle, points, fact):
    claimed, error = Members(fact.value), margin(fact)
    for p, value in points:
        yield from oracle.claims(claimed.holds(value, error * max(1, abs(value))) is not False, "f({}) = {} is outside", p, value)
    for low, high, *_ in claimed.intervals:
        if mp.isfinite(high - low):
            amid = any(abs(2 * value - low - high) < (high - low) / 2 for _, value in points)
            yield from oracle.claims(amid, "no value lies amid {} and {}", low, high)
    bounds = [(end, is_open) for low, high, *opens in claimed.intervals for end, is_open in zip((low, high), opens)]
    for end, is_open in bounds + [(p, False) for p in claimed.points]:
        if not mp.isfinite(end):
            reached = any(abs(value) > 100 and value * end > 0 for _, value in points)
        else:
            reached = any(near(value, end, 1e-6) if is_open else near(value, end, error * 100) and abs(p) < 30
                          for p, value in points)
            if not (reached or is_open):  # no other fact tells where: climb there from the nearest of the points
                nearest, _ = min(((p, value) for p, value in points if abs(p) < 30), key=lambda point: abs(point[1] - end))
                reached = near(_turn(oracle, nearest), end, error * 100)
            taken = [p for p, value in points if is_open and value == end and abs(p) < CLEAR]
            yield from oracle.claims(not taken, "{} is attained at {}", end, *taken[:1])
        yield from oracle.claims(reached, "no value comes near the bound {}", end)


def _turn(oracle, start):
    """The value where the function turns near a point, infinite where it does not."""
    try:
        return oracle(mp.findroot(oracle.derivative, start, tol=mpf(10) ** -100, verify=False))
    except (ValueError, TypeError, ZeroDivisionError):  # no root, or no derivative
        return mp.inf


@check("left_limit", side=-1)
@check("right_limit", side=1)
def _(oracle, points, fact, side):
    if fact.value is None:
        values = [oracle(mpf(side) * (1000 + mpf(k) / 16)) for k in range(200)]
        yield from oracle.claims(max(values) - min(values) > 1e-3, "far away it varies by {}", max(values) - min(values))
        return
    limit = number(fact.value)
    for value in [value for p, value in points[::-side] if p * side >= 10][:3]:  # from the farthest
        tends = near(value, limit, 1e-6) if mp.isfinite(limit) else value * limit > 0 and abs(value) >= 100
        yield from oracle.claims(tends, "far away it is {}", value)


@check("left_asymptote", side=-1)
@check("right_asymptote", side=1)
def _(oracle, points, fact, side):
    for p in [p for p, _ in points[::-side] if 10 < p * side < 10**60][:2]:
        if fact.value is None:  # there is no line if the second difference does not tend to 0
            bend = max(abs(oracle(4 * q) - 3 * oracle(2 * q) + 2 * oracle(q)) for q in (p, p + 1, p + 2))
            yield from oracle.claims(bend > 1e-3, "the second difference is {}", bend)
        else:
            slope, level = (number(sp.sympify(fact.value).coeff(x, k)) for k in (1, 0))
            gap = oracle(p) - slope * p - level
            yield from oracle.claims(abs(gap) < 1e-6, "far away the distance is {}", gap)


@check("symmetry")
def _(oracle, points, fact):
    def deviation(center, parity, level):
        worst = mpf(0)
        for t in (*(mpf(3 * k) / 8 for k in range(1, 50)), 30, 100, 300, *(joint - center for joint in oracle.joints)):
            a, b = oracle(center + t), oracle(center - t)
            if (a is None) != (b is None):
                return mp.inf
            if a is not None:
                worst = max(worst, abs(a - parity * b - level) / max(1, abs(a), abs(b)))
        return worst

    kind = fact.value.kind
    if kind == "none":
        for center in {mpf(0), *oracle.joints, *(p for p, _ in points[::3] if abs(p) < 10)}:
            gap = min(deviation(center, 1, 0), deviation(center, -1, 2 * (oracle(center) or mpf(0))))
            yield from oracle.claims(gap > 1e-20, "symmetric about {}", center)
    else:
        level = 2 * number(fact.value.center[1]) if kind == "point" else 0
        gap = deviation(number(fact.value.center[0]), 1 if kind in ("even", "axis") else -1, level)
        yield from oracle.claims(gap <= margin(fact) * 1000, "off by {}", gap)


@check("zeros", slope=0)
@check("fixed_points", slope=1)
def _(oracle, points, fact, slope):
    claimed, error = Members(fact.value, fact.period), margin(fact)
    members = [*claimed.points, *(p for low, high, *_ in claimed.intervals for p in inside(low, high))]
    for p in members:
        value = oracle(p)
        solves = value is not None and abs(value - slope * p) <= error * 10**6 * max(1, abs(p))
        yield from oracle.claims(solves, "{} is no solution", p)
    for (a, left), (b, right) in pairwise(points):
        if oracle.meets(a, b) and abs(b) < 1000 and (left - slope * a) * (right - slope * b) < 0:
            known = claimed.between(a, b, error) or oracle.pole(a, b)
            yield from oracle.claims(known, "a solution between {} and {} is missing", a, b)
    for p, value in points:
        if abs(p) < CLEAR and (p == 0 or abs(p) >= NEAR[-1]):
            yield from oracle.claims(value != slope * p or claimed.between(p, p, error), "the solution {} is missing", p)


def stretches(oracle, points, fact, kept):
    """Pairs of points in a stretch that `kept(a, b, kind)` denies, and points of the domain in no stretch."""
    for interval, kind in fact.value:
        low, high = number(interval.start), number(interval.end)
        for k in range(-2, 3) if fact.period is not None else [0]:
            shift = k * number(fact.period) if k else mpf(0)
            for a, b in pairwise(p + shift for p in inside(low, high)):
                if None not in (oracle(a), oracle(b), oracle((a + b) / 2)):
                    yield from oracle.claims(kept(a, b, kind), f"not {kind} between {{}} and {{}}", a, b)
                elif max(abs(a), abs(b)) < 1000:
                    yield from oracle.claims(False, "not defined between {} and {}", a, b)
    covered = Members(sp.S.EmptySet, fact.period)
    covered.intervals = [(number(i.start), number(i.end)) for i, _ in fact.value]
    covered.ends = [end for i in covered.intervals for end in i if mp.isfinite(end)]
    for p, _ in points:
        yield from oracle.claims(covered.between(p, p, margin(fact)), "nothing is said about {}", p)
    for (a, before), (b, after) in pairwise(fact.value):
        if before == after and a.end == b.start:
            apart = not _smooth(oracle, number(a.end))
            yield from oracle.claims(apart, f"the stretches that meet at {a.end} are one")


def _smooth(oracle, p):
    values = [oracle(p + side * NEAR[2]) for side in (-1, 0, 1)]
    return None not in values and abs(values[0] - values[2]) < 1e-10 and abs(values[0] - 2 * values[1] + values[2]) < 1e-30


@check("monotonicity")
def _(oracle, points, fact):
    signs = {"strictly increasing": 1, "constant": 0, "strictly decreasing": -1}

    def kept(a, b, kind):
        rise = mp.sign(oracle(b) - oracle(a))
        return rise == signs[kind] or (rise == 0 and max(abs(a), abs(b)) > CLEAR)
    yield from stretches(oracle, points, fact, kept)


@check("convexity")
def _(oracle, points, fact):
    def kept(a, b, kind):
        values = oracle(a), oracle(b), oracle((a + b) / 2)
        bend = values[0] + values[1] - 2 * values[2]
        if abs(bend) <= ROUNDING * max(map(abs, values)):
            return "strictly" not in kind or max(abs(a), abs(b)) > CLEAR
        return kind.removeprefix("strictly ") == ("convex" if bend > 0 else "concave")
    yield from stretches(oracle, points, fact, kept)


@check("extrema")
def _(oracle, points, fact):
    error = margin(fact) * 10**6
    for at, value, kind in fact.value:
        p, sign = number(at), 1 if kind == "maximum" else -1
        yield from oracle.claims(near(oracle(p), number(value), error), f"f({{}}) is not {value}", p)
        for q in (p + side * step for step in NEAR[1:3] for side in (-1, 1)):
            strict = oracle(q) is None or (oracle(p) - oracle(q)) * sign > 0
            yield from oracle.claims(strict, f"{{}} is no {kind}, see {{}}", p, q)
    for kind, sign in (("maximum", 1), ("minimum", -1)):
        known = Members(sp.FiniteSet(*(e.at for e in fact.value if e.kind == kind)), fact.period)
        for (a, u), (b, v), (c, w) in zip(points, points[1:], points[2:]):
            if abs(b) < 1000 and oracle.meets(a, c):
                peak = min((v - u) * sign, (v - w) * sign) > ROUNDING
                found = not peak or known.between(a, c, error) or oracle.pole(a, c)
                yield from oracle.claims(found, f"a {kind} between {{}} and {{}} is missing", a, c)


@check("inflection_points")
def _(oracle, points, fact):
    claimed = Members(fact.value, fact.period)
    for p in claimed.points:
        left, right = (oracle.derivative(p + side * NEAR[1], 2) for side in (-1, 1))
        changes = None not in (left, right) and left * right < 0
        yield from oracle.claims(changes, "f'' does not change its sign at {}", p)
    bends = [(p, bend) for p, _ in points if abs(p) < 30 and (bend := oracle.derivative(p, 2)) and abs(bend) > 1e-40]
    for (a, left), (b, right) in pairwise(bends):
        if oracle.meets(a, b):
            known = left * right > 0 or claimed.between(a, b, margin(fact)) or oracle.pole(a, b)
            yield from oracle.claims(known, "an inflection point between {} and {} is missing", a, b)
    if not bends:
        yield from oracle.claims(not claimed.points, "f'' vanishes everywhere")


@check("smoothness")
def _(oracle, points, fact):
    jumps = {number(jump.at): jump for jump in fact.value.jumps}
    lowest = min((jump.order - 1 for jump in fact.value.jumps), default=sp.oo)
    yield from oracle.claims(fact.value.order == lowest, f"C^{fact.value.order} with {fact.value.jumps}")
    for p in {*oracle.joints, *jumps}:
        if None in (oracle(p), oracle(p - NEAR[2]), oracle(p + NEAR[2])):
            continue
        order = jumps[p].order if p in jumps else 4
        for n in range(order + (p in jumps)):
            left, right = (oracle.derivative(p + side * NEAR[2], n) for side in (-1, 1))
            gap = mp.inf if None in (left, right) else right - left
            wanted = number(jumps[p].size) if n == order else mpf(0)
            told = near(gap, wanted, 1e-15) if mp.isfinite(wanted) else abs(gap) > 10
            yield from oracle.claims(told, f"at {{}} the derivative of order {n} jumps by {{}}", p, gap)
        yield from oracle.claims((order > 0) <= near(oracle(p), oracle(p + NEAR[-1]), 1e-40), "not continuous at {}", p)


@check("lipschitz", n=0)
@check("lipschitz_of_gradient", n=1)
def _(oracle, points, fact, n):
    bound, steepest = number(fact.value), mpf(0)
    for a, b, slope in _slopes(oracle, points, n):
        steepest = max(steepest, slope)
        exceeds = slope > bound * (1 + margin(fact)) + mpf(10) ** -40
        yield from oracle.claims(not exceeds, "the slope between {} and {} is {}", a, b, slope)
    reached = steepest >= (10**4 if bound == mp.inf else bound * (1 - mpf(10) ** -4))
    yield from oracle.claims(reached, "no slope beyond {}", steepest)


def _slopes(oracle, points, n):
    """(a, b, |f^(n)(b) - f^(n)(a)| / (b - a))."""
    if n == 0:
        yield from ((a, b, abs(right - left) / (b - a)) for (a, left), (b, right) in pairwise(points))
    yield from ((p, p, abs(slope)) for p, _ in points if (slope := oracle.derivative(p, n + 1)) is not None)
    for joint in oracle.joints:
        a, b = joint - NEAR[3], joint + NEAR[3]
        values = [oracle(a), oracle(joint), oracle(b)]
        if None not in values:
            slope = (max(values) - min(values)) / (b - a)
            if n == 0 or slope > 10**30:  # where f jumps, its gradient is worse than any
                yield a, b, slope
            else:
                left, right = (oracle.derivative(joint + side * NEAR[1]) for side in (-1, 1))
                yield a, b, abs(right - left) / (2 * NEAR[1])


@check("saturation")
def _(oracle, points, fact):
    claimed = Members(fact.value, fact.period)
    repeated = [k * claimed.period for k in range(-2, 3)] if claimed.period else [0]
    members = [p + shift for low, high, *_ in claimed.intervals for p in inside(low, high) for shift in repeated]
    slopes = [(p, slope) for p in sorted([*members, *(p for p, _ in points)]) if (slope := oracle.derivative(p)) is not None]
    for p, slope in slopes:
        holds = None if near(abs(slope), mpf(1) / 100, 1e-30) else claimed.holds(p, margin(fact) + mpf(10) ** -30)
        yield from oracle.claims(holds in (None, abs(slope) < mpf(1) / 100), "|f'({})| = {}", p, abs(slope))
    for (a, left), (b, right) in pairwise(slopes):
        if oracle.meets(a, b) and left * right < 0:
            known = claimed.between(a, b, margin(fact)) or oracle.pole(a, b)
            yield from oracle.claims(known, "the slope vanishes between {} and {}", a, b)
