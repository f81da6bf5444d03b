"""The payments obey their formula, and the shares that the module promises."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.metrics import average_precision_score

from companion.data.fraud import PAYMENT_COLUMNS, fraud_probability, payments
from companion.errors import CourseError

WORLD = payments(40_000)


def test_columns_are_in_range_and_the_same_seed_gives_the_same_rows() -> None:
    assert WORLD.X.shape == (480_000, len(PAYMENT_COLUMNS))
    amount, hour, distance, age, count, device, online = WORLD.X.T
    assert amount.min() > 0
    assert set(hour) == set(range(24))
    assert (distance[online == 1] == 0).all()
    assert (age >= 0).all()
    assert set(device) == set(online) == {0, 1}
    assert count.max() <= 9
    np.testing.assert_array_equal(payments(40_000).y, WORLD.y)
    assert not np.array_equal(payments(40_000, seed=1).y, WORLD.y)


def test_one_payment_by_hand() -> None:
    stolen = np.array([[300.0, 3, 50, 400, 0, 1, 0]])
    z = 2.0 * np.log(10) + 1.5 * np.log(6) + 0.5 + 6.0 - 9.65
    late = 1 / (1 + np.exp(6))
    tested = -1.5 * np.log(10) + 1.0 - 11.71
    by_hand = (1 - late) / (1 + np.exp(-z)) + late / (1 + np.exp(-tested))
    assert fraud_probability(stolen, np.array([0])) == pytest.approx(by_hand)
    at_six = np.array([[300.0, 6, 50, 400, 0, 1, 0]])
    by_day = (1 - late) / (1 + np.exp(6.0 - z)) + late / (1 + np.exp(-tested))
    assert fraud_probability(at_six, np.array([0])) == pytest.approx(by_day)
    young = np.array([[3.0, 12, 0, 10, 5, 0, 1]])
    w = 1 / (1 + np.exp(-5))
    z = 1.5 * np.log(10) + 1.8 * 4 + 6.0 - 11.71
    plain = -2.0 * np.log(10) - 9.65
    by_hand = w / (1 + np.exp(-z)) + (1 - w) / (1 + np.exp(-plain))
    assert fraud_probability(young, np.array([11])) == pytest.approx(by_hand)


def test_two_in_a_thousand_are_fraud_every_month() -> None:
    assert WORLD.probability.mean() == pytest.approx(0.002, rel=0.05)
    for month in range(12):
        part = WORLD.of(range(month, month + 1))
        assert len(part) == 40_000
        # Four standard errors: the probabilities are far from equal.
        error = part.probability.std() / np.sqrt(40_000)
        assert part.probability.mean() == pytest.approx(0.002, abs=4 * error)


def test_the_known_probability_fits_what_happens_and_ranks_best() -> None:
    expected, spread = WORLD.probability.sum(), np.sqrt((WORLD.probability).sum())
    assert abs(WORLD.y.sum() - expected) < 4 * spread
    first = WORLD.of(range(3))
    best = average_precision_score(first.y, first.probability)
    assert best > 0.25 > 2 * average_precision_score(first.y, first.X[:, 0])


def test_text_has_one_length_and_says_the_row() -> None:
    lines = payments(200, 1).as_text()
    assert len({len(line) for line in lines}) == 1
    assert [float(word) for word in lines[0].split()] == pytest.approx(
        payments(200, 1).X[0], abs=0.5
    )


def test_nothing_to_generate() -> None:
    with pytest.raises(CourseError, match="not 0 and 12"):
        payments(0)
