"""Merges and encodings are those of the `tokenizers` library, and those of plain counting."""

from __future__ import annotations

import sys
from collections import Counter
from itertools import pairwise

import numpy as np
import pytest
from tokenizers import Tokenizer, models, pre_tokenizers, trainers

from companion.data.bpe import apply_merges, learn_merges
from companion.data.corpus import keras_source

CORPUS = keras_source()[:150_000]


def by_counting(words: Counter[str], num_merges: int) -> list[tuple[str, str]]:
    """Count every pair of every word anew each round: slow, and plainly right."""
    texts = {word: list(word) for word in words}
    symbols, merges = sorted(set("".join(words))), []
    while len(merges) < num_merges:
        pairs: Counter[tuple[str, str]] = Counter()
        for word, n in words.items():
            for pair in pairwise(texts[word]):
                pairs[pair] += n
        found = [(-n, symbols.index(a), symbols.index(b)) for (a, b), n in pairs.items() if n > 1]
        if not found:
            break
        _, i, j = min(found)
        a, b = symbols[i], symbols[j]
        merges.append((a, b))
        symbols += [a + b]
        for text in texts.values():
            for at in range(len(text)):
                if text[at : at + 2] == [a, b]:
                    text[at : at + 2] = [a + b]
    return merges


def their_tokenizer(words: list[str], vocab_size: int) -> Tokenizer:
    tokenizer = Tokenizer(models.BPE())
    tokenizer.pre_tokenizer = pre_tokenizers.WhitespaceSplit()
    trainer = trainers.BpeTrainer(vocab_size=vocab_size, min_frequency=2, show_progress=False)
    tokenizer.train_from_iterator([" ".join(words)], trainer)
    return tokenizer


def random_words(seed: int) -> list[str]:
    """Short words over few letters: full of ties, overlaps and repeats."""
    rng = np.random.default_rng(seed)
    letters = list("abc"[: rng.integers(1, 4)])
    lengths = rng.integers(1, 12, 60)
    return ["".join(rng.choice(letters, n)) for n in lengths]


@pytest.mark.parametrize("words", [CORPUS.split(), *map(random_words, range(12))])
def test_merges_and_encodings_are_theirs(words: list[str]) -> None:
    num_letters = len(set("".join(words)))
    theirs = their_tokenizer(words, num_letters + 300)
    merges = learn_merges(Counter(words), 300)
    vocab = theirs.get_vocab()
    assert sorted(vocab, key=vocab.__getitem__)[num_letters:] == list(
        dict.fromkeys(a + b for a, b in merges)
    )
    ranks = {pair: i for i, pair in enumerate(merges)}
    for word in set(words):
        assert apply_merges(word, ranks) == theirs.encode(word).tokens


@pytest.mark.parametrize("words", [CORPUS[:3000].split(), *map(random_words, range(12))])
def test_merges_are_those_of_plain_counting(words: list[str]) -> None:
    counted = by_counting(Counter(words), 40)
    assert learn_merges(Counter(words), 40)[: len(counted)] == counted
    assert len(counted) >= min(40, 5)


def test_the_paper_s_example() -> None:
    """Sennrich et al. (2016), algorithm 1; without their end-of-word mark."""
    words = {"low": 5, "lower": 2, "newest": 6, "widest": 3}
    assert learn_merges(words, 4) == [("e", "s"), ("es", "t"), ("l", "o"), ("lo", "w")]


def test_few_words_give_few_merges() -> None:
    assert learn_merges({"ab": 1}, 10) == []
    assert learn_merges({"ab": 2}, 10) == [("a", "b")]
    assert learn_merges({}, 10) == []
    assert learn_merges({"abab": 3}, 0) == []


def by_rounds(word: str, ranks: dict[tuple[str, str], int]) -> list[str]:
    """Join the first pair of the list everywhere, from left to right, and look again: quadratic."""
    symbols = list(word)
    while found := set(pairwise(symbols)) & ranks.keys():
        pair, joined = min(found, key=ranks.__getitem__), []
        for symbol in symbols:
            if joined and (joined[-1], symbol) == pair:
                joined[-1] += symbol
            else:
                joined.append(symbol)
        symbols = joined
    return symbols


@pytest.mark.parametrize("seed", range(20))
def test_words_are_cut_as_by_rounds_whatever_the_order_of_the_merges(seed: int) -> None:
    rng = np.random.default_rng(seed)
    merges = learn_merges(Counter(random_words(seed)), 40)
    for order in (np.arange(len(merges)), rng.permutation(len(merges))):
        ranks = {merges[i]: int(place) for place, i in enumerate(order)}
        for word in ["", "a", "aaaaa", *random_words(seed + 100), "".join(random_words(seed))]:
            assert apply_merges(word, ranks) == by_rounds(word, ranks)


def test_one_long_word_costs_little_more_than_its_letters() -> None:
    """Calls are counted, not seconds: by rounds it takes 280 a letter, here 29."""
    word = "".join(np.random.default_rng(0).choice(list("abcdefgh"), 4_000))
    ranks = {pair: i for i, pair in enumerate(learn_merges({word: 1}, 1_000))}
    calls = 0

    def count(*_: object) -> None:
        nonlocal calls
        calls += 1

    sys.setprofile(count)
    try:
        apply_merges(word, ranks)
    finally:
        sys.setprofile(None)
    assert calls < 100 * len(word)


def test_the_order_of_learning_decides_and_not_the_order_in_the_word() -> None:
    ranks = {("b", "c"): 0, ("a", "b"): 1, ("a", "bc"): 2}
    assert apply_merges("abc", ranks) == ["abc"]
    assert apply_merges("ab", ranks) == ["ab"]
    assert apply_merges("x", ranks) == ["x"]
    assert apply_merges("", ranks) == []
