"""The widgets in JupyterLab with a live kernel: the reader's hand reaches Python, and Python moves the explorer; an answer is
checked by the kernel."""

import json
import os
import re
import secrets
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import pytest
from playwright.sync_api import expect

EXPLORER = [
    "from pathlib import Path\n"
    "import activlib as al\n"
    "w = al.explorer(al.elu)\n"
    "w.observe(lambda change: Path('parameters.txt').write_text(repr(change.new)), 'parameters')\n"
    "w.observe(lambda change: Path('x.txt').write_text(repr(change.new)), 'x')\n"
    "w",
    "w.parameters = {'alpha': 2.5}\nw.x = -2\nw.show = ['f', 'd2f']",
    "try:\n    w.parameters = {'alpha': -1}\nexcept ValueError as error:\n    print('refused:', error, w.parameters)",
    "v = al.explorer(al.swiglu, x=(0, 1))\n"
    "v.observe(lambda change: Path('inputs.txt').write_text(repr(change.new)), 'x')\n"
    "v",
    "v.x = [2, 0]\nv.show = ['gradient']",
]
ANSWERS = [
    "import activlib as al\n"
    "al.answer('1 - tanh(x)**2', label='Your derivative', avoids='cosh', hints={'1 - tanh(x)': 'The square is missing.'})",
    "al.answer('odd', choices=('odd', 'even'), hints={'even': 'Look at f(−x) once more.'})",
]
PATIENCE = 60  # seconds for the server, a kernel or a message


def cell(source):
    name = f"c{hash(source) % 10**6}"
    return {"cell_type": "code", "source": source, "metadata": {}, "outputs": [], "execution_count": None, "id": name}


def wait_until(condition, what):
    """Poll a condition outside the browser."""
    end = time.monotonic() + PATIENCE
    while not (found := condition()):
        assert time.monotonic() < end, f"waited {PATIENCE} s for {what}"
        time.sleep(0.1)
    return found


@pytest.fixture(scope="module")
def lab(tmp_path_factory):
    """Base URL of a JupyterLab of our own with the notebooks explorer.ipynb and answers.ipynb, its token, and its folder."""
    tmp_path = tmp_path_factory.mktemp("lab")
    work = tmp_path / "work"
    work.mkdir()
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3", "language": "python"}}
    for name, sources in (("explorer", EXPLORER), ("answers", ANSWERS)):
        notebook = {"cells": [cell(source) for source in sources], "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
        (work / f"{name}.ipynb").write_text(json.dumps(notebook), "utf-8")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    token = secrets.token_hex(16)
    url = f"http://127.0.0.1:{port}"
    home = {name: str(tmp_path / name) for name in ("HOME", "JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR")}
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}", "--ServerApp.port_retries=0",
        f"--IdentityProvider.token={token}", f"--ServerApp.root_dir={work}",
        "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate", "--LabApp.news_url=None",
    ]  # fmt: skip
    log = (tmp_path / "server.log").open("wb")
    server = subprocess.Popen(command, env=os.environ | home, stdout=log, stderr=log, start_new_session=True)

    def answers():
        assert server.poll() is None, f"JupyterLab ended: {(tmp_path / 'server.log').read_text()}"
        try:
            return urllib.request.urlopen(f"{url}/api/status?token={token}", timeout=2).status == 200
        except OSError:
            return False

    try:
        wait_until(answers, "JupyterLab to answer")
        yield url, token, work
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        try:
            server.wait(timeout=15)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait()
        log.close()


@pytest.fixture
def notebook(lab, browser):
    """Opens a notebook by name; `page.run(number)` runs a cell."""
    url, token, _ = lab
    page = browser.new_page(viewport={"width": 1200, "height": 1000})
    page.set_default_timeout(PATIENCE * 1000)

    def run(number):
        page.locator(".jp-CodeCell .cm-content").nth(number).click()
        page.keyboard.press("Shift+Enter")

    def opened(name):
        page.goto(f"{url}/lab/tree/{name}.ipynb?token={token}&reset")
        page.locator(".jp-Notebook .jp-CodeCell").nth(1).wait_for()
        page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()  # a cell that is run before that may be dropped
        page.run = run
        return page

    yield opened
    page.close()


