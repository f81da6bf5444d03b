"""What GPT-2, BERT and ViT share: a stack of equal blocks, and how Keras saves and copies them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from functools import cache
from operator import index
from typing import Any, ClassVar, Self

import keras
from keras import ops

from companion.errors import CourseError
from companion.models.attention import Cache
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


class CausalModel(Transformer):
    """What GPT-2 and Llama share: they read from left to right, and remember keys and values.

    Each has ``call_with_cache``, so that a new token costs one step and not the whole text.
    """

    def empty_cache(self, batch_size: int, length: int) -> list[Cache]:
        """Return room for the keys and values of ``length`` tokens, for each block.

        Raises:
            CourseError: more tokens than the model was made for.
        """
        self.check_length(length)
        c = self.config
        shape = (batch_size, c.num_kv_heads, length, c.hidden_dim // c.num_heads)
        zeros = ops.zeros(shape, dtype=self.compute_dtype)
        return [(zeros, zeros) for _ in range(c.num_layers)]

    def call_with_cache(
        self, token_ids: Tensor, caches: list[Cache], start: Tensor, *, every: bool = False
    ) -> tuple[Tensor, list[Cache]]:
        """Score what follows some new tokens, without reading the old ones again.

        Args:
            token_ids: the new tokens ``(B, T)``.
            caches: from :meth:`empty_cache`, or returned for the tokens before.
            start: position of the first new token.
            every: score after each new token, not after the last alone.

        Returns:
            Logits ``(B, V)``, or ``(B, T, V)`` for every one, and the updated caches.

        Raises:
            CourseError: caches longer than the model was made for, or without room for the new
                tokens. A start that is known only while a compiled loop runs passes unchecked.
        """
        raise NotImplementedError

    def cached_blocks(
        self, x: Tensor, inputs: tuple[Tensor, ...], caches: list[Cache], start: Tensor
    ) -> tuple[Tensor, list[Cache]]:
        """Send new tokens ``(B, T, d)`` through all blocks; return them and the updated caches.

        Thirty equal blocks are thirty times the same program, which is slow to trace: the first
        one's is, and lent to the others, each with its own weights.
        """
        updated, start = [], ops.convert_to_tensor(start, "int32")
        for block, kept in zip(self.blocks, caches, strict=True):
            weights = [weight.value for weight in block.weights]
            x, kept = _lent()(self.blocks[0], weights, x, *inputs, kept, start)
            updated.append(kept)
        return x, updated

    def check_room(self, caches: list[Cache], start: Tensor, num_new: int | None) -> None:
        """Refuse new tokens for which the caches have no room."""
        room = caches[0][0].shape[2]
        self.check_length(room)
        try:
            first = index(start)
        except TypeError:  # known only while a compiled function runs
            return
        if room is not None and num_new is not None and not 0 <= first <= room - num_new:
            raise CourseError(
                f"The cache has room for tokens 0 to {room - 1}; {first} to {first + num_new - 1} "
                "do not fit, so make a longer one."
            )


@cache
def _lent() -> Callable[..., tuple[Tensor, Cache]]:
    """Return what runs one block with the weights of another; see :meth:`cached_blocks`."""
    import tensorflow as tf  # where Keras has another backend, nothing is written with a cache

    def run(block: Any, weights: list[Tensor], *inputs: Any) -> tuple[Tensor, Cache]:
        with keras.StatelessScope(list(zip(block.weights, weights, strict=True))):
            return block.call_with_cache(*inputs)

    return tf.function(run, autograph=False, experimental_attributes={"_noinline": True})
