"""Thirty-two weights out of eighteen bytes."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from companion.exercises import mistake
from companion.exercises.compare import array, called


def weights(block):
    d = np.frombuffer(block[:2], "<f2")[0].astype(float)
    low = [byte & 15 for byte in block[2:]]
    high = [byte >> 4 for byte in block[2:]]
    return d * (np.array(low + high) - 8)


@mistake("neighbours in the file")
def side_by_side(block):
    d = np.frombuffer(block[:2], "<f2")[0].astype(float)
    return d * np.array([h - 8 for byte in block[2:] for h in (byte & 15, byte >> 4)])


@mistake("high halves first")
def high_first(block):
    d = np.frombuffer(block[:2], "<f2")[0].astype(float)
    halves = [byte >> 4 for byte in block[2:]] + [byte & 15 for byte in block[2:]]
    return d * (np.array(halves) - 8)


@mistake("eight is not taken away")
def not_shifted(block):
    d = np.frombuffer(block[:2], "<f2")[0].astype(float)
    return d * np.array([b & 15 for b in block[2:]] + [b >> 4 for b in block[2:]])


@mistake("two bytes in the wrong order")
def big_endian(block):
    d = np.frombuffer(block[:2], ">f2")[0].astype(float)
    return d * (np.array([b & 15 for b in block[2:]] + [b >> 4 for b in block[2:]]) - 8.0)


def judge(answer: Any) -> None:
    rng = np.random.default_rng(3)
    for scale in (0.25, -1.5):
        head = np.array([scale], "<f2").tobytes()
        block = head + rng.integers(0, 256, 16, dtype=np.uint8).tobytes()

        def made(order: NDArray[np.int64], shift: float, d: float = scale) -> NDArray[Any]:
            return d * (order - shift)

        numbers = np.frombuffer(block[2:], np.uint8).astype(int)
        low, high = numbers % 16, numbers // 16
        mixed = np.stack([low, high], axis=1).reshape(-1)
        swapped = float(np.frombuffer(head[::-1], "<f2")[0])
        both = np.concatenate([low, high])
        causes = [
            (made(mixed, 8), "the halves of a byte are not neighbours in the file's order."),
            (made(np.concatenate([high, low]), 8), "you put the high halves first."),
            (made(both, 0), "eight is not taken away from the whole numbers."),
            (made(both, 8, swapped), "you read the scale's two bytes in the wrong order."),
        ]
        array(called(answer, block, name="weights"), made(both, 8), causes=causes, name="weights")
