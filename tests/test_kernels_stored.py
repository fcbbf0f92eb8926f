"""What is kept of a proof in the user's cache: the same kernel in the next process, and never a wrong one."""

import shutil

import numpy as np
import pytest

import activlib as al
from activlib import kept
from activlib.kernels import stored
from activlib.kernels.boxes import weight
from activlib.kernels.intervals import FLOAT32_FORMAT, FLOAT64
from activlib.kernels.running import Kernel
from activlib.kernels.stored import digest, stored_plan

# Programs, polynomials, ball arithmetic, numbers; comparisons; parameters; named constants; a cut
CASES = [(al.gelu, 0), (al.elu, 0), (al.selu, 1), (al.softplus, 0),
         (al.define("sin(x)/x if x != 0 else 1", name="sinc_"), 1)]


@pytest.fixture(autouse=True)
def empty_cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.setattr(stored, "WORTH", 0)
    return tmp_path / "activlib"


@pytest.fixture
def proofs(monkeypatch):
    """The pieces that were proved anew."""
    found, prove = [], stored.make_plan
    monkeypatch.setattr(stored, "make_plan", lambda line, result: found.append(line) or prove(line, result))
    return found


def plan(activation, n=0, result=FLOAT64):
    return stored_plan(activation, n, activation.at(), result)


def values(parts, dtype=np.float64):
    kernel = Kernel(parts, weight, lambda: (0.0, 0.0))
    rng = np.random.default_rng(0)
    ends = [end for p in parts for end in (p.low, p.high)]
    x = np.concatenate([rng.normal(size=500) * 3, rng.normal(size=50) * 40, rng.permutation(ends)[:200], [0.0, -0.0]])
    x = x.astype(dtype)
    out = np.empty_like(x)
    with np.errstate(all="ignore"):
        kernel(x, out)
    return out


@pytest.mark.parametrize(("activation", "n"), CASES, ids=[f"{a.name}-{n}" for a, n in CASES])
@pytest.mark.parametrize("result", [FLOAT64, FLOAT32_FORMAT], ids=["float64", "float32"])
def test_a_plan_that_is_read_is_the_one_that_was_proved(activation, n, result, proofs):
    first, again = plan(activation, n, result), plan(activation, n, result)
    assert len(proofs) == 1
    assert [(p.low, p.high, p.label, p.plain, p.beyond) for p in again] == \
        [(p.low, p.high, p.label, float(p.plain), float(p.beyond)) for p in first]
    assert values(first, result.dtype).tobytes() == values(again, result.dtype).tobytes()


@pytest.mark.parametrize("damage", [lambda text: text[:-40], lambda text: text.replace("0.5", "0.6"), lambda text: "",
                                    lambda text: "\udc80" * 9, lambda text: text.partition("\n")[2]])
def test_a_file_that_is_not_whole_is_proved_anew_and_mended(damage, empty_cache, proofs):
    wanted = values(plan(al.softplus))
    (path,) = empty_cache.iterdir()
    whole = path.read_bytes()
    path.write_bytes(damage(whole.decode()).encode("utf-8", "surrogateescape"))
    assert np.array_equal(values(plan(al.softplus)), wanted)
    assert len(proofs) == 2
    assert path.read_bytes() == whole


def test_a_digest_holds_all_that_a_plan_follows_from(monkeypatch):
    f = al.define("alpha*x", alpha=1)
    g = al.define("alpha*x + 0", name="g", alpha=2)

    def asked(activation=f, n=0, result=FLOAT64):
        return digest(activation.formula, n, activation.at(), result)

    kinds = [asked(), asked(g), asked(n=1), asked(result=FLOAT32_FORMAT), asked(al.define("alpha*x**2", alpha=1))]
    assert len(set(kinds)) == len(kinds)
    assert asked() == asked(al.define("alpha*x", name="another", alpha=1))
    monkeypatch.setattr(stored, "code", lambda: "of another version")
    assert asked() not in kinds


@pytest.mark.parametrize("name", ["kernels/proof.py", "kernels/functions.py", "definition/forms.py", "balls.py"])
def test_a_change_in_the_code_of_kernels_or_definitions_asks_for_another_proof(name, tmp_path, monkeypatch):
    shutil.copytree(kept.ROOT, tmp_path / "activlib", ignore=shutil.ignore_patterns("data", "*.js"))
    before = stored.code.__wrapped__()
    monkeypatch.setattr(kept, "ROOT", tmp_path / "activlib")
    assert stored.code.__wrapped__() == before
    with (tmp_path / "activlib" / name).open("a") as file:
        file.write("\n")
    assert stored.code.__wrapped__() != before


def test_without_a_place_to_write_everything_works(tmp_path, monkeypatch, proofs):
    (tmp_path / "file").write_text("")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    assert plan(al.elu)
    assert plan(al.elu)
    assert len(proofs) == 2


def test_files_that_were_long_not_used_give_way(empty_cache, monkeypatch):
    monkeypatch.setattr(kept, "MOST_FILES", 3)
    for k in range(1, 8):
        plan(al.define(f"x + {k}"))
        assert len(list(empty_cache.iterdir())) <= 3
    assert (empty_cache / digest(al.define("x + 7").formula, 0, {}, FLOAT64)).exists()
