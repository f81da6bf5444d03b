"""What GPT-2, BERT and ViT share: sizes, a stack of blocks, and how Keras saves and copies them."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any, ClassVar, Self

import keras

from companion.errors import CourseError
from companion.models.config import TransformerConfig
from companion.models.layers import Gelu, TransformerBlock


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

    def make_blocks(
        self, *, norm_first: bool, gelu_form: Gelu, output_stddev: float = 0.02
    ) -> list[TransformerBlock]:
        """Return as many blocks as the sizes ask for; see :class:`TransformerBlock`."""
        return [
            TransformerBlock(
                self.config.num_heads,
                self.config.intermediate_dim,
                norm_first=norm_first,
                gelu_form=gelu_form,
                dropout=self.config.dropout,
                epsilon=self.config.layer_norm_epsilon,
                output_stddev=output_stddev,
                dtype=self.dtype_policy.name,
                name=f"block_{i}",
            )
            for i in range(self.config.num_layers)
        ]

    def get_config(self) -> dict[str, Any]:
        """Return what :meth:`from_config` makes the same model from, with new weights."""
        return super().get_config() | {"config": asdict(self.config)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """Make a model from what :meth:`get_config` returned."""
        sizes = keras.saving.deserialize_keras_object(config["config"])
        return cls(**(config | {"config": cls.config_type(**sizes)}))

    def check_length(self, length: int | None) -> None:
        """Refuse a text that is longer than the model has positions."""
        limit = self.config.max_sequence_length
        if length is not None and length > limit:
            raise UnfitError(
                f"This {self.title} has {limit} positions; {length} tokens do not fit."
            )
