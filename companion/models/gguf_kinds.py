"""How GGUF stores weights: in full, in half, or in blocks of whole numbers with a scale."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Floats: TypeAlias = NDArray[np.float32]


def _halves(blocks: NDArray[np.uint8]) -> Floats:
    """Two bytes of each block as a number: ``(n, 2)`` to ``(n, 1)``."""
    return np.ascontiguousarray(blocks).view("<f2").astype(np.float32)


def _nibbles(blocks: NDArray[np.uint8]) -> Floats:
    """Sixteen bytes of each block as 32 numbers from 0 to 15: the low halves, then the high."""
    return np.concatenate([blocks & 15, blocks >> 4], axis=1).astype(np.float32)


def f32(blocks: NDArray[np.uint8]) -> Floats:
    """Four bytes a weight, ``(n, 4)`` to ``(n, 1)``."""
    return np.ascontiguousarray(blocks).view("<f4").astype(np.float32)


def q8_0(blocks: NDArray[np.uint8]) -> Floats:
    """A scale d and 32 whole numbers q from -128 to 127: the weights are d q."""
    return _halves(blocks[:, :2]) * np.ascontiguousarray(blocks[:, 2:]).view(np.int8)


def q4_0(blocks: NDArray[np.uint8]) -> Floats:
    """A scale d and 32 whole numbers q from 0 to 15: the weights are d (q - 8)."""
    return _halves(blocks[:, :2]) * (_nibbles(blocks[:, 2:]) - 8)


def q4_1(blocks: NDArray[np.uint8]) -> Floats:
    """A scale d, a lowest value m and 32 whole numbers q from 0 to 15: the weights are d q + m."""
    return _halves(blocks[:, :2]) * _nibbles(blocks[:, 4:]) + _halves(blocks[:, 2:4])


@dataclass(frozen=True)
class Kind:
    """How weights are stored.

    Attributes:
        name: as GGUF calls it.
        size: bytes of a block.
        weights: numbers in a block.
        decode: blocks ``(n, size)`` as bytes to weights ``(n, weights)``.
    """

    name: str
    size: int
    weights: int
    decode: Callable[[NDArray[np.uint8]], Floats]

    @property
    def bits(self) -> float:
        """Bits a weight, scales included."""
        return 8 * self.size / self.weights


KINDS = {
    0: Kind("F32", 4, 1, f32),
    1: Kind("F16", 2, 1, _halves),
    2: Kind("Q4_0", 18, 32, q4_0),
    3: Kind("Q4_1", 20, 32, q4_1),
    8: Kind("Q8_0", 34, 32, q8_0),
}
