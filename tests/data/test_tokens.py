"""Encoding loses nothing; windows line up with what comes next."""

from __future__ import annotations

import numpy as np
import pytest

from companion.data import CharTokenizer, keras_source, windows
from companion.errors import CourseError


@pytest.mark.parametrize("text", [keras_source(), "ab\nçµ漢字😀\x00\ud800", "x"])
def test_characters_come_back(text: str) -> None:
    tokenizer = CharTokenizer(text)
    ids = tokenizer.encode(text)
    assert ids.dtype == np.int32
    assert len(ids) == len(text)
    assert tokenizer.vocab_size == len(set(text)) == len(np.unique(ids))
    assert tokenizer.decode(ids) == text


def test_tokens_are_places_in_the_sorted_vocabulary() -> None:
    tokenizer = CharTokenizer("banana")
    assert tokenizer.characters == ["a", "b", "n"]
    assert tokenizer.encode("nab").tolist() == [2, 0, 1]
    assert tokenizer.encode("").tolist() == []
    assert tokenizer.decode([]) == ""


def test_unknown_characters() -> None:
    for strange in "cz☃":
        with pytest.raises(CourseError, match=f"{strange!r} is not in"):
            CharTokenizer("aby").encode("ab" + strange)
    for ids, cause in (([3], "0 to 2"), ([-1], "0 to 2"), ([1.5], "float64"), ([True], "bool")):
        with pytest.raises(CourseError, match=cause):
            CharTokenizer("aby").decode(ids)
    with pytest.raises(CourseError, match="needs a text"):
        CharTokenizer("")


@pytest.mark.parametrize(("length", "stride"), [(4, None), (4, 1), (3, 5), (9, 1)])
def test_windows_by_hand(length: int, stride: int | None) -> None:
    ids = np.arange(10) ** 2
    X, y = windows(ids, length, stride)
    starts = [i for i in range(0, 10, stride or length) if i + length < 10]
    assert X.tolist() == [ids[i : i + length].tolist() for i in starts]
    assert y.tolist() == [ids[i + 1 : i + length + 1].tolist() for i in starts]
    assert X.dtype == y.dtype == np.int32


@pytest.mark.parametrize(
    ("ids", "length", "stride", "message"),
    [
        ([[1, 2]], 1, None, "one row"),
        ([1.5, 2, 3], 1, None, "float64"),
        ([1, 2], 0, None, "at least 1"),
        ([1, 2], 1, 0, "at least 1"),
        ([1, 2], 2, None, "2 tokens are too few"),
        ([], 1, None, "0 tokens are too few"),
    ],
)
def test_windows_that_do_not_fit(ids: list, length: int, stride: int | None, message: str) -> None:
    with pytest.raises(CourseError, match=message):
        windows(ids, length, stride)
