"""Run in Pyodide: do what the pages do, and pack what was imported on the way.

/site has SymPy and mpmath, /book activlib, /flint FLINT, /tools this file; /bytecode keeps what was compiled, by content.
Into /out go

    python.zip      byte code of the standard library, SymPy and mpmath: the modules that were imported
    activlib.zip    byte code of activlib's modules
    flint.bin       FLINT, as worker.js unpacks it: the length of a list, the list of [path, size] as JSON, and the files
    rest.zip        the sources of all other modules, which worker.js fetches if one of them is asked for
"""

import ast
import hashlib
import importlib.util
import json
import marshal
import pathlib
import sys
import zipfile
import zipimport

STANDARD = pathlib.Path(f"/lib/python{sys.version_info.major}{sys.version_info.minor}.zip")
ROOTS = {"sympy": "/site", "mpmath": "/site", "activlib": "/book"}
# Of the standard library, what a browser has no use for at all.
LEFT_OUT = ("ensurepip", "idlelib", "lib2to3", "pydoc_data", "test", "turtledemo", "unittest")
DOCUMENTATION = "mpmath/function_docs.py"  # docstrings as variables
RECIPE = 3  # of how byte code is made: a change makes all of it anew
STAMP = (1980, 1, 1, 0, 0, 0)  # of all members, so that the same content is the same file


def sources():
    """{module: (whether it is a package, its path in an archive, where its source is)}."""
    found = {}
    with zipfile.ZipFile(STANDARD) as archive:
        for name in archive.namelist():
            if name.endswith(".py") and name.split("/")[0] not in LEFT_OUT:
                found[name] = archive.read(name)
    for package, root in ROOTS.items():
        for path in pathlib.Path(root, package).rglob("*.py"):
            name = path.relative_to(root).as_posix()
            if "/tests/" not in name and "/benchmarks/" not in name:
                found[name] = path
    modules = {}
    for name, source in found.items():
        parts = name.removesuffix(".py").split("/")
        package = parts[-1] == "__init__"
        modules[".".join(parts[:-1] if package else parts)] = (package, name, source)
    return modules


class Bare(ast.NodeTransformer):
    """A module of another library without what only its readers need: docstrings, and annotations of functions."""

    def visit(self, node):
        self.generic_visit(node)
        documented = isinstance(node, (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef))
        if documented and ast.get_docstring(node, clean=False) is not None:
            node.body[:1] = [] if node.body[1:] or isinstance(node, ast.Module) else [ast.copy_location(ast.Pass(), node.body[0])]
        return node

    def visit_arg(self, node):
        node.annotation = None
        return node

    def visit_FunctionDef(self, node):
        node.returns = None
        return node


def without_lines(code):
    """Code without the table of its line numbers, a third of its size."""
    constants = tuple(without_lines(c) if isinstance(c, type(code)) else c for c in code.co_consts)
    return code.replace(co_consts=constants, co_linetable=b"")


def compiled(name, source):
    """Byte code of a module, as a .pyc file that is never compared with its source. That of activlib keeps everything."""
    key = pathlib.Path("/bytecode", hashlib.sha256(f"{name} {sys.version} {RECIPE}".encode() + source).hexdigest())
    if not key.exists():
        code = compile(source, name, "exec", dont_inherit=True)
        if name == DOCUMENTATION:
            code = compile("def __getattr__(name): return name", name, "exec")
        elif name.split("/")[0] in ("sympy", "mpmath"):
            code = compile(Bare().visit(ast.parse(source, name)), name, "exec", dont_inherit=True)
        if not name.startswith("activlib/"):
            code = without_lines(code)
        key.write_bytes(importlib.util.MAGIC_NUMBER + (1).to_bytes(4, "little") + bytes(8) + marshal.dumps(code))
    return key.read_bytes()


class Collector:
    """A finder and loader that remembers the byte code of every module that it loaded."""

    def __init__(self, modules):
        self.modules, self.loaded = modules, {}

    def byte_code(self, module):
        _, name, source = self.modules[module]
        source = source if isinstance(source, bytes) else source.read_bytes()
        self.loaded[module] = compiled(name, source)
        return self.loaded[module]

    def find_spec(self, name, path=None, target=None):
        if name not in self.modules:
            return None
        return importlib.util.spec_from_loader(name, self, is_package=self.modules[name][0])

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        exec(marshal.loads(self.byte_code(module.__name__)[16:]), module.__dict__)  # what this script compiled


