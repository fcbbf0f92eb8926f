"""What the libraries did when they were run: `data/libraries.json`, which `tools/libraries.py` writes."""

import functools
import json
from importlib import resources

from activlib.libraries.call import TITLES


def key(point) -> str:
    """The name of a place in the stored data: "-inf", "-10000.0", "-0.0", "0.0", "inf", "nan"; of a row of numbers
    their names, with commas between them."""
    return ", ".join(map(key, point)) if isinstance(point, tuple) else repr(float(point))


def rows(entry, asked=lambda row, call: True) -> list[dict]:
    """The stored row of each library call of an entry, with library and version.

    Raises LookupError if the entry names no call, or one that was not measured, or not as `asked(row, call)` asks.
    """
    if not entry.libraries:
        raise LookupError(f"{entry.name}: its definition names no call in another library")
    measured = {row["call"]: row for row in stored()["activations"].get(entry.name, ())}
    for call in entry.libraries:
        if call.text not in measured or not asked(measured[call.text], call):
            raise LookupError(f"{entry.name}: {call.text} has not been measured; run "
                              f"python tools/libraries.py {entry.name} (CONTRIBUTING.md)")
    versions = stored()["versions"]
    return [{"library": TITLES[call.library], "version": versions[call.library], **measured[call.text]}
            for call in entry.libraries]


@functools.cache
def stored():
    """The data file. JSON has no infinities: they are strings there."""
    file = resources.files("activlib").joinpath("data", "libraries.json")
    return json.loads(file.read_text(encoding="utf-8"), object_hook=_record)


def _record(record):
    """A dict as it was before JSON, which has no infinities; {"varies": [...]} as a tuple."""
    if "varies" in record:
        return tuple(map(_number, record["varies"]))
    return {name: _number(value) for name, value in record.items()}


def _number(value):
    if isinstance(value, list):
        return [_number(item) for item in value]
    return float(value) if value in ("-inf", "inf", "nan") else value
