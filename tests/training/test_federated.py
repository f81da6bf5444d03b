"""Federated parts: gradients by differences, one full-batch round is one step, averages by hand."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.stats
from sklearn.neural_network import MLPClassifier

from companion.errors import CourseError
from companion.training.clients import iid_clients, sharded_clients
from companion.training.federated import Network, local_training, trimmed_mean, weighted_mean

RNG = np.random.default_rng(0)
NETWORK = Network((5, 7, 4, 3))
X, Y = RNG.standard_normal((6, 20, 5)), RNG.integers(3, size=(6, 20))
START = NETWORK.start(1)


def test_size_counts_every_weight() -> None:
    assert NETWORK.size == len(START) == 6 * 7 + 8 * 4 + 5 * 3


def test_gradient_is_that_of_central_differences() -> None:
    step, found = 1e-6, np.empty_like(START)
    for i, direction in enumerate(np.eye(len(START)) * step):
        up, down = (NETWORK.loss(START + s * direction, X[0], Y[0]) for s in (1, -1))
        found[i] = (up - down) / (2 * step)
    np.testing.assert_allclose(NETWORK.gradient(START, X[0], Y[0]), found, atol=1e-8)


def test_clients_side_by_side_are_clients_one_by_one() -> None:
    models = START + 0.1 * RNG.standard_normal((6, len(START)))
    together = NETWORK.gradient(models, X, Y)
    alone = [NETWORK.gradient(*one) for one in zip(models, X, Y, strict=True)]
    np.testing.assert_allclose(together, alone, atol=1e-14)


def test_forward_pass_and_accuracy_are_scikit_learns() -> None:
    theirs = MLPClassifier((7, 4), max_iter=1, random_state=0)
    with pytest.warns(match="converge"):
        theirs.fit(X.reshape(-1, 5), Y.ravel())
    theirs.coefs_ = [W for W, _ in NETWORK.layers(START)]
    theirs.intercepts_ = [b[0] for _, b in NETWORK.layers(START)]
    accuracy = NETWORK.accuracy(START, X[0], Y[0])
    assert accuracy == theirs.score(X[0], Y[0])
    chances = theirs.predict_proba(X[0])[np.arange(20), Y[0]]
    assert NETWORK.loss(START, X[0], Y[0]) == pytest.approx(-np.log(chances).mean(), rel=1e-12)


def train(**changes: object) -> np.ndarray:
    settings = {"epochs": 1, "batch_size": None, "rate": 0.1} | changes
    return local_training(NETWORK, START, X, Y, rng=np.random.default_rng(0), **settings)  # type: ignore[arg-type]


def test_one_full_batch_round_is_one_step_on_all_rows() -> None:
    counts = np.full(6, 20)
    pooled = START - 0.1 * NETWORK.gradient(START, X.reshape(-1, 5), Y.ravel())
    np.testing.assert_allclose(weighted_mean(train(), counts), pooled, atol=1e-14)
    far = np.abs(weighted_mean(train(epochs=2), counts) - pooled).max()
    assert far > 1e-3


def test_each_epoch_uses_each_row_once_even_in_a_smaller_last_batch() -> None:
    tiny = 1e-7  # so small a step that the order of batches does not matter
    steps = (START - train(batch_size=8, rate=tiny)) / tiny
    batches = 3  # 8, 8 and 4 rows; the last counts as much as the others
    assert steps.shape == (6, len(START))
    assert np.abs(steps - batches * NETWORK.gradient(np.tile(START, (6, 1)), X, Y)).max() < 0.7
    exact = (START - train(batch_size=10, rate=tiny)) / tiny
    full = 2 * NETWORK.gradient(np.tile(START, (6, 1)), X, Y)
    np.testing.assert_allclose(exact, full, atol=1e-5)


def test_clients_start_from_the_server_and_leave_it_unchanged() -> None:
    before = START.copy()
    models = train(epochs=3, batch_size=5)
    assert (before == START).all()
    assert len({m.tobytes() for m in models}) == 6


def test_clients_may_start_from_weights_of_their_own() -> None:
    own = np.stack([NETWORK.start(seed) for seed in range(6)])
    settings = {"epochs": 2, "batch_size": None, "rate": 0.1, "rng": np.random.default_rng(0)}
    together = local_training(NETWORK, own, X, Y, **settings)  # type: ignore[arg-type]
    for k in range(6):
        alone = local_training(NETWORK, own[k], X[k : k + 1], Y[k : k + 1], **settings)  # type: ignore[arg-type]
        np.testing.assert_allclose(together[k], alone[0], atol=1e-12)


def test_weighted_mean_is_the_mean_over_rows() -> None:
    models, counts = RNG.standard_normal((3, 4)), np.array([1, 5, 2])
    np.testing.assert_allclose(
        weighted_mean(models, counts), np.repeat(models, counts, axis=0).mean(axis=0)
    )


@pytest.mark.parametrize("trim", [0, 1, 2, 3])
def test_trimmed_mean_is_scipys_and_ends_at_the_median(trim: int) -> None:
    models = RNG.standard_normal((7, 50))
    theirs = scipy.stats.trim_mean(models, trim / 7 + 1e-9, axis=0)
    np.testing.assert_allclose(trimmed_mean(models, trim), theirs, atol=1e-14)
    if trim == 3:
        np.testing.assert_allclose(trimmed_mean(models, trim), np.median(models, axis=0))


def test_trimming_everything_is_refused() -> None:
    with pytest.raises(CourseError, match="half"):
        trimmed_mean(np.zeros((4, 2)), 2)


def test_rows_are_dealt_once_and_evenly() -> None:
    y = np.repeat(np.arange(10), 30)
    for rows in (iid_clients(y, 7), sharded_clients(y, 10, 2)):
        assert len(np.unique(rows)) == rows.size
    assert iid_clients(y, 7).shape == (7, 42)
    assert [len(set(y[r])) for r in iid_clients(y, 7)] == [10] * 7


def test_a_client_with_two_shards_sees_two_classes_at_most_where_shards_fit() -> None:
    y = np.random.default_rng(3).permutation(np.repeat(np.arange(10), 30))
    rows = sharded_clients(y, 10, 2)
    assert rows.shape == (10, 30)
    assert max(len(set(y[r])) for r in rows) <= 2
    assert (np.sort(y[rows.ravel()]) == np.sort(y)).all()
