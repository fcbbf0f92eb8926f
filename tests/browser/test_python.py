"""Python in the page, under the site's policy: the same answers as here, nothing before it is asked for, and an end to all of it.

One server tells what it was asked for, and one page with a warm Python serves all tests that only ask questions.
"""

import json
import re

import pytest
from playwright.sync_api import expect

import activlib as al
from accessibility import violations
from activlib.facts.data import as_data
from serve import Site
from settle import settle
from test_define_refusals import BAD
from visit import policy
from watch import Watch

PAGE = "/chapters/reference/your_own_function.html"
INVENTED = (
    "x*tanh(exp(x))", "x*atan(x)", "x*sigmoid(2*x + 1)", "x - sin(x)/2", "sqrt(x**2 + 1) - 1", "x if x > 0 else 2*tanh(x)",
    "x*exp(-x**2)", "log(1 + x**2)", "max(x, 0)**2", "abs(x)**(1/3)",
)


class Host(Site):
    """The site with its policies. `served` has the addresses that were asked for; those in `missing` are not there."""

    def __init__(self, folder):
        self.served, self.missing = [], set()
        super().__init__(folder, Content_Security_Policy=self.told)
        handler = self.server.RequestHandlerClass.func
        place = handler.translate_path
        handler.translate_path = lambda request, path: place(request, "/not-there" if self.hides(path) else path)

    def told(self, address):
        self.served.append(address)
        return policy(address)

    def hides(self, path):
        return any(name in path for name in self.missing)

    def python(self):
        """The names of the files that Python is made of, asked for since the last call."""
        names = [address.split("/")[-1] for address in self.served if "/_static/python/" in address]
        self.served.clear()
        return names


@pytest.fixture(scope="module")
def host(site):
    host = Host(site)
    with host as host.url:
        yield host


@pytest.fixture(scope="module")
def warm(browser, host):
    """A page with a Python that answers: `warm.ask(request)` and `warm.run(code)`."""
    context = browser.new_context()
    page = context.new_page()
    watch = Watch(page)
    settle(page, host.url + PAGE)
    page.evaluate(
        """async () => {
            const { Python } = await import("/_static/python/runtime.js");
            window.python = new Python();
            window.printed = async (code) => {
                const lines = [];
                await python.run(code, (line) => lines.push(line));
                return lines.join("");
            };
        }"""
    )
    page.ask = lambda request: page.evaluate("request => python.ask(request)", request)
    page.run = lambda code: page.evaluate("code => printed(code)", code)
    yield page
    context.close()
    assert not watch.faults, watch.faults


def overlap(one, other):
    """Whether two balls, as text, have a number in common."""
    (a, p), (b, q) = (map(float, re.fullmatch(r"(\S+) ± (\S+)", ball).groups()) for ball in (one, other))
    return abs(a - b) <= p + q + 1e-15 * max(abs(a), 1)  # their middles are read in double precision


def alike(one, other):
    """Whether two sets of facts are the same, but for the last digits of balls."""
    def plain(facts):
        return {name: {key: value for key, value in fact.items() if key != "balls"} for name, fact in facts.items()}

    balls = [(fact["balls"], other[name]["balls"]) for name, fact in one.items() if "balls" in fact]
    return plain(one) == plain(other) and all(overlap(*pair) for a, b in balls for pair in zip(a, b, strict=True))


def facts_there(warm, source):
    return json.loads(warm.run(f"import json\nfrom activlib.facts.data import as_data\nprint(json.dumps(as_data({source})))"))


def test_facts_in_the_page_are_those_of_facts_json(warm, host, site):
    entries = [entry for entry in json.loads((site / "facts.json").read_text("utf8"))["activations"]
               if entry["name"] in al.activations]
    assert len(entries) == len(al.activations)
    different = [entry["name"] for entry in entries
                 if not alike(entry["facts"], facts_there(warm, f"al.facts(al.{entry['name']})")["facts"])]
    assert not different
    assert "rest.zip.gz" not in host.python()  # what facts import comes at once


def test_facts_of_invented_functions_are_those_of_python_here(warm):
    different = [text for text in INVENTED
                 if not alike(as_data(al.facts(al.define(text)))["facts"],
                              facts_there(warm, f"al.facts(al.define({text!r}))")["facts"])]
    assert not different


