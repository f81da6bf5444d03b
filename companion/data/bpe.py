"""Byte-pair encoding: join the most frequent pair of neighbours, again and again.

Sennrich, Haddow & Birch (2016), algorithm 1. Words are counted first, and pairs never
cross from one word to the next.
"""

import heapq
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

Pair = tuple[str, str]


def learn_merges(
    words: Mapping[str, int], num_merges: int, alphabet: Iterable[str] = ()
) -> list[Pair]:
    """Find the pairs to join, the first first.

    Each round joins the pair that occurs most often, twice at least. Among equals the pair whose
    left symbol is the older goes first, then the one whose right symbol is; characters are as old
    as their place in Unicode. So do the published trainers.

    Args:
        words: how often each word occurs.
        num_merges: how many symbols to add; fewer are found if the words run out of pairs.
        alphabet: characters to know beside those of the words.

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
        if -now < 2:
            continue
        if now != promised:  # it has become rarer since: back in line
            heapq.heappush(queue, (now, left, right, pair))
            continue
        merges.append(pair)
        age.setdefault("".join(pair), len(age))
        for a, b in filter(all, corpus.join(pair)):
            heapq.heappush(queue, (-corpus.counts[a, b], age[a], age[b], (a, b)))
    return merges


def apply_merges(word: str, ranks: Mapping[Pair, int]) -> list[str]:
    """Cut a word into symbols: begin with characters, and join in the order of learning.

    Args:
        word: one word; the time grows little faster than its length.
        ranks: place of each pair in the list of merges.
    """
    corpus = _Corpus({word: 1})
    queue = [(ranks[pair], pair) for pair in corpus.counts if pair in ranks]
    heapq.heapify(queue)
    while queue:
        _, pair = heapq.heappop(queue)
        for new in corpus.join(pair) & ranks.keys():
            heapq.heappush(queue, (ranks[new], new))
    return [symbol for symbol in corpus.symbols if symbol]


class _Corpus:
    """All words as one chain of symbols, with how often each pair occurs, and at which places.

    An empty symbol ends each word. A joined symbol stands at the place of its left part; the place
    of its right part leaves the chain and is empty, too.
    """

    def __init__(self, words: Mapping[str, int]) -> None:
        self.symbols = [symbol for word in words for symbol in (*word, "")]
        self.weights = [n for word, n in words.items() for _ in range(len(word) + 1)]
        places = range(len(self.symbols))
        self.before, self.after = [*places[-1:], *places[:-1]], [*places[1:], *places[:1]]
        self.counts: Counter[Pair] = Counter()
        self.places: defaultdict[Pair, set[int]] = defaultdict(set)
        for i in places:
            self._count(i, 1)

    def join(self, pair: Pair) -> set[Pair]:
        """Join a pair wherever it is, from left to right; return the pairs that this makes."""
        made: set[Pair] = set()
        # Only what stands beside these places changes: that is what makes learning fast.
        for i in sorted(self.places.pop(pair, ())):
            left, right = self.before[i], self.after[i]
            if (self.symbols[i], self.symbols[right]) != pair:
                continue  # of a a a the second pair has gone with the first
            for place in (left, i, right):
                self._count(place, -1)
            self.symbols[i], self.symbols[right] = "".join(pair), ""
            self.after[i] = self.after[right]
            self.before[self.after[i]] = i
            made.update(self._count(place, 1) for place in (left, i))
        return made

    def _count(self, i: int, sign: int) -> Pair:
        pair = self.symbols[i], self.symbols[self.after[i]]
        if all(pair):
            self.counts[pair] += sign * self.weights[i]
            if sign > 0:
                self.places[pair].add(i)
        return pair
