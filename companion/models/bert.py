"""BERT: read a text in both directions at once; guess hidden words, or sum up the whole.

Devlin et al. (2019). Letters in the shapes: B texts, T tokens, V vocabulary, d width.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from companion.errors import CourseError
from companion.models.config import BertConfig
from companion.models.layers import Embedding, LayerNorm, Shape, Tensor, TransformerBlock, gelu


class Bert(keras.Model):
    """The encoder, built at once, with the pooler and the masked-token head if asked for.

    Args:
        config: the sizes; ``config.pooler`` and ``config.masked_lm`` choose the heads.
    """

    def __init__(self, config: BertConfig, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.config = config
        width, epsilon = config.hidden_dim, config.layer_norm_epsilon
        self.tokens = Embedding(config.vocab_size, width, name="tokens")
        self.positions = Embedding(config.max_sequence_length, width, name="positions")
        self.token_types = Embedding(config.num_token_types, width, name="token_types")
        self.embedding_norm = LayerNorm(epsilon, name="embedding_norm")
        self.drop = keras.layers.Dropout(config.dropout)
        self.blocks = [
            TransformerBlock(
                config.num_heads,
                config.intermediate_dim,
                norm_first=False,
                gelu_form="exact",
                dropout=config.dropout,
                epsilon=epsilon,
                name=f"block_{i}",
            )
            for i in range(config.num_layers)
        ]
        self.pooler = _square(width, "pooler") if config.pooler else None
        self.lm_dense = _square(width, "lm_dense") if config.masked_lm else None
        self.lm_norm = LayerNorm(epsilon, name="lm_norm") if config.masked_lm else None
        self.build((None, None))

    def build(self, input_shape: Shape) -> None:
        """Make all weights; called by the constructor."""
        stream = (*input_shape, self.config.hidden_dim)
        for table in (self.tokens, self.positions, self.token_types):
            table.build()
        heads = [layer for layer in (self.pooler, self.lm_dense, self.lm_norm) if layer is not None]
        for layer in (self.embedding_norm, *self.blocks, *heads):
            layer.build(stream)
        if self.config.masked_lm:
            self.lm_bias = self.add_weight(
                shape=(self.config.vocab_size,), initializer="zeros", name="lm_bias"
            )

    def __call__(self, token_ids: Tensor, *args: Any, **kwargs: Any) -> Tensor:
        """Check, then :meth:`call`: Keras wraps an error raised in there in words of its own."""
        length, limit = token_ids.shape[1], self.config.max_sequence_length
        if length is not None and length > limit:
            raise CourseError(f"This BERT has {limit} positions; {length} tokens do not fit.")
        return super().__call__(token_ids, *args, **kwargs)

    def call(
        self,
        token_ids: Tensor,
        token_types: Tensor | None = None,
        attention_mask: Tensor | None = None,
        training: bool = False,
    ) -> Tensor:
        """Give every token a vector that knows the whole text.

        Args:
            token_ids: integers ``(B, T)``; T at most ``max_sequence_length``.
            token_types: integers ``(B, T)``: which segment a token belongs to; all 0 if left out.
            attention_mask: ``(B, T)``, true or 1 for tokens and false or 0 for padding, which no
                token then looks at.
            training: use dropout.

        Returns:
            ``(B, T, d)``. :meth:`pool` and :meth:`token_logits` go on from here.

        Raises:
            CourseError: more tokens than positions.
        """
        if token_types is None:
            token_types = ops.zeros_like(token_ids)
        x = self.tokens(token_ids) + self.token_types(token_types)  # (B, T, d)
        x = x + self.positions(ops.arange(ops.shape(token_ids)[1]))  # + (T, d)
        x = self.drop(self.embedding_norm(x), training=training)
        if attention_mask is not None:
            # (B, T) -> (B, 1, 1, T): one row of keys, for every head and every query
            attention_mask = ops.cast(attention_mask, "bool")[:, None, None, :]
        for block in self.blocks:
            x = block(x, attention_mask=attention_mask, training=training)  # (B, T, d)
        return x

    def pool(self, hidden: Tensor) -> Tensor:
        """Sum up a text by its first token: ``(B, T, d)`` to ``(B, d)``, between -1 and 1."""
        if self.pooler is None:
            raise CourseError("This BERT has no pooler; make it with BertConfig(pooler=True).")
        return ops.tanh(self.pooler(hidden[:, 0]))

    def token_logits(self, hidden: Tensor) -> Tensor:
        """Score what each token might be: ``(B, T, d)`` to ``(B, T, V)``."""
        if self.lm_dense is None or self.lm_norm is None:
            raise CourseError(
                "This BERT has no masked-token head; make it with BertConfig(masked_lm=True)."
            )
        x = self.lm_norm(gelu(self.lm_dense(hidden)))  # (B, T, d)
        return self.tokens.logits(x) + self.lm_bias  # the table is shared, as in GPT-2


def _square(width: int, name: str) -> keras.layers.Dense:
    normal = keras.initializers.RandomNormal(stddev=0.02)
    return keras.layers.Dense(width, kernel_initializer=normal, name=name)
