"""Pages with nothing on them but explorers, opened as files."""

import re
from contextlib import ExitStack

import pytest

from activlib.explorer import explorer_html
from activlib.explorer.assets import script, style
from serve import Site


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """A folder with the explorer's script and style sheet."""
    folder = tmp_path_factory.mktemp("explorer")
    (folder / "explorer.js").write_text(script(), "utf-8")
    (folder / "explorer.css").write_text(style(), "utf-8")
    return folder


@pytest.fixture(scope="module")
def scripted(browser, folder):
    """A page with the explorer's script and nothing else, to compute with it."""
    page = browser.new_page()
    path = folder / "values.html"
    path.write_text('<!doctype html><meta charset="utf-8"><script src="explorer.js"></script>', "utf-8")
    page.goto(f"file://{path}")
    yield page
    page.close()


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


@pytest.fixture
def open_strictly(open_page, write, folder):
    """Open a page of explorers from a host whose policy allows its own script, style sheet and pictures and nothing else."""
    with ExitStack() as sites:

        def open_strictly(body):
            path = write(body.replace(' href="data:,"', ""))
            path.write_text(re.sub("<style>.*?</style>|<link rel=\"icon\"[^>]*>", "", path.read_text("utf-8")), "utf-8")
            (folder / "favicon.ico").write_bytes(b"")
            policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'"
            page = open_page("", url=f"{sites.enter_context(Site(folder, Content_Security_Policy=policy))}/{path.name}")
            page.wait_for_selector("[data-drawn]")
            return page

        yield open_strictly
