"""What GPT-2, BERT and ViT share: a stack of equal blocks, and how Keras saves and copies them.

Letters in the shapes: B examples in a batch, T tokens, d width, m width inside the perceptron.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, ClassVar, Self

import keras

from companion.errors import CourseError
from companion.models.attention import Cache, SelfAttention
from companion.models.config import TransformerConfig
from companion.models.layers import (
    Gelu,
    LayerNorm,
    Shape,
    Tensor,
    gelu,
    normal_dense,
    normal_rows,
    same_shape,
    saveable,
)


class UnfitError(CourseError):
    """Input that a model has no place for.

    Keras adds a page about the arguments to whatever ``call`` raises, unless it bears this mark.
    """

    _keras_call_info_injected = True


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


class Transformer(keras.Model):
    """A model made from sizes alone, and so saved as them and its weights.

    Args:
        config: the sizes, an instance of the class's ``config_type``.
        kwargs: ``name``, ``dtype`` and ``trainable``, as for every Keras model.
    """

    config_type: ClassVar[type[TransformerConfig]]
    title: ClassVar[str]

    def __init__(self, config: TransformerConfig, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        self.config: Any = config

    def get_config(self) -> dict[str, Any]:
        """Return what :meth:`from_config` makes the same model from, with new weights."""
        return super().get_config() | {"config": asdict(self.config)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Make a model from what :meth:`get_config` returned."""
        sizes = keras.saving.deserialize_keras_object(config["config"])
        return cls(**(config | {"config": cls.config_type(**sizes)}))

    def make_table(self, num_rows: int, name: str) -> keras.layers.ReversibleEmbedding:
        """Return a table of ``num_rows`` learned rows, as wide as the stream."""
        return keras.layers.ReversibleEmbedding(
            num_rows,
            self.config.hidden_dim,
            embeddings_initializer=normal_rows,
            reverse_dtype=self.compute_dtype,
            dtype=self.dtype_policy.name,
            name=name,
        )

    def make_norm(self, name: str) -> LayerNorm:
        """Return a layer norm beside those of the blocks."""
        return LayerNorm(self.config.layer_norm_epsilon, dtype=self.dtype_policy.name, name=name)

    def make_dense(self, units: int, name: str) -> keras.layers.Dense:
        """Return a dense layer of a head."""
        return normal_dense(units, self.dtype_policy.name, name=name)

    def make_blocks(
        self, *, norm_first: bool, gelu_form: Gelu, output_stddev: float = 0.02
    ) -> None:
        """Set ``drop`` and the ``blocks`` that the sizes ask for; see :class:`TransformerBlock`."""
        c, dtype = self.config, self.dtype_policy.name
        self.drop = keras.layers.Dropout(c.dropout, dtype=dtype)
        self.blocks = [
            TransformerBlock(
                c.num_heads,
                c.intermediate_dim,
                norm_first=norm_first,
                gelu_form=gelu_form,
                dropout=c.dropout,
                epsilon=c.layer_norm_epsilon,
                output_stddev=output_stddev,
                dtype=dtype,
                name=f"block_{i}",
            )
            for i in range(c.num_layers)
        ]

    def through_blocks(
        self, x: Tensor, attention_mask: Tensor | None = None, training: bool = False
    ) -> Tensor:
        """Send embedded tokens ``(B, T, d)`` through all blocks."""
        x = self.drop(x, training=training)
        for block in self.blocks:
            x = block(x, attention_mask=attention_mask, training=training)  # (B, T, d)
        return x

    def check_length(self, length: int | None) -> None:
        """Refuse a text that is longer than the model has positions."""
        limit = self.config.max_sequence_length
        if length is not None and length > limit:
            raise UnfitError(
                f"This {self.title} has {limit} positions; {length} tokens do not fit."
            )
