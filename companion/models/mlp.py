"""Multilayer perceptrons: the article's, and one that is good."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import keras
from keras import layers, ops

# The smoothness of SiLU suits regression; Hendrycks & Gimpel (2016), Elfwing et al. (2018).
ACTIVATION = "silu"


def article_mlp(num_features: int = 8) -> keras.Model:
    """Return the article's network: ``num_features``-64-32-1 with ReLU; 2,689 weights for 8 inputs.

    Args:
        num_features: number of input columns.

    Returns:
        A model from ``(batch, num_features)`` to ``(batch, 1)``.
    """
    return keras.Sequential(
        [
            keras.Input((num_features,)),
            layers.Dense(64, activation="relu"),
            layers.Dense(32, activation="relu"),
            layers.Dense(1),
        ]
    )


def mlp_ensemble(
    num_features: int,
    *,
    num_members: int = 4,
    hidden_dims: Sequence[int] = (256, 256, 256),
    dropout: float = 0.15,
) -> keras.Model:
    """Return several independent networks as one model, so that one compiled step trains all.

    Args:
        num_features: number of input columns.
        num_members: number of networks (Lakshminarayanan et al., 2017, "Deep ensembles").
        hidden_dims: width of each hidden layer.
        dropout: share of hidden units silenced in training (Srivastava et al., 2014).

    Returns:
        A model from ``(batch, num_features)`` to ``(batch, num_members)``: one guess a member.
        Their mean is the prediction.
    """
    inputs = keras.Input((num_features,))
    guesses = []
    for _ in range(num_members):
        x = inputs
        for width in hidden_dims:
            x = layers.Dense(width, activation=ACTIVATION)(x)
            x = layers.Dropout(dropout)(x)
        guesses.append(layers.Dense(1)(x))
    return keras.Model(inputs, layers.Concatenate()(guesses))


def each_member(loss: Callable[..., object]) -> Callable[..., object]:
    """Make a loss that judges every member of an ensemble by itself.

    Args:
        loss: ``loss(y, prediction)`` for one column.

    Returns:
        A loss for targets ``(batch, 1)`` and guesses ``(batch, num_members)``. The members share
        no weights, so each one's gradient is that of training it alone, divided by their number,
        a factor that Adam cancels.
    """

    def of_all(y: object, guesses: object) -> object:
        return loss(ops.broadcast_to(y, ops.shape(guesses)), guesses)

    return of_all
