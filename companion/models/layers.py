"""The other parts of a transformer, written out: norm, GELU, embeddings, patches, the block.

Letters in the shapes: B examples in a batch, T tokens, d width, m width inside the perceptron.
"""

from __future__ import annotations

import math
from typing import Any, Literal

import keras
from keras import ops

from companion.models.attention import (
    Cache,
    MultiHeadAttention,
    Shape,
    Tensor,
    causal_mask,
    check_room,
    normal_dense,
    saveable,
    scaled_dot_product_attention,
)

__all__ = [
    "Cache",
    "Embedding",
    "LayerNorm",
    "MultiHeadAttention",
    "PatchEmbedding",
    "Shape",
    "Tensor",
    "TransformerBlock",
    "causal_mask",
    "check_room",
    "gelu",
    "normal_dense",
    "saveable",
    "scaled_dot_product_attention",
]

Gelu = Literal["exact", "tanh"]


def gelu(x: Tensor, form: Gelu = "exact") -> Tensor:
    """Return ``x`` times the chance that a standard normal number is below ``x``.

    Args:
        x: any shape.
        form: ``"exact"`` (BERT, ViT) or ``"tanh"``, the approximation that GPT-2 was trained with
            (Hendrycks & Gimpel, 2016). They differ by up to 5e-4: enough to spoil a copy.
    """
    if form == "exact":
        return 0.5 * x * (1 + ops.erf(x / math.sqrt(2)))
    return 0.5 * x * (1 + ops.tanh(math.sqrt(2 / math.pi) * (x + 0.044715 * x**3)))


@saveable
class LayerNorm(keras.layers.Layer):
    """Give each token mean 0 and variance 1 over its units, then a learned scale and shift.

    Ba, Kiros & Hinton (2016), eq. 4. In half precision the mean and the variance are still taken
    in float32: a sum of hundreds of squares loses too much otherwise.

    Args:
        epsilon: added to the variance.
    """

    def __init__(self, epsilon: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.epsilon = epsilon

    def build(self, input_shape: Shape) -> None:
        """Make the scale and the shift, ``(d,)`` each."""
        self.scale = self.add_weight(shape=input_shape[-1:], initializer="ones", name="scale")
        self.shift = self.add_weight(shape=input_shape[-1:], initializer="zeros", name="shift")

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the input."""
        return input_shape

    def call(self, x: Tensor) -> Tensor:
        """Return the shape of ``x``."""
        x32 = ops.cast(x, "float32")
        centred = x32 - ops.mean(x32, axis=-1, keepdims=True)
        variance = ops.mean(ops.square(centred), axis=-1, keepdims=True)
        normal = ops.cast(centred * ops.rsqrt(variance + self.epsilon), x.dtype)
        return normal * self.scale + self.shift


@saveable
class Embedding(keras.layers.Layer):
    """A table with one learned row a token, position or segment.

    Args:
        num_rows: number of different tokens, V.
        width: length of a row, d.
    """

    def __init__(self, num_rows: int, width: int, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.num_rows, self.width = num_rows, width

    def build(self, input_shape: Shape | None = None) -> None:
        """Make the table ``(V, d)``."""
        self.table = self.add_weight(
            shape=(self.num_rows, self.width),
            initializer=keras.initializers.RandomNormal(stddev=0.02),
            name="table",
        )

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return ``(..., d)`` for integers ``(...)``."""
        return (*input_shape, self.width)

    def call(self, ids: Tensor) -> Tensor:
        """Look up rows: integers ``(...)`` to ``(..., d)``."""
        return ops.take(self.table, ids, axis=0)

    def logits(self, x: Tensor) -> Tensor:
        """Score every row against ``x``: ``(..., d)`` to ``(..., V)``. Press & Wolf (2017)."""
        return ops.matmul(x, ops.cast(ops.transpose(self.table), x.dtype))


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
class TransformerBlock(keras.layers.Layer):
    """Attention, then a perceptron on each token; both are added to what came in.

    Args:
        num_heads: attention heads.
        intermediate_dim: width of the perceptron's hidden layer, m.
        norm_first: normalise what goes into each part (GPT-2, ViT), or each sum (BERT; the form of
            Vaswani et al., 2017). Without norm in the way, the sum carries the signal through
            many blocks unchanged.
        gelu_form: see :func:`gelu`.
        dropout: share of units silenced in training.
        epsilon: of the layer norms.
        output_stddev: spread of the first weights of the two matrices that write to the sum.
    """

    def __init__(
        self,
        num_heads: int,
        intermediate_dim: int,
        *,
        norm_first: bool,
        gelu_form: Gelu,
        dropout: float,
        epsilon: float,
        output_stddev: float = 0.02,
        **kwargs: Any,
    ) -> None:
        super().__init__(**kwargs)
        self.norm_first, self.gelu_form = norm_first, gelu_form
        self.output_stddev, dtype = output_stddev, self.dtype_policy.name
        self.attention = MultiHeadAttention(
            num_heads, dropout=dropout, output_stddev=output_stddev, dtype=dtype, name="attention"
        )
        self.attention_norm = LayerNorm(epsilon, dtype=dtype, name="attention_norm")
        self.expand = normal_dense(intermediate_dim, dtype, name="expand")
        self.mlp_norm = LayerNorm(epsilon, dtype=dtype, name="mlp_norm")
        self.drop = keras.layers.Dropout(dropout, dtype=dtype)

    def build(self, input_shape: Shape) -> None:
        """Make the weights for inputs ``(B, T, d)``."""
        self.contract = normal_dense(
            input_shape[-1], self.dtype_policy.name, stddev=self.output_stddev, name="contract"
        )
        for layer in (self.attention, self.attention_norm, self.expand, self.mlp_norm):
            layer.build(input_shape)
        self.contract.build((*input_shape[:-1], self.expand.units))

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return the shape of the input."""
        return input_shape

    def call(
        self, x: Tensor, attention_mask: Tensor | None = None, training: bool = False
    ) -> Tensor:
        """Map ``(B, T, d)`` to ``(B, T, d)``; the mask broadcasts to ``(B, h, T, T)``."""
        attended = self.attention(
            self._into_attention(x), attention_mask=attention_mask, training=training
        )
        return self._add(x, attended, training)

    def call_with_cache(self, x: Tensor, cache: Cache, start: Tensor) -> tuple[Tensor, Cache]:
        """Do the same for new tokens only; see :meth:`MultiHeadAttention.call_with_cache`."""
        attended, cache = self.attention.call_with_cache(self._into_attention(x), cache, start)
        return self._add(x, attended, training=False), cache

    def mlp(self, x: Tensor) -> Tensor:
        """Apply the perceptron to each token: ``(B, T, d)`` to m to ``(B, T, d)``."""
        return self.contract(gelu(self.expand(x), self.gelu_form))

    def _into_attention(self, x: Tensor) -> Tensor:
        return self.attention_norm(x) if self.norm_first else x

    def _add(self, x: Tensor, attended: Tensor, training: bool) -> Tensor:
        x = x + self.drop(attended, training=training)
        if self.norm_first:
            return x + self.drop(self.mlp(self.mlp_norm(x)), training=training)
        x = self.attention_norm(x)
        return self.mlp_norm(x + self.drop(self.mlp(x), training=training))
