"""What GPT-2 and Llama share: the keys and values of tokens that were read are kept."""

from collections.abc import Callable
from functools import cache
from operator import index
from typing import Any

import keras
from keras import ops

from companion.errors import CourseError
from companion.models.attention import Cache
from companion.models.layers import Shape, Tensor
from companion.models.transformer import Transformer


class CausalModel(Transformer):
    """A transformer that reads from left to right, and remembers keys and values.

    Each has ``call_with_cache``, so that a new token costs one step and not the whole text.
    """

    def compute_output_shape(self, input_shape: Shape) -> Shape:
        """Return ``(B, T, V)`` for tokens ``(B, T)``."""
        return (*input_shape, self.config.vocab_size)

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
