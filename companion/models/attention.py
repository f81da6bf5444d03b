"""Attention, written out: every token asks every other token for what it needs.

Letters in the shapes: B sequences in a batch, T tokens, S tokens to look at, h heads, d width.
"""

import math
from typing import Any, TypeAlias

import keras
from keras import ops

from companion.models.layers import Shape, Tensor, normal_dense, same_shape, saveable

Cache: TypeAlias = tuple[Tensor, Tensor]
"""Keys and values of the tokens seen so far, each ``(B, h, S, d/h)``."""

# Its exponential is exactly 0 beside any other score, and it is a number even in float16, so that
# a row in which everything is hidden gives equal weights and not NaN.
HIDDEN_SCORE = -3e4


def causal_mask(
    num_queries: int | Tensor, num_keys: int | Tensor, start: int | Tensor = 0
) -> Tensor:
    """Return who may look at whom when a text is read from left to right.

    Args:
        num_queries: number of tokens that look, T.
        num_keys: number of tokens to look at, S.
        start: position of the first token that looks.

    Returns:
        Booleans ``(T, S)``: true where the key is not later than the query.
    """
    queries = start + ops.arange(num_queries)
    return ops.expand_dims(queries, 1) >= ops.expand_dims(ops.arange(num_keys), 0)


def attention_weights(q: Tensor, k: Tensor, mask: Tensor | None = None) -> Tensor:
    """Return how much each query takes from each key (Vaswani et al., 2017, eq. 1).

    Args:
        q: queries ``(..., T, d)``.
        k: keys ``(..., S, d)``.
        mask: booleans that broadcast to ``(..., T, S)``; false hides a key from a query.

    Returns:
        Weights ``(..., T, S)`` that are not negative and add up to 1 over the keys.
    """
    # (..., T, d) @ (..., d, S) -> (..., T, S); without the root, scores grow with d and the
    # softmax of large scores has almost no slope.
    scores = ops.matmul(q, ops.swapaxes(k, -1, -2)) / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = ops.where(mask, scores, ops.cast(HIDDEN_SCORE, scores.dtype))
    return softmax(scores)


def softmax(scores: Tensor) -> Tensor:
    """Return shares that add up to 1 over the last axis; one score alone gets the whole."""
    if scores.shape[-1] == 1:  # Keras warns of it, but a text's first token has one key
        return ops.ones_like(scores)
    return ops.softmax(scores, axis=-1)


@saveable
class SelfAttention(keras.layers.Layer):
    """Attention of a text to itself with several heads, each in its own slice of the width.

    One matrix makes queries, keys and values together: one large product is faster than three
    small ones, and is the same function.

    Args:
        num_heads: number of heads, h; it divides the width of the input.
        dropout: share of the attention weights silenced in training.
        output_stddev: spread of the output matrix's first weights.
    """

    compute_output_shape = same_shape

    def __init__(
        self, num_heads: int, *, dropout: float = 0.0, output_stddev: float = 0.02, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.num_heads, self.output_stddev = num_heads, output_stddev
        self.drop = keras.layers.Dropout(dropout, dtype=self.dtype_policy.name)

    def build(self, input_shape: Shape) -> None:
        """Make the weights for inputs ``(B, T, d)``."""
        width, dtype = input_shape[-1], self.dtype_policy.name
        self.qkv = normal_dense(3 * width, dtype, name="qkv")
        self.output_dense = normal_dense(width, dtype, stddev=self.output_stddev, name="output")
        self.qkv.build(input_shape)
        self.output_dense.build(input_shape)

    def call(
        self, x: Tensor, attention_mask: Tensor | None = None, training: bool = False
    ) -> Tensor:
        """Return ``(B, T, d)``; the mask broadcasts to ``(B, h, T, T)``."""
        q, k, v = self._heads(x)  # each (B, h, T, d/h)
        weights = attention_weights(q, k, attention_mask)  # (B, h, T, T)
        return self._merge(ops.matmul(self.drop(weights, training=training), v))

    def call_with_cache(self, x: Tensor, cache: Cache, start: Tensor) -> tuple[Tensor, Cache]:
        """Read only new tokens; the keys and values of earlier ones are remembered.

        Args:
            x: the new tokens ``(B, T, d)``.
            cache: keys and values of the whole text to be, ``(B, h, S, d/h)`` each.
            start: position of the first new token. What has no room in the cache replaces others;
                GPT-2 looks before.

        Returns:
            The output ``(B, T, d)``, and the cache with the new tokens' keys and values put in.
        """
        q, k, v = self._heads(x)  # each (B, h, T, d/h)
        keys = ops.slice_update(cache[0], (0, 0, start, 0), k)
        values = ops.slice_update(cache[1], (0, 0, start, 0), v)
        mask = causal_mask(
            ops.shape(x)[1], ops.shape(keys)[2], start
        )  # later slots are still empty
        return self._merge(ops.matmul(attention_weights(q, keys, mask), values)), (keys, values)

    def _heads(self, x: Tensor) -> Tensor:
        length, width = ops.shape(x)[1], x.shape[-1]
        # (B, T, 3d) -> (B, T, 3, h, d/h) -> (3, B, h, T, d/h)
        split = (-1, length, 3, self.num_heads, width // self.num_heads)
        return ops.unstack(ops.transpose(ops.reshape(self.qkv(x), split), (2, 0, 3, 1, 4)), 3)

    def _merge(self, heads: Tensor) -> Tensor:
        length, width = ops.shape(heads)[2], heads.shape[1] * heads.shape[3]
        # (B, h, T, d/h) -> (B, T, h, d/h) -> (B, T, d): the heads side by side again
        joined = ops.reshape(ops.transpose(heads, (0, 2, 1, 3)), (-1, length, width))
        return self.output_dense(joined)
