"""Let a language model write, greedily or by drawing lots, in one compiled loop.

The loop keeps the keys and values of earlier tokens, so a new token costs one step and not a fresh
reading of the whole text; and it stays inside TensorFlow, so nothing waits for Python.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import tensorflow as tf
from numpy.typing import ArrayLike

from companion.data.tokens import checked_ids
from companion.errors import CourseError
from companion.models.attention import Cache
from companion.models.layers import Tensor
from companion.models.transformer import CausalModel


@dataclass(frozen=True, kw_only=True)
class Sampling:
    """How a token is chosen from its logits.

    Attributes:
        temperature: divides the logits; 0 means always the likeliest token (greedy).
        top_k: choose among this many likeliest tokens only (Fan et al., 2018).
        top_p: choose among the fewest likeliest tokens whose probabilities reach this sum
            (Holtzman et al., 2020).

    Raises:
        CourseError: a negative temperature, a ``top_k`` below 1, a ``top_p`` outside (0, 1].
    """

    temperature: float = 1.0
    top_k: int | None = None
    top_p: float | None = None

    def __post_init__(self) -> None:
        if not 0 <= self.temperature < float("inf"):
            raise CourseError(f"temperature should be 0 or more, not {self.temperature!r}.")
        if self.top_k is not None and self.top_k < 1:
            raise CourseError(f"top_k should be at least 1, not {self.top_k!r}.")
        if self.top_p is not None and not 0 < self.top_p <= 1:
            raise CourseError(f"top_p should be above 0 and at most 1, not {self.top_p!r}.")

    def scores(self, logits: Tensor) -> Tensor:
        """Return the logits ``(B, V)`` to draw from: tempered, and cut off."""
        # Only differences count; from the largest down they may not grow beyond every number.
        largest = tf.reduce_max(logits, axis=-1, keepdims=True)
        logits = (logits - largest) / self.temperature
        if self.top_k is not None:
            kept = min(self.top_k, logits.shape[-1])
            smallest_kept = tf.math.top_k(logits, kept).values[:, -1:]
            logits = tf.where(logits < smallest_kept, -np.inf, logits)
        if self.top_p is not None:
            ranked = tf.sort(logits, direction="DESCENDING")
            chances = tf.nn.softmax(ranked)
            # A token is kept if those before it have not yet reached the sum: one always is.
            kept_ranks = tf.cumsum(chances, axis=-1, exclusive=True) < self.top_p
            smallest_kept = tf.reduce_min(
                tf.where(kept_ranks, ranked, np.inf), axis=-1, keepdims=True
            )
            logits = tf.where(logits < smallest_kept, -np.inf, logits)
        return logits

    def choose(self, logits: Tensor, draws: Tensor) -> Tensor:
        """Choose a token for each text.

        Args:
            logits: ``(B, V)``.
            draws: uniform random numbers ``(B,)`` in (0, 1]. They come from outside, because a
                compiled loop has another random generator than the same loop without XLA.

        Returns:
            Tokens ``(B,)``, the first whose cumulative probability reaches the draw.
        """
        if self.temperature == 0:
            return tf.argmax(logits, axis=-1, output_type=tf.int32)
        reached = tf.cumsum(tf.nn.softmax(self.scores(logits)), axis=-1)  # (B, V)
        # Rounding may leave the whole sum a little beside 1; times the sum, the draw is within it.
        passed = reached < draws[:, None] * reached[:, -1:]
        return tf.reduce_sum(tf.cast(passed, tf.int32), axis=-1)


GREEDY = Sampling(temperature=0.0)


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


def random_draws(seed: int, num_tokens: int, batch_size: int) -> np.ndarray:
    """Return uniform random numbers ``(num_tokens, batch_size)`` in (0, 1], in single precision."""
    draws = np.random.default_rng(seed).random((num_tokens, batch_size), dtype=np.float32)
    return np.float32(1) - draws  # NumPy's own are in [0, 1)


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
