"""Take the masks of a missing client out of a secure sum."""

from typing import Any

import numpy as np

from companion.exercises import mistake
from companion.exercises.compare import array, called, unlike


def repair(messages, pair, gone):
    total = messages.sum(axis=0)
    added = pair[:gone, gone].sum(axis=0)
    subtracted = pair[gone, gone + 1 :].sum(axis=0)
    return (total - added + subtracted) % 2**16


@mistake("still in the sum")
def left_in(messages, pair, gone):
    return messages.sum(axis=0) % 2**16


@mistake("twice")
def turned(messages, pair, gone):
    m = pair[:gone, gone].sum(axis=0) - pair[gone, gone + 1 :].sum(axis=0)
    return (messages.sum(axis=0) + m) % 2**16


@mistake("after the missing one")
def one_side(messages, pair, gone):
    m = pair[:gone, gone].sum(axis=0) + pair[gone, gone + 1 :].sum(axis=0)
    return (messages.sum(axis=0) - m) % 2**16


@mistake("remainder")
def no_modulus(messages, pair, gone):
    m = pair[:gone, gone].sum(axis=0) - pair[gone, gone + 1 :].sum(axis=0)
    return messages.sum(axis=0) - m


MODULUS = 2**16


def judge(answer: Any) -> None:
    for n, gone, seed in ((5, 2, 0), (4, 0, 1), (6, 5, 2), (7, 3, 3)):
        rng = np.random.default_rng(seed)
        d = 4
        numbers = rng.integers(MODULUS, size=(n, d))
        pair = np.zeros((n, n, d), dtype=np.int64)
        messages = numbers.copy()
        for i in range(n):
            for j in range(i + 1, n):
                pair[i, j] = rng.integers(MODULUS, size=d)
                messages[i] += pair[i, j]
                messages[j] -= pair[i, j]
        messages %= MODULUS
        messages[gone] = 0
        # The truth needs no mask: it is the sum that the server must not be able to see in parts.
        kept = [[int(v) for v in row] for i, row in enumerate(numbers) if i != gone]
        right = np.array([sum(column) % MODULUS for column in zip(*kept, strict=True)])
        raw = messages.sum(axis=0)
        before, after = pair[:, gone].sum(axis=0), pair[gone].sum(axis=0)
        array(
            called(answer, messages, pair, gone, name="repair"),
            right,
            causes=unlike(
                right,
                (raw % MODULUS, "the masks of the missing client are still in the sum."),
                (
                    (raw + before - after) % MODULUS,
                    "the signs are turned: the masks are now in it twice.",
                ),
                (
                    (raw - before - after) % MODULUS,
                    "clients after the missing one subtracted their mask; put it back.",
                ),
                (raw - before + after, "take the remainder modulo 2**16."),
            ),
            name="repair",
        )
