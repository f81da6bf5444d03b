"""The compiled loop: the same losses as ``fit``, and nothing lost when it ends early."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

import companion
from companion.errors import CourseError
from companion.models.mlp import article_mlp
from companion.training import loop

# XLA takes most of the time here: one test shows that it changes nothing, the others do without.
train = partial(loop.train, jit_compile=False)
RNG = np.random.default_rng(0)
X = RNG.standard_normal((330, 8))
Y = X @ RNG.standard_normal(8) + np.sin(3 * X[:, 0])


@pytest.fixture(autouse=True)
def _fresh() -> None:
    companion.seed(0)


@pytest.fixture
def double() -> Iterator[None]:
    for dtype in ("float64", "float32"):
        keras.config.set_floatx(dtype)
        keras.config.set_dtype_policy(dtype)
        if dtype == "float64":
            yield


def twins() -> tuple[keras.Model, keras.Model]:
    ours, theirs = article_mlp(), article_mlp()
    theirs.set_weights(ours.get_weights())
    return ours, theirs


def fitted(model: keras.Model, epochs: int) -> list[float]:
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="mse", jit_compile=False)
    losses = model.fit(X, Y, epochs=epochs, batch_size=32, shuffle=False, verbose=0).history["loss"]
    return [float(value) for value in losses]


def test_losses_equal_those_of_fit_when_compiled_with_xla(double: None) -> None:
    """330 rows in batches of 32 leave one of 10: the short batch counts as in ``fit``."""
    ours, theirs = twins()
    adam = keras.optimizers.Adam(1e-3)
    history = train(
        ours, X, Y, epochs=4, batch_size=32, optimizer=adam, shuffle=False, jit_compile=True
    )
    np.testing.assert_allclose(history.loss, fitted(theirs, 4), rtol=1e-9)
    for a, b in zip(ours.get_weights(), theirs.get_weights(), strict=True):
        np.testing.assert_allclose(a, b, rtol=1e-6, atol=1e-9)


def test_losses_equal_those_of_fit_in_single_precision() -> None:
    ours, theirs = twins()
    adam = keras.optimizers.Adam(1e-3)
    history = train(ours, X, Y, epochs=4, batch_size=32, optimizer=adam, shuffle=False)
    np.testing.assert_allclose(history.loss, fitted(theirs, 4), rtol=1e-6)


@pytest.fixture
def policy(request: pytest.FixtureRequest) -> Iterator[str]:
    keras.config.set_dtype_policy(request.param)
    yield request.param
    keras.config.set_dtype_policy("float32")


@pytest.mark.parametrize(
    ("policy", "rtol"), [("mixed_bfloat16", 0.02), ("mixed_float16", 0.002)], indirect=["policy"]
)
def test_losses_equal_those_of_fit_in_mixed_precision(policy: str, rtol: float) -> None:
    """Half precision has 8 or 11 binary digits; ``fit`` rounds the loss to them, this loop not."""
    ours, theirs = twins()
    adam = keras.optimizers.Adam(1e-3)
    history = train(ours, X, Y, epochs=4, batch_size=32, optimizer=adam, shuffle=False)
    np.testing.assert_allclose(history.loss, fitted(theirs, 4), rtol=rtol)
    assert ours.weights[0].dtype == "float32"


@pytest.mark.parametrize("policy", ["mixed_float16"], indirect=True)
def test_small_gradients_survive_half_precision(policy: str) -> None:
    """The smallest number of float16 is 6e-8; without a scale these gradients would be nought."""

    def small(y: tf.Tensor, prediction: tf.Tensor) -> tf.Tensor:
        return 1e-7 * keras.losses.mean_squared_error(y, prediction)

    sgd = keras.optimizers.SGD(3e5)
    history = train(article_mlp(), X, Y, epochs=4, batch_size=32, optimizer=sgd, loss=small)
    assert history.loss[-1] < 0.5 * history.loss[0]


def test_schedule_counts_steps_as_fit_does(double: None) -> None:
    ours, theirs = twins()

    def optimizer() -> keras.optimizers.Optimizer:
        return keras.optimizers.Adam(keras.optimizers.schedules.CosineDecay(1e-2, 22))

    history = train(ours, X, Y, epochs=2, batch_size=32, optimizer=optimizer(), shuffle=False)
    theirs.compile(optimizer=optimizer(), loss="mse", jit_compile=False)
    expected = theirs.fit(X, Y, epochs=2, batch_size=32, shuffle=False, verbose=0).history["loss"]
    np.testing.assert_allclose(history.loss, expected, rtol=1e-9)


def test_token_ids_stay_whole_numbers() -> None:
    """An embedding takes ids as they are; cast to bfloat16, ids above 256 would be rounded."""
    ids = np.arange(300)[:, None]
    model = keras.Sequential([keras.layers.Embedding(300, 300), keras.layers.Reshape((300,))])
    model(ids)
    model.set_weights([100 * np.eye(300)])

    def loss(y: object, logits: object) -> object:
        return keras.losses.sparse_categorical_crossentropy(y, logits, from_logits=True)

    sgd = keras.optimizers.SGD(0.0)
    history = train(model, ids, ids, epochs=1, batch_size=100, optimizer=sgd, loss=loss)
    assert history.loss == [0.0]


def orders(monkeypatch: pytest.MonkeyPatch, **settings: Any) -> list[tuple[int, ...]]:
    """Return the order of the rows in each of five epochs, without training."""
    seen: list[tuple[int, ...]] = []

    def epoch(self: loop.Runner, order: np.ndarray, size: int, number: int) -> float:
        seen.append(tuple(order))
        return 0.0

    monkeypatch.setattr(loop.Runner, "epoch", epoch)
    sgd = keras.optimizers.SGD()
    train(article_mlp(), X, Y, epochs=5, batch_size=32, optimizer=sgd, **settings)
    return seen


def test_each_epoch_has_a_new_order_of_all_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = orders(monkeypatch)
    assert {tuple(sorted(order)) for order in drawn} == {tuple(range(len(X)))}
    assert len(set(drawn)) == 5
    assert set(orders(monkeypatch, shuffle=False)) == {tuple(range(len(X)))}


def test_seed_decides_the_order(monkeypatch: pytest.MonkeyPatch) -> None:
    assert orders(monkeypatch, seed=1) == orders(monkeypatch, seed=1)
    assert orders(monkeypatch, seed=1) != orders(monkeypatch, seed=2)


def test_the_weights_of_the_best_epoch_come_back() -> None:
    model = article_mlp()
    # So large a step that the loss on other rows soon rises.
    adam = keras.optimizers.Adam(0.05)
    history = train(
        model,
        X[:40],
        Y[:40],
        epochs=20,
        batch_size=40,
        optimizer=adam,
        validation=(X[40:], Y[40:]),
    )
    assert not history.interrupted
    assert history.best_epoch < 15
    best = min(history.validation_loss)
    assert history.validation_loss[history.best_epoch] == best
    kept = np.mean((model.predict(X[40:], verbose=0)[:, 0] - Y[40:]) ** 2)
    assert kept == pytest.approx(best, rel=1e-5)


def test_interrupt_keeps_the_best_and_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    model = article_mlp()
    true_epoch = loop.Runner.epoch

    def interrupted(self: loop.Runner, order: np.ndarray, size: int, number: int) -> float:
        if number == 2:
            raise KeyboardInterrupt
        return true_epoch(self, order, size, number)

    monkeypatch.setattr(loop.Runner, "epoch", interrupted)
    adam = keras.optimizers.Adam(1e-3)
    history = train(
        model, X, Y, epochs=9, batch_size=64, optimizer=adam, validation=(X[:50], Y[:50])
    )
    assert history.interrupted
    assert len(history.validation_loss) == 2
    kept = np.mean((model.predict(X[:50], verbose=0)[:, 0] - Y[:50]) ** 2)
    assert kept == pytest.approx(min(history.validation_loss), rel=1e-4)


def test_exploding_loss_is_one_sentence_and_leaves_a_usable_model() -> None:
    model = article_mlp()
    sgd = keras.optimizers.SGD(1e6)
    with pytest.raises(CourseError, match="learning rate"):
        train(model, X, Y, epochs=20, batch_size=330, optimizer=sgd, validation=(X, Y))
    assert all(np.isfinite(w).all() for w in model.get_weights())


@pytest.mark.parametrize(
    ("inputs", "targets", "batch_size", "message"),
    [
        (X, Y[:-1], 32, "329"),
        (X[:0], Y[:0], 32, "at least one"),
        (np.where(X > 2, np.nan, X), Y, 32, "inputs"),
        (X, np.where(Y > 2, np.inf, Y), 32, "targets hold"),
        (X, Y, 0, "batch_size"),
    ],
)
def test_bad_input(inputs: np.ndarray, targets: np.ndarray, batch_size: int, message: str) -> None:
    adam = keras.optimizers.Adam()
    with pytest.raises(CourseError, match=message):
        train(article_mlp(), inputs, targets, epochs=1, batch_size=batch_size, optimizer=adam)


def test_a_restarted_runner_repeats_its_first_run_without_compiling_again() -> None:
    model, order = article_mlp(), np.arange(320)
    adam, mse = keras.optimizers.Adam(1e-2), keras.losses.mean_squared_error
    runner = loop.Runner(model, X.astype("float32"), Y[:, None].astype("float32"), adam, mse, False)
    first = model.get_weights()
    losses = [runner.epoch(order, 32, number) for number in range(3)]
    traces = runner._steps.experimental_get_tracing_count()
    runner.restart(first)
    assert [runner.epoch(order, 32, number) for number in range(3)] == losses
    assert runner._steps.experimental_get_tracing_count() == traces