def test_a_formula_gives_the_same_derivative_and_explorer_as_here(warm):
    from activlib.inpage import replies

    request = {"ask": "define", "formula": "x if x > 0 else a*tanh(x)", "compare": ["gelu"],
               "parameters": [{"name": "a", "default": "1/2", "low": "0", "high": "2"}]}
    assert warm.ask(request) == json.loads(json.dumps(list(replies(request))))


def test_hostile_strings_are_refused_as_here(warm):
    found = {text: warm.ask({"ask": "define", "formula": text}) for text in BAD if "\ud800" not in text}
    accepted = [text for text, replies in found.items() if len(replies) != 1 or "error" not in replies[0]]
    assert len(found) > 50
    assert not accepted
    quoted = {text: f": {part if len(part) < 58 else part[:57]!r}"[:-1] for text, part in BAD.items() if part}
    unquoted = [text for text in found if quoted.get(text, "") not in found[text][0]["error"]]
    assert not unquoted


def test_a_module_that_no_page_needed_before_comes_when_it_is_asked_for(warm, host):
    host.python()
    assert warm.run("from sympy.physics.quantum import Commutator\nprint(Commutator.__name__)") == "Commutator"
    assert "rest.zip.gz" in host.python()


def test_what_is_not_there_is_said_in_one_line(warm):
    assert "numpy" in warm.evaluate("() => python.run('al.elu(1.0)').catch(({ message }) => message)")


def test_an_endless_computation_is_stopped_and_the_next_question_answered(warm):
    said = warm.evaluate("() => python.run('while True: pass', () => {}, 1).catch(({ message }) => message)")
    assert said == "Stopped after 1 seconds."
    assert "formula" in warm.ask({"ask": "define", "formula": "x"})[0]


@pytest.fixture
def own(new_page, host):
    """The page on a phone, before anything is asked."""
    page = new_page(viewport={"width": 390, "height": 844})
    host.python()
    settle(page, host.url + PAGE)
    return page


def prove(page, formula):
    page.get_by_label("Your function of x").fill(formula)
    page.keyboard.press("Enter")


def test_a_new_reader_mistypes_mends_and_gets_facts(own, host):
    assert host.python() == []  # nothing of Python before the reader asks
    assert not violations(own)
    prove(own, "x*tanhh(exp(x))")
    error = own.locator(".own-error")
    expect(error).to_contain_text("did you mean 'tanh'", timeout=60_000)
    assert own.locator(".own-marks mark").inner_text() == "tanhh(exp(x))"
    under, field = (own.locator(part).bounding_box() for part in (".own-marks mark", "#own-formula"))
    assert field["y"] <= under["y"] <= field["y"] + field["height"]
    assert not violations(own)

    prove(own, "x*tanh(beta*exp(x))")
    own.get_by_role("button", name="Make beta a parameter").click()
    expect(own.locator("activation-explorer[data-drawn]")).to_be_visible(timeout=60_000)
    expect(own.locator("activation-explorer input[type=range]")).to_have_count(1)
    status = own.locator(".own-facts [role=status]")
    expect(status).to_have_text(re.compile(r"^23 facts at β = 1, each proved"), timeout=60_000)
    expect(own.locator(".own-known")).to_contain_text("This is TeLU", timeout=60_000)
    assert own.locator(".own-facts tbody tr").count() == 23
    own.locator(".own-facts summary").nth(1).click()
    expect(own.locator(".own-facts details[open]")).to_contain_text("boxes examined")
    assert not violations(own)
    assert own.evaluate("document.documentElement.scrollWidth <= document.documentElement.clientWidth")

    own.goto(own.url)  # the address holds it all, and asks for nothing
    host.python()
    expect(own.get_by_label("Your function of x")).to_have_value("x*tanh(beta*exp(x))")
    expect(own.get_by_label("name")).to_have_value("beta")
    own.wait_for_load_state("networkidle")
    assert host.python() == []
    own.get_by_role("button", name="Prove it").click()
    expect(own.locator("activation-explorer[data-drawn]")).to_be_visible(timeout=60_000)
    scripts = {"console.js", "memory.js", "runtime.js", "worker.js"}
    assert set(host.python()) <= {"manifest.json", *scripts}  # all else is in the browser's cache


# Mark what the browser kept of Python's memory, whole or damaged; and wait until it keeps one that is not marked.
MARK = """async (damaged) => {
    const store = await caches.open("python-memory");
    const [address] = await store.keys();
    const content = await (await store.match(address)).arrayBuffer();
    if (damaged) new Uint8Array(content).fill(7, 0, content.byteLength / 2);
    await store.put(address, new Response(content, { headers: { marked: "yes" } }));
}"""
UNMARKED = """async () => {
    for (;;) {
        const store = await caches.open("python-memory");
        const kept = await store.match((await store.keys())[0] ?? "");
        if (kept && !kept.headers.get("marked")) return true;
        await new Promise((resolve) => setTimeout(resolve, 50));
    }
}"""


