"""What a page of the book makes the browser load, and how much of that it may."""

import mimetypes

from serve import COMPRESSED, compress

# Kilobytes on the wire and requests: of the first page that a reader opens, and of each that follows.
BUDGET = {"first view": (500, 30), "next page": (60, 30)}
HEADERS = 0.2  # kilobytes of an answer before its body


def kilobytes(path):
    """What `serve` sends of a file, which is what Chromium counts."""
    kind = mimetypes.guess_type(path)[0] or ""
    body = len(compress(str(path), path.stat().st_mtime_ns)) if kind.startswith(COMPRESSED) else path.stat().st_size
    return HEADERS + body / 1000


def weigh(page, url):
    """Kilobytes on the wire of every request that a page makes in Chromium while it loads, as (address, kB)."""
    addresses, sizes = {}, {}
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.on("Network.requestWillBeSent", lambda event: addresses.update({event["requestId"]: event["request"]["url"]}))
    session.on("Network.loadingFinished", lambda event: sizes.update({event["requestId"]: event["encodedDataLength"] / 1000}))
    page.goto(url)
    # A slow machine sets formulas, and asks for their fonts, after the network fell idle.
    page.evaluate("async () => { await window.MathJax?.startup?.promise; await document.fonts.ready; }")
    page.wait_for_load_state("networkidle")
    page.wait_for_timeout(500)
    return [(url, sizes.get(key, 0)) for key, url in addresses.items() if not url.startswith("data:")]
