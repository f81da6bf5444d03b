"""Convolutional networks: the same small filter, everywhere.

Letters in the shapes: B texts, T tokens, d width, V vocabulary.
"""

from __future__ import annotations

import keras
from keras import layers


def causal_cnn(
    vocab_size: int, *, hidden_dim: int, num_layers: int, kernel_size: int = 2
) -> keras.Model:
    """Return a convolutional language model that scores the next token at every place.

    Each layer looks back ``kernel_size`` times as far as the one before (van den Oord et al.,
    2016), so place t depends on the last ``kernel_size ** num_layers`` tokens and on no later one.

    Args:
        vocab_size: number of tokens, V.
        hidden_dim: width between layers.
        num_layers: number of convolutions; each adds to what came in.
        kernel_size: places that one filter sees.

    Returns:
        A model from integers ``(B, T)`` to logits ``(B, T, V)``.
    """
    tokens = keras.Input((None,), dtype="int32")
    x = layers.Embedding(vocab_size, hidden_dim)(tokens)  # (B, T, d)
    for i in range(num_layers):
        convolution = layers.Conv1D(
            hidden_dim,
            kernel_size,
            padding="causal",
            dilation_rate=kernel_size**i,
            activation="relu",
        )
        x = x + convolution(x)
    return keras.Model(tokens, layers.Dense(vocab_size)(x))


def resnet50_parameters(num_classes: int = 1000) -> int:
    """Count the trained weights of ResNet-50 (He et al., 2016, table 1) without making it.

    Args:
        num_classes: outputs of the last layer.

    Returns:
        25,557,032 for ImageNet: convolutions without bias, each followed by a batch norm with a
        scale and a shift for each channel.
    """

    def convolution(size: int, inputs: int, outputs: int) -> int:
        return size * size * inputs * outputs + 2 * outputs

    total, channels = convolution(7, 3, 64), 64
    for width, num_blocks in ((64, 3), (128, 4), (256, 6), (512, 3)):
        # Only the first block of a stage changes the width, so only its shortcut has weights.
        total += convolution(1, channels, 4 * width)
        for _ in range(num_blocks):
            total += convolution(1, channels, width)
            total += convolution(3, width, width)
            total += convolution(1, width, 4 * width)
            channels = 4 * width
    return total + channels * num_classes + num_classes
