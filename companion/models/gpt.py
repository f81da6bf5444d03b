"""GPT-2: read a text from left to right, and score every possible next token at every place.

Radford et al. (2019). Letters in the shapes: B texts, T tokens, V vocabulary, d width, h heads.
"""

import math
from typing import Any

from keras import ops

from companion.models.attention import Cache, causal_mask
from companion.models.causal import CausalModel
from companion.models.config import GPT2Config
from companion.models.layers import Shape, Tensor, saveable


@saveable
class GPT2(CausalModel):
    """The model with its language-modelling head, built at once.

    The output layer is the token table itself ("tied"), so it has no weights of its own.
    """

    config_type, title = GPT2Config, "GPT-2"

    def __init__(self, config: GPT2Config, **kwargs: Any) -> None:
        super().__init__(config, **kwargs)
        self.tokens = self.make_table(config.vocab_size, "tokens")
        self.positions = self.make_table(config.max_sequence_length, "positions")
        # 2L matrices add to the stream; so scaled, they do not swell it with depth.
        stddev = 0.02 / math.sqrt(2 * config.num_layers)
        self.make_blocks(norm_first=True, gelu_form="tanh", output_stddev=stddev)
        self.final_norm = self.make_norm("final_norm")
        self.build((None, None))

    def build(self, input_shape: Shape) -> None:
        """Make all weights; called by the constructor."""
        stream = (*input_shape, self.config.hidden_dim)
        self.tokens.build(input_shape)
        self.positions.build(input_shape[1:])
        for layer in (self.drop, *self.blocks, self.final_norm):
            layer.build(stream)

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
        self.check_length(token_ids.shape[1])
        length = ops.shape(token_ids)[1]
        x = self.tokens(token_ids) + self.positions(ops.arange(length))  # (B, T, d) + (T, d)
        x = self.through_blocks(x, causal_mask(length, length), training)  # (B, T, d)
        return self.tokens(self.final_norm(x), reverse=True)  # (B, T, d) @ (d, V) -> (B, T, V)

    def call_with_cache(
        self, token_ids: Tensor, caches: list[Cache], start: Tensor, *, every: bool = False
    ) -> tuple[Tensor, list[Cache]]:
        """Score what follows some new tokens; see :class:`CausalModel`."""
        self.check_room(caches, start, token_ids.shape[1])
        x = self.tokens(token_ids) + self.positions(start + ops.arange(ops.shape(token_ids)[1]))
        x, updated = self.cached_blocks(x, (), caches, start)
        x = self.final_norm(x if every else x[:, -1])
        return self.tokens(x, reverse=True), updated
