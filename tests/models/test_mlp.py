"""The article's network to the unit; the ensemble's members never meet."""

from __future__ import annotations

import keras
import numpy as np

import companion
from companion.models.mlp import article_mlp, each_member, mlp_ensemble


def test_the_articles_network_has_2689_weights() -> None:
    assert article_mlp().count_params() == 8 * 64 + 64 + 64 * 32 + 32 + 32 + 1 == 2689
    assert article_mlp()(np.zeros((3, 8))).shape == (3, 1)


def test_members_are_independent_and_counted() -> None:
    companion.seed(0)
    model = mlp_ensemble(5, num_members=3, hidden_dims=(4, 4))
    assert model.count_params() == 3 * (5 * 4 + 4 + 4 * 4 + 4 + 4 + 1)
    rows = np.random.default_rng(0).standard_normal((7, 5)).astype("float32")
    before = model(rows).numpy()
    weights = model.get_weights()
    # The kernel that one output alone depends on.
    weights[-2] = weights[-2] + 1
    model.set_weights(weights)
    changed = np.abs(model(rows).numpy() - before).max(axis=0) > 1e-3
    assert changed.sum() == 1


def test_each_member_is_judged_alone() -> None:
    loss = each_member(keras.losses.mean_squared_error)
    y, guesses = np.array([[1.0]]), np.array([[0.0, 2.0]])
    assert float(loss(y, guesses)[0]) == 1.0
    # The mean guess is right; a loss of the mean would be zero.
    assert float(keras.losses.mean_squared_error(y, guesses.mean(axis=1, keepdims=True))[0]) == 0.0


def test_an_ensemble_is_what_its_arguments_say() -> None:
    model = mlp_ensemble(8)
    dense = [layer for layer in model.layers if isinstance(layer, keras.layers.Dense)]
    silenced = [layer.rate for layer in model.layers if isinstance(layer, keras.layers.Dropout)]
    hidden = [layer for layer in dense if layer.units > 1]
    assert [layer.units for layer in dense].count(1) == 4
    assert [layer.units for layer in hidden] == [256] * 12
    assert all(layer.activation is keras.activations.silu for layer in hidden)
    assert silenced == [0.15] * 12
