"""The lookup table against counting by hand, against its own definition, and a known language."""

from __future__ import annotations

import re
from collections import Counter, defaultdict

import numpy as np
import pytest

from companion.errors import CourseError
from companion.models.ngram import NGram


def by_hand(text: list[int], order: int, vocab_size: int, discount: float, past: list[int]) -> list:
    """The formula of the module with dictionaries, one context at a time."""
    rows: list[dict[tuple[int, ...], Counter[int]]] = [
        defaultdict(Counter) for _ in range(order + 1)
    ]
    for end in range(order, len(text)):
        rows[order][tuple(text[end - order : end])][text[end]] += 1
    for k in range(order - 1, -1, -1):
        for context, row in rows[k + 1].items():
            for token in row:
                rows[k][context[1:]][token] += 1
    p = [1 / vocab_size] * vocab_size
    for k in range(min(order, len(past)) + 1):
        row = rows[k].get(tuple(past[len(past) - k :]))
        if row:
            n, u = sum(row.values()), len(row)
            p = [(max(row[c] - discount, 0) + discount * u * p[c]) / n for c in range(vocab_size)]
    return p


@pytest.mark.parametrize("order", [0, 1, 2, 4])
def test_distribution_is_that_of_dictionaries(order: int) -> None:
    text = np.random.default_rng(order).integers(0, 4, 60)
    table = NGram(text, order, 5, discount=0.6)
    for past in ([], [0], [1, 2], [3, 0, 1], [4, 4, 4, 4, 4], list(text[-6:])):
        right = by_hand(text.tolist(), order, 5, 0.6, [int(i) for i in past])
        np.testing.assert_allclose(table.distribution(past), right, rtol=1e-12)
        assert table.distribution(past).sum() == pytest.approx(1)


def test_log_probs_are_the_distributions_at_every_place() -> None:
    rng = np.random.default_rng(0)
    table, other = NGram(rng.integers(0, 6, 500), 3, 7), rng.integers(0, 7, 40)
    places = [np.log(table.distribution(other[:t])[other[t]]) for t in range(len(other))]
    np.testing.assert_allclose(table.log_probs(other), places, rtol=1e-12)


def test_entries_are_the_different_runs_of_all_lengths() -> None:
    text = [0, 1, 0, 1, 2]
    assert NGram(text, 0, 3).num_entries == 3
    # 01, 10, 12 after one character; the shorter runs that they end in: 0, 1, 2.
    assert NGram(text, 1, 3).num_entries == 3 + 3


def test_a_known_language_is_priced_at_its_entropy() -> None:
    rng = np.random.default_rng(1)
    step = np.array([[0.7, 0.2, 0.1], [0.1, 0.1, 0.8], [0.5, 0.4, 0.1]])
    text = [0]
    for draw in rng.random(60_000):
        text.append(int(np.searchsorted(step[text[-1]].cumsum(), draw)))
    values, vectors = np.linalg.eig(step.T)
    stay = np.real(vectors[:, np.argmax(values.real)])
    entropy = -(stay / stay.sum()) @ (step * np.log(step)).sum(1)
    cost = [-NGram(text[:50_000], k, 3).log_probs(text[50_000:]).mean() for k in (0, 1, 3)]
    assert cost[1] == pytest.approx(entropy, abs=0.01)
    assert cost[2] == pytest.approx(entropy, abs=0.02)
    assert cost[0] > entropy + 0.1


def test_samples_follow_the_table_and_their_seed() -> None:
    table = NGram([0, 1, 2] * 50, 2, 3)
    drawn = table.sample([0, 1], 300, seed=4)
    assert drawn[:2].tolist() == [0, 1]
    assert drawn.shape == (302,)
    assert np.mean(np.diff(drawn) % 3 == 1) > 0.97
    np.testing.assert_array_equal(drawn, table.sample([0, 1], 300, seed=4))
    assert (drawn != table.sample([0, 1], 300, seed=5)).any()


@pytest.mark.parametrize(
    ("ids", "order", "vocab_size", "discount", "sentence"),
    [
        ([0, 1], -1, 2, 0.5, "order should be at least 0"),
        ([0, 1] * 9, 9, 128, 0.5, "63-bit codes; 9 is not"),
        ([0, 1], 1, 2, 1.0, "discount should be between 0 and 1, not 1.0"),
        ([0, 1], 2, 2, 0.5, "shape (T,), T at least 3; it is of shape (2,)"),
        ([0.5, 1], 0, 2, 0.5, "float64"),
        ([[0, 1]], 0, 2, 0.5, "of shape (1, 2)"),
        ([0, 2], 0, 2, 0.5, "Tokens should be from 0 to 1"),
        ([0, -1], 0, 2, 0.5, "Tokens should be from 0 to 1"),
    ],
)
def test_bad_input_is_one_sentence(
    ids: list, order: int, vocab_size: int, discount: float, sentence: str
) -> None:
    with pytest.raises(CourseError, match=re.escape(sentence)):
        NGram(ids, order, vocab_size, discount=discount)
