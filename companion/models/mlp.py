"""The article's multilayer perceptron."""

import keras
from keras import layers


def article_mlp(num_features: int = 8) -> keras.Model:
    """Return the article's network: ``num_features``-64-32-1 with ReLU; 2,689 weights for 8 inputs.

    It maps ``(batch, num_features)`` to ``(batch, 1)``.
    """
    return keras.Sequential(
        [
            keras.Input((num_features,)),
            layers.Dense(64, activation="relu"),
            layers.Dense(32, activation="relu"),
            layers.Dense(1),
        ]
    )
