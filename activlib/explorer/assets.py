"""The explorer's script and style sheet as the browser gets them."""

import re
from importlib.resources import files

PARTS = (
    "expressions", "sampling", "specification", "numbers", "plot", "controls", "words", "link", "gestures", "scene",
    "element", "curves", "program", "plane", "panels", "rows", "vectorscene", "vector", "start",
)  # fmt: skip


def script():
    """One classic script, without comments and indentation, that defines <activation-explorer>; it may load twice."""
    folder = files("activlib.explorer") / "javascript"
    parts = "".join((folder / f"{part}.js").read_text("utf-8") for part in PARTS)
    code = re.sub(r"^ +", "", re.sub(r"^ *//.*\n", "", parts, flags=re.MULTILINE), flags=re.MULTILINE)
    return f'(() => {{\n"use strict";\n{code}}})();\n'


def style():
    """The style sheet."""
    return (files("activlib.explorer") / "explorer.css").read_text("utf-8")
