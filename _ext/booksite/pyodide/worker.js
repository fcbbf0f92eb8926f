// The worker in which Python runs. It starts by itself; runtime.js owns it and talks with it:
//
//   {id, request}    {id, began} when its turn has come, {id, reply} for each reply as it is found, then {id, done}
//   {id, code}       what the console shows: {id, began}, {id, text} as it is printed, then {id, shown, done}
//   {cancel: id}     no further replies to that request
//
// and without being asked {loaded, total} while files come, {ready} when formulas can be read, {failed: message}, and {broken}
// when Python is beyond repair.

import { forget, recalled, remember } from "./memory.js";

const here = new URL(".", self.location.href);
const say = (message) => self.postMessage(message);
const fail = (error) => say({ failed: error.message });
let manifest;
let folder;
let memoryAddress;
let kept = false; // whether Python's memory is kept, or came from what was
let total = 0;
let loaded = 0;
let arrive;
const arrived = new Promise((resolve) => (arrive = resolve)); // all that formulas need has come, now or on an earlier visit

function count(bytes) {
  loaded += bytes;
  say({ loaded, total });
  if (loaded >= total) arrive();
}

const absent = (url, status) =>
  new Error(`${new URL(url, here).pathname.split("/").pop()} did not come (${status ? `status ${status}` : "no connection"})`);

async function load(url, options) {
  try {
    let response = await fetchPlainly(url, options);
    // Hosts let browsers keep that a file is not there, as they do files.
    if (!response.ok) response = await fetchPlainly(url, { ...options, cache: "reload" });
    if (response.ok) return response;
    throw absent(url, response.status);
  } catch (error) {
    throw error instanceof TypeError ? absent(url) : error; // so a browser says that it reached nobody
  }
}

// The content of a compressed archive, counted as it comes.
async function unpacked(name) {
  const response = await load(new URL(name, folder));
  const counted = new TransformStream({
    transform(chunk, stream) {
      count(chunk.byteLength);
      stream.enqueue(chunk);
    },
  });
  const stream = response.body.pipeThrough(counted).pipeThrough(new DecompressionStream("gzip"));
  return new Uint8Array(await new Response(stream).arrayBuffer());
}

// Pyodide asks for its files itself. The archive of Python's modules comes compressed; whatever fails is told.
const fetchPlainly = self.fetch.bind(self);
self.fetch = async (url, options) => {
  try {
    if (String(url).endsWith("/python.zip")) return new Response(await unpacked("python.zip.gz"));
    return await load(url, options);
  } catch (error) {
    fail(error);
    throw error;
  }
};

// What comes without being unpacked here is counted when it is there.
new PerformanceObserver((entries) => {
  for (const { name } of entries.getEntries()) {
    const file = name.split("/").pop();
    if (manifest?.bytes[file] && !file.endsWith(".gz")) count(manifest.bytes[file]);
  }
}).observe({ type: "resource" });

// For rest.py. In the middle of an import nothing can wait, so this request holds up the worker.
self.fetchRest = () => {
  const request = new XMLHttpRequest();
  request.open("GET", new URL("rest.zip.gz", folder), false);
  request.responseType = "arraybuffer";
  try {
    request.send();
  } catch {
    // Nobody was reached, and the status is 0.
  }
  if (request.status !== 200) throw absent("rest.zip.gz", request.status);
  return new Uint8Array(request.response);
};

async function start() {
  manifest = await (await load(new URL("manifest.json", here), { cache: "no-cache" })).json();
  folder = new URL(`${manifest.folder}/`, here);
  const { bytes } = manifest;
  const first = ["pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python.zip.gz", manifest.activlib];
  total = first.reduce((sum, name) => sum + bytes[name], 0);
  const book = unpacked(manifest.activlib);
  memoryAddress = new URL(`memory-${manifest.activlib}`, folder).href;
  const memory = await recalled(memoryAddress);
  if (memory) arrive();
  let pyodide;
  try {
    pyodide = await begin(memory);
    kept = memory !== undefined;
  } catch (error) {
    if (!memory) throw error;
    await forget();
    pyodide = await begin();
  }
  pyodide.FS.writeFile("/lib/activlib.zip", await book);
  if (!kept) pyodide.runPython("import sys; sys.path.append('/lib/activlib.zip'); import rest");
  const inpage = pyodide.pyimport("activlib.inpage");
  return { pyodide, inpage, names: inpage.namespace() };
}

