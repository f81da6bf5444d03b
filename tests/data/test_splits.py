"""Each split does what its name says; scaling never sees validation or test rows."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.model_selection import TimeSeriesSplit

from companion.data import (
    Split,
    fit_scaler,
    group_split,
    house_prices,
    last_rows_split,
    place_split,
    random_split,
    stratified_split,
    walk_forward,
)
from companion.errors import CourseError

TABLE = house_prices(5_000)


def splits() -> list[Split]:
    return [
        random_split(len(TABLE)),
        stratified_split(TABLE.y),
        place_split(TABLE.X[:, :2]),
        last_rows_split(len(TABLE)),
    ]


def test_every_row_is_in_exactly_one_part() -> None:
    for split in splits():
        np.testing.assert_array_equal(np.sort(np.concatenate(split)), np.arange(len(TABLE)))


def test_shares_are_64_16_20_and_repeatable() -> None:
    split = random_split(5_000)
    assert [len(part) for part in split] == [3200, 800, 1000]
    np.testing.assert_array_equal(split.train, random_split(5_000).train)
    assert not np.array_equal(split.train, random_split(5_000, seed=1).train)


def test_stratified_parts_have_nearly_the_same_price_deciles() -> None:
    split = stratified_split(TABLE.y)
    whole = np.quantile(TABLE.y, np.arange(0.1, 1, 0.1))
    shares = [(TABLE.y[part][:, None] <= whole).mean(axis=0) for part in split]
    assert np.abs(np.array(shares) - np.arange(0.1, 1, 0.1)).max() < 0.005


def test_place_split_puts_neighbours_into_the_same_part() -> None:
    coordinates = TABLE.X[:, :2]

    def share_of_test_rows_with_a_training_neighbour(split: Split) -> float:
        train, test = coordinates[split.train], coordinates[split.test]
        nearest = np.abs(test[:, None] - train[None]).sum(axis=-1).min(axis=1)
        return float(np.mean(nearest < 0.05))

    assert share_of_test_rows_with_a_training_neighbour(random_split(len(TABLE))) > 0.7
    assert share_of_test_rows_with_a_training_neighbour(place_split(coordinates)) < 0.15


def test_group_split_divides_no_group_and_meets_the_shares() -> None:
    groups = np.random.default_rng(0).integers(0, 200, 5_000).astype(str)
    split = group_split(groups, (0.5, 0.2, 0.3), seed=3)
    parts = [set(groups[part]) for part in split]
    assert sum(map(len, parts)) == len(set(groups))
    np.testing.assert_allclose([len(part) / 5_000 for part in split], (0.5, 0.2, 0.3), atol=0.02)
    np.testing.assert_array_equal(np.sort(np.concatenate(split)), np.arange(5_000))


@pytest.mark.parametrize(
    ("sizes", "right"),
    [((600, 300, 100), (600, 100, 300)), ((70, 20, 10), (70, 10, 20)), ((9,) * 3, (9, 9, 9))],
)
def test_few_groups_come_as_near_to_the_shares_as_they_can(
    sizes: tuple[int, ...], right: tuple[int, ...]
) -> None:
    groups = np.repeat(np.arange(len(sizes)), sizes)
    for seed in range(10):
        assert tuple(map(len, group_split(groups, seed=seed))) == right


@pytest.mark.parametrize("sizes", [(90, 10), (100,), (50, 50)])
def test_groups_that_leave_a_part_empty_are_refused(sizes: tuple[int, ...]) -> None:
    with pytest.raises(CourseError, match="empty"):
        group_split(np.repeat(np.arange(len(sizes)), sizes))


def test_groups_of_any_size_are_whole_and_miss_no_share_by_more_than_the_largest() -> None:
    rng = np.random.default_rng(0)
    shares = np.array([0.64, 0.16, 0.20])
    for seed in range(300):
        sizes = np.ceil(rng.pareto(rng.uniform(0.5, 3), rng.integers(3, 40)) * 10 + 1).astype(int)
        groups = rng.permutation(np.repeat(np.arange(len(sizes)), sizes))
        split = group_split(groups, seed=seed)
        assert min(map(len, split)) > 0
        np.testing.assert_array_equal(np.sort(np.concatenate(split)), np.arange(len(groups)))
        assert sum(len(set(groups[part])) for part in split) == len(sizes)
        missed = np.abs(np.array([len(part) for part in split]) / len(groups) - shares).max()
        # What packing promises: no part lacks more than the largest group that it did not get.
        assert missed <= max(0.05, sizes.max() / sizes.sum())


def test_walk_forward_equals_scikit_learn_where_that_can_say_it() -> None:
    ours = list(walk_forward(100, first=40, step=12, gap=3))
    right = TimeSeriesSplit(n_splits=5, test_size=12, gap=3).split(np.zeros(100))
    for (train, test), (their_train, their_test) in zip(ours, right, strict=True):
        np.testing.assert_array_equal(train, their_train)
        np.testing.assert_array_equal(test, their_test)
    # A shorter last test, which scikit-learn does not make.
    assert [len(test) for _, test in walk_forward(100, first=90, step=4)] == [4, 4, 2]


@pytest.mark.parametrize(("first", "step", "gap"), [(0, 1, 0), (5, 0, 0), (5, 1, 5), (10, 1, 0)])
def test_walk_forward_needs_a_past_and_a_future(first: int, step: int, gap: int) -> None:
    with pytest.raises(CourseError, match=f"not step {step}, gap {gap}, first {first}"):
        list(walk_forward(10, first=first, step=step, gap=gap))


def test_last_rows_split_takes_the_last_fifth() -> None:
    split = last_rows_split(10)
    assert split.train.tolist() == list(range(8))
    assert split.test.tolist() == [8, 9]
    assert len(split.validation) == 0


@pytest.mark.parametrize(("n", "test"), [(2, 0.2), (0, 0.2), (10, 0.0), (10, 1.0), (10, -0.2)])
def test_last_rows_split_leaves_no_part_empty(n: int, test: float) -> None:
    with pytest.raises(CourseError, match="empty"):
        last_rows_split(n, test=test)


@pytest.mark.parametrize("places", [2, 11])
def test_a_map_is_cut_into_no_more_places_than_it_has_rows(places: int) -> None:
    with pytest.raises(CourseError, match=f"not {places}"):
        place_split(TABLE.X[:10, :2], num_places=places)


def test_scaler_ignores_all_rows_but_training() -> None:
    split = random_split(len(TABLE))
    poisoned = TABLE.X.copy()
    poisoned[np.concatenate([split.validation, split.test])] = 1e9
    clean, same = fit_scaler(TABLE.X, split), fit_scaler(poisoned, split)
    np.testing.assert_array_equal(clean.mean_, same.mean_)
    np.testing.assert_array_equal(clean.scale_, same.scale_)
    scaled = clean.transform(TABLE.X[split.train])
    np.testing.assert_allclose(scaled.mean(axis=0), 0, atol=1e-9)
    np.testing.assert_allclose(scaled.std(axis=0), 1)


@pytest.mark.parametrize(
    ("n", "fractions", "message"),
    [
        (100, (0.5, 0.2, 0.2), "sum to 1"),
        (100, (1.2, -0.4, 0.2), "sum to 1"),
        (2, (0.64, 0.16, 0.2), "too few"),
    ],
)
def test_bad_shares(n: int, fractions: tuple[float, float, float], message: str) -> None:
    with pytest.raises(CourseError, match=message):
        random_split(n, fractions)
