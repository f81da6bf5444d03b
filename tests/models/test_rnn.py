"""The written-out cell is Keras' own, step by step and in their gradients."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf

import companion
from companion.models.rnn import LSTMCell, rnn_language_model

B, T, D, U = 3, 6, 4, 5


@pytest.fixture
def x() -> tf.Tensor:
    companion.seed(0)
    return tf.constant(np.random.default_rng(0).standard_normal((B, T, D)), "float32")


def test_the_cell_is_keras_own(x: tf.Tensor) -> None:
    ours = keras.layers.RNN(LSTMCell(U), return_sequences=True)
    theirs = keras.layers.LSTM(U, return_sequences=True)
    ours.build(x.shape)
    theirs.build(x.shape)
    rng = np.random.default_rng(1)
    weights = [rng.normal(0, 0.7, w.shape) for w in theirs.get_weights()]
    ours.set_weights(weights)
    theirs.set_weights(weights)

    def read(reader: keras.layers.Layer) -> tuple[tf.Tensor, list[tf.Tensor]]:
        with tf.GradientTape() as tape:
            tape.watch(x)
            outputs = reader(x)
            loss = tf.reduce_sum(tf.sin(3 * outputs))
        return outputs, tape.gradient(loss, [x, *reader.trainable_variables])

    (mine, my_slopes), (other, other_slopes) = read(ours), read(theirs)
    np.testing.assert_allclose(mine, other, rtol=0, atol=1e-5)
    for a, b in zip(my_slopes, other_slopes, strict=True):
        np.testing.assert_allclose(a, b, rtol=0, atol=1e-5)


def test_first_weights_are_keras_own_kind(x: tf.Tensor) -> None:
    ours, reference = LSTMCell(U), keras.layers.LSTMCell(U)
    ours.build((B, D))
    reference.build((B, D))
    np.testing.assert_array_equal(ours.bias, reference.bias)
    turned = ours.recurrent.numpy()
    np.testing.assert_allclose(turned @ turned.T, np.eye(U), atol=1e-5)


def test_an_open_memory_keeps_what_it_holds() -> None:
    cell = LSTMCell(1)
    cell.build((1, 1))
    # Writing shut, keeping open, reading open: whatever comes in, the memory stays.
    cell.set_weights([np.zeros((1, 4)), np.zeros((1, 4)), np.array([-50, 50, 0, 50])])
    states = [tf.zeros((1, 1)), tf.constant([[0.3]])]
    for value in (5.0, -2.0, 9.0):
        _, states = cell(tf.constant([[value]]), states)
    assert states[1].numpy().item() == pytest.approx(0.3)
    assert states[0].numpy().item() == pytest.approx(np.tanh(0.3))


def test_the_language_model_is_causal_and_counted() -> None:
    companion.seed(0)
    model = rnn_language_model(7, hidden_dim=U)
    assert model.count_params() == 7 * U + 4 * (2 * U * U + U) + 7 * U + 7
    ids = np.array([[1, 2, 3, 4, 5]])
    logits = model(ids).numpy()
    assert logits.shape == (1, 5, 7)
    changed = np.abs(model(np.array([[1, 2, 3, 6, 5]])).numpy() - logits).max(axis=(0, 2)) > 1e-6
    assert changed.tolist() == [False, False, False, True, True]
