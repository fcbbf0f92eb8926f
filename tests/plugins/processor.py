"""The processor that notebooks are compared on: the oldest one that NumPy can pretend to be, with matrix products of 2011.

`make chapters` stores what the author's processor gave. The tests run the same cells with all of NumPy's newer instructions
switched off, with an old one of OpenBLAS's kernels, which sums in another order, and with one more entry in the
catalogue (`tests/one_more`). One run so shows that the code gives the stored outputs and that these depend neither on the
processor nor on which other activations there are. `--own-processor` compares on this processor and with the catalogue as
they are; `make cold` does both.
"""

import os
from pathlib import Path

import pytest

ONE_MORE = Path(__file__).resolve().parent.parent / "one_more"


def oldest():
    """The environment of a process that is to compute as on the oldest processor of this machine's kind.

    OpenBLAS takes its kernel of Sandy Bridge, which adds in an order of its own and in two roundings where processors since 2013
    take one; older kernels do no other than that and take up to twice as long.
    RuntimeError if this processor has nothing that could be switched off.
    """
    from numpy._core._multiarray_umath import __cpu_dispatch__, __cpu_features__

    features = [name for name in __cpu_dispatch__ if __cpu_features__[name]]
    if not features:
        raise RuntimeError("this processor has no feature to switch off: run the tests on another machine")
    return {"NPY_DISABLE_CPU_FEATURES": " ".join(features),
            "OPENBLAS_CORETYPE": "Sandybridge" if __cpu_features__.get("AVX") else "Prescott"}


def one_more():
    """The environment of a Python whose catalogue has one more entry."""
    return {"PYTHONPATH": os.pathsep.join([str(ONE_MORE), *filter(None, [os.environ.get("PYTHONPATH")])])}


def pytest_addoption(parser):
    parser.addoption("--own-processor", action="store_true",
                     help="compare notebooks on this processor and with the catalogue as they are")


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item):
    """A notebook's kernel starts when its first cell is set up, and takes the environment of that moment."""
    if item.path.suffix != ".ipynb" or item.config.option.own_processor:
        return (yield)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in (oldest() | one_more()).items():
            patch.setenv(name, value)
        return (yield)
