"""What people write that is no formula, and what to write instead."""

from __future__ import annotations

import ast
import itertools
import keyword
import re

from activlib.vocabulary import ALIASES, FUNCTIONS, names

# What Python's grammar does not know, and what to write instead; the first of them in the text is reported.
SPELLINGS = [(re.compile(pattern), advice) for pattern, advice in (
    (r"[−–—‐‑]", "write - for {0}"), (r"[·⋅∙×∗•]", "write * for {0}"), (r"[÷∕⁄]", "write / for {0}"),
    (rf"\b(?:{'|'.join([*FUNCTIONS, *ALIASES])})[⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺]+", "write the power after the argument, as in sin(x)**2"),
    (r"[⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺]+", "write **{1} for {0}"), (r"≤|⩽", "write <= for {0}"), (r"≥|⩾", "write >= for {0}"),
    (r"≠", "write != for {0}"), (r"√", "write sqrt( ) for {0}"), (r"∞", "{0} is not a number"),
    (r"[½⅓⅔¼¾]", "write {1} for {0}"), (r"\|\|", "write or for {0}"), (r"&&", "write and for {0}"),
    (r"\|", "write abs(x) for |x|"), (r"[\[\]{}]", "write ( ) for brackets"),
    (r"\\", "LaTeX is not read; write the formula as in Python"),
    (r"['\"′’]", "a quote means nothing here, and there is no sign for a derivative"),
    (r"\?", "write a if x > 0 else b for x > 0 ? a : b"), (r"!(?!=)", "there is no factorial"),
    (r"\blambda\b", "lambda is a word of Python's; write the expression alone, and call a parameter lam"),
    (r"^.*(?:->|→|↦)", "write the expression alone, without {0}"),
    (r"^\w+\s*(?:\([^()]*\))?\s*=(?!=)", "write the expression alone, without {0}"),
)]
POWERS = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
FRACTIONS = {"½": "1/2", "⅓": "1/3", "⅔": "2/3", "¼": "1/4", "¾": "3/4"}

NUMBER = r"0[xX][0-9a-fA-F]+|(?:\d[\d_]*\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
TOKEN = re.compile(rf"{NUMBER}|[^\W\d]\w*|\S")

# What Python's grammar knows and a formula has not.
UNREAD = {
    ast.BitOr: "write abs(x) for |x|, and or between conditions",
    ast.BitAnd: "write and between conditions", ast.MatMult: "write * for a product",
    ast.Mod: "a remainder jumps infinitely often, and a formula has finitely many pieces",
    ast.FloorDiv: "// jumps infinitely often, and a formula has finitely many pieces; write / for a quotient",
    ast.List: "write ( ) for brackets", ast.Set: "write ( ) for brackets", ast.Dict: "write ( ) for brackets",
    ast.Tuple: "a comma stands between the arguments of a function only, and a decimal point is a dot",
    ast.Lambda: "write the expression alone, without lambda",
    ast.Compare: "a comparison is no number; write a if x > 0 else b, or heaviside(x)",
    ast.BoolOp: "a condition is no number; write a if x > 0 else b",
}
MODULES = {"np", "numpy", "torch", "jnp", "jax", "math", "cmath", "mpmath", "mp", "sp", "sympy", "scipy", "special", "tf",
           "tensorflow", "keras", "nn", "F", "ops", "al", "activlib", "Math"}


def misspelled(text: str) -> list[tuple[int, str]]:
    """[(place, advice)] for what is in a text that Python's grammar does not take; none where nothing is known of it."""
    return [(match.start(), advice.format(spelled := match[0].strip(), FRACTIONS.get(spelled, spelled.translate(POWERS))))
            for pattern, advice in SPELLINGS if (match := pattern.search(text))] or _juxtaposed(text)


def _juxtaposed(text):
    """[(place, advice)] for each operand that follows another without an operator, as in 2x and exp x."""
    tokens = [t for t in TOKEN.finditer(text) if not keyword.iskeyword(t[0])]
    found = []
    for a, b in itertools.pairwise(tokens):
        called = ALIASES.get(a[0], a[0]) in names()
        if not (a[0] == ")" or re.match(r"\w|\.\d", a[0])) or text[a.end():b.start()].strip():
            continue
        if re.match(r"\w", b[0]) or (b[0] == "(" and not a[0].isidentifier()):
            found.append((a.start(), f"write ( ) after {a[0]}" if called else f"write * between {a[0]} and {b[0]}"))
    return found
