"""Which numbers of a page's prose no cell of the page holds.

A number of the prose is traced if a cell's code or output holds it, with the same digits or more digits that round to it.
Not every number in a cell counts: not seeds, indices, comments, texts that a program prints (they are in the output), nor
what lays out a figure.
"""

import ast
import re
from decimal import Decimal
from fractions import Fraction
from itertools import groupby
from typing import NamedTuple

import nbformat
from bs4 import BeautifulSoup

from booksite.pieces import pieces

UNITS = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
REST = ["ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
WORDS = {word: n for n, word in enumerate(UNITS + REST, 1)} | {word: 10 * n for n, word in enumerate(TENS, 2)}
WORDS |= {f"{ten}-{unit}": WORDS[ten] + WORDS[unit] for ten in TENS for unit in UNITS}
WORDS |= {f"{unit} {word}": WORDS[unit] * n for unit in UNITS[1:] for word, n in (("hundred", 100), ("thousand", 1000))}
SPELLED = re.compile(rf"\b(?:{'|'.join(sorted(WORDS, key=len, reverse=True))})\b", re.IGNORECASE)

# Not numbers of the mathematics: names such as float32 and ResNet-50, versions, widths of a number format, exponents, years.
ASIDE = re.compile(r"\b\d+\.\d+\.\d+\b|(?<![\\\w])[A-Za-z_]+(?:-?\w)*\d+|\b(?:8|16|32|64)[- ]bits?\b|(?<!10)\^\{?-?\d+\}?")
YEAR = re.compile(r"\b(?:1[6-9]|20)\d\d\b(?![\d.,]*\d)")
NUMBER = re.compile(
    r"(?P<sign>(?<![\w)}\]'])[-−])?(?<![\w.])(?:10\^\{?(?P<alone>-?\d+)\}?"
    r"|(?P<digits>\d[\d,]*(?:\.\d+)?)(?:\s*(?:\\cdot|\\times|×|·)\s*10\^\{?(?P<power>-?\d+)\}?)?)"
)
# What may stand between a number and its sign of percent; the sign may be shared, as in "from 3 to 5 %".
PERCENT = re.compile(r"(?:\$?\s*(?:,|–|-|to|and|or)\s*\$?[-−]?\d[\d.,]*)*\$?(?:\\,|\s)*(?:\\?%|percent)")
SHARE = re.compile(r"\b(\d+) (?:of|out of|in) (?:all |the )?(?!(?:1[6-9]|20)\d\d\b)(\d+)\b(?! *(?:\\?%|percent))")

# Arguments and calls whose numbers lay out a figure or start a random generator.
LAYOUT = {
    "alpha", "bbox_to_anchor", "capsize", "color", "dpi", "figsize", "fontsize", "height_ratios", "hspace", "label", "labelpad",
    "linestyle", "linewidth", "loc", "lw", "markersize", "markevery", "ms", "ncol", "ncols", "nrows", "pad", "rotation", "s",
    "title", "width_ratios", "window", "wspace", "xlabel", "xlim", "xticks", "ylabel", "ylim", "yticks", "zorder",
}  # fmt: skip
DRAWING = {"annotate", "axhline", "axis", "axvline", "axvspan", "legend", "plot", "scatter", "set", "subplots", "text"}
SEEDING = {"default_rng", "seed"}


class Number(NamedTuple):
    """A number of the prose: its sign, its digits, its power of ten if it has one, and whether it is a percentage."""

    sign: str
    digits: str
    power: int | None
    percent: bool

    def __str__(self):
        return self.sign + self.digits + (f"e{self.power}" if self.power is not None else "") + " %" * self.percent


def prose(path):
    """The paragraphs of a page with their formulas, without the targets of links and references."""
    shown = {"symbol": "${}$", "formula": "${}$"} | dict.fromkeys(("text", "heading", "title", "link", "term", "code"), "{}")
    for _, block in groupby(pieces(path), key=lambda piece: piece.block):
        yield "".join(shown[piece.kind].format(piece.text) for piece in block if piece.kind in shown)


RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻", "0123456789-")


def plain_digits(text):
    """Numbers as digits: those in words, with thin spaces, in TeX without spaces, with raised exponents."""
    text = re.sub("(?<=10)[⁰¹²³⁴⁵⁶⁷⁸⁹⁻]+", lambda match: "^" + match[0].translate(RAISED), text)
    text = re.sub(r"(?<=\d)(?:\\,|\{,\})(?=\d{3})", "", text)
    text = re.sub(r"(\\[dt]?frac)\s*(\d)(\d)", r"\1{\2}{\3}", text)
    text = re.sub(r"(\\[A-Za-z]+)(?=\d)", r"\1 ", text)
    return SPELLED.sub(lambda match: str(WORDS[match[0].lower()]), text)


def numbers(text):
    """The numbers of a paragraph that a reader would want to see computed: decimals, powers of ten, integers above 12."""
    text = plain_digits(text)
    outside = re.split(r"(\$[^$]*\$)", text)  # a year stands in a sentence, not in a formula
    text = ASIDE.sub(" ", "".join(part if part.startswith("$") else YEAR.sub(" ", part) for part in outside))
    found = set()
    for match in NUMBER.finditer(text):
        digits, power = (match["digits"] or "1").replace(",", "").rstrip("."), match["power"] or match["alone"]
        if power or "." in digits or int(digits) > 12:
            percent = bool(PERCENT.match(text, match.end()))
            found.add(Number("-" if match["sign"] else "", digits, int(power) if power else None, percent))
    return found


def value(node):
    """The number that an expression of constants is, as 10**6, -1/12 or Rational(1, 100); None if it is another one."""
    match node:
        case ast.Constant(value=int() | float()) if not isinstance(node.value, bool):
            return Fraction(node.value)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            inner = value(operand)
            return None if inner is None else -inner
        case ast.BinOp(left=left, op=op, right=right):
            a, b = value(left), value(right)
            if a is None or b is None:
                return None
            if isinstance(op, ast.Pow):
                return a**b if b.denominator == 1 and abs(b) < 2000 and (a or b > 0) else None
            if isinstance(op, ast.Div):
                return a / b if b else None
            return {ast.Mult: a * b, ast.Add: a + b, ast.Sub: a - b}.get(type(op))
        case ast.Call(args=[first, second], keywords=[]) if getattr(node.func, "attr", "") == "Rational":
            return value(ast.BinOp(first, ast.Div(), second))
    return None


def counted(call):
    """The parts of a call whose numbers count."""
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    if name in SEEDING:
        return []
    arguments = [argument for argument in call.args if name not in DRAWING or value(argument) is None]
    layout = LAYOUT | SEEDING if name in DRAWING else (LAYOUT | SEEDING) - {"alpha", "s"}
    return [call.func, *arguments, *(word for word in call.keywords if word.arg not in layout)]


def literals(node):
    """The numbers that a program states."""
    if (found := value(node)) is not None and abs(found) < 1e300:
        yield float(found)
    match node:
        case ast.Constant(value=str()):
            yield from printed(node.value)
            parts = []
        case ast.JoinedStr():
            parts = [part.value for part in node.values if isinstance(part, ast.FormattedValue)]
        case ast.Subscript():
            parts = [node.value]
        case ast.Call():
            parts = counted(node)
        case _:
            parts = ast.iter_child_nodes(node)
    for part in parts:
        yield from literals(part)


def printed(text):
    """The numbers in an output or in a text of the program."""
    text = re.sub(r"(?<=\d)[,_](?=\d{3}(?!\d))", "", plain_digits(text))
    text = re.sub(r"\s*(?:\\cdot|\\times|×|·)\s*10\^\{?(-?\d+)\}?", r"e\1", text).replace("−", "-").replace("±", "-")
    return map(float, re.findall(r"-?(?<![A-Za-z_\d])\d+(?:\.\d+)?(?:e[-+]?\d+)?", text))


def shown(output):
    """The text of an output; figures and explorers are left out, whose coordinates hold any number."""
    data = output.get("data", {})
    yield output.get("text", "")
    for mime, text in data.items():
        if mime.startswith("text/") and "<activation-explorer" not in text:
            yield BeautifulSoup(text, "html.parser").get_text(" ") if mime == "text/html" else text


def known(cell):
    """All numbers that a cell states or shows."""
    found = set(literals(ast.parse(cell.source)))
    for output in cell.outputs:
        for text in shown(output):
            found.update(printed(text))
    return found


def agrees(number, k):
    """Whether a number of the prose is k, up to the rounding of k to its digits."""
    if number.sign and k > 0:
        return False
    places = len(number.digits.partition(".")[2])
    k = abs(Decimal(k)).scaleb(-(number.power or 0))
    return f"{k:.{places}f}" == number.digits or (number.percent and f"{100 * k:.{places}f}" == number.digits)


def untraced(path):
    """What in the prose of a notebook no cell holds: numbers, and shares such as 7 of 10 whose two no cell holds together."""
    cells = [known(cell) for cell in nbformat.read(path, as_version=4).cells if cell.cell_type == "code"]
    everything = set().union(*cells)
    missing = set()
    for text in prose(path):
        missing |= {str(number) for number in numbers(text) if not any(agrees(number, k) for k in everything)}
        for share in SHARE.finditer(plain_digits(text)):
            if not any({float(share[1]), float(share[2])} <= cell for cell in cells):
                missing.add(share[0])
    return missing
