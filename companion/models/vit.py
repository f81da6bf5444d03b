"""The vision transformer: an image is a text of patches.

Dosovitskiy et al. (2021). Letters in the shapes: B images, N patches, d width, K classes.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from companion.errors import CourseError
from companion.models.config import ViTConfig
from companion.models.layers import (
    Embedding,
    LayerNorm,
    PatchEmbedding,
    Shape,
    Tensor,
    TransformerBlock,
)


class ViT(keras.Model):
    """The classifier, built at once.

    Args:
        config: the sizes.
    """

    def __init__(self, config: ViTConfig, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.config = config
        normal = keras.initializers.RandomNormal
        self.patches = PatchEmbedding(config.patch_size, config.hidden_dim, name="patches")
        self.class_token = Embedding(1, config.hidden_dim, name="class_token")
        self.positions = Embedding(config.num_patches + 1, config.hidden_dim, name="positions")
        self.drop = keras.layers.Dropout(config.dropout)
        self.blocks = [
            TransformerBlock(
                config.num_heads,
                config.intermediate_dim,
                norm_first=True,
                gelu_form="exact",
                dropout=config.dropout,
                epsilon=config.layer_norm_epsilon,
                name=f"block_{i}",
            )
            for i in range(config.num_layers)
        ]
        self.final_norm = LayerNorm(config.layer_norm_epsilon, name="final_norm")
        self.classifier = keras.layers.Dense(
            config.num_classes, kernel_initializer=normal(stddev=0.02), name="classifier"
        )
        size = config.image_size
        self.build((None, size, size, config.num_channels))

    def build(self, input_shape: Shape) -> None:
        """Make all weights; called by the constructor."""
        stream = (None, self.config.num_patches + 1, self.config.hidden_dim)
        self.patches.build(input_shape)
        self.class_token.build()
        self.positions.build()
        for block in self.blocks:
            block.build(stream)
        self.final_norm.build(stream)
        self.classifier.build((None, self.config.hidden_dim))

    def __call__(self, images: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        """Check, then :meth:`call`: Keras wraps an error raised in there in words of its own."""
        self._check_size(images)
        return super().__call__(images, *args, **kwargs)

    def call(self, images: Tensor, training: bool = False) -> Tensor:
        """Score every class.

        Args:
            images: ``(B, H, W, C)`` of the configured size, normalised as in training.
            training: use dropout.

        Returns:
            Logits ``(B, K)``, read from the class token.

        Raises:
            CourseError: images of another size.
        """
        return self.classifier(self.features(images, training=training)[:, 0])

    def features(self, images: Tensor, training: bool = False) -> Tensor:
        """Give the class token and every patch a vector: ``(B, H, W, C)`` to ``(B, N + 1, d)``."""
        c = self.config
        self._check_size(images)
        x = self.patches(images)  # (B, N, d)
        first = ops.broadcast_to(self.class_token.table[0], (ops.shape(x)[0], 1, c.hidden_dim))
        x = ops.concatenate([ops.cast(first, x.dtype), x], axis=1)  # (B, N + 1, d)
        x = self.drop(x + self.positions(ops.arange(c.num_patches + 1)), training=training)
        for block in self.blocks:
            x = block(x, training=training)  # (B, N + 1, d): every patch sees every other
        return self.final_norm(x)

    def _check_size(self, images: Tensor) -> None:
        c = self.config
        expected = (c.image_size, c.image_size, c.num_channels)
        if tuple(images.shape[1:]) != expected:
            raise CourseError(
                f"This ViT reads images of shape {expected}, not {tuple(images.shape[1:])}; "
                "resize them."
            )
