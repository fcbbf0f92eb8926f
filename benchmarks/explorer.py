"""Speed of the explorer beside an Altair (Vega) one of the same curves, while a slider is dragged in real Chromium.

    python benchmarks/explorer.py

ELU with a slider for alpha; f, f' and f'' at the same number of points, all recomputed at every move. A mouse drags the
slider back and forth on our page, on the peer's and on a bare one, by turns, for two minutes in all:

frame     ms from the moment the page gets the event (input, of the point pointermove) until its frame is painted, when a
          task runs that the frame's animation callback has queued. The time before, which a browser lets a mouse's move
          wait for the next frame, is the same on every page: on an empty one half a frame on average
compute   ms for the points of the three curves: ours in the course of the drag, Vega's in a view of the same data without
          marks. Vega makes JavaScript of its formulas, which a page that forbids `eval` does not let it do, and evaluates
          them on a fixed grid; ours also finds the breakpoints and poles and evaluates both sides of them
busy      ms that the main thread works for each move, on average

softmax   the explorer of softmax while the temperature's slider is dragged, which changes the values of all three components all
          over the plane of scores
point     the same while the point in that plane is dragged
swiglu    the explorer of SwiGLU, beta's slider

are held to the same budget; they have no peer.

The bare page has a slider and shows its value: where even that is late for half a frame, or an idle page's frames do not
come at 60 Hz, the machine does not allow the budget, which then does not count. Otherwise the program fails over
budget, and in any case if the peer's frames are faster.
"""

import sys
import tempfile
import time
from collections import defaultdict
from pathlib import Path

import altair as alt
import numpy as np
from playwright.sync_api import sync_playwright
from vl_convert import vegalite_to_vega

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "tools")]

import activlib as al  # noqa: E402
from activlib.explorer.assets import script, style  # noqa: E402
from activlib.explorer.specification import specification  # noqa: E402
from chromium import ARGUMENTS, find_chromium  # noqa: E402
from serve import Site  # noqa: E402

ROUNDS, SECONDS, LEAST = 4, 4, 50  # of a drag, and how many moves it has however long they take
MOVES = 40  # a second, which frames can follow
FRAME = 1000 / 60
BUDGET = {"frame": 16.9, "compute": 2.0}  # ms, p99
SHOW = ("f", "df", "d2f")
ALPHA = al.elu.parameters[0]
# A page that is isolated from others has a clock of 5 microseconds.
ISOLATED = {"Cross_Origin_Opener_Policy": "same-origin", "Cross_Origin_Embedder_Policy": "require-corp"}

HEAD = '<!doctype html><meta charset="utf-8"><title>Slider</title><link rel="icon" href="data:,">'
PAGE = HEAD + '<link rel="stylesheet" href="explorer.css"><script defer src="explorer.js"></script>{}'
BARE = HEAD + '<input type="range" oninput="this.nextSibling.textContent = this.value"><output></output>'
OURS = {
    "ours": lambda: al.explorer_html(al.elu, show=SHOW), "softmax": lambda: al.explorer_html(al.softmax),
    "point": lambda: al.explorer_html(al.softmax, x=(0, 0, 0)), "swiglu": lambda: al.explorer_html(al.swiglu),
}  # fmt: skip
POINT, SLIDER = ".ax-handle", ".ax-sliders input[type=range]"
# What is held on each page, in the order of the visits.
HELD = {"bare": "input[type=range]", "ours": SLIDER, "peer": "input[type=range]",
        "softmax": SLIDER, "point": POINT, "swiglu": SLIDER}  # fmt: skip

INTERVALS = """count => new Promise(done => {
    const times = [];
    const tick = now => times.push(now) <= count ? requestAnimationFrame(tick) : done(times);
    requestAnimationFrame(tick);
})"""

WATCH = """() => {
    window.painted = [];
    const event = document.body.dataset.event ?? "input";
    document.addEventListener(event, () => {
        const start = performance.now();
        requestAnimationFrame(() => {
            const { port1, port2 } = new MessageChannel();
            port1.onmessage = () => painted.push(performance.now() - start);
            port2.postMessage(null);
        });
    }, true);
}"""

WATCH_COMPUTE = """() => {
    window.computed = [];
    const { scene } = document.querySelector("activation-explorer");
    const compute = scene.compute;
    scene.compute = () => {
        const start = performance.now();
        compute.call(scene);
        computed.push(performance.now() - start);
    };
    return scene.shown ? Math.max(...scene.shown.map(({ points }) => points.size)) : 0;
}"""

COMPUTE_PEER = """async ([spec, values]) => {
    const options = { mode: "vega", renderer: "none", actions: false };
    const { view } = await vegaEmbed(document.createElement("div"), spec, options);
    return values.map(value => {
        const start = performance.now();
        view.signal("alpha", value).run();
        return performance.now() - start;
    });
}"""


def altair_explorer(points):
    """The same explorer as an Altair chart."""
    low, high, bottom, top = specification(al.elu, show=SHOW)["window"]
    least, most, step = map(float, ALPHA.slider)
    alpha = alt.param(name="alpha", value=1, bind=alt.binding_range(min=least, max=most, step=step))
    x, grown = alt.datum.x, alpha * alt.expr.exp(alt.datum.x)
    between = (high - low) / (points - 1)
    curves = (
        alt.Chart(alt.sequence(low, high + between / 2, between, as_="x"))
        .transform_calculate(
            f=alt.expr.if_(x > 0, x, grown - alpha), df=alt.expr.if_(x > 0, 1, grown), d2f=alt.expr.if_(x > 0, 0, grown)
        )
        .mark_line(clip=True)
        .encode(x=alt.X("x:Q").scale(domain=[low, high]))
    )
    lines = [
        curves.encode(
            y=alt.Y(f"{name}:Q").scale(domain=[bottom, top]).title(""),
            color=alt.datum(name),
            strokeDash=alt.datum(name),
        )
        for name in SHOW
    ]
    return alt.layer(*lines).add_params(alpha).properties(width=660, height=360)


