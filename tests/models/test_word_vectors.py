"""Counts by hand, vectors by a full decomposition, and neighbours far beyond chance."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from companion.data import keras_source, words
from companion.errors import CourseError
from companion.models.word_vectors import (
    SMOOTHING,
    WordVectors,
    neighbour_counts,
    positive_information,
    train_word_vectors,
)

# Written down before any vector was looked at; none was taken out for its score.
PARTNERS = """
height width, max min, input output, encoder decoder, true false, row column, mean variance,
beta gamma, sin cos, lower upper, left right, first second, tensorflow jax, lstm gru, kernel bias,
positive negative, train test, float int, rows columns, precision recall, weights biases, save load,
forward backward, start stop, key value, keys values, encode decode, sum mean, argmax argmin,
exp log, ones zeros, maximum minimum, relu sigmoid, adam sgd, numpy torch, list tuple
"""


@pytest.fixture(scope="module")
def text() -> list[str]:
    return words(keras_source())


@pytest.fixture(scope="module")
def trained(text: list[str]) -> WordVectors:
    return train_word_vectors(text, num_words=2000, dim=60)


def hit_rate(vectors: WordVectors) -> float:
    """Return the share of partners among the ten neighbours of a word, asked both ways."""
    pairs = [pair.split() for pair in PARTNERS.split(",")]
    asked = pairs + [[b, a] for a, b in pairs]
    return float(np.mean([b in vectors.neighbours(a) for a, b in asked]))


def test_partners_are_neighbours(trained: WordVectors) -> None:
    chance = 10 / (len(trained.words) - 1)
    assert hit_rate(trained) > 0.75 > 100 * chance


def test_nearest_by_hand() -> None:
    angles = np.deg2rad([0, 10, 40, 90, 180])
    vectors = WordVectors(list("abcde"), np.stack([np.cos(angles), np.sin(angles)], axis=1))
    assert vectors.neighbours("a", 3) == ["b", "c", "d"]
    assert vectors.neighbours("c", 5) == ["b", "a", "d", "e"]


def test_shuffled_text_teaches_nothing(text: list[str]) -> None:
    shuffled = np.random.default_rng(0).permutation(text).tolist()
    assert hit_rate(train_word_vectors(shuffled, num_words=2000, dim=10)) < 0.15


def test_counts_by_hand() -> None:
    text, window = np.array([0, 1, 2, -1, 1, 0, 0, 2]), 3
    expected = np.zeros((3, 3))
    for i, j in itertools.permutations(range(len(text)), 2):
        if abs(i - j) <= window and text[i] >= 0 and text[j] >= 0:
            expected[text[i], text[j]] += 1 / abs(i - j)
    np.testing.assert_allclose(neighbour_counts(text, 3, window).toarray(), expected)


def test_information_by_hand() -> None:
    text = np.random.default_rng(0).integers(0, 6, 200)
    counts = neighbour_counts(text, 6, 2)
    dense, total = counts.toarray(), counts.sum()
    chance = dense.sum(axis=0)
    smoothed = chance**SMOOTHING / (chance**SMOOTHING).sum()
    expected = np.log((dense / total) / np.outer(chance / total, smoothed))
    result = positive_information(counts).toarray()
    np.testing.assert_allclose(result, np.maximum(expected, 0), atol=1e-12)
    assert result.any()


def test_vectors_are_those_of_a_full_decomposition() -> None:
    text = [str(i) for i in np.random.default_rng(1).zipf(1.5, 5000) if i < 40]
    result = train_word_vectors(text, num_words=20, dim=5, window=2)
    number = {word: i for i, word in enumerate(result.words)}
    ids = np.array([number.get(word, -1) for word in text])
    matrix = positive_information(neighbour_counts(ids, 20, 2)).toarray()
    left, sizes, _ = np.linalg.svd(matrix)
    expected = left[:, :5] * np.sqrt(sizes[:5])
    expected /= np.linalg.norm(expected, axis=1, keepdims=True)
    # Directions have no sign and no order of their own; angles between words do not care.
    cosines = result.vectors @ result.vectors.T
    np.testing.assert_allclose(cosines, expected @ expected.T, rtol=0, atol=1e-8)


def test_the_same_text_gives_the_same_neighbours() -> None:
    text = words(keras_source()[:200_000])
    one, two = (train_word_vectors(text, num_words=300, dim=20) for _ in range(2))
    np.testing.assert_array_equal(one.vectors, two.vectors)


def test_words_that_are_not_there(trained: WordVectors) -> None:
    for ask in (trained.__getitem__, trained.neighbours):
        with pytest.raises(CourseError, match="'xyzzy' is not among the 2000"):
            ask("xyzzy")
    with pytest.raises(CourseError, match="2 different words"):
        train_word_vectors(["a", "b"], dim=2)
    with pytest.raises(CourseError, match="0 different words"):
        train_word_vectors([], dim=1)
