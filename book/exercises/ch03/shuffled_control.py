"""A control for examples in a prompt: the same words and names, the link broken."""

from typing import Any

import numpy as np

from companion.exercises import Wrong, mistake
from companion.exercises.compare import called


def control(examples, seed):
    words, names = zip(*examples)
    mixed = np.random.default_rng(seed).permutation(names)
    return [(word, str(name)) for word, name in zip(words, mixed)]


@mistake("nothing is broken")
def reordered(examples, seed):
    return [examples[i] for i in np.random.default_rng(seed).permutation(len(examples))]


@mistake("as often as before")
def drawn_anew(examples, seed):
    names = sorted({name for _, name in examples})
    picked = np.random.default_rng(seed).choice(names, len(examples))
    return [(word, str(name)) for (word, _), name in zip(examples, picked)]


@mistake("still linked")
def swapped(examples, seed):
    a, b = sorted({name for _, name in examples})
    return [(word, b if name == a else a) for word, name in examples]


@mistake("same for every seed")
def one_shuffle(examples, seed):
    words, names = zip(*examples)
    return list(zip(words, np.random.default_rng(0).permutation(names).tolist()))


@mistake("the words")
def other_words(examples, seed):
    words, names = zip(*examples)
    rng = np.random.default_rng(seed)
    return list(zip(rng.permutation(words)[::2].tolist() * 2, rng.permutation(names).tolist()))


def judge(answer: Any) -> None:
    words = [f"w{i:02}" for i in range(24)]
    examples = [(word, "foo" if i % 2 else "bar") for i, word in enumerate(words)]
    truth, shares, seen = dict(examples), [], set()
    for seed in range(30):
        got = called(answer, examples, seed, name="control")
        try:
            pairs = [(str(word), str(name)) for word, name in got]
        except (TypeError, ValueError) as error:
            raise Wrong("control should return a list of pairs: a word and a name.") from error
        if sorted(word for word, _ in pairs) != words:
            raise Wrong("Keep the words: each one once.")
        if sorted(name for _, name in pairs) != sorted(truth.values()):
            raise Wrong("Each name should come as often as before; deal the names, draw none anew.")
        shares.append(np.mean([truth[word] == name for word, name in pairs]))
        seen.add(tuple(sorted(pairs)))
    # Twelve of each, dealt at random, agree in half of the places, give or take 0.02 over 30 seeds.
    mean = float(np.mean(shares))
    if mean > 0.9:
        raise Wrong("Each word still has its name: nothing is broken by another order.")
    if len(seen) < 20:
        raise Wrong(
            "The result is the same for every seed."
            if len(seen) == 1 and not mean < 0.1
            else "Word and name are still linked: a model can learn your rule, too."
        )
    if abs(mean - 1 / 2) > 0.09:
        raise Wrong(f"Words keep their names in {mean:.0%} of the places; chance gives 50%.")
