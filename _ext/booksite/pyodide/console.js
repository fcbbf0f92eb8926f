// The console of the page “Your own function”: what the reader writes, run by the Python of the page.

export function consoleOf({ python, make, typeset }) {
  const past = [];
  let back = 0;
  const output = make("div", { class: "own-output", role: "log", "aria-label": "Output", tabindex: "0" });
  const input = make("textarea", { id: "own-code", rows: "1", spellcheck: "false", autocapitalize: "off",
    placeholder: 'al.facts(al.elu).lipschitz', "aria-describedby": "own-code-help" });
  const line = make("form", { class: "own-line" }, input, make("button", { type: "submit" }, "Run"));
  input.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      line.requestSubmit();
    } else if (event.key === "ArrowUp" && !input.value.includes("\n") && back < past.length) {
      input.value = past[past.length - ++back];
    } else if (event.key === "ArrowDown" && !input.value.includes("\n") && back > 0) {
      input.value = --back ? past[past.length - back] : "";
    }
    input.rows = input.value.split("\n").length;
  });
  line.addEventListener("submit", async (event) => {
    event.preventDefault();
    const code = input.value;
    if (!code.trim()) return;
    past.push(code);
    back = 0;
    input.value = "";
    output.append(make("pre", { class: "own-in" }, code));
    const print = (text, kind = "own-out") => output.append(make("pre", { class: kind }, text));
    try {
      const value = await python.run(code, print);
      if (value?.html) {
        const shown = make("div", { class: "own-out" });
        shown.innerHTML = value.html;
        output.append(shown);
        await typeset(shown);
      } else if (value?.text) print(value.text);
    } catch (trouble) {
      print(trouble.message, "own-trouble");
    }
    output.scrollTop = output.scrollHeight;
  });
  return make("section", { class: "own-console" }, make("h2", {}, "Console"),
    make("p", { id: "own-code-help" }, "Python with ", make("code", {}, "al"), ", ", make("code", {}, "sp"), " and ", make("code", {}, "x"),
      " at hand. Shift+Enter begins a new line, the arrows bring back what you ran."),
    output, make("label", { class: "visually-hidden", for: "own-code" }, "Python"), line);
}
