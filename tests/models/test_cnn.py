"""The written-out convolution is Keras' own; the counts are exact; nothing looks ahead."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf

import companion
from companion.errors import CourseError
from companion.models.cnn import causal_cnn, cnn, convolve, resnet50_parameters


def test_convolve_is_keras_own() -> None:
    rng = np.random.default_rng(0)
    images = tf.constant(rng.standard_normal((2, 7, 9, 3)), "float32")
    kernel = tf.constant(rng.standard_normal((3, 2, 3, 4)), "float32")
    layer = keras.layers.Conv2D(4, (3, 2), use_bias=False)
    layer.build(images.shape)
    layer.set_weights([kernel])
    with tf.GradientTape(persistent=True) as tape:
        tape.watch([images, kernel])
        ours, theirs = convolve(images, kernel), layer(images)
        loss, other = tf.reduce_sum(tf.sin(ours)), tf.reduce_sum(tf.sin(theirs))
    np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-5)
    for a, b in zip(
        tape.gradient(loss, [images, kernel]),
        tape.gradient(other, [images, layer.kernel]),
        strict=True,
    ):
        np.testing.assert_allclose(a, b, rtol=0, atol=2e-5)


def test_the_classifier_is_counted_and_sees_the_whole_image() -> None:
    companion.seed(0)
    model = cnn((8, 8, 1), 10)
    assert model.count_params() == (9 * 16 + 16) + (9 * 16 * 32 + 32) + (2 * 2 * 32 * 10 + 10)
    images = tf.random.stateless_normal((2, 8, 8, 1), [0, 0])
    with tf.GradientTape() as tape:
        tape.watch(images)
        logits = model(images)
    assert logits.shape == (2, 10)
    corners = np.abs(tape.gradient(logits, images).numpy())[:, ::7, ::7]
    assert (corners.max(axis=0) > 0).all()
    with pytest.raises(CourseError, match="cannot be halved 4 times"):
        cnn((8, 8, 1), 10, filters=(4, 4, 4, 4))


@pytest.mark.parametrize(("num_layers", "seen"), [(1, 2), (3, 8)])
def test_the_language_model_sees_so_far_back_and_never_ahead(num_layers: int, seen: int) -> None:
    companion.seed(0)
    model = causal_cnn(9, hidden_dim=16, num_layers=num_layers)
    assert model.count_params() == 9 * 16 + num_layers * (2 * 16 * 16 + 16) + 16 * 9 + 9
    ids = np.random.default_rng(0).integers(0, 9, (40, 12))
    place, logits = 3, model(ids).numpy()
    other = ids.copy()
    other[:, place] = (other[:, place] + 1) % 9
    changed = np.abs(model(other).numpy() - logits).max(axis=(0, 2)) > 1e-6
    assert np.flatnonzero(changed).tolist() == list(range(place, min(place + seen, 12)))


def test_resnet50_is_the_published_one() -> None:
    assert resnet50_parameters() == 25_557_032
    assert resnet50_parameters() - resnet50_parameters(10) == 2049 * 990


def test_resnet50_is_keras_own_without_the_biases_of_its_convolutions() -> None:
    with keras.StatelessScope(initialize_variables=False):
        theirs = keras.applications.ResNet50(weights=None)
        count = sum(int(np.prod(w.shape)) for w in theirs.trainable_weights)
        biases = sum(
            layer.filters for layer in theirs.layers if isinstance(layer, keras.layers.Conv2D)
        )
    keras.utils.clear_session()
    # A bias before a batch norm has no effect: the norm takes it away again.
    assert resnet50_parameters() == count - biases
