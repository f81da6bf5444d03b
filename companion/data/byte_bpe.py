"""GPT-2's tokenizer: byte-pair encoding on bytes, so that 256 symbols are enough for any script.

Radford et al. (2019), § 2.2.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike

from companion.data.bpe import Pair, apply_merges, learn_merges
from companion.data.byte_words import byte_letters, letters_of, split_words
from companion.data.table import Ids
from companion.data.tokens import checked_ids
from companion.errors import CourseError


class ByteLevelBPE:
    """Every text has tokens, and they give back exactly that text.

    A text is cut into words with the space before them; its bytes in UTF-8 are written as 256
    visible characters (:func:`byte_letters`); merges do the rest. Tokens in ``vocab`` that no merge
    makes, such as ``<|endoftext|>``, are never written by :meth:`encode`: a text cannot fake them.

    Args:
        vocab: number of each token; it holds the 256 letters and what each merge makes. Its other
            tokens are special.
        merges: pairs in the order of learning.

    Raises:
        CourseError: a vocabulary that lacks a letter or a merged symbol, whose numbers are not 0 to
            V - 1, or with a token that no bytes make.
    """

    needs_all_bytes: ClassVar[bool] = True

    def __init__(self, vocab: Mapping[str, int], merges: Sequence[Pair]) -> None:
        _check(vocab, merges, self.needs_all_bytes)
        self.vocab, self.merges = dict(vocab), list(merges)
        self._ranks = {pair: i for i, pair in enumerate(merges)}
        self._tokens = sorted(vocab, key=vocab.__getitem__)
        self._known: dict[str, list[int]] = {}

    @classmethod
    def train(cls, text: str, vocab_size: int) -> Self:
        """Learn a vocabulary from a text.

        Args:
            text: the training text.
            vocab_size: tokens wanted, the 256 bytes among them; there are fewer if the text has
                too few pairs that occur twice.

        Raises:
            CourseError: fewer tokens than bytes.
        """
        letters = sorted(byte_letters())
        if vocab_size < len(letters):
            raise CourseError(
                f"A byte-level vocabulary has at least {len(letters)} tokens; {vocab_size} are too "
                "few."
            )
        words = Counter(letters_of(word) for word in split_words(text))
        merges = learn_merges(words, vocab_size - len(letters), letters)
        tokens = dict.fromkeys([*letters, *(a + b for a, b in merges)])
        return cls({token: i for i, token in enumerate(tokens)}, merges)

    @property
    def vocab_size(self) -> int:
        """Number of tokens, V."""
        return len(self.vocab)

    def encode(self, text: str) -> Ids:
        """Return the tokens of a text, shape ``(n,)``.

        Raises:
            CourseError: half a surrogate pair, which no encoding of Unicode can write.
        """
        ids: list[int] = []
        for word in self.split(text):
            if word not in self._known:
                symbols = apply_merges(letters_of(word), self._ranks)
                self._known[word] = [self.vocab[s] for s in symbols if s in self.vocab]
            ids += self._known[word]
        return np.array(ids, np.int32)

    def split(self, text: str) -> list[str]:
        """Cut a text into the words inside which pairs are joined."""
        return split_words(text)

    def decode(self, ids: ArrayLike) -> str:
        """Return the text; bytes that are not whole characters become ``\\ufffd``.

        Raises:
            CourseError: no whole numbers, or a token outside the vocabulary.
        """
        letters = "".join(self._tokens[i] for i in checked_ids(ids, self.vocab_size))
        to_bytes = {ord(letter): byte for byte, letter in enumerate(byte_letters())}
        return letters.translate(to_bytes).encode("latin-1").decode("utf-8", "replace")


def _check(vocab: Mapping[str, int], merges: Sequence[Pair], all_bytes: bool) -> None:
    if sorted(vocab.values()) != list(range(len(vocab))):
        raise CourseError(f"The {len(vocab)} tokens should be numbered 0 to {len(vocab) - 1}.")
    letters = set(byte_letters())
    if all_bytes and (missing := sorted(letters - vocab.keys())):
        raise CourseError(
            f"The vocabulary lacks {len(missing)} of the 256 byte letters, such as {missing[0]!r}; "
            "it is not one of GPT-2's kind."
        )
    if strange := set("".join(vocab)) - letters:
        raise CourseError(f"A token of the vocabulary has {min(strange)!r}, which is no byte.")
    for a, b in merges:
        if missing := [part for part in (a, b, a + b) if part not in vocab]:
            raise CourseError(
                f"The merge {a!r} {b!r} needs {missing[0]!r}, which the vocabulary lacks; the two "
                "are from different tokenizers."
            )