@pytest.mark.parametrize("damaged", [False, True], ids=["whole", "damaged"])
def test_a_later_visit_goes_on_from_the_memory_of_the_first_where_it_is_whole(own, damaged):
    prove(own, "x")
    own.evaluate(UNMARKED)
    own.evaluate(MARK, damaged)
    own.reload()
    prove(own, "x*atan(x)")
    status = own.locator(".own-facts [role=status]")
    expect(status).to_have_text(re.compile("^23 facts, each proved"), timeout=90_000)
    made_anew = own.evaluate(f"Promise.race([({UNMARKED})(), new Promise((stop) => setTimeout(stop, 3000, false))])")
    assert made_anew is damaged


def test_facts_that_are_not_certified_are_not_said_to_be(own):
    prove(own, "tan(x)")
    status = own.locator(".own-facts [role=status]")
    expect(status).to_have_text(re.compile(r"^\d+ of 23 facts proved in this browser\. Of the others"), timeout=90_000)


def test_a_view_of_ones_own_function_is_shared_by_its_address(own, host):
    prove(own, "x*tanh(x)")
    explorer = own.locator("activation-explorer[data-drawn]")
    expect(explorer).to_be_visible(timeout=60_000)
    explorer.get_by_role("slider", name="x of the point").press("End")
    explorer.get_by_role("button", name="Copy link to this view").click()
    own.wait_for_url("**x=5**")
    address = own.url
    assert address.count("own=") == 1
    own.goto("about:blank")
    own.goto(address)
    own.get_by_role("button", name="Prove it").click()
    expect(explorer).to_be_visible(timeout=60_000)
    assert own.evaluate("document.querySelector('activation-explorer').values.x") == 5


def test_a_known_function_is_recognized_and_compared(own):
    own.get_by_text("Compare it with functions of the book").click()
    own.get_by_label(al.gelu.title, exact=True).check()
    prove(own, "2/(1 + exp(-2*x)) - 1")
    expect(own.locator(".own-known")).to_contain_text("This is Hyperbolic tangent", timeout=60_000)
    expect(own.locator(".own-known")).to_contain_text("Proved.")
    assert own.evaluate("document.querySelector('activation-explorer').specification.curves.length") == 2
    assert "own.compare=gelu" in own.url


def test_the_console_shows_values_and_errors(own):
    prove(own, "x")
    code = own.get_by_label("Python", exact=True)
    for line in ("1 + 1", "sp.sqrt(8)", "1/0"):
        code.fill(line, timeout=60_000)
        code.press("Enter")
    expect(own.locator(".own-output")).to_contain_text("ZeroDivisionError: division by zero", timeout=60_000)
    assert own.locator(".own-out").first.inner_text() == "2"
    expect(own.locator(".own-out mjx-container")).to_have_count(1)
    code.fill("while True: pass")
    code.press("Enter")
    own.get_by_role("button", name="Stop").click()
    expect(own.locator(".own-output")).to_contain_text("stopped")
    assert not violations(own)


def test_a_failed_download_is_told_and_tried_again(browser, host):
    context = browser.new_context()
    page = context.new_page()
    settle(page, host.url + PAGE)
    context.set_offline(True)
    prove(page, "x")
    expect(page.locator(".own-error")).to_have_text("The download failed: is there no connection?")
    context.set_offline(False)
    host.missing = {"python.zip.gz"}
    page.get_by_role("button", name="Try again").click()
    expect(page.locator(".own-error")).to_contain_text("The download failed: python.zip.gz did not come", timeout=60_000)
    host.missing = set()
    page.get_by_role("button", name="Try again").click()
    expect(page.locator("activation-explorer[data-drawn]")).to_be_visible(timeout=60_000)
    context.close()


def test_from_a_folder_the_page_says_how_to_serve_it(page, site):
    settle(page, (site / PAGE[1:]).as_uri())
    prove(page, "x")
    expect(page.locator(".own-error")).to_contain_text("make serve")


