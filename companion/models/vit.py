"""The vision transformer: an image is a text of patches.

Dosovitskiy et al. (2021). Letters in the shapes: B images, N patches, d width, K classes.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from companion.models.config import ViTConfig
from companion.models.layers import (
    Embedding,
    LayerNorm,
    PatchEmbedding,
    Shape,
    Tensor,
    normal_dense,
    saveable,
)
from companion.models.transformer import Transformer, UnfitError


@saveable
class ViT(Transformer):
    """The classifier, built at once.

    Args:
        config: the sizes; without classes, a body that describes images.
    """

    config_type, title = ViTConfig, "ViT"

    def __init__(self, config: ViTConfig, **kwargs: Any) -> None:
        super().__init__(config, **kwargs)
        width, dtype = config.hidden_dim, self.dtype_policy.name
        self.patches = PatchEmbedding(config.patch_size, width, dtype=dtype, name="patches")
        self.class_token = Embedding(1, width, dtype=dtype, name="class_token")
        self.positions = Embedding(config.num_patches + 1, width, dtype=dtype, name="positions")
        self.drop = keras.layers.Dropout(config.dropout, dtype=dtype)
        self.blocks = self.make_blocks(norm_first=True, gelu_form="exact")
        self.final_norm = LayerNorm(config.layer_norm_epsilon, dtype=dtype, name="final_norm")
        self.classifier = None
        if config.num_classes:
            self.classifier = normal_dense(config.num_classes, dtype, name="classifier")
        size = config.image_size
        self.build((None, size, size, config.num_channels))

    def build(self, input_shape: Shape) -> None:
        """Make all weights; called by the constructor."""
        tokens, width = self.config.num_patches + 1, self.config.hidden_dim
        self.patches.build(input_shape)
        self.class_token.build((1,))
        self.positions.build((tokens,))
        for layer in (self.drop, *self.blocks, self.final_norm):
            layer.build((None, tokens, width))
        if self.classifier is not None:
            self.classifier.build((None, width))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return ``(B, K)``, or ``(B, d)`` of a body, for images ``(B, H, W, C)``."""
        return input_shape[0], self.config.num_classes or self.config.hidden_dim

    def call(self, images: Tensor, training: bool = False) -> Tensor:
        """Score every class.

        Args:
            images: ``(B, H, W, C)`` of the configured size, normalised as in training.
            training: use dropout.

        Returns:
            Logits ``(B, K)``, read from the class token; without classes its vector ``(B, d)``.

        Raises:
            CourseError: images of another size.
        """
        first = self.features(images, training=training)[:, 0]  # (B, d)
        return first if self.classifier is None else self.classifier(first)

    def features(self, images: Tensor, training: bool = False) -> Tensor:
        """Give the class token and every patch a vector: ``(B, H, W, C)`` to ``(B, N + 1, d)``."""
        c = self.config
        expected = (c.image_size, c.image_size, c.num_channels)
        if tuple(images.shape[1:]) != expected:
            raise UnfitError(
                f"This ViT reads images of shape {expected}, not {tuple(images.shape[1:])}; "
                "resize them."
            )
        x = self.patches(images)  # (B, N, d)
        first = ops.broadcast_to(self.class_token.table[0], (ops.shape(x)[0], 1, c.hidden_dim))
        x = ops.concatenate([ops.cast(first, x.dtype), x], axis=1)  # (B, N + 1, d)
        x = self.drop(x + self.positions(ops.arange(c.num_patches + 1)), training=training)
        for block in self.blocks:
            x = block(x, training=training)  # (B, N + 1, d): every patch sees every other
        return self.final_norm(x)
