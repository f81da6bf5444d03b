"""Let a language model write, greedily or by drawing lots, in one compiled loop.

The loop keeps the keys and values of earlier tokens, so a new token costs one step and not a fresh
reading of the whole text; and it stays inside TensorFlow, so nothing waits for Python.
"""

import numpy as np
import tensorflow as tf
from numpy.typing import ArrayLike

from companion.data.tokens import checked_ids
from companion.errors import CourseError
from companion.models.attention import Cache
from companion.models.causal import CausalModel
from companion.models.layers import Tensor
from companion.models.sampling import GREEDY, Sampling, random_draws


class Generator:
    """A model that writes, compiled once for each shape of prompt.

    Args:
        model: the language model.
        sampling: how to choose; greedy if left out.
        jit_compile: compile with XLA; worth its seconds when more than a few tokens are wanted.
    """

    def __init__(
        self, model: CausalModel, sampling: Sampling = GREEDY, *, jit_compile: bool = True
    ) -> None:
        self.model, self.sampling = model, sampling
        self._write = tf.function(self._loop, jit_compile=jit_compile, autograph=False)

    def __call__(self, prompt: ArrayLike, num_tokens: int, *, seed: int = 0) -> np.ndarray:
        """Continue each prompt.

        Args:
            prompt: integers ``(B, T)``, all prompts of one length, or ``(T,)``.
            num_tokens: how many tokens to add, N.
            seed: of the draws; greedy needs none.

        Returns:
            ``(B, T + N)``, prompts included; ``(T + N,)`` for a single prompt.

        Raises:
            CourseError: a prompt that is empty or has unknown tokens, or a text longer than the
                model's positions.
        """
        ids = _checked(prompt, self.model.config.vocab_size)
        if num_tokens < 1:
            raise CourseError(f"num_tokens should be at least 1, not {num_tokens}.")
        self.model.check_length(ids.shape[-1] + num_tokens)
        prompts = np.atleast_2d(ids)
        draws = random_draws(seed, num_tokens, len(prompts))
        text = self._write(tf.constant(prompts), tf.constant(draws)).numpy()
        return text if ids.ndim == 2 else text[0]

    def _loop(self, prompt: Tensor, draws: Tensor) -> Tensor:
        num_tokens, batch = draws.shape
        length = prompt.shape[1]
        caches = self.model.empty_cache(batch, length + num_tokens)
        logits, caches = self.model.call_with_cache(prompt, caches, 0)  # (B, V)
        # Position first, so that a step writes one whole row of (N, B).
        written = tf.zeros((num_tokens, batch), tf.int32)

        def step(
            n: Tensor, written: Tensor, logits: Tensor, caches: list[Cache]
        ) -> tuple[Tensor, Tensor, Tensor, list[Cache]]:
            new = self.sampling.choose(tf.cast(logits, tf.float32), draws[n])
            written = tf.tensor_scatter_nd_update(written, [[n]], new[None])
            logits, caches = self.model.call_with_cache(new[:, None], caches, length + n)
            return n + 1, written, logits, caches

        state = (tf.constant(0), written, logits, caches)
        n, written, logits, _ = tf.while_loop(lambda n, *_: n < num_tokens - 1, step, state)
        last = self.sampling.choose(tf.cast(logits, tf.float32), draws[-1])
        written = tf.tensor_scatter_nd_update(written, [[n]], last[None])
        return tf.concat([prompt, tf.transpose(written)], axis=1)


def _checked(prompt: ArrayLike, vocab_size: int) -> np.ndarray:
    """Return a prompt as 32-bit integers ``(T,)`` or ``(B, T)``, or say what is wrong with it."""
    try:
        ids = np.asarray(prompt)
    except ValueError as error:
        raise CourseError("All prompts should have the same number of tokens.") from error
    if ids.ndim not in (1, 2) or not ids.size:
        raise CourseError(
            "A prompt should be of shape (T,) or (B, T) and have at least one token; this one is "
            f"of shape {ids.shape}."
        )
    return checked_ids(ids, vocab_size).reshape(ids.shape).astype(np.int32)
