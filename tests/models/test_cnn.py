"""The counts are exact; nothing looks ahead."""

from __future__ import annotations

import keras
import numpy as np
import pytest

import companion
from companion.models.cnn import causal_cnn, resnet50_parameters


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
