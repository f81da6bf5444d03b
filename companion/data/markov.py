"""Languages whose entropy is known exactly, so that a loss can be compared with the best possible.

They are Markov chains of order m: a token depends on the m before it. With ``P[c, v]`` the
probability that v follows the context c, and ``π`` the stationary distribution of contexts, no
model of the language can have a lower mean loss than

    H = - Σ_c π(c) Σ_v P[c, v] log P[c, v]    nats a token

(Shannon, 1948, § 7; Cover & Thomas, theorem 4.2.4). A context ``(a, b)`` has the row ``a V + b``.
"""

from bisect import bisect_right
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from companion.data.table import Floats, Ids
from companion.errors import CourseError

# A share of every row is spread evenly. So any context can follow any other, the stationary
# distribution is unique, and no log-probability is infinite.
EVEN_SHARE = 0.01
LARGEST_TABLE = 2**24


class MarkovLanguage:
    """Rows drawn from a Dirichlet distribution: ``P[c] = 0.99 Dirichlet(a, …, a) + 0.01 / V``.

    Args:
        vocab_size: number of tokens, V.
        order: tokens that the next one depends on, m.
        concentration: a; small gives a language that is easy to foretell, large one near chance.
        seed: of the rows.

    Attributes:
        table: ``P``, shape ``(V^m, V)``.

    Raises:
        CourseError: fewer than two tokens, an order below 1, a concentration that is not positive,
            or a table of more than 16 million numbers.
    """

    def __init__(
        self, vocab_size: int, order: int = 1, concentration: float = 0.1, seed: int = 0
    ) -> None:
        rows = checked_rows(vocab_size, order)
        if not concentration > 0:
            raise CourseError(f"concentration should be positive, not {concentration!r}.")
        rng = np.random.default_rng(seed)
        self._set_table(order, rng.dirichlet(np.full(vocab_size, concentration), size=rows))

    def _set_table(self, order: int, rows: Floats) -> None:
        self.order, self.vocab_size = order, rows.shape[1]
        self.table = (1 - EVEN_SHARE) * rows + EVEN_SHARE / self.vocab_size

    @cached_property
    def stationary(self) -> Floats:
        """How often each context occurs in a long text: shape ``(V^m,)``, adding up to 1."""
        V = self.vocab_size
        shares = np.full(len(self.table), 1 / len(self.table))
        for _ in range(100_000):
            # From (a, b) to (b, v): add up over the oldest token a.
            longer = (shares[:, None] * self.table).reshape(V, -1)
            moved: Floats = longer.sum(axis=0)
            moved /= moved.sum()
            if np.abs(moved - shares).sum() < 1e-14:
                return moved
            shares = moved
        raise CourseError("The stationary distribution was not found; raise the concentration.")

    @cached_property
    def entropy_rate(self) -> float:
        """The lowest possible mean loss, in nats a token."""
        return float(-np.sum(self.stationary * np.sum(self.table * np.log(self.table), axis=1)))

    def sample(self, n: int, seed: int = 0) -> Ids:
        """Write one text of n tokens, shape ``(n,)``, beginning in the stationary distribution.

        One token after the other, for each depends on the last. Where many texts will do,
        :meth:`sample_texts` is many times faster.
        """
        if n < 1:
            raise CourseError(f"A text needs at least one token, not {n}.")
        start, draws = self._start(1, n, seed)
        V, rows = self.vocab_size, len(self.table)
        ladder, context, text = self._ladder.tolist(), int(start[0]), []
        for draw in draws[:, 0].tolist():
            first = context * V
            token = bisect_right(ladder, context + draw, first, first + V - 1) - first
            text.append(token)
            context = (context * V + token) % rows
        return np.concatenate([self._digits(start)[0], np.array(text, np.int32)])[:n]

    def sample_texts(self, num_texts: int, length: int, seed: int = 0) -> Ids:
        """Write independent texts side by side, shape ``(num_texts, length)``; each as `sample`."""
        if num_texts < 1 or length < 1:
            raise CourseError(
                f"Texts need a number and a length of at least 1: {num_texts, length}."
            )
        start, draws = self._start(num_texts, length, seed)
        V, rows, context = self.vocab_size, len(self.table), start
        texts = np.empty((len(draws), num_texts), np.int32)
        for t, draw in enumerate(draws):
            found = np.searchsorted(self._ladder, context + draw, side="right")
            texts[t] = np.clip(found - context * V, 0, V - 1)
            context = (context * V + texts[t]) % rows
        return np.concatenate([self._digits(start), texts.T], axis=1)[:, :length]

    @cached_property
    def _ladder(self) -> Floats:
        """Cumulative probabilities, row c between c and c + 1: one sorted list for all contexts."""
        steps = np.cumsum(self.table, axis=1)
        ladder: Floats = steps / steps[:, -1:] + np.arange(len(steps))[:, None]
        return ladder.ravel()

    def _start(self, num_texts: int, length: int, seed: int) -> tuple[NDArray[np.int64], Floats]:
        rng = np.random.default_rng(seed)
        steps = np.cumsum(self.stationary)
        context = np.searchsorted(steps / steps[-1], rng.random(num_texts), side="right")
        return context, rng.random((max(length - self.order, 0), num_texts))

    def _digits(self, contexts: NDArray[np.int64]) -> Ids:
        powers = self.vocab_size ** np.arange(self.order)[::-1]
        digits: Ids = (contexts[:, None] // powers % self.vocab_size).astype(np.int32)
        return digits


def checked_rows(vocab_size: int, order: int) -> int:
    """Return the number of contexts, or say why there is no such language."""
    if vocab_size < 2 or order < 1:
        raise CourseError(
            f"A language needs at least 2 tokens and an order of at least 1, not {vocab_size} and "
            f"{order}."
        )
    if vocab_size ** (order + 1) > LARGEST_TABLE:
        raise CourseError(
            f"{vocab_size} tokens at order {order} make {vocab_size ** (order + 1):,} "
            f"probabilities; keep them below {LARGEST_TABLE:,} with fewer tokens or a lower order."
        )
    return int(vocab_size**order)
