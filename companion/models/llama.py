"""Llama, the form of most open language models since 2023: SmolLM2 is one.

Touvron et al. (2023). What differs from GPT-2: the norm has no mean and no shift, places are told
by turning queries and keys, several queries share a key, and the perceptron has a gate. Letters in
the shapes: B texts, T tokens, V vocabulary, d width.
"""

from typing import Any

import keras
from keras import ops

from companion.models.attention import Cache
from companion.models.causal import CausalModel
from companion.models.layers import RMSNorm, Shape, Tensor, plain_dense, same_shape, saveable
from companion.models.llama_attention import GroupedQueryAttention, Turn, rotation
from companion.models.llama_config import LlamaConfig


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
