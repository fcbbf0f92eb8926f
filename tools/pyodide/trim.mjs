// node trim.mjs FLINT METADCE: leave in FLINT's libraries what the extension modules in the folder can reach.
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const [folder, metadce] = process.argv.slice(2);
const libraries = join(folder, "python_flint.libs");

const FEATURES = ["bulk-memory", "bulk-memory-opt", "mutable-globals", "sign-ext", "nontrapping-float-to-int", "multivalue",
  "reference-types", "call-indirect-overlong", "exception-handling", "extended-const"];
// What a dynamic linker calls by itself.
const STARTS = ["__wasm_call_ctors", "__wasm_apply_data_relocs"];

const load = (file) => new WebAssembly.Module(readFileSync(file));
const exported = (module) => WebAssembly.Module.exports(module).map(({ name }) => name);
// Names that other modules provide: functions, and addresses of functions and data in the global offset table.
const imported = (module) => WebAssembly.Module.imports(module)
  .filter(({ module: from }) => ["env", "GOT.mem", "GOT.func"].includes(from));

function extensions(place) {
  return readdirSync(place, { withFileTypes: true }).flatMap((entry) => {
    const path = join(place, entry.name);
    return entry.isDirectory() ? extensions(path) : path.endsWith(".so") ? [path] : [];
  });
}

const wanted = new Set(extensions(join(folder, "flint")).flatMap((file) => imported(load(file)).map(({ name }) => name)));
for (const library of ["libflint.so", "libmpfr.so", "libgmp.so"]) { // each is asked by the ones before it
  const file = join(libraries, library);
  const module = load(file);
  const own = new Set(exported(module));
  const graph = [...own].map((name) => ({
    name: `export ${name}`, export: name, ...(wanted.has(name) || STARTS.includes(name) ? { root: true } : {}),
  }));
  for (const { module: from, name } of imported(module)) { // a library asks itself through the linker, too
    graph.push({ name: `import ${from} ${name}`, import: [from, name], reaches: own.has(name) ? [`export ${name}`] : [] });
  }
  writeFileSync(`${file}.json`, JSON.stringify(graph));
  const features = FEATURES.map((feature) => `--enable-${feature}`);
  execFileSync(process.execPath, [metadce, file, "-f", `${file}.json`, "-o", `${file}.new`, ...features],
    { stdio: ["ignore", "ignore", "inherit"] });
  rmSync(`${file}.json`);
  const before = statSync(file).size;
  renameSync(`${file}.new`, file);
  for (const { name } of imported(load(file))) wanted.add(name);
  console.log(`${library}: ${before} -> ${statSync(file).size} bytes`);
}
