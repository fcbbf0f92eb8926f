"""What the libraries do for functions of several numbers, as it was measured."""

import html5lib
import numpy as np
import pytest

import activlib as al

CALLED = [name for name, entry in al.vector_activations.items() if entry.libraries]


@pytest.mark.parametrize("name", CALLED)
def test_every_call_has_been_measured(name):
    entry = al.vector_activations[name]
    rows = al.libraries(entry).rows
    assert [row["call"] for row in rows] == [call.text for call in entry.libraries]
    assert all(row["float32"]["values"] and row["float32"]["ulp"] for row in rows)


@pytest.mark.parametrize("name", CALLED)
def test_finite_rows_agree_with_the_definition(name):
    """But for Keras's sparsemax, of which another test tells."""
    entry, found = al.vector_activations[name], al.libraries(al.vector_activations[name])
    row = (1, 2) if entry.kind == "pair" else (1, 2, 3)
    for call, theirs in found.values(*row).items():
        expected = np.ravel(entry(np.array([row], float)))
        for number, exact in zip(theirs, expected, strict=True):  # several where processors differ
            np.testing.assert_allclose(number, exact, rtol=1e-5, atol=1e-6, err_msg=call)


def test_gradients_are_those_of_the_first_result():
    for call, theirs in al.libraries(al.softmax).gradients(1, 2, 3).items():
        np.testing.assert_allclose(theirs, al.softmax.vjp([1.0, 2, 3], [1.0, 0, 0]), rtol=1e-5, err_msg=call)


def test_the_axis_by_default_is_the_one_that_pytorch_takes_by_its_old_rule():
    rows = {row["call"]: row["axis"] for row in al.libraries(al.softmax).rows}
    assert rows["torch.nn.Softmax()"] == {"1": 0, "2": 1, "3": 0, "4": 1}
    assert rows["jax.nn.softmax(x)"] == {"1": 0, "2": 1, "3": 2, "4": 3}


def test_the_half_in_the_gate_is_told():
    assert {row["gate"] for row in al.libraries(al.glu).rows} == {"second"}
    assert {row["gate"] for row in al.libraries(al.swiglu).rows} == {"first"}


def test_masked_and_infinite_rows_are_numbers_again_when_they_are_read():
    found = al.libraries(al.softmax)
    assert all(values == [0, 1] for values in found.values(-np.inf, 0).values())
    assert all(np.isnan(values).all() for values in found.values(np.inf, 0).values())


def test_keras_s_sparsemax_of_a_row_of_small_scores_does_not_sum_to_one():
    (theirs,) = al.libraries(al.sparsemax).values(0.1, 0.2, 0.3, 0.4).values()
    assert sum(theirs) == 0
    np.testing.assert_allclose(al.sparsemax([0.1, 0.2, 0.3, 0.4]), [0.1, 0.2, 0.3, 0.4])


def test_a_row_that_was_not_run_is_refused_with_those_that_were():
    with pytest.raises(LookupError, match=r"no values at \(7.0, 8.0\); there are \(1.0, 2.0, 3.0\)"):
        al.libraries(al.softmax).values(7, 8)


def test_an_entry_without_calls_is_refused():
    with pytest.raises(LookupError, match="reglu: its definition names no call"):
        al.libraries(al.reglu)


@pytest.mark.parametrize("name", CALLED)
def test_the_table_is_html_with_a_row_for_each_call(name):
    found = al.libraries(al.vector_activations[name])
    html = found._repr_html_()
    table = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False).parseFragment(html).find(".//table")
    assert len(table.findall(".//th[@scope='row']")) == len(found.rows)
    assert "nan" not in html
    assert "inf<" not in html
