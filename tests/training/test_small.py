"""Networks side by side: the same mathematics as Keras', one copy independent of the next."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf

from companion.errors import CourseError
from companion.training import small


def data(copies: int = 2, rows: int = 16) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    X = rng.standard_normal((copies, rows, 5), dtype=np.float32)
    return X, rng.integers(3, size=(copies, rows))


def keras_twin(network: small.Layers, copy: int) -> keras.Model:
    last = len(network) - 1
    layers = [
        keras.layers.Dense(W.shape[-1], activation=None if i == last else "relu")
        for i, (W, _) in enumerate(network)
    ]
    model = keras.Sequential([keras.Input((network[0][0].shape[1],)), *layers])
    model.set_weights([v for W, b in network for v in (W[copy], b[copy, 0])])
    return model


def test_logits_and_losses_equal_keras() -> None:
    X, y = data()
    network = small.start([5, 7, 4, 3], 2, np.random.default_rng(1))
    logits = small.forward(network, X)[-1]
    for copy in (0, 1):
        twin = np.asarray(keras_twin(network, copy)(X[copy]))
        np.testing.assert_allclose(logits[copy], twin, atol=1e-5)
        loss = keras.losses.sparse_categorical_crossentropy(y[copy], twin, from_logits=True)
        np.testing.assert_allclose(small.cross_entropy(logits, y)[copy], loss, atol=1e-5)


def test_training_equals_keras_adam_step_by_step() -> None:
    X, y = data()
    network = small.start([5, 7, 3], 2, np.random.default_rng(2))
    twin = keras_twin(network, 1)
    adam = keras.optimizers.Adam(0.01)
    ours = small.Adam(network)
    for _ in range(5):
        with tf.GradientTape() as tape:
            loss = keras.losses.sparse_categorical_crossentropy(y[1], twin(X[1]), from_logits=True)
            mean = tf.reduce_mean(loss)
        adam.apply(tape.gradient(mean, twin.trainable_variables), twin.trainable_variables)
        ours.update(network, small.gradients(network, X, y), 0.01)
    for mine, theirs in zip(
        [v for W, b in network for v in (W[1], b[1, 0])], twin.get_weights(), strict=True
    ):
        np.testing.assert_allclose(mine, theirs, atol=2e-6)


def test_a_layer_used_twice_gets_the_sum_of_both_gradients() -> None:
    X, y = data()
    path = [0, 1, 1, 1, 2]
    tied = small.start([5, 4, 4, 3], 2, np.random.default_rng(3))
    untied = [tied[i] for i in path]
    by_use = small.gradients(untied, X, y)
    summed = small.gradients(tied, X, y, path)
    np.testing.assert_allclose(summed[1][0], sum(by_use[i][0] for i in (1, 2, 3)), atol=1e-6)
    np.testing.assert_allclose(summed[0][1], by_use[0][1], atol=1e-6)


def test_residual_gradients_equal_tensorflow() -> None:
    X, y = data(1)
    network = small.start([5, 4, 4, 4, 3], 1, np.random.default_rng(7), variance=0.5)
    tensors = [[tf.constant(values[0]) for values in layer] for layer in network]
    with tf.GradientTape() as tape:
        tape.watch(tensors)
        x = tf.nn.relu(X[0] @ tensors[0][0] + tensors[0][1])
        for W, b in tensors[1:3]:
            x = x + tf.nn.relu(x @ W + b)
        logits = x @ tensors[3][0] + tensors[3][1]
        loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(y[0], logits))
    np.testing.assert_allclose(small.forward(network, X, residual=True)[-1][0], logits, atol=1e-5)
    ours = small.gradients(network, X, y, residual=True)
    for mine, theirs in zip(ours, tape.gradient(loss, tensors), strict=True):
        np.testing.assert_allclose(mine[0][0], theirs[0], atol=1e-6)
        np.testing.assert_allclose(mine[1][0], theirs[1], atol=1e-6)


def test_the_first_loss_is_that_of_an_even_guess() -> None:
    X, y = data(2, 200)
    network = small.start([5, 64, 3], 2, np.random.default_rng(8))
    losses = small.cross_entropy(small.forward(network, X)[-1], y)
    np.testing.assert_allclose(losses.mean(axis=1), np.log(3), atol=0.05)
    hidden = small.start([400, 300, 3], 1, np.random.default_rng(9), variance=0.5)[0][0]
    np.testing.assert_allclose(hidden.var(), 0.5 / 400, rtol=0.02)


def test_copies_do_not_see_each_other() -> None:
    X, y = data(3)
    network = small.start([5, 6, 3], 3, np.random.default_rng(4))
    alone = [[values[1:2].copy() for values in layer] for layer in network]
    small.learn(network, lambda: (X, y), 20)
    small.learn(alone, lambda: (X[1:2], y[1:2]), 20)
    np.testing.assert_allclose(network[0][0][1:2], alone[0][0], atol=1e-5)


def test_it_learns_and_counts_its_weights() -> None:
    X, y = data(2, 8)
    network = small.start([5, 32, 3], 2, np.random.default_rng(5))
    small.learn(network, lambda: (X, y), 300)
    assert small.cross_entropy(small.forward(network, X)[-1], y).max() < 0.1
    assert small.size(network) == 5 * 32 + 32 + 32 * 3 + 3


def test_a_runaway_and_impossible_widths_are_refused() -> None:
    X, y = data()
    network = small.start([5, 6, 3], 2, np.random.default_rng(6))
    with pytest.raises(CourseError, match="rate"):
        small.learn(network, lambda: (X * np.float32(np.nan), y), 3)
    with pytest.raises(CourseError, match="widths"):
        small.start([5], 1, np.random.default_rng(0))
