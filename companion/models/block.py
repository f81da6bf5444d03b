"""The block that GPT-2, BERT and ViT repeat.

Letters in the shapes: B examples in a batch, T tokens, d width, m width inside the perceptron.
"""

from typing import Any

import keras

from companion.models.attention import Cache, SelfAttention
from companion.models.layers import (
    Gelu,
    LayerNorm,
    Shape,
    Tensor,
    gelu,
    normal_dense,
    same_shape,
    saveable,
)


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

    compute_output_shape = same_shape

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
        self.attention = SelfAttention(
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

    def call(
        self, x: Tensor, attention_mask: Tensor | None = None, training: bool = False
    ) -> Tensor:
        """Map ``(B, T, d)`` to ``(B, T, d)``; the mask broadcasts to ``(B, h, T, T)``."""
        attended = self.attention(
            self._into_attention(x), attention_mask=attention_mask, training=training
        )
        return self._add(x, attended, training)

    def call_with_cache(self, x: Tensor, cache: Cache, start: Tensor) -> tuple[Tensor, Cache]:
        """Do the same for new tokens only; see :meth:`SelfAttention.call_with_cache`."""
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
