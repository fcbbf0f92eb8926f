"""How measurements of libraries are shown."""

import html
import itertools
import math
from types import MappingProxyType

from activlib.notebook import text

#: What a reader must know of how a library was run.
NOTES = MappingProxyType({"Keras": " (with JAX)", "ONNX": " (reference evaluator, no gradients)"})


def table(title, rows, notes=()) -> str:
    """An HTML table of `rows`, pairs of a stored row and {column: what it shows, in HTML}, under its libraries, and the notes
    below it. A column that is empty in all rows is left out."""
    columns = [column for column in rows[0][1] if any(cells[column] for _, cells in rows)]
    bodies = []
    for library, group in itertools.groupby(rows, key=lambda pair: pair[0]["library"]):
        group = list(group)
        version = f"{library} {group[0][0]['version']}{NOTES.get(library, '')}"
        lines = [f'<tr><th scope="rowgroup" colspan="{len(columns) + 1}">{version}</th></tr>']
        for row, cells in group:
            data = "".join(f"<td>{cells[column] or '—'}</td>" for column in columns)
            lines.append(f'<tr><th scope="row"><code>{html.escape(row["call"])}</code></th>{data}</tr>')
        bodies.append("\n".join(["<tbody>", *lines, "</tbody>"]))
    head = "".join(f'<th scope="col">{unbroken(column)}</th>' for column in ("Call", *columns))
    # The notes are outside the box that scrolls, so that a phone shows them whole.
    return "\n".join([
        f'<div role="region" tabindex="0" aria-label="{html.escape(title)}" style="overflow-x: auto">',
        f"<table>\n<caption>{text(title)}, in float32</caption>\n<thead><tr>{head}</tr></thead>",
        *bodies, "</table>\n</div>", *([f"<p>{' '.join(notes)}</p>"] if notes else [])])


def same(theirs, ours):
    """Whether they agree within float32's rounding; what was not measured disagrees with nothing."""
    if isinstance(theirs, tuple):
        return all(same(value, ours) for value in theirs)
    if theirs is None:
        return True
    if isinstance(ours, (str, bool)):
        return theirs == ours
    return math.isclose(theirs, ours, rel_tol=1e-6) or (math.isnan(theirs) and math.isnan(ours))


def cell(theirs, ours):
    if theirs is None:
        return ""
    if same(theirs, ours):
        return show(theirs)
    return f'<strong>{show(theirs)}</strong> (here\N{NO-BREAK SPACE}{show(ours)})'


def show(value):
    """A value as prose writes it, in HTML."""
    if isinstance(value, tuple):
        return " or ".join(map(show, value))
    if isinstance(value, (bool, str)):
        return html.escape(str(value))
    return f"{value:.6g}".replace("inf", "∞").replace("nan", "NaN").replace("-", "−")


def unbroken(written):
    """Equations in it stay on one line."""
    return written.replace(" = ", "\N{NO-BREAK SPACE}=\N{NO-BREAK SPACE}")