def test_an_explorer_opens_the_page_with_its_formula_and_what_is_typed_there_outlasts_a_look_elsewhere(page, host):
    settle(page, f"{host.url}/chapters/exponential/elu.html")
    page.get_by_role("link", name="Change this function").first.click()
    formula = page.get_by_label("Your function of x")
    expect(formula).to_have_value("x if x > 0 else alpha*(exp(x) - 1)")
    expect(page.get_by_label("name")).to_have_value("alpha")
    formula.fill("x*cos(alpha*x)")
    page.get_by_role("link", name="certified facts").click()
    page.wait_for_url("**/glossary.html#*")
    page.go_back()
    expect(formula).to_have_value("x*cos(alpha*x)")
    expect(page.get_by_label("name")).to_have_value("alpha")


@pytest.fixture
def exercises(new_page, host):
    page = new_page(viewport={"width": 390, "height": 844})
    settle(page, f"{host.url}/chapters/exponential/elu.html")
    host.python()
    return page


def check(page, number, text):
    answer = page.locator("activation-answer").nth(number)
    answer.get_by_role("textbox").fill(text)
    answer.get_by_role("textbox").press("Enter")
    return answer.locator(".answer-status")


def test_answers_are_checked_by_proof_and_kept_in_the_browser_for_every_tab(exercises, host):
    expect(check(exercises, 0, "3/2")).to_have_text("Not right: yours is 3/2. That is the slope.", timeout=60_000)
    expect(check(exercises, 0, "-1.5")).to_have_text("Right: proved equal.", timeout=60_000)
    wrong = "Not right: at x = 1, α = 1 yours is 0, and the answer is 0.693147."
    expect(check(exercises, 2, "log(x)")).to_have_text(wrong, timeout=60_000)
    expect(check(exercises, 2, "log(1 +")).to_contain_text("was never closed", timeout=60_000)
    expect(check(exercises, 2, "log((alpha + x)/alpha)")).to_have_text("Right: proved equal.", timeout=60_000)
    expect(exercises.locator(".answer-progress")).to_contain_text("2 of 3 answers on this page solved")
    assert not violations(exercises)
    host.python()
    exercises.reload()
    expect(exercises.locator("activation-answer").nth(0)).to_contain_text("Solved before.")
    other = exercises.context.new_page()
    other.goto(exercises.url)
    expect(other.locator("activation-answer").nth(0)).to_contain_text("Solved before.")
    exercises.get_by_role("button", name="Forget them").click()
    expect(exercises.locator(".answer-progress")).to_be_hidden()
    expect(other.locator("activation-answer").nth(0)).not_to_contain_text("Solved before.")
    expect(check(exercises, 0, "-1.5")).to_have_text("Right: proved equal.", timeout=60_000)
    expect(other.locator("activation-answer").nth(0)).to_contain_text("Solved before.")
    other.close()
    exercises.get_by_role("button", name="Forget them").click()
    host.python()
    exercises.reload()
    expect(exercises.locator("activation-answer").nth(0)).not_to_contain_text("Solved before.")
    exercises.wait_for_load_state("networkidle")
    assert host.python() == []  # a page with exercises asks for nothing of Python by itself


KINDS = {
    "expression": (al.answer("1 - tanh(x)**2", avoids="cosh"), "1 - tanh(x)*tanh(x)", "tanh(x)"),
    "number": (al.answer("pi", digits=3), "3.14", "3"),
    "interval": (al.answer("[-1, oo)"), "[-1, inf)", "(-1, oo)"),
    "choice": (al.answer("odd", choices=("odd", "even")), "odd", "even"),
}


def test_every_kind_has_a_right_and_a_wrong_answer_in_the_page(warm):
    for kind, (answer, *texts) in KINDS.items():
        replies = [warm.ask({"ask": "check", "answer": answer.data(), "text": text})[0] for text in texts]
        assert [reply["right"] for reply in replies] == [True, False], kind
        assert [reply["message"] for reply in replies] == [answer.check(text).message for text in texts]


def test_the_page_works_again_without_a_network(browser, site):
    context = browser.new_context()
    page = context.new_page()

    def facts():
        prove(page, "x*tanh(exp(x))")
        expect(page.locator(".own-facts [role=status]")).to_contain_text("each proved", timeout=90_000)

    with Host(site) as url:
        settle(page, url + PAGE)
        page.evaluate("() => { navigator.serviceWorker.onmessage = () => { window.kept = true; }; }")
        facts()
        page.wait_for_function("() => window.kept", timeout=60_000)
    page.goto(url + PAGE)  # nobody serves it
    facts()
    context.close()
