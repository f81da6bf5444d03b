"""Texts as tokens: one a character, and windows of tokens with those that come next."""

import numpy as np
from numpy.typing import ArrayLike, NDArray

from companion.data.table import Ids
from companion.errors import CourseError


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
            f"Tokens should be from 0 to {vocab_size - 1}; these are from {rows.min()} to "
            f"{rows.max()}."
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