def test_an_answer_is_checked_by_the_kernel(notebook):
    page = notebook("answers")
    page.run(0)
    derivative = page.locator(".jp-OutputArea activation-answer").first
    field = derivative.get_by_role("textbox", name="Your derivative")

    def answered(text, said):
        field.fill(text)
        field.press("Enter")
        expect(derivative.get_by_role("status")).to_have_text(said, timeout=PATIENCE * 1000)

    answered("tanh(x)", "Not right: at x = 1 yours is 0.761594, and the answer is 0.419974.")
    answered("1 - tanh(x)", "Not right: at x = 1 yours is 0.238406, and the answer is 0.419974. The square is missing.")
    answered("1/cosh(x)**2", "Equal to the answer, but not in the form asked for: write it without cosh.")
    answered("1 - tanhh(x)**2", re.compile("did you mean 'tanh'"))
    assert field.evaluate("field => field.value.slice(field.selectionStart, field.selectionEnd)") == "tanhh(x)"
    answered("1 - tanh(x)*tanh(x)", "Right: proved equal.")

    page.run(1)
    parity = page.locator(".jp-OutputArea activation-answer").nth(1)
    for choice, said in (("even", "Look at f(−x) once more."), ("odd", "Right.")):
        parity.get_by_label(choice).check()
        parity.get_by_role("button", name="Check").click()
        expect(parity.get_by_role("status")).to_have_text(said, timeout=PATIENCE * 1000)


def test_widget_and_kernel_follow_each_other(lab, notebook):
    _, _, work = lab
    page = notebook("explorer")
    page.run(0)
    explorer = page.locator(".jp-OutputArea activation-explorer[data-drawn]")
    explorer.wait_for(state="attached")
    assert explorer.count() == 1
    assert explorer.get_by_role("button", name="Copy link to this view").count() == 0

    # The reader moves: Python knows.
    slider = explorer.locator("input[type=range]")
    slider.focus()
    for _ in range(4):
        page.keyboard.press("ArrowRight")
    seen = work / "parameters.txt"
    wait_until(lambda: seen.exists() and seen.read_text() == "{'alpha': 1.2}", "the kernel to hear of the slider")
    explorer.get_by_role("slider", name="x of the point").press("End")
    wait_until(lambda: (work / "x.txt").exists() and (work / "x.txt").read_text() == "5.0", "the kernel to hear of the point")

    # Python sets: the reader sees.
    page.run(1)
    page.wait_for_function("document.querySelector('.jp-OutputArea activation-explorer input[type=range]').value === '2.5'")
    page.wait_for_function("document.querySelector('activation-explorer').state.show.join() === 'f,d2f'")
    page.wait_for_function("document.querySelector('.jp-OutputArea .ax-values dd').textContent === '−2'")
    assert explorer.locator(".ax-inner .ax-curve").count() == 2

    # What Python refuses changes nothing on either side.
    page.run(2)
    page.get_by_text("refused: parameter alpha = -1 lies outside its domain 0 < α {'alpha': 2.5}").wait_for()
    assert slider.input_value() == "2.5"

    # A function of two numbers does the same.
    page.locator(".jp-CodeCell .cm-content").nth(3).click()
    page.keyboard.press("Shift+Enter")
    gated = page.locator(".jp-OutputArea activation-explorer[data-drawn]", has=page.locator(".ax-jacobian"))
    gated.wait_for(state="attached")
    gated.get_by_role("slider", name="point", exact=True).press("ArrowRight")
    wait_until(lambda: (work / "inputs.txt").exists() and (work / "inputs.txt").read_text() == "[0.16, 1.0]",
               "the kernel to hear of the point in the plane")  # fmt: skip
    page.locator(".jp-CodeCell .cm-content").nth(4).click()
    page.keyboard.press("Shift+Enter")
    page.wait_for_function("document.querySelector('.ax-outputs dd').textContent === '0'")
    assert gated.get_by_role("button", name="gradient").get_attribute("aria-pressed") == "true"
    assert gated.get_by_role("button", name="level lines").get_attribute("aria-pressed") == "false"
    page.screenshot(path=work / "lab.png")
