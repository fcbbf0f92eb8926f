"""The package: its entries and public names, and what it imports when."""

import subprocess
import sys

import pytest

import activlib as al


def test_activations_are_in_the_books_order_under_their_names():
    families = [sys.modules[f"activlib.catalogue.{family}"] for family in sys.modules["activlib.catalogue"].families]
    wanted = [entry for family in families for entry in vars(family).values() if isinstance(entry, al.Activation)]
    assert list(al.activations.values()) == wanted
    first = [al.sigmoid, al.tanh, al.relu, al.leaky_relu, al.elu]
    assert [entry for entry in wanted if entry in first] == first
    assert all(name == entry.name and getattr(al, name) is entry for name, entry in al.activations.items())
    with pytest.raises(TypeError):
        al.activations["mine"] = al.elu


def test_every_public_name_is_there_and_others_are_refused_with_the_list():
    assert len(set(al.__all__)) == len(al.__all__)
    assert all(hasattr(al, name) for name in al.__all__)
    with pytest.raises(AttributeError, match=r"activlib has no 'sigmoit'; it has Activation, .*facts.*plot.*sigmoid"):
        al.sigmoit  # noqa: B018


HEAVY = ["numpy", "scipy", "matplotlib", "ipywidgets", "anywidget", "flint", "IPython"]
SYMBOLIC = f"""
import sys
sys.modules.update(dict.fromkeys({HEAVY}))  # as though they were not installed
import activlib as al
f = al.define("x if x > 0 else c*tanh(x)", c=2)
for a in (*al.activations.values(), f):
    a.derivative(2), a.stable(1), a.breakpoints, a.pieces(), a._repr_latex_(), repr(a), al.explorer_html(a)
print("symbolic half done")
for use in (lambda: al.elu(1.0), lambda: al.facts(al.elu).range, lambda: al.figure(al.elu)):
    try:
        use()
    except ImportError as error:
        print(error.name)
"""
LAZY = """
import sys, sympy
before = set(sys.modules)  # SymPy itself loads flint where it finds it
import activlib as al
for use in (lambda: al, lambda: al.elu(1.0), lambda: al.facts(al.elu).range, lambda: al.figure):
    use()
    print(*sorted(set(sys.modules) - before))
"""


def run(program):
    return subprocess.check_output([sys.executable, "-c", program], text=True).splitlines()


def test_the_symbolic_half_runs_where_sympy_alone_is_installed():
    assert run(SYMBOLIC) == ["symbolic half done", "numpy", "flint", "numpy"]


def test_heavy_packages_load_when_first_used():
    imported, kernel, facts, figure = (set(line.split()) for line in run(LAZY))
    assert not imported & {*HEAVY, "activlib.kernels", "activlib.facts.report", "activlib.figures", "activlib.explorer.widget"}
    assert {"numpy", "activlib.kernels"} <= kernel
    assert "activlib.facts.report" in facts - kernel
    assert "activlib.figures" in figure - facts
