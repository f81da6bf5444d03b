"""How likely a model finds given texts: tokens, continuations, bits a byte."""

import math
from collections.abc import Iterator, Sequence

import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

from companion.data.byte_bpe import ByteLevelBPE
from companion.errors import CourseError
from companion.models.attention import Cache
from companion.models.causal import CausalModel
from companion.models.layers import Tensor

Floats = NDArray[np.float64]
Ids = Sequence[int] | NDArray[np.integer]


class Scorer:
    """A language model as a judge of texts.

    Args:
        model: the language model.
        batch_tokens: most tokens in a batch, padding included.
    """

    def __init__(self, model: CausalModel, batch_tokens: int = 1024) -> None:
        self.model, self.batch_tokens = model, batch_tokens
        ids, start = tf.TensorSpec([None, None], tf.int32), tf.TensorSpec([], tf.int32)
        caches = tf.nest.map_structure(
            lambda part: tf.TensorSpec([None, part.shape[1], None, part.shape[3]], part.dtype),
            model.empty_cache(1, 1),
        )
        # Each is traced once, whatever the sizes of a batch.
        given = [ids, caches, start]
        self._judge = tf.function(self._judged, given, autograph=False)
        self._read = tf.function(model.call_with_cache, given, autograph=False)

    def tokens(self, texts: Sequence[Ids], after: Ids = ()) -> list[Floats]:
        """Return the natural log-probability of each token, for each text.

        Args:
            texts: of one token or more.
            after: tokens that all texts come after, read once; without them, the first token of a
                text has no probability and is left out.

        Raises:
            CourseError: a text with no token to judge.
        """
        return [line for line, _ in self._each(texts, after)]

    def writes(self, pairs: Sequence[tuple[Ids, Ids]], after: Ids = ()) -> NDArray[np.bool_]:
        """Tell whether greedy decoding after each first part would write its second part.

        Args:
            pairs: prompts and answers.
            after: tokens before all prompts, such as solved examples.
        """
        judged = self._each([[*prompt, *answer] for prompt, answer in pairs], after)
        return np.array(
            [top[-len(answer) :].all() for (_, top), (_, answer) in zip(judged, pairs, strict=True)]
        )

    def continuations(self, pairs: Sequence[tuple[Ids, Ids]], after: Ids = ()) -> Floats:
        """Return the log-probability of each second part after its first, shape ``(pairs,)``."""
        whole = self.tokens([[*before, *text] for before, text in pairs], after)
        return np.array(
            [line[-len(text) :].sum() for line, (_, text) in zip(whole, pairs, strict=True)]
        )

    def bits_per_byte(self, text: str, tokenizer: ByteLevelBPE, window: int = 512) -> float:
        """Return the bits that a perfect packer with this model would need for a byte of text.

        The text is cut into windows that are judged apart, so that each loses what came before; the
        first token of a window is given.

        Args:
            text: at least a few windows long.
            tokenizer: the model's own.
            window: tokens in a window.
        """
        ids = tokenizer.encode(text)
        windows = [ids[i : i + window] for i in range(0, len(ids), window)]
        windows = [part for part in windows if len(part) > 1]
        nats = -sum(line.sum() for line in self.tokens(windows))
        judged = sum(len(tokenizer.decode(part[1:]).encode()) for part in windows)
        return float(nats / math.log(2) / judged)

    def _each(self, texts: Sequence[Ids], after: Ids) -> list[tuple[Floats, NDArray[np.bool_]]]:
        """Return of each token the log-probability, and whether none is likelier."""
        least = 1 if len(after) else 2
        if any(len(text) < least for text in texts):
            raise CourseError("A text needs a token to judge, and one to read before it.")
        # The last token of what comes before is read with each text, for it foretells the first.
        texts = [[*after[-1:], *text] for text in texts]
        found: dict[int, tuple[Floats, NDArray[np.bool_]]] = {}
        for rows in self._batches(texts):
            padded = np.zeros((len(rows), max(len(texts[i]) for i in rows)), np.int32)
            for line, i in zip(padded, rows, strict=True):  # no token looks at the padding behind
                line[: len(texts[i])] = texts[i]
            batch = (part.numpy() for part in self._judge_batch(padded, after[:-1]))
            for i, chances, top in zip(rows, *batch, strict=True):
                judged = len(texts[i]) - 1
                found[i] = chances[:judged].astype(float), top[:judged]
        return [found[i] for i in range(len(texts))]

    def _batches(self, texts: Sequence[Ids]) -> Iterator[list[int]]:
        """Put texts of like length together, the longest first."""
        order = sorted(range(len(texts)), key=lambda i: len(texts[i]))
        while order:
            size = max(1, self.batch_tokens // len(texts[order[-1]]))
            yield [order.pop() for _ in range(min(size, len(order)))]

    def _judge_batch(self, padded: NDArray[np.int32], before: Ids) -> tuple[Tensor, Tensor]:
        num_texts, length = padded.shape
        if not len(before):
            return self._judge(padded, self.model.empty_cache(num_texts, length), 0)
        caches = self.model.empty_cache(1, len(before) + length)
        _, caches = self._read(np.array([before], np.int32), caches, 0)
        caches = [(tf.repeat(k, num_texts, 0), tf.repeat(v, num_texts, 0)) for k, v in caches]
        return self._judge(padded, caches, len(before))

    def _judged(self, ids: Tensor, caches: list[Cache], start: Tensor) -> tuple[Tensor, Tensor]:
        read, following = ids[:, :-1], ids[:, 1:]
        logits, _ = self.model.call_with_cache(read, caches, start, every=True)
        logits = tf.cast(logits, tf.float32)
        loss = tf.nn.sparse_softmax_cross_entropy_with_logits(following, logits)
        return -loss, tf.argmax(logits, -1, output_type=following.dtype) == following
