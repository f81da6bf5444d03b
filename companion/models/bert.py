"""BERT: read a text in both directions at once, and sum up the whole.

Devlin et al. (2019). Letters in the shapes: B texts, T tokens, d width, K classes.
"""

from typing import Any

from keras import ops

from companion.models.config import BertConfig
from companion.models.layers import Shape, Tensor, saveable
from companion.models.transformer import Transformer, UnfitError


@saveable
class Bert(Transformer):
    """The encoder, built at once, with the heads that are asked for.

    Args:
        config: the sizes; ``pooler`` and ``num_classes`` choose the heads.
    """

    config_type, title = BertConfig, "BERT"

    def __init__(self, config: BertConfig, **kwargs: Any) -> None:
        super().__init__(config, **kwargs)
        self.tokens = self.make_table(config.vocab_size, "tokens")
        self.positions = self.make_table(config.max_sequence_length, "positions")
        self.token_types = self.make_table(config.num_token_types, "token_types")
        self.embedding_norm = self.make_norm("embedding_norm")
        self.make_blocks(norm_first=False, gelu_form="exact")
        self.pooler = self.classifier = None
        if config.pooler:
            self.pooler = self.make_dense(config.hidden_dim, "pooler")
        if config.num_classes:
            self.classifier = self.make_dense(config.num_classes, "classifier")
        self.build((None, None))

    def build(self, input_shape: Shape) -> None:
        """Make all weights; called by the constructor."""
        stream = (*input_shape, self.config.hidden_dim)
        self.tokens.build(input_shape)
        self.positions.build(input_shape[1:])
        self.token_types.build(input_shape)
        for layer in (self.embedding_norm, self.drop, *self.blocks):
            layer.build(stream)
        for layer in (self.pooler, self.classifier):
            if layer is not None:
                layer.build((stream[0], stream[-1]))

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
            ``(B, T, d)``, from which :meth:`pool` and :meth:`class_logits` go on.

        Raises:
            CourseError: more tokens than positions.
        """
        self.check_length(token_ids.shape[1])
        if token_types is None:
            token_types = ops.zeros_like(token_ids)
        x = self.tokens(token_ids) + self.token_types(token_types)  # (B, T, d)
        x = x + self.positions(ops.arange(ops.shape(token_ids)[1]))  # + (T, d)
        if attention_mask is not None:
            # (B, T) -> (B, 1, 1, T): one row of keys, for every head and every query
            attention_mask = ops.cast(attention_mask, "bool")[:, None, None, :]
        return self.through_blocks(self.embedding_norm(x), attention_mask, training)  # (B, T, d)

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
