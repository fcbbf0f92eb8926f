"""Shared fixtures: the built book, servers for it, and one browser per worker.

site        Path of the built book; built once for all workers, from nothing, with warnings as errors
server      base URL that serves it as a web host does (gzip, caching, 404 page), without a slash at the end
browser     Chromium, one per worker
new_page    new_page(**context_options): a fresh page; its test fails on any console error or warning, exception,
            failed request or request to another host
page        new_page()
built_page  parametrizes a test over all pages of the book, as paths without ".html"
"""

import fcntl
import subprocess
import sys

import pytest

from book import ROOT, pages
from chromium import ARGUMENTS, find_chromium
from serve import Site
from watch import Watch


def pytest_generate_tests(metafunc):
    if "built_page" in metafunc.fixturenames:
        metafunc.parametrize("built_page", [*pages(), "search"])


@pytest.fixture(scope="session")
def site(tmp_path_factory, worker_id):
    """Path of the built book: built from nothing, warnings are errors, once for all workers."""
    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent
    html = shared / "book" / "_build" / "html"
    with (shared / "book.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not (shared / "book").exists():
            command = [sys.executable, ROOT / "tools" / "book.py", "--output", shared / "book"]
            built = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
            assert built.returncode == 0, f"the book does not build:\n{built.stdout}\n{built.stderr}"
    assert (html / "index.html").is_file(), "another worker could not build the book"
    return html


@pytest.fixture(scope="session")
def server(site):
    """Base URL of the built book, served over http."""
    with Site(site) as url:
        yield url


@pytest.fixture(scope="session")
def browser():
    """Chromium, shared by the tests of one worker."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def new_page(browser):
    """Make fresh pages on which nothing may go wrong; `page.watch` has the faults and requests so far."""
    contexts, watches = [], []

    def make(**options):
        context = browser.new_context(**options)
        contexts.append(context)
        page = context.new_page()
        page.watch = Watch(page)
        watches.append(page.watch)
        return page

    yield make
    for context in contexts:
        context.close()
    faults = [fault for watch in watches for fault in watch.faults]
    assert not faults, "\n".join(faults)


@pytest.fixture
def page(new_page):
    """A fresh page on which nothing may go wrong."""
    return new_page()
