"""Take the pictures of the built book: docs/screenshot.png for the README, _static/card.png for shared links.

python tools/screenshot.py [page]      the page for the README's picture; by default the front page
"""

import sys
from pathlib import Path

from playwright.sync_api import sync_playwright

from chromium import ARGUMENTS, find_chromium
from serve import Site

ROOT = Path(__file__).resolve().parent.parent


# The card: title and idea beside the front page's explorer, without what serves readers only.
CARD = """
.bd-header-article, .bd-sidebar-primary, .bd-sidebar-secondary, activation-explorer ~ *, .headerlink { display: none !important; }
.bd-main .bd-content .bd-article-container { max-width: none; padding: 0; }
.bd-article > section { display: grid; grid-template-columns: 5fr 7fr; align-content: center; gap: 0 2.5rem; height: 600px; }
.bd-article > section > * { grid-column: 1; }
.bd-article activation-explorer { grid-area: 1 / 2 / span 3; align-self: center; }
.bd-article h1 { align-self: end; font-size: 2.6rem; }
.bd-article h1 + blockquote { font-size: 1.35rem; }
"""


def picture(browser, url, path, width, height, style="/* as it is */"):
    """Write a picture of the top of a page once its formulas are set and its explorers drawn."""
    page = browser.new_page(viewport={"width": width, "height": height})
    page.goto(url)
    page.add_style_tag(content=style)
    page.wait_for_load_state("networkidle")
    page.evaluate("() => window.MathJax?.startup?.promise")
    page.wait_for_timeout(500)
    page.screenshot(path=path)
    page.close()
    print(path.relative_to(ROOT))


def main():
    site = ROOT / "_build" / "html"
    if not (site / "index.html").is_file():
        sys.exit("no book yet: run `make book` first")
    shown = sys.argv[1] if len(sys.argv) > 1 else "index"
    with Site(site) as url, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        picture(browser, f"{url}/{shown}.html", ROOT / "docs" / "screenshot.png", 1280, 860)
        # The size that other sites show.
        picture(browser, f"{url}/index.html", ROOT / "_static" / "card.png", 1200, 630, CARD)
        browser.close()


if __name__ == "__main__":
    main()
