"""The generated world: its stated formula, its known best error, its look."""

from __future__ import annotations

import numpy as np
import pytest

from companion.data import house_prices, sorted_by_place
from companion.data.house_prices import PRICE_CAP, capped_lognormal, log_price
from companion.errors import CourseError


def test_same_seed_same_table_other_seed_other_table() -> None:
    first, again, other = house_prices(500), house_prices(500), house_prices(500, seed=1)
    np.testing.assert_array_equal(first.X, again.X)
    np.testing.assert_array_equal(first.y, again.y)
    assert not np.array_equal(first.y, other.y)


def test_shape_columns_and_ranges_are_the_census_ones() -> None:
    table = house_prices()
    assert table.X.shape == (20_000, 8)
    assert np.isfinite(table.X).all()
    low, high = table.X.min(axis=0), table.X.max(axis=0)
    assert (low >= [-124.35, 32.5, 1, 1, 1, 1, 1, 0.5]).all()
    assert (high <= [-114.3, 42, 52, 50_000, 10_000, 50_000, 10_000, 15.0001]).all()
    assert 0.03 < np.mean(table.y == PRICE_CAP) < 0.10
    assert table.y.max() == PRICE_CAP


def test_counts_are_skewed_and_correlated_as_in_the_census() -> None:
    table = house_prices()
    rooms, households = table.column("total_rooms"), table.column("households")
    assert np.mean(rooms) > 1.15 * np.median(rooms)
    assert np.corrcoef(rooms, households)[0, 1] > 0.85


def test_closed_forms_equal_many_redrawn_prices() -> None:
    table = house_prices(300, seed=3)
    m, s = log_price(table.X)
    noise = np.random.default_rng(0).standard_normal((40_000, 300))
    prices = np.minimum(np.exp(m + s * noise), PRICE_CAP)
    # Monte-Carlo error of a mean over 40,000 draws is the standard deviation over 200.
    allowed = 5 * table.noise_std / 200
    assert (np.abs(prices.mean(axis=0) - table.expected) < allowed).all()
    assert (np.abs(np.abs(prices - table.median).mean(axis=0) - table.noise_mad) < allowed).all()
    # Well under the cap; above it the few draws below decide, and 40,000 hold too few of those.
    below = table.noise_std > 20_000
    assert below.mean() > 0.7
    np.testing.assert_allclose(prices.std(axis=0)[below], table.noise_std[below], rtol=0.04)
    np.testing.assert_allclose(np.median(prices, axis=0), table.median, rtol=0.01)


def test_no_other_prediction_beats_the_best() -> None:
    table = house_prices()
    rmse = np.sqrt(np.mean((table.y - table.expected) ** 2))
    mae = np.mean(np.abs(table.y - table.median))
    assert rmse == pytest.approx(table.best_rmse, rel=0.02)
    assert mae == pytest.approx(table.best_mae, rel=0.02)
    for factor in (0.97, 1.03):
        assert np.sqrt(np.mean((table.y - factor * table.expected) ** 2)) > rmse
        assert np.mean(np.abs(table.y - factor * table.median)) > mae


def test_noise_differs_between_districts() -> None:
    _, s = log_price(house_prices(2_000).X)
    assert s.max() > 1.8 * s.min()


def test_far_above_the_cap_nothing_is_left_to_predict() -> None:
    mean, std, median, mad = capped_lognormal(np.array([20.0]), np.array([0.2]), PRICE_CAP)
    assert (mean[0], median[0]) == (pytest.approx(PRICE_CAP), PRICE_CAP)
    assert std[0] < 1
    assert mad[0] == pytest.approx(0, abs=1e-6)


def test_sorted_by_place_keeps_rows_and_what_belongs_to_them() -> None:
    table = house_prices(400)
    rows = sorted_by_place(table)
    assert (np.diff(rows.column("latitude")) >= 0).all()
    m, _ = log_price(rows.X)
    np.testing.assert_allclose(rows.median, np.minimum(np.exp(m), PRICE_CAP))
    assert sorted(rows.y) == sorted(table.y)


def test_no_rows_is_one_sentence() -> None:
    with pytest.raises(CourseError, match="positive number of rows, not 0"):
        house_prices(0)
