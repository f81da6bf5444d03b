"""Byte-pair encoding: join the most frequent pair of neighbours, again and again.

Sennrich, Haddow & Birch (2016), algorithm 1. Words are counted first, and pairs never
cross from one word to the next.
"""

from __future__ import annotations

import heapq
import sys
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

Pair = tuple[str, str]


def learn_merges(
    words: Mapping[str, int], num_merges: int, alphabet: Iterable[str] = (), *, smallest: int = 2
) -> list[Pair]:
    """Find the pairs to join, the first first.

    Each round joins the pair that occurs most often. Among equals the pair whose left symbol is the
    older goes first, then the one whose right symbol is; characters are as old as their place in
    Unicode. So do the published trainers.

    Args:
        words: how often each word occurs.
        num_merges: how many symbols to add; fewer are found if the words run out of pairs.
        alphabet: characters to know beside those of the words.
        smallest: join no pair that is rarer than this.

    Returns:
        Pairs ``(left, right)``; the new symbol is ``left + right``.
    """
    corpus = _Corpus(words)
    age = {symbol: i for i, symbol in enumerate(sorted({*alphabet, *"".join(words)}))}
    stop = len(age) + num_merges
    queue = [(-n, age[a], age[b], (a, b)) for (a, b), n in corpus.counts.items()]
    heapq.heapify(queue)
    merges: list[Pair] = []
    while queue and len(age) < stop:
        promised, left, right, pair = heapq.heappop(queue)
        now = -corpus.counts[pair]
        if -now < smallest:
            continue
        if now != promised:  # it has become rarer since: back in line
            heapq.heappush(queue, (now, left, right, pair))
            continue
        merges.append(pair)
        age.setdefault("".join(pair), len(age))
        for a, b in corpus.join(pair):
            heapq.heappush(queue, (-corpus.counts[a, b], age[a], age[b], (a, b)))
    return merges


class _Corpus:
    """The words as symbols, how often each pair occurs, and in which words."""

    def __init__(self, words: Mapping[str, int]) -> None:
        self.texts, self.weights = [list(word) for word in words], list(words.values())
        self.counts: Counter[Pair] = Counter()
        self.places: defaultdict[Pair, set[int]] = defaultdict(set)
        for i, text in enumerate(self.texts):
            self._count(i, Counter(pairwise(text)))

    def join(self, pair: Pair) -> set[Pair]:
        """Join a pair in every word that has it; return the pairs that became more frequent."""
        more = set()
        # Only these words change: that is what makes learning fast.
        for i in self.places.pop(pair):
            before, self.texts[i] = self.texts[i], join(self.texts[i], pair)
            change = Counter(pairwise(self.texts[i]))
            change.subtract(pairwise(before))
            more.update(self._count(i, change))
        return more

    def _count(self, i: int, change: Counter[Pair]) -> list[Pair]:
        for pair, n in change.items():
            self.counts[pair] += n * self.weights[i]
        grown = [pair for pair, n in change.items() if n > 0]
        for pair in grown:
            self.places[pair].add(i)
        return grown


def join(symbols: Sequence[str], pair: Pair) -> list[str]:
    """Join every occurrence of a pair, from left to right: ``a b a b a`` to ``ab ab a``."""
    joined: list[str] = []
    for symbol in symbols:
        if joined and (joined[-1], symbol) == pair:
            joined[-1] += symbol
        else:
            joined.append(symbol)
    return joined


def apply_merges(word: str, ranks: Mapping[Pair, int]) -> list[str]:
    """Cut a word into symbols: begin with characters, and join in the order of learning.

    Args:
        word: one word.
        ranks: place of each pair in the list of merges.
    """
    symbols = list(word)
    while len(symbols) > 1:
        first = min(pairwise(symbols), key=lambda pair: ranks.get(pair, sys.maxsize))
        if first not in ranks:
            break
        symbols = join(symbols, first)
    return symbols
