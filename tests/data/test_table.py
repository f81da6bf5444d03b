"""Rows taken from a table keep all that belongs to them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from companion.data.table import FEATURES, Floats, Table, sorted_by_place


@dataclass(frozen=True, kw_only=True)
class Weighted(Table):
    """A table with one more number a row."""

    weight: Floats


def weighted() -> Weighted:
    rng = np.random.default_rng(0)
    return Weighted(
        X=rng.standard_normal((6, 8)),
        y=np.arange(6.0),
        weight=rng.random(6),
    )


def test_taking_rows_takes_them_from_every_array() -> None:
    table, rows = weighted(), np.array([4, 0, 4])
    taken = table.take(rows)
    assert type(taken) is Weighted
    assert len(taken) == 3
    assert taken.y.tolist() == [4.0, 0.0, 4.0]
    np.testing.assert_array_equal(taken.X, table.X[rows])
    np.testing.assert_array_equal(taken.weight, table.weight[rows])
    assert len(table) == 6


def test_a_column_is_found_by_its_name() -> None:
    table = weighted()
    for i, name in enumerate(FEATURES):
        np.testing.assert_array_equal(table.column(name), table.X[:, i])


def test_sorted_by_place_goes_north_and_breaks_ties_eastward() -> None:
    X = np.zeros((4, 8))
    X[:, :2] = [[-118, 34], [-122, 38], [-120, 34], [-117, 33]]  # longitude, latitude
    ordered = sorted_by_place(Table(X=X, y=np.arange(4.0)))
    assert ordered.y.tolist() == [3.0, 2.0, 0.0, 1.0]
