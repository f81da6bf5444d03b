"""Comparisons: each names the likely mistake, never only "wrong"."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import pytest

from companion.exercises import compare
from companion.exercises.registry import ToDo, Wrong


def said(judge: Callable[[], None]) -> str:
    with pytest.raises(Wrong) as caught:
        judge()
    return str(caught.value)


@pytest.mark.parametrize("value", [2.0, np.float32(2), np.array(2.0), 2, 2 + 1e-9])
def test_equal_numbers_pass(value: Any) -> None:
    compare.number(value, 2.0)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ("2", "one number in dollars; it is '2'"),
        (True, "it is True"),
        (np.True_, "True"),
        ([2.0], "it is [2.0]"),
        (np.array([2.0]), "an array of shape (1,)"),
        ([[1], [1, 2]], "it is [[1], [1, 2]]"),
        (10**400, "one number"),
        (float("nan"), "is nan"),
        (float("inf"), "is inf"),
        (1 + 1j, "one number"),
        (object, "one number"),
        (-2.0, "not right: the sign is turned."),
        (4.0, "it is twice the right one."),
        (1.0, "it is half the right one."),
        *((2.0 * 10.0**k, f"it is 10^{k} times") for k in (-6, -3, -2, -1, 1, 2, 3, 6)),
        (2.7, "too large"),
        (1.3, "too small"),
        (9.0, "that is the square"),
    ],
)
def test_other_numbers_are_explained(value: Any, words: str) -> None:
    causes = [(9.0, "that is the square.")]
    text = said(lambda: compare.number(value, 2.0, causes=causes, unit="dollars"))
    assert words in text


@pytest.mark.parametrize("judge", [compare.number, compare.array])
def test_a_stub_is_to_do(judge: Callable[..., None]) -> None:
    for stub in (..., None):
        with pytest.raises(ToDo):
            judge(stub, 1.0)


def test_single_precision_is_no_mistake_and_no_excuse() -> None:
    compare.number(np.float32(0.1), 0.1, rtol=1e-12)
    assert "too large" in said(lambda: compare.number(np.float32(0.10001), 0.1, rtol=1e-12))
    thirds = np.array([[0.0, 1 / 3], [2e5 / 3, 1e-9]])
    compare.array(thirds.astype(np.float32), thirds, rtol=1e-12, atol=0)
    wrong = thirds.astype(np.float32) * np.float32(1.0001)
    assert "differ" in said(lambda: compare.array(wrong, thirds, rtol=1e-12, atol=0))


PAIR = np.array([1.0, 2.0])


@pytest.mark.parametrize(
    "value", [(1.0, 2.0), [1.0, 2.0], PAIR, keras.ops.convert_to_tensor(PAIR), iter((1.0, 2.0))]
)
def test_several_values_come_in_any_sequence(value: Any) -> None:
    given = compare.called(lambda: value)
    assert [float(entry) for entry in compare.several(given, ("x", "y"))] == [1.0, 2.0]
    assert "x, y, z" in said(lambda: compare.several(given, ("x", "y", "z")))


@pytest.mark.parametrize("value", [1.0, "ab", {"a": 1, "b": 2}, {1, 2}, np.float64(1)])
def test_what_has_no_order_or_no_parts_is_not_several_values(value: Any) -> None:
    assert "x, y" in said(lambda: compare.several(value, ("x", "y")))


@pytest.mark.parametrize(
    "value", [True, np.True_, np.array(True), keras.ops.convert_to_tensor(True)]
)
def test_truth_is_truth_in_any_library(value: Any) -> None:
    assert compare.truth(compare.called(lambda: value)) is True


@pytest.mark.parametrize("value", [1, 0.0, "True", np.array([True])])
def test_other_values_are_not_truth(value: Any) -> None:
    assert "True or False" in said(lambda: compare.truth(compare.called(lambda: value)))


RIGHT = np.arange(6.0).reshape(2, 3)


def test_equal_arrays_pass() -> None:
    compare.array(iter(RIGHT), RIGHT)
    compare.array(RIGHT, RIGHT)
    compare.array(RIGHT.tolist(), RIGHT)
    compare.array(keras.ops.convert_to_tensor(RIGHT), RIGHT)


@pytest.mark.parametrize(
    ("value", "words"),
    [
        (RIGHT.T, "looks transposed"),
        (RIGHT[0], "shape (3,); it should be (2, 3)"),
        (RIGHT + np.nan, "6 values that are NaN"),
        (np.add(RIGHT, [[0, 0, 0], [0, 0.5, 0]]), "1 of 6 values differ, first at index (1, 1)"),
        (RIGHT * 2, "everything was doubled"),
        ("abc", "of type str"),
        ({"a": 1}, "of type dict"),
        ([[1], [1, 2]], "rows have different lengths"),
        (np.array([object()]), "holds the type object"),
        (RIGHT + 1j, "holds the type complex128"),
        (np.zeros((5000, 5000), np.int8), "far more values"),
    ],
)
def test_other_arrays_are_explained(value: Any, words: str) -> None:
    causes = [(RIGHT * 2, "everything was doubled.")]
    assert words in said(lambda: compare.array(value, RIGHT, causes=causes))


def test_a_function_is_called_on_copies() -> None:
    given = np.zeros(3)

    def edits(x: Any) -> Any:
        x += 1
        return x

    assert "changes its argument 1 in place" in said(lambda: compare.called(edits, given))
    assert not given.any()
    assert "should be a function" in said(lambda: compare.called(3, given))
    assert "a `return` missing" in said(lambda: compare.called(lambda x: None, given))
    for stub in (..., lambda x: ...):
        with pytest.raises(ToDo):
            compare.called(stub, given)
    assert compare.called(lambda x: x.sum(), given) == 0


def test_a_word_is_one_of_the_options() -> None:
    compare.choice(" Right ", "right", {"left": "that is the other hand."})
    assert "other hand" in said(lambda: compare.choice("left", "right", {"left": "other hand."}))
    assert "'left', 'right'" in said(lambda: compare.choice(3, "right", {"left": "other hand."}))


def test_raises_tells_refusal_from_answer() -> None:
    assert compare.raises(lambda x: 1 / x, 0)
    assert not compare.raises(lambda x: 1 / x, 2)


def test_counted_arrays_refuse_loops_and_change_no_value() -> None:
    rows, weights = np.arange(12.0).reshape(4, 3), np.ones((3, 2))

    def layer(X: Any, W: Any) -> Any:
        out = X @ W
        out += 1.0
        return np.maximum(out, 0).sum(axis=0)

    (counted,) = compare.Counted.these(rows)
    for _ in range(99):
        _ = counted + 1.0
    total = np.asarray(counted.sum(axis=1, keepdims=True))
    np.testing.assert_array_equal(total, rows.sum(1, keepdims=True))
    with pytest.raises(Wrong, match="no loops"):  # a hundred, if nobody says how many
        _ = counted + 1.0
    given = compare.Counted.these(rows, weights, at_most=10)
    np.testing.assert_array_equal(np.asarray(layer(*given)), layer(rows, weights))
    with pytest.raises(Wrong, match="no loops"):
        [layer(row[None], given[1]) for row in given[0]]
