"""Precision at k of cards, from scores of payments."""

from typing import Any

import numpy as np

from companion.exercises import mistake
from companion.exercises.compare import called, number


def card_precision(scores, fraud, k):
    worst = [max(card) for card in scores]
    looked_at = np.argsort(worst)[::-1][:k]
    return np.mean([any(fraud[card]) for card in looked_at])


@mistake("payments, not cards")
def payments(scores, fraud, k):
    top = np.argsort(-scores, axis=None)[:k]
    return fraud.ravel()[top].mean()


@mistake("mean of its payments")
def mean_score(scores, fraud, k):
    return fraud[np.argsort(-scores.mean(axis=1))[:k]].any(axis=1).mean()


@mistake("all cards with fraud")
def recall(scores, fraud, k):
    top = np.argsort(-scores.max(axis=1))[:k]
    return fraud[top].any(axis=1).sum() / fraud.any(axis=1).sum()


@mistake("how many frauds")
def frauds_a_card(scores, fraud, k):
    return fraud[np.argsort(-scores.max(axis=1))[:k]].sum(axis=1).mean()


@mistake("least suspicious")
def lowest(scores, fraud, k):
    return fraud[np.argsort(scores.max(axis=1))[:k]].any(axis=1).mean()


def judge(answer: Any) -> None:
    for seed, k in ((0, 10), (2, 8), (2, 10)):
        rng = np.random.default_rng(seed)
        fraud = np.zeros((40, 6))
        fraud[:16, 2:5] = 1
        scores = rng.permutation(240).reshape(40, 6) / 100 + 0.5 * fraud
        cards = list(zip(scores.tolist(), fraud.tolist(), strict=True))
        by_best = sorted(cards, key=lambda card: -max(card[0]))
        by_mean = sorted(cards, key=lambda card: -sum(card[0]))
        each = sorted(zip(scores.ravel(), fraud.ravel(), strict=True), reverse=True)
        hit = sum(max(marks) for _, marks in by_best[:k])
        causes = [
            (sum(mark for _, mark in each[:k]) / k, "that counts payments, not cards."),
            (
                sum(max(marks) for _, marks in by_mean[:k]) / k,
                "a card is as suspicious as its worst payment, not as the mean of its payments.",
            ),
            (hit / 16, "that is the share of all cards with fraud that are found."),
            (
                sum(sum(marks) for _, marks in by_best[:k]) / k,
                "a card counts once, however many frauds are on it: do not count how many frauds.",
            ),
            (sum(max(marks) for _, marks in by_best[-k:]) / k, "those are the least suspicious."),
        ]
        number(
            called(answer, scores, fraud, k, name="card_precision"),
            hit / k,
            causes=[cause for cause in causes if abs(cause[0] - hit / k) > 1e-9],
            name="card_precision",
        )
