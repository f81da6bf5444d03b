"""The housing recipe: nothing of the judged rows enters, and the same seed gives the same."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from sklearn.metrics import root_mean_squared_error

from companion.data import house_prices, random_split
from companion.training import loop
from companion.training.housing import HousingNetwork, fit_housing

TABLE = house_prices(1_200)
SPLIT = random_split(len(TABLE))
SMALL: dict[str, Any] = {"epochs": 8, "hidden_dims": (32,)}


@pytest.fixture(scope="module")
def network() -> HousingNetwork:
    return fit_housing(TABLE, SPLIT, **SMALL)


def test_other_test_prices_move_no_prediction(network: HousingNetwork) -> None:
    # Tripled, so that a mean or a spread taken over all rows would move.
    other = TABLE.y.copy()
    other[SPLIT.test] = 3 * np.random.default_rng(0).permutation(other[SPLIT.test])
    second = fit_housing(replace(TABLE, y=other), SPLIT, **SMALL)
    X = TABLE.X[SPLIT.test]
    np.testing.assert_array_equal(network.predict(X), second.predict(X))


def test_it_learns_more_than_the_mean(network: HousingNetwork) -> None:
    y = TABLE.y[SPLIT.test]
    guess = network.predict(TABLE.X[SPLIT.test])
    assert root_mean_squared_error(y, guess) < 0.7 * y.std()


def test_the_weights_kept_are_averages_of_the_path(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[loop.Runner] = []

    class Seen(loop.Runner):
        def __init__(self, *arguments: Any) -> None:
            super().__init__(*arguments)
            made.append(self)

    monkeypatch.setattr(loop, "Runner", Seen)
    # After one epoch there is but one set of weights to keep.
    network = fit_housing(TABLE, SPLIT, epochs=1, hidden_dims=(8,))
    for kept, average in zip(network.model.trainable_variables, made[0].averages, strict=True):
        np.testing.assert_array_equal(np.asarray(kept), np.asarray(average))
