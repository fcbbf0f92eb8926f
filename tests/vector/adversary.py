"""Tries to refute the facts of a function of several numbers: by random numbers, and by ascent along gradients from the best.

What is ascended is what a claim bounds: the norm of the Jacobian, a quotient of distances, a result, a violation of convexity.
A claim that holds survives. `refute` returns a line for every claim that some numbers contradict, for every bound that no
search comes near, and for every claim that was compared with nothing.
"""

import numpy as np
import sympy as sp

from activlib.vector.symbols import n

ROUNDS, STEPS, BEST = 12, np.geomspace(1e-4, 1e3, 11), 4
NEAR = 1e-4  # no two rows that are compared lie nearer together
ROUNDING = 1e-10
STEEP = 300  # beyond that a slope counts as unbounded
CHECKS = {}


def refute(facts, claims=None):
    """A line for each claim that does not survive.

    facts: those of a VectorActivation. claims: `Fact`s about it; all of `facts` if None.
    """
    claims = [fact for fact in facts if not fact.absent] if claims is None else claims
    found = []
    for fact in claims:
        if fact.name in CHECKS:
            adversary = Adversary(facts)
            found += [f"{fact.name}: {line}" for line in CHECKS[fact.name](adversary, fact)]
            if adversary.asked == 0:
                found.append(f"{fact.name}: nothing was compared")
    return found


def check(name, **options):
    def register(function):
        CHECKS[name] = lambda adversary, fact: function(adversary, fact, **options)
        return function
    return register


class Adversary:
    """The function at parameters that are floats, for rows of numbers; `counts` are the lengths of the rows."""

    def __init__(self, facts):
        self.f, self.asked = facts.activation, 0
        self.values = {name: float(value) for name, value in facts.parameters.items()}
        self.counts = {"pair": (2,), "expand": (1, 3)}.get(self.f.kind, (2, 5))
        self.rng = np.random.default_rng(0)

    def __call__(self, x):
        self.asked += len(x)
        return self.f(x, **self.values).reshape(len(x), -1)

    def jacobian(self, x):
        self.asked += len(x)
        weights = np.eye(self.f(x[:1], **self.values).size)
        rows = (np.broadcast_to(v[0] if self.f.kind == "reduce" else v, (len(x), *v.shape[self.f.kind == "reduce":]))
                for v in weights)
        return np.stack([self.f.vjp(x, v, **self.values) for v in rows], 1)

    def rows(self, count):
        """Rows of many sizes, and those in which some numbers are far behind or one leads."""
        places = np.arange(count)
        return np.concatenate([
            *(size * self.rng.normal(size=(15, count)) for size in (0.1, 0.5, 1, 3, 10)),
            self.rng.uniform(*self.f.window, size=(30, count)),
            [np.where(places < m, 0.0, -100.0) for m in range(1, count + 1)],
            [np.where(places == 0, lead, 0.0) for lead in np.linspace(-8, 8, 13)],
        ])

    def pairs(self, count):
        """Pairs of rows, one after the other in a row: any two, and some that lie near each other."""
        x = self.rows(count)
        near = x + 10 * NEAR * self.rng.normal(size=x.shape)
        ties = np.zeros((20, count)) + NEAR * self.rng.normal(size=(20, count))
        first, second = np.concatenate([x, x, ties]), np.concatenate([self.rng.permutation(x), near, -ties])
        return np.concatenate([first, second], 1)


def halves(pairs):
    return np.split(pairs, 2, axis=1)


def ascend(value, x):
    """The largest value at the rows of x, and at those to which the best of them lead along the gradient; and its row."""
    def at(rows):
        return np.nan_to_num(value(rows), nan=-np.inf)

    best, rng = at(x), np.random.default_rng(1)
    top = np.argsort(best)[-BEST:]
    x, best = x[top], best[top]
    moves = 1e-6 * np.eye(x.shape[1])
    for _ in range(ROUNDS):
        around = np.concatenate([x[:, None] + moves, x[:, None] - moves], 1)
        up, down = np.split(at(around.reshape(-1, x.shape[1])).reshape(len(x), -1), 2, axis=1)
        with np.errstate(invalid="ignore"):
            slope = np.nan_to_num(up - down, posinf=1, neginf=-1)
        parts = rng.integers(0, 2, size=slope.shape)  # of the slope, which lead along a kink that the whole leads across
        ways = np.stack([slope, slope * parts], 1)
        length = np.linalg.norm(ways, axis=2, keepdims=True)
        ways /= np.where(length > 0, length, 1)
        tried = (x[:, None, None] + STEPS[:, None] * ways[:, :, None]).reshape(len(x), -1, x.shape[1])
        found = at(tried.reshape(-1, x.shape[1])).reshape(len(x), -1)
        place = found.argmax(1)
        x = np.where((found.max(1) > best)[:, None], tried[np.arange(len(x)), place], x)
        best = np.maximum(best, found.max(1))
    return best.max(), x[best.argmax()]


