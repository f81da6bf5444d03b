"""Features without leakage: no price of a judged row, and never a row's own price."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import ndtr
from scipy.stats import spearmanr

from companion.data import house_prices, random_split
from companion.data.housing_features import (
    FREQUENCIES,
    NUM_PLAIN_COLUMNS,
    NUM_STEPS,
    HousingFeatures,
)
from companion.data.table import Floats, Indices
from companion.errors import CourseError

TABLE = house_prices(1_500)
SPLIT = random_split(len(TABLE))
TRAIN, TEST = SPLIT.train, SPLIT.test


def fitted(y: np.ndarray) -> HousingFeatures:
    return HousingFeatures().fit(TABLE.X[TRAIN], y[TRAIN])


def test_shuffled_test_prices_change_nothing() -> None:
    shuffled = TABLE.y.copy()
    shuffled[TEST] = np.random.default_rng(0).permutation(shuffled[TEST])
    clean, same = fitted(TABLE.y), fitted(shuffled)
    np.testing.assert_array_equal(clean.training, same.training)
    np.testing.assert_array_equal(clean.transform(TABLE.X[TEST]), same.transform(TABLE.X[TEST]))


def test_a_training_row_never_sees_its_own_price() -> None:
    """One price a hundred times higher moves other rows' columns, not its own."""
    dear = TABLE.y.copy()
    dear[TRAIN[0]] *= 100
    clean, moved = fitted(TABLE.y), fitted(dear)
    # Rank scaling shifts every row a little; the row's own raw columns must not move at all.
    own = [index.kneighbors() for index in clean._index]
    np.testing.assert_array_equal(clean._near(own)[0], moved._near(own)[0])
    assert np.abs(clean._near(own) - moved._near(own)).max() > 1


def test_neighbours_tell_a_training_row_no_more_than_a_row_never_seen() -> None:
    """The column of the four nearest prices: as near to the own price in training as in test."""
    features, column = fitted(TABLE.y), 15

    def agreement(columns: Floats, rows: Indices) -> float:
        return float(spearmanr(columns[:, column], TABLE.y[rows]).statistic)

    unseen = agreement(features.transform(TABLE.X[TEST]), TEST)
    assert agreement(features.training, TRAIN) == pytest.approx(unseen, abs=0.1)
    # Positive control: as if a training row were any row, so that it is its own neighbour.
    assert agreement(features.transform(TABLE.X[TRAIN]), TRAIN) > unseen + 0.2


def test_scales_come_from_training_rows() -> None:
    far = TABLE.X.copy()
    far[TEST] *= 1.5
    np.testing.assert_array_equal(
        HousingFeatures().fit(far[TRAIN], TABLE.y[TRAIN]).training, fitted(TABLE.y).training
    )


def test_columns_are_finite_and_of_one_size() -> None:
    columns = fitted(TABLE.y).transform(TABLE.X[TEST])
    steps = columns.shape[1] - NUM_PLAIN_COLUMNS
    assert columns.shape[0] == len(TEST)
    assert steps == (NUM_PLAIN_COLUMNS - 8 * len(FREQUENCIES)) * NUM_STEPS
    assert np.isfinite(columns).all()
    assert np.abs(columns).max() <= 3.5


@pytest.mark.parametrize("shape", [(100, 7), (64, 8), (100,)])
def test_wrong_shape_is_one_sentence(shape: tuple[int, ...]) -> None:
    with pytest.raises(CourseError, match="more than 64 rows of 8 columns"):
        HousingFeatures().fit(np.ones(shape), np.ones(shape[0]))


def test_ramps_add_up_to_the_rank() -> None:
    """A column's twelve ramps, summed, give back where the value stands among the rows."""
    columns = fitted(TABLE.y).transform(TABLE.X[TEST])
    ramps = columns[:, NUM_PLAIN_COLUMNS:].reshape(len(TEST), -1, NUM_STEPS)
    rank = (ramps + 0.5).sum(axis=-1) / NUM_STEPS
    np.testing.assert_allclose(rank, ndtr(columns[:, : rank.shape[1]]), atol=1e-12)
