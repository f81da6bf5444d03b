"""Llama's attention: places are told by turning queries and keys, of which several share a key.

Letters in the shapes: B texts, T tokens, S tokens to look at, d width, h heads of queries, k heads
of keys, e width of a head.
"""

import math
from typing import Any

import keras
from keras import ops

from companion.models.attention import HIDDEN_SCORE, Cache, causal_mask, softmax
from companion.models.layers import Shape, Tensor, plain_dense, same_shape, saveable

Turn = tuple[Tensor, Tensor]
"""Cosine and sine of the angles of each place, from :func:`rotation`."""


def rotation(positions: Tensor, width: int, base: float) -> Turn:
    """Return cosine and sine of each place's angles (Su et al., 2021, eq. 34).

    Args:
        positions: ``(T,)``.
        width: of a head, e.
        base: pair i turns by the position times ``base ** (-2 i / e)``: the first pairs tell
            neighbours apart, the last ones far places.

    Returns:
        Two arrays ``(T, e/2)``.
    """
    speeds = base ** (-ops.arange(0, width, 2, dtype="float32") / width)
    angles = ops.cast(positions, "float32")[:, None] * speeds
    return ops.cos(angles), ops.sin(angles)


def rotate(x: Tensor, turn: Turn) -> Tensor:
    """Turn each pair of neighbouring units: ``(..., T, e)`` to ``(..., T, e)``.

    The product of a query and a key so turned depends on their distance alone. Files of
    `transformers` pair unit i with i + e/2 instead, and have their rows in that order; those of
    GGUF pair neighbours.
    """
    cosine, sine = (ops.cast(part, x.dtype) for part in turn)
    pairs = ops.reshape(x, (*ops.shape(x)[:-1], x.shape[-1] // 2, 2))
    a, b = pairs[..., 0], pairs[..., 1]
    turned = ops.stack([a * cosine - b * sine, a * sine + b * cosine], axis=-1)
    return ops.reshape(turned, ops.shape(x))


@saveable
class GroupedQueryAttention(keras.layers.Layer):
    """Self-attention in which h/k heads of queries share one head of keys and values.

    Ainslie et al. (2023): the cache is as many times smaller, and so is what a token must read.

    Args:
        num_heads: heads of queries, h.
        num_kv_heads: heads of keys and values, k; it divides h.
        stddev: spread of the first weights.
    """

    compute_output_shape = same_shape

    def __init__(
        self, num_heads: int, num_kv_heads: int, *, stddev: float = 0.02, **kwargs: Any
    ) -> None:
        super().__init__(**kwargs)
        self.num_heads, self.num_kv_heads, self.stddev = num_heads, num_kv_heads, stddev

    def build(self, input_shape: Shape) -> None:
        """Make the weights for inputs ``(B, T, d)``."""
        width = input_shape[-1]
        narrow = width // self.num_heads * self.num_kv_heads
        sizes = {"query": width, "key": narrow, "value": narrow, "output": width}
        made = [plain_dense(n, self.stddev, self.dtype_policy.name, k) for k, n in sizes.items()]
        for dense in made:
            dense.build(input_shape)
        self.query, self.key, self.value, self.output_dense = made

    def call(self, x: Tensor, turn: Turn) -> Tensor:
        """Return ``(B, T, d)``."""
        q, k, v = self._heads(x, turn)
        length = ops.shape(x)[1]
        return self._mix(q, k, v, causal_mask(length, length))

    def call_with_cache(
        self, x: Tensor, turn: Turn, cache: Cache, start: Tensor
    ) -> tuple[Tensor, Cache]:
        """Read only new tokens; as :meth:`SelfAttention.call_with_cache`, with k heads of keys."""
        q, k, v = self._heads(x, turn)
        keys = ops.slice_update(cache[0], (0, 0, start, 0), k)  # turned once, when they came
        values = ops.slice_update(cache[1], (0, 0, start, 0), v)
        # Later slots are still empty.
        mask = causal_mask(ops.shape(x)[1], ops.shape(keys)[2], start)
        return self._mix(q, keys, values, mask), (keys, values)

    def weights_of(self, x: Tensor, turn: Turn) -> Tensor:
        """Return how much each token takes from each, ``(B, h, T, T)``."""
        q, k, _ = self._heads(x, turn)
        length = ops.shape(x)[1]
        weights = self._weights(q, k, causal_mask(length, length))  # (B, k, h/k T, T)
        return ops.reshape(weights, (-1, self.num_heads, length, length))

    def _heads(self, x: Tensor, turn: Turn) -> tuple[Tensor, Tensor, Tensor]:
        def split(flat: Tensor, heads: int) -> Tensor:  # (B, T, h e) -> (B, h, T, e)
            shape = (-1, ops.shape(x)[1], heads, flat.shape[-1] // heads)
            return ops.transpose(ops.reshape(flat, shape), (0, 2, 1, 3))

        q = rotate(split(self.query(x), self.num_heads), turn)
        k = rotate(split(self.key(x), self.num_kv_heads), turn)
        return q, k, split(self.value(x), self.num_kv_heads)

    def _weights(self, q: Tensor, k: Tensor, mask: Tensor) -> Tensor:
        length, width = ops.shape(q)[2], q.shape[-1]
        # (B, h, T, e) -> (B, k, h/k T, e): the queries that share a key stand one below the other
        group = self.num_heads // self.num_kv_heads
        shared = ops.reshape(q, (-1, self.num_kv_heads, group * length, width))
        scores = ops.matmul(shared, ops.swapaxes(k, -1, -2)) / math.sqrt(width)
        hidden = ops.cast(HIDDEN_SCORE, scores.dtype)
        return softmax(ops.where(ops.tile(mask, (group, 1)), scores, hidden))

    def _mix(self, q: Tensor, k: Tensor, v: Tensor, mask: Tensor) -> Tensor:
        length, width = ops.shape(q)[2], q.shape[-1]
        mixed = ops.matmul(self._weights(q, k, mask), v)  # (B, k, h/k T, e)
        heads = ops.reshape(mixed, (-1, self.num_heads, length, width))
        joined = ops.transpose(heads, (0, 2, 1, 3))
        return self.output_dense(ops.reshape(joined, (-1, length, self.num_heads * width)))
