"""The corpus is one text on every system; encoding loses nothing; windows and splits line up."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import numpy as np
import pytest

from companion.data.corpus import (
    CharTokenizer,
    keras_source,
    read_sources,
    split_text,
    windows,
    words,
)
from companion.errors import CourseError

# Of the text as UTF-8, by version: a new lock needs a new line here, and nowhere else a change.
SHA256 = {"3.15.1": "dd8df4fe7037e74e90d3fa11593c50e4010c5dc5c21ca99a1b6fb95720fdf5f5"}


def test_the_source_is_the_same_everywhere() -> None:
    text = keras_source()
    assert hashlib.sha256(text.encode()).hexdigest() == SHA256[version("keras")]
    assert len(text) > 5_000_000


def test_the_source_has_code_and_english_but_no_tests() -> None:
    text = keras_source()
    assert "class Dense(Layer):" in text
    assert "Just your regular densely-connected NN layer." in text
    assert "class DenseTest(" not in text


def test_keras_is_read_and_not_imported() -> None:
    code = (
        "import sys; from companion.data.corpus import keras_source; keras_source();"
        "sys.exit('keras' in sys.modules or 'tensorflow' in sys.modules)"
    )
    assert subprocess.call([sys.executable, "-c", code]) == 0


def test_order_line_ends_and_tests(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    for name, content in {
        "a.py": b"3",
        "a/b.py": b"1\r\n",
        "a/b_test.py": b"test",
        "b.py": b"",
        "a/c.py": "2é\r".encode(),
        "notes.txt": b"no",
    }.items():
        (tmp_path / name).write_bytes(content)
    assert read_sources(tmp_path) == "1\n2é\n3\n"


def test_folders_that_hold_no_source(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="no Python files"):
        read_sources(tmp_path)
    (tmp_path / "a.py").write_bytes(b"ab\xff")
    with pytest.raises(CourseError, match=r"a\.py is not UTF-8 text \(byte 2\)"):
        read_sources(tmp_path)


@pytest.mark.parametrize("held_out", [0.01, 0.1, 0.5])
def test_the_parts_are_the_whole(held_out: float) -> None:
    text = keras_source()[:100_000]
    train, test = split_text(text, held_out)
    assert train + test == text
    assert train.endswith("\n")
    assert len(test) / len(text) == pytest.approx(held_out, abs=0.002)


def test_a_text_without_lines_is_cut_all_the_same() -> None:
    assert split_text("abcdefghij", 0.2) == ("abcdefgh", "ij")
    assert split_text("abcdefghij") == ("abcdefghi", "j")


@pytest.mark.parametrize(
    ("text", "held_out", "message"),
    [
        ("a\nb", 0.0, "above 0"),
        ("a\nb", 1.0, "below 1"),
        ("", 0.5, "0 characters"),
        ("a", 0.1, "1"),
    ],
)
def test_splits_that_make_no_sense(text: str, held_out: float, message: str) -> None:
    with pytest.raises(CourseError, match=message):
        split_text(text, held_out)


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


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("The loss, again: 0.25!", "the loss again 0 25"),
        ("BatchNormalization2D_test", "batch normalization 2 d test"),
        ("HTTPServer getHTTPResponse", "http server get http response"),
        ("naïve Übung", "naïve übung"),
        ("x_train2 __init__", "x train 2 init"),
        ("分词很重要。对吗", "分词很重要 对吗"),
        ("", ""),
    ],
)
def test_words(text: str, expected: str) -> None:
    assert words(text) == expected.split()
