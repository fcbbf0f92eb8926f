"""Pages with nothing on them but explorers, opened as files."""

import re

import pytest

from activlib.explorer import explorer_html
from activlib.explorer.assets import script, style


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """A folder with the explorer's script and style sheet."""
    folder = tmp_path_factory.mktemp("explorer")
    (folder / "explorer.js").write_text(script(), "utf-8")
    (folder / "explorer.css").write_text(style(), "utf-8")
    return folder


@pytest.fixture
def write(folder, request):
    """Write a page with the given HTML inside and return its path."""

    def write(body, name="page", head="", theme="light"):
        slug = re.sub(r"[^A-Za-z0-9]+", "-", request.node.name)[:80]
        path = folder / f"{slug}-{name}.html"
        path.write_text(
            f'<!doctype html><html lang="en" data-theme="{theme}"><head><meta charset="utf-8">'
            '<title>Explorer</title><link rel="icon" href="data:,">'
            f'<meta name="viewport" content="width=device-width, initial-scale=1">{head}'
            '<link rel="stylesheet" href="explorer.css"><script defer src="explorer.js"></script>'
            f"<style>html[data-theme=dark] {{ background: #14181e; color: #eee }}</style></head>"
            f"<body><main><h1>Explorer</h1>{body}</main></body></html>",
            "utf-8",
        )
        return path

    return write


@pytest.fixture
def open_page(browser, write):
    """Open a page of explorers in a context with `options`; any console message or exception fails the test."""
    contexts, faults = [], []

    def open_page(body, *, name="page", theme="light", head="", url="", **options):
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.on("console", lambda message: faults.append(f"{message.type}: {message.text}"))
        page.on("pageerror", lambda error: faults.append(f"exception: {error}"))
        page.goto(url or f"file://{write(body, name, head, theme)}")
        return page

    yield open_page
    for context in contexts:
        context.close()
    assert not faults, "\n".join(faults)


@pytest.fixture
def explore(open_page):
    """Open one explorer and wait until it has drawn."""

    def explore(activations, *, context=None, theme="light", **options):
        page = open_page(explorer_html(activations, **options), theme=theme, **(context or {}))
        page.wait_for_selector("activation-explorer[data-drawn]")
        return page

    return explore
