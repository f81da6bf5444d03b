"""BERT: read a text in both directions at once; guess hidden words, or sum up the whole.

Devlin et al. (2019). Letters in the shapes: B texts, T tokens, V vocabulary, d width.
"""

from __future__ import annotations

from typing import Any

import keras
from keras import ops

from companion.models.config import BertConfig
from companion.models.layers import (
    Embedding,
    LayerNorm,
    Shape,
    Tensor,
    gelu,
    normal_dense,
    saveable,
)
from companion.models.transformer import Transformer, UnfitError


@saveable
class Bert(Transformer):
    """The encoder, built at once, with the heads that are asked for.

    Args:
        config: the sizes; ``pooler``, ``masked_lm`` and ``num_classes`` choose the heads.
    """

    config_type, title = BertConfig, "BERT"

    def __init__(self, config: BertConfig, **kwargs: Any) -> None:
        super().__init__(config, **kwargs)
        width, epsilon = config.hidden_dim, config.layer_norm_epsilon
        dtype = self.dtype_policy.name
        self.tokens = Embedding(config.vocab_size, width, dtype=dtype, name="tokens")
        self.positions = Embedding(config.max_sequence_length, width, dtype=dtype, name="positions")
        self.token_types = Embedding(config.num_token_types, width, dtype=dtype, name="token_types")
        self.embedding_norm = LayerNorm(epsilon, dtype=dtype, name="embedding_norm")
        self.drop = keras.layers.Dropout(config.dropout, dtype=dtype)
        self.blocks = self.make_blocks(norm_first=False, gelu_form="exact")
        self.pooler = self.lm_dense = self.lm_norm = self.classifier = None
        if config.pooler:
            self.pooler = normal_dense(width, dtype, name="pooler")
        if config.masked_lm:
            self.lm_dense = normal_dense(width, dtype, name="lm_dense")
            self.lm_norm = LayerNorm(epsilon, dtype=dtype, name="lm_norm")
        if config.num_classes:
            self.classifier = normal_dense(config.num_classes, dtype, name="classifier")
        self.build((None, None))

    def build(self, input_shape: Shape) -> None:
        """Make all weights; called by the constructor."""
        stream = (*input_shape, self.config.hidden_dim)
        self.tokens.build(input_shape)
        self.positions.build(input_shape[1:])
        self.token_types.build(input_shape)
        for layer in (self.embedding_norm, self.drop, *self.blocks):
            layer.build(stream)
        first = (stream[0], stream[-1])
        for head, shape in (
            (self.pooler, first),
            (self.lm_dense, stream),
            (self.lm_norm, stream),
            (self.classifier, first),
        ):
            if head is not None:
                head.build(shape)
        if self.config.masked_lm:
            self.lm_bias = self.add_weight(
                shape=(self.config.vocab_size,), initializer="zeros", name="lm_bias"
            )

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return ``(B, T, d)`` for tokens ``(B, T)``."""
        return (*input_shape, self.config.hidden_dim)

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
            ``(B, T, d)``, from which :meth:`pool`, :meth:`class_logits` and :meth:`token_logits` go
            on.

        Raises:
            CourseError: more tokens than positions.
        """
        self.check_length(token_ids.shape[1])
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
            raise UnfitError("This BERT has no pooler; make it with BertConfig(pooler=True).")
        return ops.tanh(self.pooler(hidden[:, 0]))

    def class_logits(self, hidden: Tensor, training: bool = False) -> Tensor:
        """Score the classes of a text: ``(B, T, d)`` to ``(B, K)``, one for each of the labels."""
        if self.classifier is None:
            raise UnfitError("This BERT has no classifier; make it with BertConfig(num_classes=2).")
        return self.classifier(self.drop(self.pool(hidden), training=training))

    def token_logits(self, hidden: Tensor) -> Tensor:
        """Score what each token might be: ``(B, T, d)`` to ``(B, T, V)``."""
        if self.lm_dense is None or self.lm_norm is None:
            raise UnfitError(
                "This BERT has no masked-token head; make it with BertConfig(masked_lm=True)."
            )
        x = self.lm_norm(gelu(self.lm_dense(hidden)))  # (B, T, d)
        return self.tokens.logits(x) + self.lm_bias  # the table is shared, as in GPT-2