def ask(request, wanted=()):
    """The replies of activlib to what a page asks."""
    from activlib import inpage

    found = list(inpage.replies(request))
    assert found or request["ask"] == "recognize", request
    assert all(("error" in reply) == ("error" in wanted) for reply in found), (request, found)
    return found


FORMULAS = ("x*tanh(exp(x))", "elu(x, alpha=a)", "abs(x)**(1/3) + cos(x)", "log(x)/x if x > 1 else atan(x)", "x/(1 + exp(-x))",
            "sqrt(x**2 + 1) - erfc(x)", "2*sigmoid(2*x) - 1")
PARAMETERS = [{"name": "a", "default": "1/2", "low": "0.1", "high": "3"}]


def look():
    """What a reader sees first: formula, derivative, explorer, errors, and a console that is ready."""
    import activlib as al
    from activlib import inpage

    for formula in FORMULAS:
        ask({"ask": "define", "formula": formula, "parameters": PARAMETERS})
    for wrong in ("x +", "tanhh(x)", "2x", "α*x"):
        ask({"ask": "define", "formula": wrong}, "error")
    ask({"ask": "entries"})
    inpage.shown(al.elu)
    import traceback  # noqa: F401 - the console's


def prove():
    """What takes proofs without FLINT."""
    import activlib as al

    for formula in FORMULAS:
        ask({"ask": "recognize", "formula": formula, "parameters": PARAMETERS})
    for expected, wrong in (("1 - tanh(x)**2", "tanh(x)"), ("sqrt(2)", "3"), ("[0, oo)", "(0, 1)")):
        question = json.loads(json.dumps(al.answer(expected).data()))
        verdicts = [ask({"ask": "check", "answer": question, "text": text})[0]["right"] for text in (expected, wrong)]
        assert verdicts == [True, False], verdicts


def certify():
    """What takes FLINT."""
    import activlib as al
    from activlib import inpage

    for formula in FORMULAS:
        ask({"ask": "facts", "formula": formula, "parameters": PARAMETERS})
    inpage.shown(al.facts(al.elu))
    from activlib.facts.data import as_data

    as_data(al.facts(al.elu))


def pack(name, members):
    """An archive that is not compressed: as a whole it becomes smaller."""
    with zipfile.ZipFile(f"/out/{name}", "w") as archive:
        for path, content in sorted(members.items()):
            archive.writestr(zipfile.ZipInfo(path, STAMP), content)


def main():
    collector = Collector(sources())
    at_start = {name for name, module in sys.modules.items()
                if isinstance(getattr(module.__spec__, "loader", None), zipimport.zipimporter)}
    sys.meta_path.insert(2, collector)  # after what is built in and frozen, before what looks in folders
    sys.path.append("/flint")
    sys.dont_write_bytecode = True
    look()
    prove()
    certify()
    for module in at_start - {"__main__"}:
        collector.byte_code(module)
    packed = {"python.zip": {}, "activlib.zip": {}}
    for module, code in collector.loaded.items():
        name = collector.modules[module][1]
        packed["activlib.zip" if name.startswith("activlib/") else "python.zip"][name + "c"] = code
    others = collector.modules.keys() - collector.loaded.keys()
    finder = pathlib.Path("/tools/rest.py").read_bytes() + f"\n\nNAMES = frozenset({sorted(others)})\n".encode()
    packed["python.zip"]["rest.pyc"] = compiled("rest.py", finder)
    for name, members in packed.items():
        pack(name, members)
    pack("rest.zip", {collector.modules[m][1]: s if isinstance(s := collector.modules[m][2], bytes) else s.read_bytes()
                      for m in others})
    flint = [path for path in sorted(pathlib.Path("/flint").rglob("*")) if path.suffix in (".so", ".py")]
    listed = json.dumps([[path.relative_to("/flint").as_posix(), path.stat().st_size] for path in flint]).encode()
    parts = [len(listed).to_bytes(4, "little"), listed, *(path.read_bytes() for path in flint)]
    pathlib.Path("/out/flint.bin").write_bytes(b"".join(parts))



main()
