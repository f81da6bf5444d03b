"""GPT-2: read a text from left to right, and score every possible next token at every place.

Radford et al. (2019). Letters in the shapes: B texts, T tokens, V vocabulary, d width, h heads.
"""

from __future__ import annotations

import math
from typing import Any

import keras
from keras import ops

from companion.errors import CourseError
from companion.models.config import GPT2Config
from companion.models.layers import (
    Cache,
    Embedding,
    LayerNorm,
    Shape,
    Tensor,
    TransformerBlock,
    causal_mask,
)


class GPT2(keras.Model):
    """The model with its language-modelling head, built at once.

    The output layer is the token table itself ("tied"), so it has no weights of its own.

    Args:
        config: the sizes.
    """

    def __init__(self, config: GPT2Config, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.config = config
        self.tokens = Embedding(config.vocab_size, config.hidden_dim, name="tokens")
        self.positions = Embedding(config.max_sequence_length, config.hidden_dim, name="positions")
        self.drop = keras.layers.Dropout(config.dropout)
        self.blocks = [
            TransformerBlock(
                config.num_heads,
                config.intermediate_dim,
                norm_first=True,
                gelu_form="tanh",
                dropout=config.dropout,
                epsilon=config.layer_norm_epsilon,
                # 2L matrices add to the stream; so scaled, they do not swell it with depth.
                output_stddev=0.02 / math.sqrt(2 * config.num_layers),
                name=f"block_{i}",
            )
            for i in range(config.num_layers)
        ]
        self.final_norm = LayerNorm(config.layer_norm_epsilon, name="final_norm")
        self.build((None, None))

    def build(self, input_shape: Shape) -> None:
        """Make all weights; called by the constructor."""
        stream = (*input_shape, self.config.hidden_dim)
        self.tokens.build()
        self.positions.build()
        for block in self.blocks:
            block.build(stream)
        self.final_norm.build(stream)

    def __call__(self, token_ids: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        """Check, then :meth:`call`: Keras wraps an error raised in there in words of its own."""
        self.check_length(token_ids.shape[1])
        return super().__call__(token_ids, *args, **kwargs)

    def call(self, token_ids: Tensor, training: bool = False) -> Tensor:
        """Score the next token at every place.

        Args:
            token_ids: integers ``(B, T)`` below ``vocab_size``; T at most
                ``max_sequence_length``.
            training: use dropout.

        Returns:
            Logits ``(B, T, V)``: those at place t depend on tokens 0 to t alone.

        Raises:
            CourseError: more tokens than positions.
        """
        length = ops.shape(token_ids)[1]
        x = self.tokens(token_ids) + self.positions(ops.arange(length))  # (B, T, d) + (T, d)
        x = self.drop(x, training=training)
        mask = causal_mask(length, length)  # (T, T)
        for block in self.blocks:
            x = block(x, attention_mask=mask, training=training)  # (B, T, d)
        return self.tokens.logits(self.final_norm(x))  # (B, T, d) @ (d, V) -> (B, T, V)

    def empty_cache(self, batch_size: int, length: int) -> list[Cache]:
        """Return room for the keys and values of ``length`` tokens, for each block."""
        c = self.config
        shape = (batch_size, c.num_heads, length, c.hidden_dim // c.num_heads)
        zeros = ops.zeros(shape, dtype=self.compute_dtype)
        return [(zeros, zeros) for _ in self.blocks]

    def call_with_cache(
        self, token_ids: Tensor, caches: list[Cache], start: Tensor
    ) -> tuple[Tensor, list[Cache]]:
        """Score what follows the last of some new tokens, without reading the old ones again.

        Args:
            token_ids: the new tokens ``(B, T)``.
            caches: from :meth:`empty_cache`, or returned for the tokens before.
            start: position of the first new token.

        Returns:
            Logits ``(B, V)`` of the token after the last new one, and the updated caches.
        """
        x = self.tokens(token_ids) + self.positions(start + ops.arange(token_ids.shape[1]))
        updated = []
        for block, cache in zip(self.blocks, caches, strict=True):
            x, cache = block.call_with_cache(x, cache, start)
            updated.append(cache)
        return self.tokens.logits(self.final_norm(x[:, -1])), updated

    def check_length(self, length: int | None) -> None:
        """Refuse a text that is longer than the model has positions."""
        limit = self.config.max_sequence_length
        if length is not None and length > limit:
            raise CourseError(f"This GPT-2 has {limit} positions; {length} tokens do not fit.")
