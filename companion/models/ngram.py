"""The lookup table: count what followed each context, and mix long contexts with short ones.

A context is the last few tokens. Long ones say more and are seen less often; so each order hands
part of its probability down to the next shorter one, as much as its own counts leave open:

    p_k(c | h) = max(n(h, c) - d, 0) / n(h)  +  d * u(h) / n(h) * p_{k-1}(c | h without its first)

Here ``u(h)`` is the number of different tokens after ``h``, and ``d`` a fixed discount. For the
longest contexts ``n`` counts occurrences. For shorter ones it counts in how many *different* longer
runs they end: a token that always follows the same word says little about what follows others.
Interpolated Kneser-Ney smoothing (Kneser & Ney, 1995; Chen & Goodman, 1996).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from companion.data.tokens import checked_ids
from companion.errors import CourseError

DISCOUNT = 0.75


@dataclass(frozen=True)
class _Order:
    """The counts of one order: contexts and entries as sorted codes, so that look-up bisects."""

    contexts: np.ndarray  # (R,) codes of the contexts seen
    seen: np.ndarray  # (R,) the sum of its counts, n(h)
    kinds: np.ndarray  # (R,) how many different tokens came after it, u(h)
    entries: np.ndarray  # (E,) codes of context and next token
    counts: np.ndarray  # (E,) n(h, c) of each


class NGram:
    """A table of counts for contexts of 0 to ``order`` tokens.

    Args:
        ids: the text to count, integers ``(T,)`` below ``vocab_size``.
        order: length of the longest context; 0 knows only how frequent each token is.
        vocab_size: number of different tokens, V.
        discount: probability mass taken from each entry, in counts; between 0 and 1.

    Raises:
        CourseError: an order whose contexts have no code of 63 bits, a text that is too short, an
            unknown token, or a discount outside (0, 1).
    """

    def __init__(
        self, ids: ArrayLike, order: int, vocab_size: int, *, discount: float = DISCOUNT
    ) -> None:
        self.order, self.vocab_size, self.discount = order, vocab_size, discount
        if order < 0 or vocab_size ** (order + 1) >= 2**63:
            raise CourseError(
                f"With {vocab_size} tokens the order should be at least 0 and small enough for "
                f"63-bit codes; {order} is not."
            )
        if not 0 < discount < 1:
            raise CourseError(f"The discount should be between 0 and 1, not {discount!r}.")
        text = self._checked(ids, order + 1)
        self._orders = self._count(self._codes(text, order + 1))

    @property
    def num_entries(self) -> int:
        """How many counts the table holds, over all orders: its size in numbers."""
        return sum(len(table.entries) for table in self._orders)

    def log_probs(self, ids: ArrayLike) -> np.ndarray:
        """Return the log-probability, in nats, of each token given those before it.

        Args:
            ids: a text ``(T,)``; near its beginning the contexts are shorter.

        Returns:
            ``(T,)``, the first for a token with no context at all.
        """
        text = self._checked(ids, 1)
        p = np.full(len(text), 1 / self.vocab_size)
        for k, table in enumerate(self._orders[: len(text)]):
            entry = self._codes(text, k + 1)
            p[k:] = self._mix(table, entry // self.vocab_size, entry, p[k:])
        return np.log(p)

    def distribution(self, context: ArrayLike) -> np.ndarray:
        """Return the probability of every next token, ``(V,)``, after a context of any length."""
        past = np.asarray(context, dtype=np.int64)[-self.order :] if self.order else np.array([])
        p = np.full(self.vocab_size, 1 / self.vocab_size)
        for k, table in enumerate(self._orders[: len(past) + 1]):
            code = 0
            for token in past[len(past) - k :]:
                code = code * self.vocab_size + int(token)
            entry = code * self.vocab_size + np.arange(self.vocab_size)
            p = self._mix(table, np.full(self.vocab_size, code), entry, p)
        return p

    def sample(self, context: ArrayLike, num_tokens: int, *, seed: int = 0) -> np.ndarray:
        """Continue a text ``(T,)`` by ``num_tokens`` drawn tokens; returns both, ``(T + N,)``."""
        rng = np.random.default_rng(seed)
        text = list(np.asarray(context))
        for _ in range(num_tokens):
            cumulative = self.distribution(text).cumsum()
            text.append(int(np.searchsorted(cumulative, rng.random() * cumulative[-1])))
        return np.asarray(text, dtype=np.int32)

    def _mix(
        self, table: _Order, context: np.ndarray, entry: np.ndarray, shorter: np.ndarray
    ) -> np.ndarray:
        """Return the formula above; where the context was never seen, the shorter one alone."""
        seen = _look_up(table.contexts, table.seen, context)
        kinds = _look_up(table.contexts, table.kinds, context)
        own = np.maximum(_look_up(table.entries, table.counts, entry) - self.discount, 0)
        mixed = (own + self.discount * kinds * shorter) / np.maximum(seen, 1)
        return np.where(seen > 0, mixed, shorter)

    def _count(self, runs: np.ndarray) -> list[_Order]:
        """Count the longest runs; for each shorter one count in how many longer ones it ends."""
        orders = []
        for k in range(self.order, -1, -1):
            entries, counts = np.unique(runs, return_counts=True)
            owner = entries // self.vocab_size  # sorted too, so equal contexts are neighbours
            contexts, first, kinds = np.unique(owner, return_index=True, return_counts=True)
            seen = np.add.reduceat(counts, first)
            orders.append(_Order(contexts, seen, kinds, entries, counts))
            runs = entries % self.vocab_size**k  # the first token dropped, each longer run once
        return orders[::-1]

    def _codes(self, text: np.ndarray, length: int) -> np.ndarray:
        """Return each run of ``length`` tokens as one number, ``(T - length + 1,)``."""
        codes = np.zeros(len(text) - length + 1, np.int64)
        for i in range(length):
            codes = codes * self.vocab_size + text[i : i + len(codes)]
        return codes

    def _checked(self, ids: ArrayLike, shortest: int) -> np.ndarray:
        if np.ndim(ids) != 1 or np.size(ids) < shortest:
            raise CourseError(
                f"The text should be of shape (T,), T at least {shortest}; it is of shape "
                f"{np.shape(ids)}."
            )
        return checked_ids(ids, self.vocab_size)


def _look_up(keys: np.ndarray, values: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """Return the value of each wanted key, 0 where there is none; ``keys`` are sorted."""
    place = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[place] == wanted, values[place], 0)