async function begin(memory) {
  const [{ loadPyodide }, { default: createPyodideModule }] =
    await Promise.all(["pyodide.mjs", "pyodide.asm.mjs"].map((name) => import(new URL(name, folder))));
  return loadPyodide({
    indexURL: folder.href,
    packageBaseUrl: folder.href,
    stdLibURL: new URL("python.zip", folder).href,
    // Without a list of packages of our own Pyodide would ask another host for it.
    lockFileContents: { info: { abi_version: "2026_0", arch: "wasm32", platform: "emscripten", python: "3.14", version: "0" },
      packages: {} },
    env: { HOME: "/home/reader", SYMPY_GROUND_TYPES: "python" },
    _makeSnapshot: true,
    _loadSnapshot: memory,
    async createPyodideModule(settings) {
      const module = await createPyodideModule(settings);
      if (memory) module._malloc(memory.length); // Pyodide does not make room for what is put over all of it
      return module;
    },
  });
}

// FLINT, which only facts and the console need, begins to come when all else is here. Its library, most of it, is compiled
// beside what Python does: where Python asks for it, all would wait.
const LIBRARY = "/lib/flint/python_flint.libs/libflint.so";
let flint;
let library;
async function addFlint() {
  await Promise.race([arrived, started]);
  total += manifest.bytes["flint.bin.gz"];
  const content = await unpacked("flint.bin.gz");
  const { pyodide } = await started;
  let place = 4 + new DataView(content.buffer).getUint32(0, true);
  for (const [name, size] of JSON.parse(new TextDecoder().decode(content.subarray(4, place)))) {
    const path = `/lib/flint/${name}`;
    const file = content.subarray(place, place += size);
    if (path === LIBRARY) library = WebAssembly.compile(file);
    pyodide.FS.mkdirTree(path.slice(0, path.lastIndexOf("/")));
    pyodide.FS.writeFile(path, file, { canOwn: true });
  }
}

// Once: before FLINT, which Pyodide could not put back, and on pages that need no FLINT after the first answer.
function keepMemory({ pyodide }) {
  if (kept) return;
  kept = true;
  try {
    remember(memoryAddress, pyodide.makeMemorySnapshot());
  } catch {
    // What it holds cannot be put back, and the next visit starts Python as this one did.
  }
}

async function withFlint(python) {
  keepMemory(python);
  const { _module: module } = python.pyodide;
  module.preloadedWasm[LIBRARY] ??= await module.loadWebAssemblyModule(await library, { loadAsync: true, nodelete: true,
    allowUndefined: true }, LIBRARY, {});
  python.pyodide.runPython("import sys; '/lib/flint' in sys.path or sys.path.append('/lib/flint')");
}

const needsFlint = ({ code, request }) => code !== undefined || request.ask === "facts";

const started = start();
started.then(() => say({ ready: true })).catch(fail);

const cancelled = new Set();
const pause = () => new Promise((resolve) => setTimeout(resolve));
let queue = started; // one at a time, each from when what it needs is here

self.onmessage = ({ data }) => {
  if (data.cancel) {
    cancelled.add(data.cancel);
    return;
  }
  if (!flint && (needsFlint(data) || data.request.ask === "define")) (flint = addFlint()).catch(fail);
  const here = needsFlint(data) ? flint : started;
  here.then(() => (queue = queue.then(() => (data.code === undefined ? reply(data) : run(data)))), () => {});
};

async function reply({ id, request }) {
  if (cancelled.has(id)) return;
  say({ id, began: true });
  const python = await started;
  const { inpage } = python;
  if (request.ask === "facts") await withFlint(python);
  const replies = inpage.written(JSON.stringify(request));
  try {
    for (let next = replies.next(); !next.done && !cancelled.has(id); next = replies.next()) {
      say({ id, reply: JSON.parse(next.value) });
      await pause(); // a word from the page may have come
    }
    say({ id, done: true });
    replies.destroy();
    if (request.ask === "check") keepMemory(python);
  } catch (error) {
    if (error.pyodide_fatal_error) say({ broken: true });
    else say({ id, done: true, trouble: lastLine(error) });
  }
}

// The last line of a traceback says what happened.
function lastLine(error) {
  const line = String(error.message ?? error).trim().split("\n").pop();
  const missing = /No module named '(\w+)/.exec(line);
  return missing ? `This needs ${missing[1]}, which the Python of this page does not have.` : line;
}

// What the reader typed, in the reader's own browser. Nothing that came with the address gets here by itself.
async function run({ id, code }) {
  say({ id, began: true });
  const python = await started;
  const { pyodide, inpage, names } = python;
  await withFlint(python);
  pyodide.setStdout({ batched: (text) => say({ id, text }) });
  pyodide.setStderr({ batched: (text) => say({ id, text }) });
  try {
    const value = pyodide.runPython(code, { globals: names, filename: "<console>" });
    names.set("_", value);
    say({ id, shown: value === undefined ? undefined : JSON.parse(inpage.shown(value)), done: true });
    value?.destroy?.();
  } catch (error) {
    if (error.pyodide_fatal_error) say({ broken: true });
    else say({ id, trouble: lastLine(error), done: true });
  }
}