def at_count(value, count):
    return float(sp.sympify(value).subs(n, count))


def distances(pairs, order=2):
    x, z = halves(pairs)
    found = np.linalg.norm(x - z, order, axis=1)
    return np.where(found > NEAR, found, np.nan)


@check("lipschitz", order=2)
@check("lipschitz_infinity", order=np.inf)
def _(f, fact, order):
    for count in f.counts:
        def norm(x):
            return np.linalg.norm(f.jacobian(x), order, axis=(1, 2))

        def quotient(pairs):
            x, z = halves(pairs)
            return np.linalg.norm(f(x) - f(z), order, axis=1) / distances(pairs, order)

        bound = at_count(fact.value, count)
        found = max(ascend(norm, f.rows(count)), ascend(quotient, f.pairs(count)), key=lambda pair: pair[0])
        if found[0] > bound * (1 + ROUNDING):
            yield f"{found[0]} at {found[1]} is more than {bound}"
        # In ℓ2 the constant of 1.5-entmax is the least for all n, and only very many numbers come near it.
        needed = STEEP if bound == np.inf else 0.98 * bound if (f.f.name, order) != ("entmax15", 2) else 0.7 * bound
        if found[0] < needed:
            yield f"of {count} numbers no slope comes near {bound}: {found[0]} at {found[1]}"


@check("range")
def _(f, fact):
    allowed, values = fact.value, []
    for count in f.counts:
        rows = f.rows(count)
        moderate = f(rows[np.abs(rows).max(1) <= 2])
        for result in (0,) if f.f.kind == "axis" else (0, -1):
            values += [sign * ascend(lambda x, s=sign, r=result: s * f(x)[:, r], rows)[0] for sign in (1, -1)]
        values += [*f(rows).ravel()]
        if isinstance(allowed, sp.FiniteSet):
            continue
        low, high = float(allowed.inf), float(allowed.sup)
        if (allowed.left_open and moderate.min() <= low) or (allowed.right_open and moderate.max() >= high):
            yield "an end that is open is attained"
    values = np.array(values)
    if isinstance(allowed, sp.FiniteSet):
        if {*values.tolist()} != {*map(float, allowed)}:
            yield f"the values are {sorted({*values.tolist()})}"
        return
    room = ROUNDING * max(1, *(abs(end) for end in (low, high) if np.isfinite(end)), 1)
    if values.min() < low - room or values.max() > high + room:
        yield f"values from {values.min()} to {values.max()}"
    for end, value in ((low, values.min()), (high, values.max())):
        if abs(value) < STEEP if np.isinf(end) else abs(value - end) > 1e-3 * max(1, abs(end)):
            yield f"no value comes near {end}"


@check("total")
def _(f, fact):
    for count in f.counts:
        off, row = ascend(lambda x: abs(f(x).sum(1) - float(fact.value)), f.rows(count))
        if off > ROUNDING:
            yield f"off by {off} at {row}"


@check("translation")
def _(f, fact):
    (shift,) = fact.value.free_symbols or {sp.Symbol("c")}
    for count in f.counts:
        x = np.round(2**20 * f.rows(count)) / 2**20  # so that adding is exact
        for moved in (-1.5, 0.25, 1000.0):
            off = abs(f(x + moved) - f(x) - float(fact.value.subs(shift, moved))).max()
            if off > ROUNDING * 1000:
                yield f"adding {moved} is off by {off}"


@check("permutation")
def _(f, fact):
    kept = fact.value.startswith("permutes")
    for count in f.counts:
        rows = f.rows(count)
        apart = np.array([len(np.unique(row)) == count for row in rows])
        order = np.arange(count)[::-1]
        before, after = f(rows), f(rows[:, order])
        wrong = abs(after - (before[:, order] if kept else before)).max(1) > ROUNDING
        if wrong[apart].any():
            yield f"not at {rows[apart & wrong][0]}"
        if wrong[~apart].any() != ("but for ties" in fact.value) and (~apart).any():
            yield "ties are told wrongly"


