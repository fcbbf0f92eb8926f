"""Find Chromium, or install it: `python tools/chromium.py` prints the path of a browser that runs.

An installed one comes first, then Playwright's own, then (installing) Debian's package as root, then Playwright's download.
"""

import os
import shutil
import subprocess
import sys

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = (
    "--no-sandbox",  # Chromium refuses its sandbox to root, as which a container runs
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
)
HELP = (
    "no Chromium found; the browser tests need one: `apt-get install chromium` as root, "
    f"or `{sys.executable} -m playwright install chromium`"
)


def installed():
    """Path of a browser on this machine, or None."""
    for name in NAMES:
        if path := shutil.which(name):
            return path
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if os.access(path, os.X_OK) else None


def find_chromium():
    """Path of a browser on this machine; an error that says how to get one if there is none."""
    path = installed()
    if path is None:
        raise FileNotFoundError(HELP)
    return path


def install():
    """Install a browser: Debian's package as root, otherwise Playwright's own."""
    if os.geteuid() == 0 and shutil.which("apt-get"):
        quiet = {"check": True, "stdout": sys.stderr, "env": os.environ | {"DEBIAN_FRONTEND": "noninteractive"}}
        subprocess.run(["apt-get", "update", "-q"], **quiet)
        subprocess.run(["apt-get", "install", "-q", "-y", "--no-install-recommends", "chromium"], **quiet)
    else:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=True, stdout=sys.stderr)


if __name__ == "__main__":
    if installed() is None:
        install()
    print(find_chromium())
