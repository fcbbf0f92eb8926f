"""Weight and requests of a chapter's page beside a stock Jupyter Book page of the same notebook, in real Chromium.

    python benchmarks/page.py [chapter]

The first view starts with an empty cache; the next page follows in the same browser. A stock page also asks other hosts
for scripts: those requests are counted and refused, so that the numbers do not depend on the network. What they would
weigh is missing from the stock page's weight.
"""

import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tools"))

from chromium import ARGUMENTS, find_chromium  # noqa: E402
from serve import Site  # noqa: E402
from weigh import BUDGET, weigh  # noqa: E402


def build(source, output):
    """Build a Jupyter Book; the folder of its pages."""
    command = [Path(sys.executable).with_name("jupyter-book"), "build", source, "--path-output", output, "-qq"]
    subprocess.run(command, check=True, capture_output=True)
    return output / "_build" / "html"


def stock(folder, chapters):
    """Write a Jupyter Book of the same chapters with a default configuration."""
    folder.mkdir()
    names = []
    for chapter in chapters:
        shutil.copy(ROOT / f"{chapter}.ipynb", folder)
        names.append(Path(chapter).name)
    (folder / "_config.yml").write_text('title: Stock\nexecute: { execute_notebooks: "off" }\n')
    (folder / "_toc.yml").write_text(f"format: jb-book\nroot: {names[0]}\nchapters: [{{file: {names[1]}}}]\n")
    return names


def measure(browser, folder, pages):
    """Kilobytes received, requests made and requests to other hosts, for the first view and the next page of a book."""
    with Site(folder) as host:
        context = browser.new_context()
        rows = {}
        for name, page in zip(BUDGET, pages, strict=True):
            loaded = weigh(context.new_page(), f"{host}/{page}.html")
            foreign = [address for address, _size in loaded if not address.startswith(host)]
            rows[name] = sum(size for _address, size in loaded), len(loaded), len(foreign)
        context.close()
    return rows


def main():
    chapters = sys.argv[1:3] or ["chapters/exponential/elu", "chapters/rectifiers/relu"]
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        scratch = Path(scratch)
        names = stock(scratch / "stock", chapters)
        books = {
            "this book": (build(ROOT, scratch / "book"), chapters),
            "stock": (build(scratch / "stock", scratch / "out"), names),
        }
        # Refusing requests page by page would turn the browser's cache off.
        offline = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=[*ARGUMENTS, offline])
        rows = {name: measure(browser, *book) for name, book in books.items()}
        browser.close()
    print(f"{'':12}{'':12}{'kB (gzip)':>12}{'requests':>12}{'other hosts':>14}")
    for view, (weight, count) in BUDGET.items():
        for name, measured in rows.items():
            kilobytes, requests, foreign = measured[view]
            print(f"{view:12}{name:12}{kilobytes:12.0f}{requests:12d}{foreign:14d}")
        print(f"{view:12}{'budget':12}{weight:12.0f}{count:12d}{0:14d}")
    over = [
        v for v, limits in BUDGET.items() if any(a > b for a, b in zip(rows["this book"][v], (*limits, 0), strict=True))
    ]
    sys.exit(f"over budget: {', '.join(over)}" if over else 0)


if __name__ == "__main__":
    main()
