"""The normal forms of thousands of formulas, against mpmath."""

import time

import sympy as sp
from mpmath import mp, mpf

import activlib as al
from formulas import Formulas, slopes, value

x = al.x
SAMPLES = [sp.Rational(p) for p in ("-17/8", "-5/16", "3/8", "7/4", "35/8")]
AWAY = mpf(10) ** -25


def number(e):
    return mp.inf * (1 if e > 0 else -1) if e.is_infinite else mpf(str(e.evalf(40, maxn=300)))


def agree(a, b):
    if mp.isinf(a) or mp.isinf(b):
        return a == b
    return abs(a - b) < mpf(10) ** -9 * max(abs(a), abs(b)) + mpf(10) ** -15


def faults(text, function):
    """(what is wrong with the normal form of a formula, how many values and joints were compared)."""
    try:
        form = al.define(text).line()
    except ValueError:
        return [], 0, 0
    wrong, joints = [], 0
    for p in SAMPLES:
        if p not in form.cuts:
            e, wanted = form.expressions[sum(bool(cut < p) for cut in form.cuts)], value(function, mpf(p.p) / p.q)
            got = None if e is sp.nan else e.subs(x, p)
            if (got is None or not got.is_real) != (wanted is None):
                wrong += [] if form.unsolved else [f"{text}: {got} at {p}, not {wanted}"]
            elif wanted is not None and abs(number(got) - wanted) > AWAY * max(1, abs(wanted)):
                wrong.append(f"{text}: {got} at {p}, not {wanted}")
    for i, cut in enumerate(form.cuts):
        if not cut.is_Rational:
            continue
        p, held = mpf(cut.p) / cut.q, form.value(i)
        here = value(function, p)
        if (held is sp.nan) != (here is None) or (here is not None and abs(number(held) - here) > AWAY * max(1, abs(here))):
            wrong.append(f"{text}: {held} at {cut}, not {here}")
        elif here is not None:
            sides = [s for s in slopes(function, p) if s is not None]
            if sides and "?" not in sides:
                joints += 1
                exists = len(sides) == 1 or agree(*sides)
                if exists != form.exists(i, 1) or (exists and not agree(number(form.value(i, 1)), sides[0])):
                    wrong.append(f"{text}: f' = {form.value(i, 1)} at {cut}, but the quotients tend to {sides}")
    return wrong, len(SAMPLES), joints


def test_values_and_derivatives_at_joints_of_thousands_of_formulas_are_those_of_mpmath():
    source, wrong, values, joints = Formulas(seed=14), [], 0, 0
    with mp.workdps(60):
        for _ in range(1000):
            begin = time.thread_time()
            text, function = source.write(source.random.randint(2, 4))
            found, compared, at_joints = faults(text, function)
            wrong, values, joints = wrong + found, values + compared, joints + at_joints
            assert time.thread_time() - begin < 3, text
    assert wrong == []
    assert values > 4000
    assert joints > 500


def test_a_wrong_normal_form_would_be_found():
    with mp.workdps(60):
        assert faults("relu(x)", lambda x: max(x, 0)) == ([], 5, 1)
        assert len(faults("relu(x)", abs)[0]) == 2  # two samples; the value at 0 is right
        assert len(faults("x*abs(x)", lambda x: x * abs(x) + abs(x))[0]) >= 1
        assert len(faults("x", lambda x: x / x)[0]) >= 1
