"""Functions of several numbers as programs: formulas in the inputs, the parameters and the formulas before them.

A program names its inputs, gives steps ("$0", "$1", ... in the trees), and from these the components and their Jacobian. What
occurs twice is a step, so a largest score or a sum of exponentials is evaluated once. The browser runs programs by
`javascript/program.js`, the static figure by `Program` below.
"""

import functools
import json
import math
from collections import Counter

import sympy as sp

from activlib.activation import x
from activlib.definition.steady import steady
from activlib.explorer.trees import evaluate, tree

SUBSCRIPTS = str.maketrans("0123456789", "₀₁₂₃₄₅₆₇₈₉")


@functools.lru_cache(maxsize=128)  # half a second for eight numbers
def program(activation, count):
    """The program of a VectorActivation for `count` numbers as JSON data, which nobody may change."""
    keys = {p.symbol: p.name for p in activation.parameters}
    symbols, shared = activation.inputs(count), activation.shared(count)
    inputs = _named(symbols, activation.kind)
    known = {}
    if activation.translation == 0 and not activation.formula.has(sp.exp):
        known = _moved([entry["key"] for entry in inputs])
    places = [f"#{entry['key']}" if known else entry["key"] for entry in inputs]
    names = {**keys, **dict(zip(symbols, places, strict=True)), **{symbol: f"##{symbol.name}" for symbol in shared}}
    known |= {names[symbol]: tree(expression, names) for symbol, expression in shared.items()}
    values = [tree(_calm(e, activation), names) for e in activation.stable(count)]
    entries = [tree(_calm(e, activation), names) for e in activation.stable_jacobian(count)]
    steps, first, found = _steps(values, entries, known)
    values, entries = found[: len(values)], found[len(values) :]
    return {
        "inputs": inputs,
        "outputs": _outputs(len(values)),
        "steps": steps,
        "first": first,
        "values": values,
        "jacobian": [entries[i * len(inputs) : (i + 1) * len(inputs)] for i in range(len(values))],
    }


class Program:
    """A program that runs in Python, with the parameters at `values`."""

    def __init__(self, data, values):
        self.data, self.parameters = data, values

    def _run(self, x, steps):
        values = {**self.parameters, **{entry["key"]: at for entry, at in zip(self.data["inputs"], x, strict=True)}}
        for i, step in enumerate(self.data["steps"][:steps]):
            values[f"${i}"] = evaluate(step, math.nan, math.nan, values)
        return values

    def components(self, x):
        """All components at `x`."""
        values = self._run(x, self.data["first"])
        return [evaluate(value, math.nan, math.nan, values) for value in self.data["values"]]

    def component(self, k, x):
        """The k-th component at `x`."""
        return evaluate(self.data["values"][k], math.nan, math.nan, self._run(x, self.data["first"]))

    def jacobian(self, x):
        """The rows of the Jacobian at `x`."""
        values = self._run(x, None)
        return [[evaluate(entry, math.nan, math.nan, values) for entry in row] for row in self.data["jacobian"]]


def _calm(e, activation):
    """A gated unit's expression with exponentials of its gate that do not overflow; one with erfc has none that do."""
    if activation.kind != "pair" or e.has(sp.erf, sp.erfc):
        return e
    gate = activation.inputs()[1]
    return steady(e.xreplace({gate: x})).xreplace({x: gate})


def _moved(scores):
    """The scores without the largest of them, which changes nothing but keeps their squares from drowning the rest; the stable
    forms do so only with exponentials."""
    largest, known = scores[0], {}
    for i, score in enumerate(scores[1:]):
        known[f"#largest{i}"] = ["piecewise", [[">=", largest, score], largest], [True, score]]
        largest = f"#largest{i}"
    return known | {f"#{score}": ["+", score, ["-", largest]] for score in scores}


def _named(symbols, kind):
    if kind == "pair":
        return [{"key": symbol.name, "text": symbol.name} for symbol in symbols]
    if kind == "expand":  # in trees "x" has a meaning of its own
        return [{"key": "x1", "text": "x"}]
    return [{"key": f"x{i}", "text": f"x{i}".translate(SUBSCRIPTS)} for i in range(1, len(symbols) + 1)]


def _outputs(count):
    if count == 1:
        return [{"key": "y", "text": "y"}]
    return [{"key": f"y{i}", "text": f"y{i}".translate(SUBSCRIPTS)} for i in range(1, count + 1)]


def _steps(values, entries, known):
    """What occurs at several places of the trees as steps, how many of them the values need, and the trees in these terms.

    `known` maps names in the trees to their own trees.
    """
    uses = Counter()

    def visit(node):
        """Count by how many different formulas a formula is used."""
        if isinstance(node, str):
            if node in known:
                visit(known[node])
            return
        key = json.dumps(node)
        uses[key] += 1
        if uses[key] == 1:
            for part in _operands(node):
                visit(part)

    for node in [*values, *entries]:
        visit(node)
    steps, places, written = [], {}, {}

    def write(node):
        if not isinstance(node, list):
            return node
        if node[0] == "piecewise":
            return ["piecewise", *([condition(part[0]), term(part[1])] for part in node[1:])]
        return [node[0], *map(term, node[1:])]

    def condition(node):
        if isinstance(node, bool):
            return node
        inner = condition if node[0] in ("and", "or", "not") else term
        return [node[0], *map(inner, node[1:])]

    def term(node):
        """The formula, or the step that stands for it, which then comes after all that it needs."""
        if isinstance(node, str):
            return term(known[node]) if node in known else node
        key = json.dumps(node)
        if key not in written:
            written[key] = write(node)
        if not isinstance(node, list) or uses[key] < 2:
            return written[key]
        if key not in places:
            places[key] = f"${len(steps)}"
            steps.append(written[key])
        return places[key]

    found = [term(value) for value in values]
    first = len(steps)
    return steps, first, found + [term(entry) for entry in entries]


def _operands(node):
    """The formulas of which a formula consists; those in its conditions too."""
    if not isinstance(node, list):
        return
    for part in node[1:]:
        if node[0] == "piecewise":
            yield from _compared(part[0])
            yield part[1]
        else:
            yield part


def _compared(condition):
    if isinstance(condition, list):
        for part in condition[1:]:
            if condition[0] in ("and", "or", "not"):
                yield from _compared(part)
            else:
                yield part
