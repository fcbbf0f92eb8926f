// node collect.mjs PYODIDE SITE BOOK FLINT TOOLS BYTECODE OUT: run collect.py in Pyodide, with these folders in sight.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { pathToFileURL } from "node:url";

const [pyodideFolder, ...folders] = process.argv.slice(2);
const { loadPyodide } = await import(pathToFileURL(join(pyodideFolder, "pyodide.mjs")));
const pyodide = await loadPyodide({ indexURL: `${pyodideFolder}/`, env: { SYMPY_GROUND_TYPES: "python" } });
for (const [i, name] of ["site", "book", "flint", "tools", "bytecode", "out"].entries()) {
  pyodide.FS.mkdirTree(`/${name}`);
  pyodide.mountNodeFS(`/${name}`, folders[i]);
}
try {
  pyodide.runPython(readFileSync(new URL("collect.py", import.meta.url), "utf8"));
} catch (error) {
  console.error(error.message); // Node would print the line of Pyodide's code that threw it, all of that file
  process.exit(1);
}
