"""Cleaning a text, and cutting it into words."""

from __future__ import annotations

import re
import unicodedata
from typing import Literal

# Control characters but for tab and line end; the byte-order mark; halves of surrogate pairs.
_UNSEEN = re.compile("[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\ufeff\ud800-\udfff]")
_LINE_END = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_SPACES = re.compile(r"[^\S\n]+")
# "HTTPServer2" has three words: capitals before a capitalised word, a word, a number.
_WORD = re.compile(r"[^\W\d_]+|\d+")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def clean(text: str, form: Literal["NFC", "NFKC"] = "NFC") -> str:
    """Give one spelling to what looks the same.

    Accents join their letters, every line end becomes ``\\n``, runs of spaces one space, runs of
    blank lines one blank line; control characters and spaces at the ends of lines go. Cleaning
    twice changes nothing more.

    Args:
        text: any string.
        form: Unicode's normal form (Standard Annex 15). ``"NFC"`` keeps every distinction that a
            reader sees; ``"NFKC"`` also writes ``ﬁ`` as ``fi`` and ``²`` as ``2``.
    """
    text = _UNSEEN.sub("", _LINE_END.sub("\n", text))
    text = _SPACES.sub(" ", unicodedata.normalize(form, text))
    text = re.sub(" ?\n ?", "\n", text)
    return re.sub("\n{3,}", "\n\n", text).strip()


def words(text: str) -> list[str]:
    """Return the words and numbers of a text, in small letters, without signs.

    Names in code are cut where their writer joined them: ``BatchNormalization2D_test`` gives
    ``batch normalization 2 d test``. A language without spaces, such as Chinese, gives whole
    clauses: it needs :mod:`companion.data.bpe`.
    """
    return [word.lower() for run in _WORD.findall(text) for word in _HUMP.split(run)]
