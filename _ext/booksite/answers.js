// Answers to exercises: checked by the Python of python/runtime.js, which starts at the first Check of the page.
"use strict";
(() => {
  const scripts = new URL("python/", document.currentScript.src);
  let python;

  async function check(text, element) {
    if (element.answer.kind === "choice") { // nothing to prove
      const right = text === element.answer.expected;
      return { right, message: right ? "Right." : element.answer.hints[text] ?? "Not right." };
    }
    if (location.protocol === "file:") throw new Error("Answers are checked on a served page only: “make serve” serves the book.");
    if (!python) {
      const { Python, words } = await import(new URL("runtime.js", scripts))
        .catch(() => { throw new Error("The download failed: is there no connection?"); });
      const waiting = () => document.querySelectorAll('activation-answer[data-state="open"]:has(form)');
      python = new Python((state) => {
        for (const { status } of waiting()) if (words(state) && status.textContent) status.textContent = `${words(state)} …`;
      });
    }
    const [verdict] = await python.ask({ ask: "check", answer: element.answer, text }, undefined, 30);
    return verdict;
  }

  const all = () => [...document.querySelectorAll("activation-answer")];
  const progress = document.createElement("p");
  progress.className = "answer-progress";

  // How many are solved, above the first, with a way to forget it.
  function count() {
    const solved = all().filter((element) => element.kept === "right");
    progress.replaceChildren(`${solved.length} of ${all().length} answers on this page solved. `);
    progress.hidden = !solved.length;
    const forget = document.createElement("button");
    forget.type = "button";
    forget.textContent = "Forget them";
    forget.addEventListener("click", () => all().forEach((element) => element.forget()));
    progress.append(forget);
  }

  ActivationAnswer.check = check;
  customElements.define("activation-answer", ActivationAnswer);
  document.querySelector("#exercises > h2, h2#exercises")?.after(progress);
  addEventListener("answer", count);
  count();
})();
