"""Word vectors: a word is known by the company it keeps (Firth, 1957).

Words that occur near the same words get nearby vectors. We count neighbours, take the positive
pointwise mutual information, and keep its largest singular directions. Skip-gram with negative
sampling factors nearly the same matrix (Levy & Goldberg, 2014); counting needs no training and
gives the same vectors each time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import sparse
from scipy.sparse.linalg import svds

from companion.errors import CourseError

SMOOTHING = 0.75
"""Power of a neighbour's frequency (Levy, Goldberg & Dagan, 2015): rare words look less special."""


@dataclass(frozen=True)
class WordVectors:
    """Words and their vectors.

    Attributes:
        words: the vocabulary, the most frequent first.
        vectors: one row of length 1 a word, ``(V, d)``.
    """

    words: list[str]
    vectors: NDArray[np.float64]

    def __getitem__(self, word: str) -> NDArray[np.float64]:
        """Return the vector of a word, ``(d,)``."""
        return self.vectors[self._index(word)]

    def neighbours(self, word: str, k: int = 10) -> list[str]:
        """Return the k words whose vectors make the smallest angle with that of a word."""
        scores = self.vectors @ self[word]
        scores[self._index(word)] = -np.inf
        return [self.words[i] for i in np.argsort(-scores)[: min(k, len(scores) - 1)]]

    def _index(self, word: str) -> int:
        try:
            return self.words.index(word)
        except ValueError:
            raise CourseError(
                f"{word!r} is not among the {len(self.words)} most frequent words; choose one that "
                "is, or train with more words."
            ) from None


def train_word_vectors(
    text: Sequence[str], *, num_words: int = 3000, dim: int = 100, window: int = 4
) -> WordVectors:
    """Learn vectors from a text.

    Args:
        text: its words in order.
        num_words: size of the vocabulary, V; rarer words are left out.
        dim: length of a vector, d.
        window: how far away a neighbour may stand; one at distance r counts 1/r.

    Raises:
        CourseError: fewer different words than dimensions.
    """
    words = [word for word, _ in Counter(text).most_common(num_words)]
    if not 0 < dim < len(words):
        raise CourseError(
            f"{len(words)} different words allow for 1 to {len(words) - 1} dimensions, not {dim}."
        )
    number = {word: i for i, word in enumerate(words)}
    ids = np.array([number.get(word, -1) for word in text])
    matrix = positive_information(neighbour_counts(ids, len(words), window))
    # A fixed start makes the iteration, and so the vectors, repeatable.
    left, sizes, _ = svds(matrix, k=dim, v0=np.ones(len(words)))
    vectors = left * np.sqrt(sizes)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return WordVectors(words, vectors / np.maximum(lengths, 1e-12))


def neighbour_counts(ids: NDArray[np.integer], num_words: int, window: int) -> Any:
    """Count how often words stand near each other.

    Args:
        ids: words of a text in order; -1 is a word to leave out.
        num_words: V.
        window: largest distance.

    Returns:
        A symmetric sparse matrix ``(V, V)``: the sum over places of one over the distance.
    """
    counts = sparse.csr_array((num_words, num_words))
    for distance in range(1, min(window, len(ids) - 1) + 1):
        a, b = ids[:-distance], ids[distance:]
        known = (a >= 0) & (b >= 0)
        weights = np.full(int(known.sum()), 1 / distance)
        near = sparse.coo_array((weights, (a[known], b[known])), shape=counts.shape).tocsr()
        counts = counts + near + near.T
    return counts


def positive_information(counts: Any) -> Any:
    """Return ``max(0, log P(a, b) / (P(a) P'(b)))``: how much more often a meets b than by chance.

    Args:
        counts: from :func:`neighbour_counts`.

    Returns:
        A sparse matrix ``(V, V)``; ``P'`` is the neighbours' frequency to the power ``SMOOTHING``,
        normalised.
    """
    pairs = counts.tocoo()
    a, b = pairs.coords
    frequency = np.asarray(counts.sum(axis=1))
    smoothed = frequency**SMOOTHING / np.sum(frequency**SMOOTHING)
    # P(a, b) / P(a) is the pair's count over the word's own.
    information = np.log(pairs.data / (frequency[a] * smoothed[b]))
    return sparse.csr_array((np.maximum(information, 0), (a, b)), shape=pairs.shape)
