"""Weight and speed of the pages' own Python in real Chromium, beside JupyterLite's.

    python benchmarks/python.py [folder of a built book]

From the click on *Prove it*, with an empty cache and then on a second visit: seconds until the explorer is drawn and until
the last fact is there, and megabytes that came over the wire, to the explorer without FLINT, which comes behind it.
JupyterLite's figures are those of a trial on the same kind of machine, two quiet cores: a notebook that imports SymPy and shows
a derivative. Over budget the program fails, unless a bare loop shows that the machine is busy or slow; bytes do not depend on
that.
"""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT / "tools"), str(ROOT / "tests")]

from chromium import ARGUMENTS, find_chromium  # noqa: E402
from serve import Site, compress  # noqa: E402
from visit import policy  # noqa: E402

PAGE = "/chapters/reference/your_own_function.html"
FORMULA = "x*tanh(exp(x)) + x/9"
# Seconds to the explorer and to the last fact, megabytes to each.
BUDGET = {"first visit": (4, 6, 8, 12.5), "second visit": (2, 3, 0.1, 0.1)}
JUPYTERLITE = "15 to 19 s, 22 MB"
QUIET = 0.9  # seconds of ten million additions on a quiet machine


class Counter(Site):
    """A site that counts the bytes it sends."""

    def __init__(self, folder):
        self.folder, self.sent, self.flint = folder, 0, 0
        super().__init__(folder, Content_Security_Policy=self.told)

    def told(self, address):
        path = self.folder / address.lstrip("/").split("?")[0]
        if path.is_file():
            packed = path.suffix not in (".gz", ".png", ".woff2")
            size = len(compress(str(path), path.stat().st_mtime_ns)) if packed else path.stat().st_size
            if path.name == "flint.bin.gz":
                self.flint += size
            else:
                self.sent += size
        return policy(address)


def visit(context, host, url):
    """(seconds to the explorer, seconds to the last fact, MB to the explorer, MB in all) of one visit."""
    page = context.new_page()
    page.goto(url + PAGE)
    page.wait_for_load_state("networkidle")
    page.get_by_label("Your function of x").fill(FORMULA)
    host.sent, host.flint, start = 0, 0, time.perf_counter()
    page.get_by_role("button", name="Prove it").click()
    page.locator("activation-explorer[data-drawn]").wait_for(timeout=120_000)
    drawn, sent = time.perf_counter() - start, host.sent
    page.get_by_text("each proved in this browser").wait_for(timeout=120_000)
    facts = time.perf_counter() - start
    page.close()
    return drawn, facts, sent / 1e6, (host.sent + host.flint) / 1e6


def bare_loop():
    start = time.perf_counter()
    total = 0
    for i in range(10_000_000):
        total += i
    return time.perf_counter() - start


def main():
    with tempfile.TemporaryDirectory() as scratch, sync_playwright() as playwright:
        folder = Path(sys.argv[1]) if sys.argv[1:] else Path(scratch) / "_build" / "html"
        if not sys.argv[1:]:
            subprocess.run([sys.executable, ROOT / "tools" / "book.py", "--output", scratch], check=True, capture_output=True)
        host = Counter(folder)
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        with host as url:
            context = browser.new_context()
            rows = {name: visit(context, host, url) for name in BUDGET}
        browser.close()
    loop = bare_loop()
    print(f"{'':14}{'explorer, s':>14}{'facts, s':>12}{'explorer, MB':>15}{'with facts, MB':>16}")
    for name, measured in rows.items():
        for label, (a, b, c, d) in ((name, measured), ("  budget", BUDGET[name])):
            print(f"{label:14}{a:14.1f}{b:12.1f}{c:15.2f}{d:16.2f}")
    print(f"JupyterLite: {JUPYTERLITE}. A bare loop of ten million additions: {loop:.2f} s")
    counted = {"bytes": slice(2, 4)} | ({"seconds": slice(0, 2)} if loop <= QUIET else {})
    if "seconds" not in counted:
        print("The machine is busy or slow: its times count for nothing.")
    over = [f"{name}, {unit}" for name, measured in rows.items() for unit, place in counted.items()
            if any(a > b for a, b in zip(measured[place], BUDGET[name][place], strict=True))]
    sys.exit(f"over budget: {'; '.join(over)}" if over else 0)


if __name__ == "__main__":
    main()
