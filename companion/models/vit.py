"""The vision transformer: an image is a text of patches.

Dosovitskiy et al. (2021). Letters in the shapes: B images, H and W height and width, C channels,
P side of a patch, N patches, d width, K classes.
"""

from typing import Any

import keras
from keras import ops

from companion.models.config import ViTConfig
from companion.models.layers import Shape, Tensor, normal_dense, saveable
from companion.models.transformer import Transformer, UnfitError


@saveable
class PatchEmbedding(keras.layers.Layer):
    """Cut an image into squares and map each to a token (Dosovitskiy et al., 2021, eq. 1).

    It is the convolution whose stride is its kernel's size: no pixel is used twice, so it is one
    matrix product.

    Args:
        patch_size: side of a square, P.
        width: width of a token, d.
    """

    def __init__(self, patch_size: int, width: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.patch_size = patch_size
        self.dense = normal_dense(width, self.dtype_policy.name)

    def build(self, input_shape: Shape) -> None:
        """Make the weights for images ``(B, H, W, C)``."""
        self.dense.build((None, self.patch_size**2 * input_shape[-1]))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return ``(B, H/P * W/P, d)`` for images ``(B, H, W, C)``."""
        batch, height, width, _ = input_shape
        return batch, height // self.patch_size * (width // self.patch_size), self.dense.units

    def call(self, images: Tensor) -> Tensor:
        """Map ``(B, H, W, C)`` to ``(B, H/P * W/P, d)``, row by row of patches."""
        size = self.patch_size
        _, height, width, channels = images.shape
        rows, columns = height // size, width // size
        # (B, H, W, C) -> (B, H/P, P, W/P, P, C) -> (B, H/P, W/P, P, P, C)
        squares = ops.reshape(images, (-1, rows, size, columns, size, channels))
        squares = ops.transpose(squares, (0, 1, 3, 2, 4, 5))
        return self.dense(ops.reshape(squares, (-1, rows * columns, size * size * channels)))


@saveable
class ViT(Transformer):
    """The classifier, built at once.

    Args:
        config: the sizes; without classes, a body that describes images.
    """

    config_type, title = ViTConfig, "ViT"

    def __init__(self, config: ViTConfig, **kwargs: Any) -> None:
        super().__init__(config, **kwargs)
        self.patches = PatchEmbedding(
            config.patch_size, config.hidden_dim, dtype=self.dtype_policy.name, name="patches"
        )
        self.class_token = self.make_table(1, "class_token")
        self.positions = self.make_table(config.num_patches + 1, "positions")
        self.make_blocks(norm_first=True, gelu_form="exact")
        self.final_norm = self.make_norm("final_norm")
        self.classifier = None
        if config.num_classes:
            self.classifier = self.make_dense(config.num_classes, "classifier")
        self.build((None, *config.image_shape))

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
        c, found = self.config, tuple(images.shape[1:])
        if found != c.image_shape:
            raise UnfitError(
                f"This ViT reads images of shape {c.image_shape}, not {found}; resize them."
            )
        x = self.patches(images)  # (B, N, d)
        first = ops.broadcast_to(self.class_token.embeddings[0], (ops.shape(x)[0], 1, c.hidden_dim))
        x = ops.concatenate([ops.cast(first, x.dtype), x], axis=1)  # (B, N + 1, d)
        x = x + self.positions(ops.arange(c.num_patches + 1))
        # No mask: every patch sees every other.
        return self.final_norm(self.through_blocks(x, training=training))
