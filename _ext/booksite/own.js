// The page "Your own function": asks the Python of python/runtime.js, which starts when the reader first asks.
"use strict";
(() => {
  const root = document.getElementById("own");
  if (!root) return;
  const scripts = new URL("python/", document.currentScript.src);
  const part = (name) => root.querySelector(`.own-${name}`);
  const form = root.querySelector("form");
  const field = document.getElementById("own-formula");
  const [marks, error, result, state, progress, stop, parameters] =
    ["marks", "error", "result", "state", "progress", "stop", "parameters"].map(part);
  let python;
  let words;
  let keepOffline;
  let consoleOf;
  let asked = 0; // questions so far: an answer to an earlier one comes too late

  function make(name, attributes = {}, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) {
      if (key in element && typeof value !== "string") element[key] = value;
      else element.setAttribute(key, value);
    }
    element.append(...children);
    return element;
  }

  // ---- what is asked

  const rows = () => [...parameters.querySelectorAll(".own-parameter")];
  const values = (row) => Object.fromEntries([...row.querySelectorAll("input")].map((input) => [input.name, input.value.trim()]));
  const compared = () => [...root.querySelectorAll(".own-compared input:checked")].map(({ value }) => value);
  const request = (ask) => ({ ask, formula: field.value, parameters: rows().map(values), compare: compared() });

  function addParameter(name = "", given = ["1", "-3", "3"]) {
    const inputs = [["name", "name", name], ["default", "value", given[0]], ["low", "from", given[1]], ["high", "to", given[2]]];
    const row = make("div", { class: "own-parameter", role: "group", "aria-label": `Parameter ${name}`.trim() },
      ...inputs.map(([key, label, value]) =>
        make("label", {}, `${label} `, make("input", { name: key, value, size: key === "name" ? "7" : "5", spellcheck: "false",
          autocapitalize: "off" }))),
      make("button", { type: "button", class: "own-remove", "aria-label": `Remove the parameter ${name}`.trim() }, "Remove"));
    row.querySelector("button").addEventListener("click", () => {
      row.remove();
      parameters.hidden = !rows().length;
      part("add").focus();
      keep();
    });
    parameters.append(row);
    parameters.hidden = false;
    return row;
  }

  // The whole of it in the page's address, and back. What comes with the address is put in the form, and asks for nothing.
  const whole = () => new URLSearchParams([["own", field.value],
    ...rows().map(values).map(({ name, default: value, low, high }) => [`own.${name}`, [value, low, high].join()]),
    ...(compared().length ? [["own.compare", compared().join()]] : [])]);
  const isOwn = ([key]) => key === "own" || key.startsWith("own.");

  function write() {
    const url = new URL(location.href);
    const now = whole();
    if (String(now) === String(new URLSearchParams([...url.searchParams].filter(isOwn)))) return; // and a view of it, perhaps
    url.search = String(now).replaceAll("%2C", ",");
    history.replaceState(history.state, "", url);
  }

  // Also what is not proved yet: who follows a link and comes back finds it.
  function keep() {
    if (location.protocol !== "file:") write();
  }

  function read() {
    const given = new URLSearchParams(location.search);
    if (!given.has("own")) return;
    field.value = given.get("own").slice(0, field.maxLength);
    for (const [key, value] of given) {
      if (key === "own.compare") {
        for (const box of root.querySelectorAll(".own-compared input")) box.checked = value.split(",").includes(box.value);
        part("compared").open = compared().length > 0;
      } else if (key.startsWith("own.") && rows().length < 6) {
        addParameter(key.slice(4), [...value.split(","), "", ""].slice(0, 3));
      }
    }
  }

  // ---- what is wrong, under the characters that are

  function clear() {
    error.hidden = true;
    error.replaceChildren();
    marks.replaceChildren();
    field.removeAttribute("aria-invalid");
  }

  function complain({ error: message, field: where = "formula", start, end, unknown }) {
    result.hidden = true;
    error.replaceChildren(message.charAt(0).toUpperCase() + message.slice(1));
    error.hidden = false;
    if (where !== "formula" || start === undefined) return;
    field.setAttribute("aria-invalid", "true");
    const text = field.value;
    marks.replaceChildren(text.slice(0, start), make("mark", {}, text.slice(start, end) || " "), text.slice(end));
    if (unknown && /^[\p{L}_][\p{L}\p{N}_]*$/u.test(unknown)) {
      const offer = make("button", { type: "button" }, `Make ${unknown} a parameter`);
      offer.addEventListener("click", () => {
        clear();
        addParameter(unknown);
        form.requestSubmit();
      });
      error.append(" ", offer);
    }
    field.focus();
    field.setSelectionRange(start, end);
  }

  function resize() {
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight + 2}px`;
  }

  // ---- what is found

  const typeset = async (element) => {
    await window.MathJax?.startup?.promise;
    await window.MathJax?.typesetPromise?.([element]);
  };
  // What is wider than the screen scrolls, for which the keyboard needs the focus.
  function openToKeyboard(block) {
    if (block.scrollWidth <= block.clientWidth) return;
    block.tabIndex = 0;
    block.setAttribute("role", "group");
    block.setAttribute("aria-label", "Wide formula");
  }
  const math = (tex) => `\\(${tex}\\)`;

  function show(found) {
    const explorer = make("activation-explorer");
    explorer.specification = found.explorer;
    explorer.dataset.address = whole();
    const rows = [["", found.formula], ["", found.derivative], ["Defined on ", found.domain]];
    result.replaceChildren(
      make("section", { class: "own-definition" }, ...rows.map(([label, tex]) => make("p", {}, label, math(tex)))),
      explorer,
      make("section", { class: "own-known" }, make("h2", {}, "Do we know it?"), make("div", { "aria-live": "polite" },
        make("p", {}, "Looking through the book …"))),
      make("section", { class: "own-facts" }, make("h2", {}, "Certified facts"), make("p", { role: "status" }, "Waiting …")),
      consoleOf({ python, make, typeset }));
    result.hidden = false;
    for (const block of result.querySelectorAll(".own-definition p")) typeset(block).then(() => openToKeyboard(block));
  }

  function known(matches, failed) {
    const place = result.querySelector(".own-known div");
    if (failed) place.replaceChildren(make("p", {}, failed));
    else if (!matches.length) {
      place.replaceChildren(make("p", {}, "No function of this book was found to be this one, as it is or scaled. That proves nothing."));
    } else {
      place.replaceChildren(...matches.map(({ title, formula, proved, scaled }) => make("p", {},
        make("strong", {}, `${proved ? (scaled ? "Scaled, this is" : "This is") : "This may be"} ${title}`),
        `: ${math(formula)}. `, proved ? "Proved." : "They agree to 30 digits at 15 places; no proof was found.")));
    }
    typeset(place);
  }

  function addFact(table, { label, value, how, evidence }) {
    const details = make("details", {}, make("summary", {}, how));
    const proof = make("div");
    proof.innerHTML = evidence; // activlib's own HTML
    details.append(proof);
    details.addEventListener("toggle", () => typeset(proof), { once: true });
    const found = make("div");
    found.innerHTML = value;
    table.tBodies[0].append(make("tr", {}, make("th", { scope: "row" }, label), make("td", {}, found, details)));
    typeset(found);
  }

  async function prove(mine) {
    const status = result.querySelector(".own-facts [role=status]");
    const body = make("tbody");
    const head = make("tr", {}, ...["Property", "Value and how it is known"].map((label) => make("th", { scope: "col" }, label)));
    const table = make("table", { class: "activlib-facts" }, make("thead", {}, head), body);
    const box = make("div", { class: "own-table", role: "region", "aria-label": "Certified facts", tabindex: "0" }, table);
    status.after(box);
    let count = 0;
    let proved = 0;
    let at = "";
    await python.ask(request("facts"), (reply) => {
      if (mine !== asked) return;
      if (reply.error) return complain(reply);
      if (reply.count) {
        ({ count, at } = reply);
        return;
      }
      addFact(table, reply);
      proved += reply.proved;
      status.textContent = `${body.rows.length} of ${count} facts${at ? ` at ${at}` : ""}`;
    });
    if (mine !== asked) return;
    const which = `${proved === count ? count : `${proved} of ${count}`} facts${at ? ` at ${at}` : ""}`;
    status.textContent = proved === count ? `${which}, each proved in this browser.`
      : `${which} proved in this browser. Of the others the table says why they are not.`;
  }

  // ---- asking

  function tell(now) {
    const working = ["loading", "starting", "busy"].includes(now.phase);
    const said = words(now);
    if (state.textContent !== said) state.textContent = said;
    stop.hidden = !working;
    progress.hidden = now.phase !== "loading";
    if (now.total) Object.assign(progress, { max: now.total, value: Math.min(now.loaded, now.total) });
    else progress.removeAttribute("value");
    root.setAttribute("aria-busy", String(working));
  }

  async function runtime() {
    if (python) return;
    const [module, lines] = await Promise.all(["runtime.js", "console.js"].map((name) => import(new URL(name, scripts))))
      .catch(() => { throw new Error("The download failed: is there no connection?"); });
    ({ words, keepOffline } = module);
    ({ consoleOf } = lines);
    python = new module.Python(tell);
  }

  async function submit() {
    clear();
    if (location.protocol === "file:") {
      complain({ error: "Browsers start no Python from a folder of files. Serve the book with “make serve” and open this page there.",
        field: "page" });
      return;
    }
    const mine = ++asked;
    try {
      await runtime();
      write();
      python.cancel();
      const [found] = await python.ask(request("define"), undefined, 20);
      if (mine !== asked) return;
      if (found.error) {
        complain(found);
        return;
      }
      show(found);
      const facts = prove(mine);
      const looked = python.ask(request("recognize"), undefined, 30).then((matches) => mine === asked && known(matches));
      await Promise.all([looked, facts]);
      keepOffline();
    } catch (trouble) {
      if (mine !== asked || trouble.message === "cancelled") return;
      if (trouble.message === "stopped") state.textContent = "Stopped. What was found so far stands.";
      else if (result.hidden) complain({ error: trouble.message, field: "page" });
      else state.textContent = trouble.message;
      part("go").textContent = "Try again";
      for (const waiting of result.querySelectorAll(".own-known div > p:only-child")) {
        if (waiting.textContent.startsWith("Looking")) waiting.textContent = "Stopped.";
      }
    }
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    part("go").textContent = "Prove it";
    submit();
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || event.isComposing) return;
    event.preventDefault();
    form.requestSubmit();
  });
  field.addEventListener("input", () => {
    clear();
    resize();
  });
  form.addEventListener("change", keep);
  part("add").addEventListener("click", () => addParameter().querySelector("input").focus());
  stop.addEventListener("click", () => python.stop());
  for (const example of part("examples").querySelectorAll("button")) {
    example.addEventListener("click", () => {
      field.value = example.textContent;
      parameters.replaceChildren();
      const names = new Set(field.value.match(/\b(?:alpha|beta|[abc])\b/g));
      for (const name of names) addParameter(name);
      parameters.hidden = !names.size;
      resize();
      form.requestSubmit();
    });
  }
  read();
  resize();
})();
