// The worker in which Python runs. It starts by itself; runtime.js owns it and talks with it:
//
//   {id, request}    replies {id, reply} as they are found, then {id, done}
//   {id, code}       what the console shows: {id, text} as it is printed, then {id, shown, done}
//   {cancel: id}     no further replies to that request
//
// and without being asked {loaded, total} while files come, {ready} when formulas can be read, {failed: message}, and {broken}
// when Python is beyond repair.

const here = new URL(".", self.location.href);
const say = (message) => self.postMessage(message);
let manifest;
let folder;
let total = 0;
let loaded = 0;

function count(bytes) {
  loaded += bytes;
  say({ loaded, total });
}

async function load(url, options) {
  let response = await fetchPlainly(url, options);
  // Hosts let browsers keep that a file is not there, as they do files.
  if (!response.ok) response = await fetchPlainly(url, { ...options, cache: "reload" });
  if (!response.ok) throw new Error(`${new URL(url, here).pathname.split("/").pop()} did not come (status ${response.status})`);
  return response;
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
    say({ failed: error.message });
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

// In the middle of an import nothing can wait, so this request holds up the worker.
function fetchRest() {
  const request = new XMLHttpRequest();
  request.open("GET", new URL("rest.zip.gz", folder), false);
  request.responseType = "arraybuffer";
  request.send();
  if (request.status !== 200) throw new Error(`rest.zip.gz did not come (status ${request.status})`);
  return new Uint8Array(request.response);
}

async function start() {
  manifest = await (await load(new URL("manifest.json", here), { cache: "no-cache" })).json();
  folder = new URL(`${manifest.folder}/`, here);
  const { bytes } = manifest;
  const first = ["pyodide.mjs", "pyodide.asm.mjs", "pyodide.asm.wasm", "python.zip.gz", manifest.activlib];
  total = first.reduce((sum, name) => sum + bytes[name], 0);
  const book = unpacked(manifest.activlib);
  const { loadPyodide } = await import(new URL("pyodide.mjs", folder));
  const pyodide = await loadPyodide({
    indexURL: folder.href,
    packageBaseUrl: folder.href,
    stdLibURL: new URL("python.zip", folder).href,
    // Without a list of packages of our own Pyodide would ask another host for it.
    lockFileContents: { info: { abi_version: "2026_0", arch: "wasm32", platform: "emscripten", python: "3.14", version: "0" },
      packages: {} },
    env: { HOME: "/home/reader", SYMPY_GROUND_TYPES: "python" },
  });
  pyodide.FS.writeFile("/lib/activlib.zip", await book);
  pyodide.runPython("import sys; sys.path.append('/lib/activlib.zip')");
  pyodide.pyimport("rest").install(() => pyodide.toPy(fetchRest()).tobytes());
  const inpage = pyodide.pyimport("activlib.inpage");
  return { pyodide, inpage, names: inpage.namespace() };
}

// FLINT, which only facts need, comes when formulas can be read.
async function addFlint({ pyodide }) {
  total += manifest.bytes["flint.zip.gz"];
  pyodide.FS.writeFile("/lib/flint.zip", await unpacked("flint.zip.gz"));
  pyodide.runPython(`
import os, sys, zipfile
with zipfile.ZipFile("/lib/flint.zip") as archive:
    archive.extractall("/lib/flint")
os.remove("/lib/flint.zip")
sys.path.append("/lib/flint")`);
}

const started = start();
const flint = started.then((python) => {
  say({ ready: true });
  return addFlint(python);
});
for (const step of [started, flint]) step.catch((error) => say({ failed: error.message }));

const cancelled = new Set();
const pause = () => new Promise((resolve) => setTimeout(resolve));
let queue = started; // one at a time

self.onmessage = ({ data }) => {
  if (data.cancel) cancelled.add(data.cancel);
  else queue = queue.then(() => (data.code === undefined ? reply(data) : run(data)));
};

async function reply({ id, request }) {
  if (cancelled.has(id)) return;
  const { inpage } = await started;
  if (request.ask === "facts") await flint;
  const replies = inpage.written(JSON.stringify(request));
  try {
    for (let next = replies.next(); !next.done && !cancelled.has(id); next = replies.next()) {
      say({ id, reply: JSON.parse(next.value) });
      await pause(); // a word from the page may have come
    }
    say({ id, done: true });
    replies.destroy();
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
  const { pyodide, inpage, names } = await started;
  await flint;
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
