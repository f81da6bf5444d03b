"""Each split does what its name says, and leaves no part empty."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.model_selection import TimeSeriesSplit

from companion.data import (
    group_split,
    random_split,
    walk_forward,
)
from companion.errors import CourseError


def test_every_row_is_in_exactly_one_part() -> None:
    groups = np.random.default_rng(0).integers(0, 40, 5_000)
    for split in (random_split(5_000), group_split(groups)):
        np.testing.assert_array_equal(np.sort(np.concatenate(split)), np.arange(5_000))


def test_shares_are_64_16_20_and_repeatable() -> None:
    split = random_split(5_000)
    assert [len(part) for part in split] == [3200, 800, 1000]
    np.testing.assert_array_equal(split.train, random_split(5_000).train)
    assert not np.array_equal(split.train, random_split(5_000, seed=1).train)


def test_group_split_divides_no_group_and_meets_the_shares() -> None:
    groups = np.random.default_rng(0).integers(0, 200, 5_000).astype(str)
    split = group_split(groups, (0.5, 0.2, 0.3), seed=3)
    parts = [set(groups[part]) for part in split]
    assert sum(map(len, parts)) == len(set(groups))
    np.testing.assert_allclose([len(part) / 5_000 for part in split], (0.5, 0.2, 0.3), atol=0.02)
    np.testing.assert_array_equal(np.sort(np.concatenate(split)), np.arange(5_000))


@pytest.mark.parametrize("sizes", [(90, 10), (100,), (50, 50), (10, 80, 10)])
def test_groups_that_leave_a_part_empty_are_refused(sizes: tuple[int, ...]) -> None:
    with pytest.raises(CourseError, match="none should be empty"):
        group_split(np.repeat(np.arange(len(sizes)), sizes))


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


@pytest.mark.parametrize(
    ("n", "fractions", "message"),
    [
        (100, (0.5, 0.2, 0.2), "sum to 1"),
        (100, (1.2, -0.4, 0.2), "sum to 1"),
        (2, (0.64, 0.16, 0.2), "2, 0, 0 rows"),
    ],
)
def test_bad_shares(n: int, fractions: tuple[float, float, float], message: str) -> None:
    with pytest.raises(CourseError, match=message):
        random_split(n, fractions)
