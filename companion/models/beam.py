"""Beam search: keep the few likeliest texts at every length, instead of only one."""

from __future__ import annotations

import numpy as np
import tensorflow as tf
from numpy.typing import ArrayLike

from companion.errors import CourseError
from companion.models.generate import checked_ids
from companion.models.gpt import GPT2
from companion.models.layers import Tensor


def beam_search(
    model: GPT2, prompt: ArrayLike, num_tokens: int, num_beams: int, *, jit: bool = False
) -> tuple[np.ndarray, np.ndarray]:
    """Look for the likeliest continuations of a prompt.

    Greedy choice is the search with one beam. With as many beams as there are texts one token
    shorter than the result, nothing is ever dropped and the search is exhaustive.

    Args:
        model: the language model.
        prompt: integers ``(T,)``.
        num_tokens: how many tokens to add, N.
        num_beams: texts kept at each length, K.
        jit: compile with XLA.

    Returns:
        Texts ``(K, T + N)``, likeliest first, and the log-probabilities ``(K,)`` of what was added.
        With fewer than K possible texts, those there are.

    Raises:
        CourseError: an empty prompt, unknown tokens, sizes below 1, or a text longer than the
            model's positions.
    """
    ids = checked_ids(prompt, model)
    if ids.ndim != 1:
        raise CourseError(f"Beam search takes one prompt of shape (T,), not {ids.shape}.")
    if num_tokens < 1 or num_beams < 1:
        raise CourseError(
            f"num_tokens and num_beams should be at least 1, not {num_tokens} and {num_beams}."
        )
    model.check_length(len(ids) + num_tokens)
    search = tf.function(_search, jit_compile=jit)
    texts, scores = search(model, tf.constant(ids), num_tokens, num_beams)
    found = np.isfinite(scores.numpy())
    return texts.numpy()[found], scores.numpy()[found]


def _search(model: GPT2, prompt: Tensor, num_tokens: int, K: int) -> tuple[Tensor, Tensor]:
    length = prompt.shape[0]
    total = length + num_tokens
    texts = tf.concat([prompt, tf.zeros(num_tokens, tf.int32)], axis=0)
    texts = tf.tile(texts[None], (K, 1))  # (K, T + N)
    # All beams start as the same text; all but the first are impossible, so that it counts once.
    scores = tf.concat([[0.0], tf.fill([K - 1], -np.inf)], axis=0)  # (K,)
    caches = model.empty_cache(K, total)
    logits, caches = model.call_with_cache(texts[:, :length], caches, 0)  # (K, V)

    def extend(
        t: Tensor, texts: Tensor, scores: Tensor, logits: Tensor
    ) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        vocabulary = logits.shape[-1]
        # (K, 1) + (K, V) -> (K, V): the score of each beam with each token after it
        extended = scores[:, None] + tf.nn.log_softmax(tf.cast(logits, tf.float32))
        scores, places = tf.math.top_k(tf.reshape(extended, (-1,)), K)
        parents, tokens = places // vocabulary, places % vocabulary
        texts = tf.gather(texts, parents)
        texts = tf.where(tf.range(total) == t, tokens[:, None], texts)
        return texts, scores, parents, tokens

    def step(
        t: Tensor, texts: Tensor, scores: Tensor, logits: Tensor, caches: list
    ) -> tuple[Tensor, Tensor, Tensor, Tensor, list]:
        texts, scores, parents, tokens = extend(t, texts, scores, logits)
        # A beam goes on from its parent, so it takes over the parent's memory.
        caches = tf.nest.map_structure(lambda c: tf.gather(c, parents), caches)
        logits, caches = model.call_with_cache(tokens[:, None], caches, t)
        return t + 1, texts, scores, logits, caches

    state = (tf.constant(length), texts, scores, logits, caches)
    t, texts, scores, logits, _ = tf.while_loop(lambda t, *_: t < total - 1, step, state)
    texts, scores, _, _ = extend(t, texts, scores, logits)
    return texts, scores
