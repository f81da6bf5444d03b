"""The housing recipe: nothing of the judged rows enters, and the same seed gives the same."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np

from companion.data import house_prices, random_split
from companion.training.evaluate import rmse
from companion.training.housing import fit_housing

TABLE = house_prices(1_200)
SPLIT = random_split(len(TABLE))
SMALL: dict[str, Any] = {"epochs": 8, "hidden_dims": (32,)}


def test_other_test_prices_move_no_prediction() -> None:
    # Tripled, so that a mean or a spread taken over all rows would move.
    other = TABLE.y.copy()
    other[SPLIT.test] = 3 * np.random.default_rng(0).permutation(other[SPLIT.test])
    first = fit_housing(TABLE, SPLIT, **SMALL)
    second = fit_housing(replace(TABLE, y=other), SPLIT, **SMALL)
    X = TABLE.X[SPLIT.test]
    np.testing.assert_array_equal(first.predict(X), second.predict(X))


def test_it_learns_more_than_the_mean() -> None:
    network = fit_housing(TABLE, SPLIT, **SMALL)
    y = TABLE.y[SPLIT.test]
    assert rmse(y, network.predict(TABLE.X[SPLIT.test])) < 0.7 * y.std()
    assert network.history.best_epoch >= 0
