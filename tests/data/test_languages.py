"""The entropy is exact: equal to eigenvectors, to counting, and to what samples cost."""

from __future__ import annotations

import itertools

import numpy as np
import pytest

from companion.data.languages import MarkovLanguage, ZipfLanguage
from companion.errors import CourseError

LANGUAGES = [
    MarkovLanguage(5),
    MarkovLanguage(4, order=2, concentration=0.3, seed=1),
    MarkovLanguage(3, order=3, concentration=1.0, seed=2),
    ZipfLanguage(6, order=2, seed=3),
]


def entropy_of_tokens(language: MarkovLanguage) -> float:
    """Return the loss of a model that knows how frequent each token is and no context."""
    shares = language.stationary.reshape(-1, language.vocab_size).sum(axis=0)
    return float(-np.sum(shares * np.log(shares)))


def chain_of_contexts(language: MarkovLanguage) -> np.ndarray:
    """Write the language as an ordinary chain over contexts, entry by entry."""
    V, m = language.vocab_size, language.order
    contexts = list(itertools.product(range(V), repeat=m))
    moves = np.zeros((len(contexts), len(contexts)))
    for i, context in enumerate(contexts):
        for v in range(V):
            moves[i, contexts.index((*context[1:], v))] += language.table[i, v]
    return moves


def log_probs(language: MarkovLanguage, texts: np.ndarray) -> np.ndarray:
    """Return the log-probability of each text of at least m tokens, shape ``(texts,)``."""
    V, m = language.vocab_size, language.order
    around = np.lib.stride_tricks.sliding_window_view(texts, m, axis=1)
    contexts = around @ V ** np.arange(m)[::-1]
    steps = language.table[contexts[:, :-1], texts[:, m:]]
    return np.log(language.stationary[contexts[:, 0]]) + np.log(steps).sum(axis=1)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_stationary_distribution_is_the_eigenvector(language: MarkovLanguage) -> None:
    values, vectors = np.linalg.eig(chain_of_contexts(language).T)
    leading = np.real(vectors[:, np.argmin(np.abs(values - 1))])
    np.testing.assert_allclose(language.stationary, leading / leading.sum(), rtol=0, atol=1e-12)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_rate_is_what_one_more_token_adds(language: MarkovLanguage) -> None:
    """H(X_0 … X_n) grows by the rate with each token: count every text of both lengths."""

    def entropy(n: int) -> float:
        texts = np.array(list(itertools.product(range(language.vocab_size), repeat=n)))
        logs = log_probs(language, texts)
        assert np.exp(logs).sum() == pytest.approx(1, abs=1e-12)
        return float(-np.sum(np.exp(logs) * logs))

    m = language.order
    assert entropy(m + 1) - entropy(m) == pytest.approx(language.entropy_rate, abs=1e-12)
    assert entropy(m + 2) - entropy(m + 1) == pytest.approx(language.entropy_rate, abs=1e-12)


@pytest.mark.parametrize("language", [*LANGUAGES, ZipfLanguage()])
def test_samples_cost_the_entropy(language: MarkovLanguage) -> None:
    one = language.sample(100_000, seed=5).reshape(500, 200)
    for texts in (one, language.sample_texts(500, 200, seed=6)):
        # What the tokens after the first m cost; four standard errors over the texts.
        first = log_probs(language, texts[:, : language.order])
        losses = (first - log_probs(language, texts)) / (200 - language.order)
        error = 4 * losses.std() / np.sqrt(len(losses))
        assert losses.mean() == pytest.approx(language.entropy_rate, abs=error)


@pytest.mark.parametrize("language", LANGUAGES)
def test_samples_follow_the_table(language: MarkovLanguage) -> None:
    texts = language.sample_texts(2000, 200, seed=7)
    powers = language.vocab_size ** np.arange(language.order + 1)[::-1]
    around = np.lib.stride_tricks.sliding_window_view(texts, language.order + 1, axis=1)
    counts = np.bincount((around @ powers).ravel(), minlength=language.table.size)
    expected = (language.stationary[:, None] * language.table).ravel()
    np.testing.assert_allclose(counts / counts.sum(), expected, rtol=0, atol=5e-3)
    first = np.bincount(texts[:, : language.order] @ powers[1:], minlength=len(language.table))
    np.testing.assert_allclose(first / len(texts), language.stationary, rtol=0, atol=0.05)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("n", [1, 2, 3, 50])
def test_one_text_is_many_texts_of_one(language: MarkovLanguage, n: int) -> None:
    text = language.sample(n, seed=3)
    assert text.dtype == np.int32
    assert text.shape == (n,)
    assert language.sample_texts(1, n, seed=3).tolist() == [text.tolist()]


def test_seeds_decide() -> None:
    one, again, other = (MarkovLanguage(7, seed=s).table for s in (1, 1, 2))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, other)
    language = LANGUAGES[0]
    assert language.sample(50, seed=1).tolist() != language.sample(50, seed=2).tolist()


def test_two_tokens_have_a_closed_form() -> None:
    """For two states with chances a and b to change, π = (b, a) / (a + b)."""
    language = MarkovLanguage(2, seed=4)
    a, b = language.table[0, 1], language.table[1, 0]
    np.testing.assert_allclose(language.stationary, np.array([b, a]) / (a + b), atol=1e-12)


def test_facts_are_frequent_and_rare() -> None:
    language = ZipfLanguage()
    rows = np.arange(len(language.table))
    assert language.table[rows, language.facts].min() > 0.99 * 0.7
    np.testing.assert_allclose(language.table.sum(axis=1), 1)
    assert language.stationary.max() / language.stationary.min() > 10_000
    assert language.entropy_rate < entropy_of_tokens(language) < np.log(language.vocab_size)


def test_without_facts_a_context_tells_nothing() -> None:
    language = ZipfLanguage(16, order=1, certainty=0.0)
    assert language.entropy_rate == pytest.approx(entropy_of_tokens(language), abs=1e-9)


def test_languages_that_cannot_be() -> None:
    for vocab_size, order, message in (
        (1, 1, "2 tokens"),
        (4, 0, "order"),
        (1000, 3, "16,777,216"),
    ):
        for kind in (MarkovLanguage, ZipfLanguage):
            with pytest.raises(CourseError, match=message):
                kind(vocab_size, order)
    with pytest.raises(CourseError, match="concentration"):
        MarkovLanguage(3, concentration=0)
    with pytest.raises(CourseError, match="certainty"):
        ZipfLanguage(3, certainty=1.0)
    with pytest.raises(CourseError, match="at least one token"):
        LANGUAGES[0].sample(0)
    with pytest.raises(CourseError, match="at least 1"):
        LANGUAGES[0].sample_texts(3, 0)
