"""Cleaning gives one spelling and is done after one pass; words are cut where a reader cuts."""

from __future__ import annotations

import unicodedata

import numpy as np
import pytest

from companion.data.text import clean, words


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("e\u0301", "é"),
        ("a\r\nb\rc\u2028d\x85e", "a\nb\nc\nd\ne"),
        ("  a \t b\u3000\u00a0c  ", "a b c"),
        ("a  \n  b", "a\nb"),
        ("a\n\n \n\t\n\nb\n", "a\n\nb"),
        ("\ufeffa\x00b\x1bc\ud800", "abc"),
        ("ﬁ x²", "ﬁ x²"),
        ("", ""),
        (" \n ", ""),
        ("👩‍👩‍👧", "👩‍👩‍👧"),
    ],
)
def test_one_spelling(text: str, expected: str) -> None:
    assert clean(text) == expected


def test_the_wider_form() -> None:
    assert clean("ﬁ x² ＡＢ", "NFKC") == "fi x2 AB"


@pytest.mark.parametrize("form", ["NFC", "NFKC"])
def test_a_second_pass_changes_nothing(form: str) -> None:
    rng = np.random.default_rng(0)
    for _ in range(2000):
        codes = rng.choice(
            [*range(0x300), *range(0x2000, 0x2070), 0x3000, 0xFEFF, 0xD800, 0xAC00], 30
        )
        once = clean("".join(map(chr, codes)), form)
        assert clean(once, form) == once
        assert unicodedata.is_normalized(form, once)


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
