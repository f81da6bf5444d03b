"""The counts are exact."""

from __future__ import annotations

import keras
import numpy as np

from companion.models.cnn import resnet50_parameters


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
