"""TeX as plain text, for places that set no formulas: `\\frac{x}{1 + e^{-x}}` as x/(1+e⁻ˣ)."""

import re
from xml.etree import ElementTree

from docutils.utils.math.latex2mathml import tex2mathml

RAISED = str.maketrans("0123456789+-−nx′", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻ⁿˣ′")
LOWERED = str.maketrans("0123456789+-−", "₀₁₂₃₄₅₆₇₈₉₊₋₋")
SPACED = dict.fromkeys("=≠<>≤≥≪≫≈∼∝→↦⇒⟹∈⊂", " {} ") | dict.fromkeys(",;:", "{} ")  # set apart in a line of text
INVISIBLE = dict.fromkeys(map(ord, "\u2061\u2062\u2063\u200b\u2009\u2005"), " ")


def group(text):
    """Text as one unit of a larger formula."""
    return text if len(text) < 2 or re.fullmatch(r"[\w.]+|[^\W\d_]\([^()]*\)|\([^()]*\)", text) else f"({text})"


def shifted(mark, table, text):
    """An exponent or an index."""
    return text.translate(table) if text and all(ord(c) in table or c in table.values() for c in text) else mark + group(text)


def linear(node):
    """A MathML element on one line."""
    name = node.tag.rpartition("}")[2]
    if name in ("mi", "mn", "mo", "mtext"):
        text = (node.text or "").translate(INVISIBLE)
        return SPACED.get(text, "{}").format(text)
    parts = [linear(child).strip() for child in node]
    match name, parts:
        case "mspace", _:
            return " "
        case "mfrac", [above, below]:
            return f"{group(above)}/{group(below)}"
        case "msqrt", _:
            return f"√{group(''.join(parts))}"
        case "mroot", [inside, degree]:
            return f"{degree.translate(RAISED)}√{group(inside)}"
        case ("msup" | "msub"), [base, script]:
            return base + (shifted("^", RAISED, script) if name == "msup" else shifted("_", LOWERED, script))
        case "munder", [base, under]:
            return f"{base}_{group(under)} "
        case "mover", [base, _accent]:
            return base
        case ("msubsup" | "munderover"), [base, low, high]:
            return base + shifted("_", LOWERED, low) + shifted("^", RAISED, high) + " " * (name == "munderover")
        case "mtr", _:
            return " ".join(parts)
        case "mtable", _:
            return "; ".join(parts)
    return "".join(map(linear, node))


def plain(tex):
    """TeX mathematics as a line of text without a backslash, whatever it holds."""
    tex = re.sub(r"(\\[dt]?frac)\s*(\d)(\d)", r"\1{\2}{\3}", tex)  # docutils wants the braces
    tex = re.sub(r"\\operatorname\{[^{}]*\}", lambda name: name[0].replace(r"\,", "\u2009"), tex)  # docutils keeps it as it is
    tex = re.sub(r"\\(?:displaystyle|[bB]igg?)(?![a-z])", "", tex.replace(r"\dots", r"\ldots").replace("{,}", ","))
    try:
        # An entity of HTML, which XML does not know: it stands between a function and its argument.
        text = linear(ElementTree.fromstring(tex2mathml(tex).replace("&ApplyFunction;", "\u2061")))
    except Exception:  # of several kinds, for TeX that docutils does not know
        text = re.sub(r"\\([A-Za-z]+)|[\\{}&$]", r"\1 ", tex)
    return re.sub(r"(\w) \(", r"\1(", re.sub(r"\s+", " ", text)).strip()
