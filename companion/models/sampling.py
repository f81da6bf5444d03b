"""How a language model's next token is chosen from its logits."""

from dataclasses import dataclass

import numpy as np
import tensorflow as tf

from companion.errors import CourseError
from companion.models.layers import Tensor


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


def random_draws(seed: int, num_tokens: int, batch_size: int) -> np.ndarray:
    """Return uniform random numbers ``(num_tokens, batch_size)`` in (0, 1], in single precision."""
    draws = np.random.default_rng(seed).random((num_tokens, batch_size), dtype=np.float32)
    return np.float32(1) - draws  # NumPy's own are in [0, 1)
