"""What GPT-2, BERT and ViT share: a stack of equal blocks, and how Keras saves and copies them."""

from dataclasses import asdict
from typing import Any, ClassVar, Self

import keras

from companion.errors import CourseError
from companion.models.block import TransformerBlock
from companion.models.layers import Gelu, LayerNorm, Tensor, normal_dense, normal_rows
from companion.models.sizes import TransformerConfig


class UnfitError(CourseError):
    """Input that a model has no place for.

    Keras adds a page about the arguments to whatever ``call`` raises, unless it bears this mark.
    """

    _keras_call_info_injected = True


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

    def make_table(
        self, num_rows: int, name: str, *, blank: bool = False
    ) -> keras.layers.ReversibleEmbedding:
        """Return a table of ``num_rows`` learned rows, as wide as the stream; zeros if blank."""
        return keras.layers.ReversibleEmbedding(
            num_rows,
            self.config.hidden_dim,
            embeddings_initializer="zeros" if blank else normal_rows,
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
