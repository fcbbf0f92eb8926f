// Python in this page: starts it when first asked, passes on what it says, stops what takes too long.
//
//   const python = new Python((state) => ...);        told of every change: {phase, loaded, total, message}
//   await python.ask({ask: "define", ...}, onreply);  resolves with all replies; rejects with a Trouble that says why
//   await python.run("1 + 1", onprint);               the console
//   python.stop();                                    ends what runs; the next question starts anew
//
// phase: "off", "loading", "starting", "ready", "busy", "failed".

const SILENCE = 45; // seconds without a sign of life, after which a start has failed
const LIMIT = 60; // seconds for a question, if the asker names none

export class Trouble extends Error {}

export class Python {
  #worker;
  #next = 1;
  #asked = new Map();
  #watch;

  constructor(tell = () => {}) {
    this.tell = tell;
    this.state = { phase: "off", loaded: 0, total: 0, message: "" };
  }

  // Why Python cannot run here, or nothing.
  static missing() {
    if (location.protocol === "file:") return "Browsers start no Python from a folder of files: serve the book with “make serve”.";
    if (typeof WebAssembly !== "object" || typeof DecompressionStream !== "function") {
      return "This browser is too old to run Python. A current Firefox, Chrome, Edge or Safari can.";
    }
    return "";
  }

  ask(request, onreply = () => {}, limit = LIMIT) {
    return this.#send({ request }, onreply, limit);
  }

  run(code, onprint = () => {}, limit = LIMIT) {
    return this.#send({ code }, onprint, limit);
  }

  // No further replies to the questions that are open; what computes now goes on to its next reply.
  cancel() {
    for (const [id, { reject, timer }] of this.#asked) {
      clearTimeout(timer);
      this.#worker.postMessage({ cancel: id });
      reject(new Trouble("cancelled"));
    }
    this.#asked.clear();
    this.#settle();
  }

  stop(why = "stopped") {
    this.#worker?.terminate();
    this.#worker = undefined;
    clearTimeout(this.#watch);
    const asked = [...this.#asked.values()];
    this.#asked.clear();
    this.#change({ phase: why === "stopped" ? "off" : "failed", message: why === "stopped" ? "" : why, loaded: 0, total: 0 });
    for (const { reject, timer } of asked) {
      clearTimeout(timer);
      reject(new Trouble(why));
    }
  }

  #send(message, onreply, limit) {
    const missing = Python.missing();
    if (missing) return Promise.reject(new Trouble(missing));
    if (!this.#worker) this.#start();
    const id = this.#next++;
    return new Promise((resolve, reject) => {
      this.#asked.set(id, { resolve, reject, onreply, limit, replies: [] });
      this.#worker.postMessage({ id, ...message });
      if (["ready", "busy"].includes(this.state.phase)) this.#begin();
    });
  }

  #start() {
    this.#change({ phase: "loading", loaded: 0, total: 0, message: "" });
    this.#worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
    this.#worker.onmessage = ({ data }) => this.#hear(data);
    this.#worker.onerror = (event) => {
      event.preventDefault();
      this.stop("Python’s files could not be loaded.");
    };
    this.#alive();
  }

  #alive() {
    clearTimeout(this.#watch);
    this.#watch = setTimeout(() => this.stop("Python does not start in this browser."), SILENCE * 1000);
  }

  // Clocks run from when Python could begin, and from the last sign of a download, which takes the time it takes. While it
  // works at one question, only the clock of that one runs.
  #begin(begun = [...this.#asked.values()]) {
    for (const { timer } of this.#asked.values()) clearTimeout(timer);
    for (const asked of begun) {
      asked.timer = setTimeout(() => this.stop(`Stopped after ${asked.limit} seconds.`), asked.limit * 1000);
    }
    if (begun.length) this.#change({ phase: "busy" });
  }

  #settle() {
    if (!this.#asked.size && this.state.phase === "busy") this.#change({ phase: "ready" });
  }

  #hear({ id, began, reply, text, shown, trouble, done, loaded, total, ready, failed, broken }) {
    if (broken) {
      this.stop("That was too much for Python, which was ended.");
    } else if (failed) {
      this.stop(`The download failed: ${failed}.`);
    } else if (ready) {
      clearTimeout(this.#watch);
      this.#change({ phase: "ready" });
      this.#begin();
    } else if (loaded) {
      if (["ready", "busy"].includes(this.state.phase)) this.#begin();
      else this.#alive();
      this.#change({ loaded, total, phase: this.state.phase === "loading" && loaded >= total ? "starting" : this.state.phase });
    }
    const asked = this.#asked.get(id);
    if (!asked) return;
    if (began) this.#begin([asked]);
    if (reply || text !== undefined) {
      asked.replies.push(reply ?? text);
      asked.onreply(reply ?? text);
    }
    if (!done) return;
    clearTimeout(asked.timer);
    this.#asked.delete(id);
    this.#begin();
    this.#settle();
    if (trouble) asked.reject(new Trouble(trouble));
    else asked.resolve(shown ?? asked.replies);
  }

  #change(changes) {
    this.state = { ...this.state, ...changes };
    this.tell(this.state);
  }
}

// Keep this page and Python for a time without a network, where the browser can.
export async function keepOffline() {
  if (!navigator.serviceWorker) return;
  const here = new URL(".", import.meta.url);
  try {
    // Beside the pages, whose requests it answers.
    await navigator.serviceWorker.register(new URL("../../offline.js", here));
    const { active } = await navigator.serviceWorker.ready;
    const { folder, bytes } = await (await fetch(new URL("manifest.json", here))).json();
    const parts = Object.keys(bytes).filter((name) => name !== "rest.zip.gz").map((name) => new URL(`${folder}/${name}`, here).href);
    const own = ["manifest.json", "runtime.js", "worker.js", "memory.js", "console.js"].map((name) => new URL(name, here).href);
    const page = performance.getEntriesByType("resource").map(({ name }) => name).filter((name) => name.startsWith(location.origin));
    active.postMessage({ keep: [...new Set([location.href.split(/[?#]/)[0], ...page, ...own, ...parts])] });
  } catch {
    // A browser that keeps nothing needs the network again.
  }
}

// The state in words.
export function words({ phase, loaded, total, message }) {
  const megabytes = (bytes) => `${(bytes / 1e6).toFixed(1)} MB`;
  if (phase === "loading" && total) return `Downloading Python: ${megabytes(loaded)} of ${megabytes(total)}`;
  return { loading: "Downloading Python", starting: "Starting Python", busy: "Computing", failed: message }[phase] ?? "";
}
