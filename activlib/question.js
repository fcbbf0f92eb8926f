// <activation-answer>: an input for the answer to an exercise. Who hosts it gives `check(text)`, a promise of {right, message}
// or {error, start, end}, to the element or, for all of a page, to the class.

class ActivationAnswer extends HTMLElement {
  connectedCallback() {
    addEventListener("storage", this);
    if (this.form) return;
    this.answer ??= JSON.parse(this.dataset.answer);
    this.key = `answer:${this.digest()}`;
    this.form = this.build();
    this.status = this.make("p", { class: "answer-status", role: "status" });
    this.replaceChildren(this.form, this.status);
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    this.form.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" || event.isComposing || event.target.type === "submit") return;
      event.preventDefault(); // in JupyterLab it would do nothing
      this.form.requestSubmit();
    });
    this.recall();
  }

  disconnectedCallback() {
    removeEventListener("storage", this);
  }

  recall() {
    if (this.kept === "right") this.say("Solved before.", "right");
  }

  // Another tab has solved it, or forgotten.
  handleEvent({ key }) {
    if (key !== this.key && key !== null) return;
    if (this.kept === "right") this.recall();
    else if (this.dataset.state === "right") this.say("", "");
  }

  make(name, attributes = {}, ...children) {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children);
    return element;
  }

  build() {
    const { kind, choices, label } = this.answer;
    const button = this.make("button", { type: "submit", class: "answer-check" }, "Check");
    if (kind === "choice") {
      const options = choices.map((choice) =>
        this.make("label", {}, this.make("input", { type: "radio", name: this.key, value: choice }), ` ${choice}`));
      return this.make("form", {}, this.make("fieldset", {}, this.make("legend", {}, label), ...options), button);
    }
    const example = { expression: "such as x*exp(-x)", number: "such as 1/2 or sqrt(2)", interval: "such as [0, 1) or (-oo, 2]" }[kind];
    this.field = this.make("input", { type: "text", spellcheck: "false", autocapitalize: "off", autocomplete: "off", placeholder: example });
    return this.make("form", {}, this.make("label", {}, `${label} `, this.field), button);
  }

  get text() {
    return this.field ? this.field.value.trim() : this.form.querySelector("input:checked")?.value ?? "";
  }

  async submit() {
    const { text } = this;
    if (!text) {
      this.say("Write your answer first.", "open");
      return;
    }
    this.say("Checking …", "open");
    try {
      const verdict = await (this.check ?? this.constructor.check)(text, this);
      if (verdict.error) this.complain(verdict);
      else {
        if (verdict.right) this.kept = "right";
        this.say(verdict.message, { true: "right", false: "wrong" }[verdict.right] ?? "open");
      }
    } catch ({ message }) {
      this.say(message, "open");
    }
  }

  complain({ error, start, end }) {
    this.say(`${error.charAt(0).toUpperCase()}${error.slice(1)}`, "wrong");
    this.field.focus();
    if (start !== undefined) this.field.setSelectionRange(start, end);
  }

  say(message, state) {
    this.dataset.state = state;
    this.status.textContent = message;
    this.dispatchEvent(new CustomEvent("answer", { bubbles: true }));
  }

  // Which are solved is kept in the reader's own browser, where it may.
  get kept() {
    try {
      return localStorage.getItem(this.key);
    } catch {
      return null;
    }
  }

  set kept(value) {
    try {
      if (value) localStorage.setItem(this.key, value);
      else localStorage.removeItem(this.key);
    } catch {
      // A browser that keeps nothing forgets it with the page.
    }
  }

  forget() {
    this.kept = null;
    this.say("", "");
  }

  // A short name for an answer that stays the same when exercises move.
  digest() {
    let number = 5381;
    for (const letter of location.pathname + JSON.stringify(this.answer)) number = (number * 33 + letter.codePointAt(0)) >>> 0;
    return number.toString(36);
  }
}