@check("homogeneity")
def _(f, fact):
    def degrees(where):
        return {degree for degree in range(4) if all(
            np.allclose(f(np.where(where, 1.75 * x, x)), 1.75**degree * f(x), rtol=1e-9, atol=0)
            for x in map(f.rows, f.counts))}

    joint, alone = degrees(True), fact.value if isinstance(fact.value, tuple) else None
    if joint != ({int(fact.value)} if fact.value is not None and alone is None else set()):
        yield f"all numbers together have the degrees {joint}"
    if alone:
        first = np.array([True, False])
        if degrees(first) != {int(alone[0])} or degrees(~first):
            yield f"the halves have the degrees {degrees(first)} and {degrees(~first)}"


@check("order")
def _(f, fact):
    for count in f.counts:
        rows = np.sort(f.rows(count), axis=1)
        falls = ((np.diff(f(rows), axis=1) < 0) & (np.diff(rows, axis=1) > 0)).any()
        if falls == fact.value:
            yield "a larger number has a smaller result" if falls else "no larger number has a smaller result"


@check("monotonicity")
def _(f, fact):
    own, _, others = fact.value.partition(", ")
    for count in f.counts:
        rows = f.rows(count)
        up = (rows[:, None] + 0.5 * np.eye(count)).reshape(-1, count)
        steps = (f(up).reshape(len(rows), count, -1) - f(rows)[:, None]).swapaxes(1, 2)
        slopes, moderate = f.jacobian(rows), np.abs(rows).max(1) <= 2
        same = np.eye(count, dtype=bool) if others else np.ones(slopes.shape[1:], bool)
        for words, places in ((own, same), (others, ~same)):
            if words:
                sign = 1 if words.startswith(("increasing", "non-decreasing")) else -1
                found = sign * steps[:, places]
                if min(found.min(), (sign * slopes[:, places]).min()) < -ROUNDING or found.max() <= 0:
                    yield f"{words}: the steps are from {found.min()} to {found.max()}"
                if words.startswith("non-") != bool((found[moderate] == 0).any()):
                    yield f"{words}: {'no' if words.startswith('non-') else 'a'} step is 0"


@check("convexity")
def _(f, fact):
    for count in f.counts:
        def bulge(pairs, sign):  # how far the middle lies above the chord, for the first result
            x, z = halves(pairs)
            return sign * (f((x + z) / 2) - (f(x) + f(z)) / 2)[:, 0]

        above, below = (ascend(lambda pairs, s=sign: bulge(pairs, s), f.pairs(count))[0] for sign in (1, -1))
        seen = "convex" if above <= ROUNDING < below else "concave" if below <= ROUNDING < above else "neither"
        if fact.value != seen:
            yield f"of {count} numbers it is {seen}: the middle lies up to {above} above a chord and {below} below"


@check("monotone_operator")
def _(f, fact):
    for count in f.counts:
        def product(pairs):
            x, z = halves(pairs)
            return -((f(x) - f(z)) * (x - z)).sum(1) / distances(pairs) ** 2

        worst, row = ascend(product, f.pairs(count))
        if (worst <= ROUNDING) != fact.value:
            yield f"the least product is {-worst} at {row}"


@check("definiteness")
def _(f, fact):
    for count in f.counts:
        matrices = f.jacobian(f.rows(count))
        off = abs(matrices - matrices.swapaxes(1, 2)).max()
        if (off <= ROUNDING) != fact.value.startswith("symmetric"):
            yield f"a Jacobian differs from its transpose by {off}"
        if "semidefinite" in fact.value:
            sign = 1 if "positive" in fact.value else -1
            worst, row = ascend(lambda x, s=sign: -np.linalg.eigvalsh(s * f.jacobian(x)).min(1), f.rows(count))
            if worst > ROUNDING:
                yield f"an eigenvalue is {-sign * worst} at {row}"


@check("norm")
def _(f, fact):
    for count in f.counts:
        x = f.rows(count)
        kept = np.allclose(np.linalg.norm(f(x), axis=1), np.linalg.norm(x, axis=1), rtol=1e-12)
        if kept != fact.value:
            yield f"the norm is {'' if kept else 'not '}kept"


@check("injective")
def _(f, fact):
    for count in f.counts:
        def nearness(pairs):
            x, z = halves(pairs)
            return -np.linalg.norm(f(x) - f(z), axis=1) / distances(pairs)

        least, row = ascend(nearness, f.pairs(count))
        if (-least > 1e-3) != fact.value:
            yield f"the distance of two results is {-least} times that of their numbers at {row}"
