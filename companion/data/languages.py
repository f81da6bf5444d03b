"""A language of facts, so that size and data pay; its entropy is known, as of every chain."""

import numpy as np

from companion.data.markov import MarkovLanguage, checked_rows
from companion.errors import CourseError


class ZipfLanguage(MarkovLanguage):
    """A language with much to learn: frequent facts first, rare ones only with size and data.

    Each context c has one token f(c), drawn at random once, that follows with probability q; any
    other time a token is drawn by Zipf's law, ``z[v] ∝ (v + 1)^-s``:

        P[c] = 0.99 (q · one-hot(f(c)) + (1 - q) z) + 0.01 / V

    There are ``V^m`` facts f(c), with no pattern among them: each must be learned by itself, and
    how often c occurs, ``stationary[c]``, spans orders of magnitude. A learner that knows the facts
    it has seen and no other improves by a power of the data (Hutter, 2021; Michaud et al., 2023).

    Args:
        vocab_size: number of tokens, V.
        order: tokens in a context, m.
        exponent: s of Zipf's law.
        certainty: q, the share of tokens that follow from a fact.
        seed: of the facts.

    Raises:
        CourseError: as for a Markov language, or a certainty outside [0, 1).
    """

    def __init__(
        self,
        vocab_size: int = 64,
        order: int = 2,
        exponent: float = 1.5,
        certainty: float = 0.7,
        seed: int = 0,
    ) -> None:
        rows = checked_rows(vocab_size, order)
        if not 0 <= certainty < 1:
            raise CourseError(f"certainty should be at least 0 and below 1, not {certainty!r}.")
        zipf = np.arange(1, vocab_size + 1) ** -float(exponent)
        zipf /= zipf.sum()
        # Facts follow Zipf's law too, so that a fact leads to a frequent context as any token does.
        self.facts = np.random.default_rng(seed).choice(vocab_size, size=rows, p=zipf)
        table = np.tile((1 - certainty) * zipf, (rows, 1))
        table[np.arange(rows), self.facts] += certainty
        self._set_table(order, table)
