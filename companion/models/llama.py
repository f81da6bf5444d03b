"""Llama, the form of most open language models since 2023: SmolLM2 is one.

Touvron et al. (2023). What differs from GPT-2: the norm has no mean and no shift, places are told
by turning queries and keys, several queries share a key, and the perceptron has a gate. Letters in
the shapes: B texts, T tokens, S tokens to look at, V vocabulary, d width, h heads of queries,
k heads of keys, e width of a head.
"""

from __future__ import annotations

import math
from typing import Any

import keras
from keras import ops

from companion.models.attention import HIDDEN_SCORE, Cache, causal_mask, softmax
from companion.models.layers import Shape, Tensor, same_shape, saveable
from companion.models.llama_config import LlamaConfig
from companion.models.transformer import CausalModel

Turn = tuple[Tensor, Tensor]
"""Cosine and sine of the angles of each place, from :func:`rotation`."""


@saveable
class RMSNorm(keras.layers.Layer):
    """Give each token the root mean square 1 over its units, then a learned scale.

    Zhang & Sennrich (2019), eq. 4: a layer norm without mean and shift. In half precision the mean
    square is still taken in float32.

    Args:
        epsilon: added to the mean square.
    """

    compute_output_shape = same_shape

    def __init__(self, epsilon: float, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.epsilon = epsilon

    def build(self, input_shape: Shape) -> None:
        """Make the scale ``(d,)``."""
        self.scale = self.add_weight(shape=input_shape[-1:], initializer="ones", name="scale")

    def call(self, x: Tensor) -> Tensor:
        """Return the shape of ``x``."""
        x32 = ops.cast(x, "float32")
        square = ops.mean(ops.square(x32), axis=-1, keepdims=True)
        return ops.cast(x32 * ops.rsqrt(square + self.epsilon), x.dtype) * self.scale


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


def plain_dense(units: int, stddev: float, dtype: str, name: str) -> keras.layers.Dense:
    """Return a dense layer without bias; see :class:`Llama` on ``stddev``."""
    first = keras.initializers.RandomNormal(stddev=stddev) if stddev else "zeros"
    return keras.layers.Dense(
        units, use_bias=False, kernel_initializer=first, dtype=dtype, name=name
    )


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


@saveable
class LlamaBlock(keras.layers.Layer):
    """Attention, then a gated perceptron on each token; both are added to what came in.

    Args:
        config: the sizes, of which the block takes its own.
        stddev: spread of the first weights.
    """

    compute_output_shape = same_shape

    def __init__(self, config: LlamaConfig, *, stddev: float = 0.02, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        c, dtype = config, self.dtype_policy.name
        self.attention_norm = RMSNorm(c.layer_norm_epsilon, dtype=dtype, name="attention_norm")
        self.attention = GroupedQueryAttention(
            c.num_heads, c.num_kv_heads, stddev=stddev, dtype=dtype, name="attention"
        )
        self.mlp_norm = RMSNorm(c.layer_norm_epsilon, dtype=dtype, name="mlp_norm")
        self.gate = plain_dense(c.intermediate_dim, stddev, dtype, "gate")
        self.expand = plain_dense(c.intermediate_dim, stddev, dtype, "expand")
        self.contract = plain_dense(c.hidden_dim, stddev, dtype, "contract")

    def build(self, input_shape: Shape) -> None:
        """Make the weights for inputs ``(B, T, d)``."""
        for layer in (self.attention_norm, self.attention, self.mlp_norm, self.gate, self.expand):
            layer.build(input_shape)
        self.contract.build((*input_shape[:-1], self.expand.units))

    def call(self, x: Tensor, turn: Turn) -> Tensor:
        """Map ``(B, T, d)`` to ``(B, T, d)``."""
        x = x + self.attention(self.attention_norm(x), turn)
        return x + self.mlp(self.mlp_norm(x))

    def call_with_cache(
        self, x: Tensor, turn: Turn, cache: Cache, start: Tensor
    ) -> tuple[Tensor, Cache]:
        """Do the same for new tokens only; see :class:`GroupedQueryAttention`."""
        mixed, cache = self.attention.call_with_cache(self.attention_norm(x), turn, cache, start)
        x = x + mixed
        return x + self.mlp(self.mlp_norm(x)), cache

    def mlp(self, x: Tensor) -> Tensor:
        """Apply the perceptron: SwiGLU (Shazeer, 2020), one product opens or shuts the other."""
        return self.contract(ops.silu(self.gate(x)) * self.expand(x))


@saveable
class Llama(CausalModel):
    """The model with its language-modelling head, built at once.

    Args:
        config: the sizes.
        stddev: spread of the first weights; 0 for a model whose weights will be loaded, for random
            numbers by the hundred million take seconds.
    """

    config_type, title = LlamaConfig, "Llama"

    def __init__(self, config: LlamaConfig, *, stddev: float = 0.02, **kwargs: Any) -> None:
        super().__init__(config, **kwargs)
        dtype = self.dtype_policy.name
        self.tokens = self.make_table(config.vocab_size, "tokens", blank=not stddev)
        self.blocks: list[Any] = [
            LlamaBlock(config, stddev=stddev, dtype=dtype, name=f"block_{i}")
            for i in range(config.num_layers)
        ]
        self.final_norm = RMSNorm(config.layer_norm_epsilon, dtype=dtype, name="final_norm")
        self.output_dense = None
        if not config.tied_head:
            self.output_dense = plain_dense(config.vocab_size, stddev, dtype, "output")
        self.build((None, None))

    def build(self, input_shape: Shape) -> None:
        """Make all weights; called by the constructor."""
        stream = (*input_shape, self.config.hidden_dim)
        self.tokens.build(input_shape)
        for layer in (*self.blocks, self.final_norm, self.output_dense):
            if layer is not None:
                layer.build(stream)

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return ``(B, T, V)`` for tokens ``(B, T)``."""
        return (*input_shape, self.config.vocab_size)

    def call(self, token_ids: Tensor, training: bool = False) -> Tensor:
        """Score the next token at every place; as :meth:`GPT2.call`, there is no dropout."""
        return self.logits(self.stream(token_ids)[-1])

    def stream(self, token_ids: Tensor) -> list[Tensor]:
        """Return each token's vector before the first block and after each: ``(B, T, d)`` each.

        Raises:
            CourseError: more tokens than the model was made for.
        """
        self.check_length(token_ids.shape[1])
        turn = self.turn(0, ops.shape(token_ids)[1])
        states = [self.tokens(token_ids)]
        for block in self.blocks:
            states.append(block(states[-1], turn))
        return states

    def logits(self, x: Tensor) -> Tensor:
        """Score every token: the stream ``(..., d)`` to ``(..., V)``, by way of the last norm."""
        x = self.final_norm(x)
        return self.tokens(x, reverse=True) if self.output_dense is None else self.output_dense(x)

    def turn(self, start: Tensor, length: Tensor) -> Turn:
        """Return the rotation of ``length`` places from ``start`` on."""
        return rotation(start + ops.arange(length), self.config.head_dim, self.config.rope_base)

    def call_with_cache(
        self, token_ids: Tensor, caches: list[Cache], start: Tensor, *, every: bool = False
    ) -> tuple[Tensor, list[Cache]]:
        """Score what follows some new tokens; see :class:`CausalModel`."""
        self.check_room(caches, start, token_ids.shape[1])
        x = self.tokens(token_ids)
        turn = self.turn(start, ops.shape(token_ids)[1])
        x, updated = self.cached_blocks(x, (turn,), caches, start)
        return self.logits(x if every else x[:, -1]), updated