def busy(session):
    """Milliseconds that the main thread has worked."""
    metrics = session.send("Performance.getMetrics")["metrics"]
    return 1000 * next(metric["value"] for metric in metrics if metric["name"] == "TaskDuration")


def drag(page, held):
    """Drag the page's slider, or its point in the plane, back and forth: the times of its frames, and the main thread's work
    for each."""
    page.evaluate(WATCH)
    box = page.locator(held).bounding_box()
    left, y, length = box["x"] + 10, box["y"] + box["height"] / 2, box["width"] - 20
    if held == POINT:
        left, length = left + 6, 120
    session = page.context.new_cdp_session(page)
    session.send("Performance.enable")
    page.mouse.move(left, y)
    page.mouse.down()
    before, start, moves = busy(session), time.perf_counter(), 0
    while (passed := time.perf_counter() - start) < SECONDS or moves < LEAST:
        phase = 2 * passed % 2
        page.mouse.move(left + length * min(phase, 2 - phase), y)
        time.sleep(max(0, start + passed + 1 / MOVES - time.perf_counter()))
        moves += 1
    worked = busy(session) - before
    page.mouse.up()
    times = page.evaluate("painted")
    assert len(times) > moves / 3, f"only {len(times)} of {moves} moves reached the page"
    return times, worked / len(times)


def measure(browser, host, folder):
    """{page: {measure: values}}, and the intervals between an idle page's frames."""
    found = defaultdict(lambda: defaultdict(list))

    def visit(name):
        page = browser.new_page(viewport={"width": 760, "height": 800})
        page.goto(f"{host}/{name}.html")
        page.wait_for_selector(HELD[name])
        if HELD[name] == POINT:
            page.evaluate("document.body.dataset.event = 'pointermove'")
        page.wait_for_timeout(500)
        return page

    page = visit("bare")
    intervals = np.diff(page.evaluate(INTERVALS, 180))
    page.close()
    page = visit("ours")
    chart = altair_explorer(page.evaluate(WATCH_COMPUTE))
    page.close()
    (folder / "peer.html").write_text(chart.to_html(inline=True), "utf-8")
    data = {key: value for key, value in vegalite_to_vega(chart.to_dict()).items() if key in ("data", "signals")}
    for number, name in enumerate((*HELD,) * ROUNDS, 1):
        print(f"visit {number} of {ROUNDS * len(HELD)}: {name:8}", end="\r", file=sys.stderr, flush=True)
        page = visit(name)
        if name in OURS:
            page.evaluate(WATCH_COMPUTE)
        times, worked = drag(page, HELD[name])
        found[name]["frame"] += times
        found[name]["busy"].append(worked)
        if name in OURS:
            found[name]["compute"] += page.evaluate("computed")
        elif name == "peer":
            values = np.resize(np.linspace(*map(float, ALPHA.slider[:2]), 60), SECONDS * MOVES)
            found[name]["compute"] += page.evaluate(COMPUTE_PEER, [data, values.tolist()])
        page.close()
    return found, intervals


def main():
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        folder = Path(folder)
        files = {"explorer.js": script(), "explorer.css": style(), "bare.html": BARE,
                 **{f"{name}.html": PAGE.format(make()) for name, make in OURS.items()}}  # fmt: skip
        for name, text in files.items():
            (folder / name).write_text(text, "utf-8")
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=ARGUMENTS)
        with Site(folder, cache="no-store", **ISOLATED) as host:
            found, intervals = measure(browser, host, folder)
        browser.close()

    median, late = ({name: {key: np.percentile(values, part) for key, values in row.items() if key != "busy"}
                     for name, row in found.items()} for part in (50, 99))  # fmt: skip
    print(f"{'':8}{'frame p50':>12}{'p99':>8}{'compute p50':>14}{'p99':>8}{'busy':>8}   ms")
    for name in HELD:
        cells = [f"{part[name][key]:.2f}" if key in part[name] else "" for key in BUDGET for part in (median, late)]
        print(f"{name:8}{cells[0]:>12}{cells[1]:>8}{cells[2]:>14}{cells[3]:>8}{np.mean(found[name]['busy']):8.2f}")
    print(f"{'budget':8}{'':12}{BUDGET['frame']:8.2f}{'':14}{BUDGET['compute']:8.2f}")
    allowed = np.percentile(intervals, 99) < 1.1 * FRAME and late["bare"]["frame"] < FRAME / 2
    print(f"the display {'allows' if allowed else 'does not allow'} the budget: an idle page's frames come every "
          f"{np.median(intervals):.1f} ms (p99 {np.percentile(intervals, 99):.1f}), a bare slider's within "
          f"{late['bare']['frame']:.1f} ms (p99)")  # fmt: skip
    faults = [f"{key} of {name} over budget" for name in OURS for key, limit in BUDGET.items()
              if allowed and late[name][key] > limit]  # fmt: skip
    faults += [f"{what} slower than the peer's" for what, part in (("median frame", median), ("p99 frame", late))
               if part["ours"]["frame"] >= part["peer"]["frame"]]  # fmt: skip
    sys.exit(", ".join(faults) if faults else 0)


if __name__ == "__main__":
    main()
