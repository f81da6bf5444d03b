"""A real text, offline and the same everywhere: the source of the installed, locked Keras.

Some megabytes of Python and of English, read where they are installed and never copied. Beside it
the least that a language model needs: a split, words, a tokenizer of characters, and windows.
"""

from __future__ import annotations

import re
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from companion.errors import CourseError
from companion.files import read_text

Ids: TypeAlias = NDArray[np.int32]

# "HTTPServer2" has three words: capitals before a capitalised word, a word, a number.
_WORD = re.compile(r"[^\W\d_]+|\d+")
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


@cache
def keras_source() -> str:
    """Return the source text of the installed Keras: every module of ``keras.src`` but its tests.

    The files come in the order of their paths and with the line ends of Unix, so that one version
    of Keras gives one text on every system. Keras itself is not imported.

    Raises:
        CourseError: Keras is not installed as readable source.
    """
    package = find_spec("keras")
    if package is None or package.origin is None:
        raise CourseError("The corpus is Keras' own source; install Keras with `make setup`.")
    return read_sources(Path(package.origin).parent / "src")


def read_sources(folder: Path) -> str:
    """Return the text of all Python files in a folder and below, but for tests.

    Args:
        folder: the top folder of a package.

    Returns:
        The files in the order of their paths, one after the other; each ends with a line end.

    Raises:
        CourseError: a folder without Python files, or a file that is not UTF-8.
    """
    # Sorted by parts: "a/b.py" before "a.py", whatever the system's separator.
    names = sorted(path.relative_to(folder).parts for path in folder.rglob("*.py"))
    texts = [_read(folder.joinpath(*name)) for name in names if not _is_test(name[-1])]
    if not texts:
        raise CourseError(f"There are no Python files in {folder.name}; name a package's folder.")
    return "".join(texts)


def split_text(text: str, held_out: float = 0.1) -> tuple[str, str]:
    """Cut a text in two, at the start of a line: the last part is for testing.

    One cut and no shuffling: a test text from among the training lines would share their context.

    Args:
        text: the whole.
        held_out: share of the characters to hold out, in (0, 1).

    Returns:
        The training text and the test text; together they are the whole.

    Raises:
        CourseError: a share outside (0, 1), or a text too short to cut.
    """
    if not 0 < held_out < 1:
        raise CourseError(f"held_out should be above 0 and below 1, not {held_out!r}.")
    at = round(len(text) * (1 - held_out))
    at = text.rfind("\n", 0, at) + 1 or at
    if not 0 < at < len(text):
        raise CourseError(f"A text of {len(text)} characters is too short to be cut in two.")
    return text[:at], text[at:]


def words(text: str) -> list[str]:
    """Return the words and numbers of a text, in small letters, without signs.

    Names in code are cut where their writer joined them: ``BatchNormalization2D_test`` gives
    ``batch normalization 2 d test``. A language without spaces, such as Chinese, gives whole
    clauses: it needs :mod:`companion.data.bpe`.
    """
    return [word.lower() for run in _WORD.findall(text) for word in _HUMP.split(run)]


class CharTokenizer:
    """One token a character, numbered in the order of Unicode.

    Args:
        text: the training text; its characters are the vocabulary.

    Raises:
        CourseError: an empty text.
    """

    def __init__(self, text: str) -> None:
        if not text:
            raise CourseError("A tokenizer needs a text to take its characters from.")
        self.characters = sorted(set(text))
        self._codes = _codes("".join(self.characters))

    @property
    def vocab_size(self) -> int:
        """Number of different characters."""
        return len(self.characters)

    def encode(self, text: str) -> Ids:
        """Return one token a character, shape ``(characters,)``.

        Raises:
            CourseError: a character that is not in the vocabulary.
        """
        codes = _codes(text)
        ids = np.minimum(np.searchsorted(self._codes, codes), self.vocab_size - 1)
        missing = self._codes[ids] != codes
        if missing.any():
            raise CourseError(
                f"The character {text[int(missing.argmax())]!r} is not in this tokenizer's text; "
                "make it from a text that has it."
            )
        return ids.astype(np.int32)

    def decode(self, ids: ArrayLike) -> str:
        """Return the text of some tokens.

        Raises:
            CourseError: no whole numbers, or a token outside the vocabulary.
        """
        rows = checked_ids(ids, self.vocab_size)
        return self._codes[rows].tobytes().decode("utf-32-le", "surrogatepass")


def checked_ids(ids: ArrayLike, vocab_size: int) -> NDArray[np.int64]:
    """Return tokens of any shape as one row.

    Raises:
        CourseError: no whole numbers, or one outside 0 to ``vocab_size - 1``.
    """
    rows = np.asarray(ids).ravel()
    if rows.size and rows.dtype.kind not in "iu":
        raise CourseError(f"Tokens should be whole numbers; these are of the type {rows.dtype}.")
    if rows.size and not 0 <= rows.min() <= rows.max() < vocab_size:
        raise CourseError(
            f"This tokenizer knows the tokens 0 to {vocab_size - 1}; there are tokens from "
            f"{rows.min()} to {rows.max()}."
        )
    return rows.astype(np.int64)


def windows(ids: ArrayLike, length: int, stride: int | None = None) -> tuple[Ids, Ids]:
    """Cut a text into pieces of one length, each with the tokens that come next.

    Args:
        ids: tokens ``(n,)``.
        length: tokens in a piece, T.
        stride: from the start of one piece to that of the next; T if left out, so that every
            token is read once.

    Returns:
        Inputs and targets, each ``(pieces, T)``: the target at a place is the token that follows.

    Raises:
        CourseError: tokens that are not one row, a length or stride below 1, or a text too short.
    """
    tokens = np.asarray(ids)
    step = length if stride is None else stride
    whole = tokens.dtype.kind in "iu" or not tokens.size
    if tokens.ndim != 1 or not whole or length < 1 or step < 1:
        raise CourseError(
            "windows needs one row of whole numbers, and a length and a stride of at least 1; it "
            f"has {tokens.dtype} of shape {tokens.shape}, length {length}, stride {step}."
        )
    if len(tokens) <= length:
        raise CourseError(f"{len(tokens)} tokens are too few for a window of {length} and a next.")
    pieces = np.lib.stride_tricks.sliding_window_view(tokens, length + 1)[::step]
    return pieces[:, :-1].astype(np.int32), pieces[:, 1:].astype(np.int32)


def _codes(text: str) -> NDArray[np.uint32]:
    # A lone surrogate is no text to be written out, but it is a character of a Python string.
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")


def _is_test(name: str) -> bool:
    return name.endswith("_test.py") or name == "conftest.py"


def _read(path: Path) -> str:
    text = read_text(path, mend="install the package again")
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text if text.endswith("\n") or not text else text + "\n"
