"""How GPT-2 cuts a text into words, and writes their bytes as visible letters."""

import re
import sys
import unicodedata
from functools import cache

import numpy as np

from companion.errors import CourseError


@cache
def byte_letters() -> tuple[str, ...]:
    """Return a visible character for each byte, as GPT-2 writes them in its files.

    Bytes that are visible characters of Latin-1 stand for themselves; the other 68, in order, get
    the characters from 256 on: the space is ``Ġ``, the line end ``Ċ``.
    """
    visible = {*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)}
    hidden = [byte for byte in range(256) if byte not in visible]
    return tuple(chr(b if b in visible else 256 + hidden.index(b)) for b in range(256))


def letters_of(word: str) -> str:
    """Write a word's bytes as letters; a :class:`CourseError` for half a surrogate pair."""
    try:
        # In Latin-1 each byte is the character of its number.
        return word.encode().decode("latin-1").translate(byte_letters())
    except UnicodeEncodeError as error:
        raise CourseError(
            f"The text holds half a surrogate pair ({word[error.start]!r}), which is no character; "
            "decode it again with errors='replace'."
        ) from error


def split_words(text: str) -> list[str]:
    """Cut a text into words, numbers, signs and spaces, as GPT-2 does; nothing is lost.

    One space belongs to the word after it. ``'s``, ``'ll`` and their like are words of their own.
    What a letter is, Python's version of Unicode says: newer letters are taken for signs.
    """
    return _word_pattern().findall(text)


@cache
def _word_pattern() -> re.Pattern[str]:
    letters, digits = unicode_ranges("L"), unicode_ranges("N")
    # Unicode's white space; Python's own `\s` also has four old control characters.
    space = "\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
    return re.compile(
        f"'s|'t|'re|'ve|'m|'ll|'d| ?[{letters}]+| ?[{digits}]+| ?[^{space}{letters}{digits}]+"
        # Of several spaces all but the last stand alone.
        f"|[{space}]+(?![^{space}])|[{space}]+"
    )


@cache
def unicode_ranges(category: str) -> str:
    """Write the characters of a category of Unicode as ranges: Python's `re` has no `\\p{L}`."""
    names = map(unicodedata.category, map(chr, range(sys.maxunicode + 1)))
    inside = np.array([name[0] == category for name in names], np.int8)
    edges = np.flatnonzero(np.diff(inside, prepend=0, append=0))
    return "".join(
        f"\\U{first:08x}-\\U{end - 1:08x}" for first, end in edges.reshape(-1, 2).tolist()
    )
