"""The corpus is one text on every system, split without loss; words are cut where a reader cuts."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from companion.data.corpus import keras_source, read_sources, split_text, words
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


def test_the_parts_are_the_whole() -> None:
    text = keras_source()[:100_000]
    train, test = split_text(text)
    assert train + test == text
    assert train.endswith("\n")
    assert len(test) / len(text) == pytest.approx(0.1, abs=0.002)


def test_a_text_without_lines_is_cut_all_the_same() -> None:
    assert split_text("abcdefghij") == ("abcdefghi", "j")


@pytest.mark.parametrize("text", ["", "a"])
def test_a_text_too_short_to_cut(text: str) -> None:
    with pytest.raises(CourseError, match=f"A text of {len(text)} characters"):
        split_text(text)


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
