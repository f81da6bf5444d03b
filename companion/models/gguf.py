"""Read GGUF, the one-file form of quantised language models, written out: it is a lesson.

A header (magic, version, two counts), metadata as named values, the names, shapes and types of all
tensors, then their numbers. Source: github.com/ggml-org/ggml/blob/master/docs/gguf.md, version 3.
Nothing is believed: each length is compared with what is left of the file before it is used.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from companion.errors import CourseError

Floats: TypeAlias = NDArray[np.float32]

MAGIC = b"GGUF"
MAX_DIMENSIONS = 4
MAX_NESTING = 4  # arrays inside arrays
# Code of a scalar to its form in `struct`; 8 is a text, 9 an array.
_SCALARS = dict(zip((0, 1, 2, 3, 4, 5, 6, 7, 10, 11, 12), "BbHhIif?Qqd", strict=True))
_TEXT, _ARRAY = 8, 9


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


@dataclass(frozen=True)
class TensorInfo:
    """Where a tensor lies.

    Attributes:
        name: such as ``blk.0.attn_q.weight``.
        shape: outputs before inputs, as in PyTorch; GGUF writes them the other way round.
        kind: how its weights are stored.
        start: first byte in the file.
        size: bytes.
    """

    name: str
    shape: tuple[int, ...]
    kind: Kind
    start: int
    size: int


class _Cursor:
    """Takes values from the front of a file, never more than there is."""

    def __init__(self, data: memoryview) -> None:
        self.data, self.at = data, 0

    def take(self, size: int, what: str) -> memoryview:
        if size > len(self.data) - self.at:
            raise CourseError(
                f"The GGUF file ends inside {what}: {size:,} bytes from byte {self.at:,} are more "
                f"than its {len(self.data):,}; it was cut short or damaged, so fetch it again."
            )
        self.at += size
        return self.data[self.at - size : self.at]

    def scalar(self, form: str, what: str) -> Any:
        return struct.unpack("<" + form, self.take(struct.calcsize("<" + form), what))[0]

    def text(self, what: str) -> str:
        raw = bytes(self.take(self.scalar("Q", what), what))
        try:
            return raw.decode()
        except UnicodeDecodeError as error:
            raise CourseError(f"In the GGUF file, {what} is no text in UTF-8.") from error

    def value(self, kind: int, what: str, depth: int = 0) -> Any:
        if kind == _TEXT:
            return self.text(what)
        if kind == _ARRAY and depth < MAX_NESTING:
            return self.array(what, depth + 1)
        if kind not in _SCALARS:
            raise CourseError(f"In the GGUF file, {what} has the unknown type {kind}.")
        return self.scalar(_SCALARS[kind], what)

    def array(self, what: str, depth: int) -> Any:
        kind, count = self.scalar("I", what), self.scalar("Q", what)
        if kind in _SCALARS:
            form = np.dtype(_SCALARS[kind]).newbyteorder("<")
            return np.frombuffer(self.take(count * form.itemsize, what), form)
        # A text or an array takes 8 bytes or more: a false count is found before the loop.
        if count > (len(self.data) - self.at) // 8:
            self.take(8 * count, what)
        return [self.value(kind, what, depth) for _ in range(count)]


class GGUF:
    """An opened file: its metadata at once, its tensors when asked for.

    Args:
        data: the whole file, as bytes or a memory map.

    Attributes:
        metadata: values by name; arrays of numbers as NumPy arrays.
        tensors: where each lies, by name.

    Raises:
        CourseError: another kind of file or version, one that was cut short, or a tensor that is
            stored in a way that this reader does not know.
    """

    def __init__(self, data: bytes | memoryview) -> None:
        cursor = _Cursor(memoryview(data).cast("B"))
        if bytes(cursor.data[:4]) != MAGIC:
            raise CourseError("This is no GGUF file: its first four bytes are not 'GGUF'.")
        cursor.at = 4
        version = cursor.scalar("I", "the header")
        if version not in (2, 3):
            raise CourseError(f"This GGUF file has version {version}; versions 2 and 3 are read.")
        num_tensors, num_values = cursor.scalar("Q", "the header"), cursor.scalar("Q", "the header")
        self._data = cursor.data
        self.metadata = self._read_metadata(cursor, num_values)
        self.tensors = self._read_tensors(cursor, num_tensors)

    @staticmethod
    def _read_metadata(cursor: _Cursor, count: int) -> dict[str, Any]:
        metadata: dict[str, Any] = {}
        for _ in range(count):  # ends with the file at the latest
            name = cursor.text("a name of the metadata")
            metadata[name] = cursor.value(cursor.scalar("I", name), f"the value {name[:80]!r}")
        return metadata

    def _read_tensors(self, cursor: _Cursor, count: int) -> dict[str, TensorInfo]:
        described = [self._describe(cursor) for _ in range(count)]
        step = self.metadata.get("general.alignment", 32)
        if type(step) is not int or not 1 <= step <= 65536 or step & (step - 1):
            raise CourseError(f"The GGUF file's alignment {step!r} should be a power of two.")
        first = -(-cursor.at // step) * step
        tensors: dict[str, TensorInfo] = {}
        for name, shape, kind, offset in described:
            size = math.prod(shape) // kind.weights * kind.size
            if name in tensors or first + offset + size > len(self._data):
                raise CourseError(
                    f"The GGUF file's tensor {name[:80]!r} stands twice or reaches beyond the "
                    f"end: {size:,} bytes from byte {first + offset:,} of {len(self._data):,}."
                )
            tensors[name] = TensorInfo(name, shape, kind, first + offset, size)
        return tensors

    @staticmethod
    def _describe(cursor: _Cursor) -> tuple[str, tuple[int, ...], Kind, int]:
        name = cursor.text("a tensor's name")
        what = f"the tensor {name[:80]!r}"
        dimensions = cursor.scalar("I", what)
        if not 1 <= dimensions <= MAX_DIMENSIONS:
            raise CourseError(f"In the GGUF file, {what} has {dimensions} dimensions.")
        shape = tuple(cursor.scalar("Q", what) for _ in range(dimensions))[::-1]
        code, offset = cursor.scalar("I", what), cursor.scalar("Q", what)
        if code not in KINDS:
            known = ", ".join(kind.name for kind in KINDS.values())
            raise CourseError(f"In the GGUF file, {what} has the type {code}; read are {known}.")
        if min(shape) < 1 or shape[-1] % KINDS[code].weights:
            raise CourseError(
                f"In the GGUF file, {what} has rows of {shape[-1]} weights; "
                f"{KINDS[code].name} stores whole blocks of {KINDS[code].weights}."
            )
        return name, shape, KINDS[code], offset

    def blocks(self, name: str) -> NDArray[np.uint8]:
        """Return a tensor as it is stored, ``(number of blocks, bytes of a block)``.

        Raises:
            CourseError: there is no such tensor.
        """
        info = self._info(name)
        raw = np.frombuffer(self._data[info.start : info.start + info.size], np.uint8)
        return raw.reshape(-1, info.kind.size)

    def tensor(self, name: str) -> Floats:
        """Return a tensor's weights in single precision, in its shape; errors as :meth:`blocks`."""
        info = self._info(name)
        return info.kind.decode(self.blocks(name)).reshape(info.shape)

    def _info(self, name: str) -> TensorInfo:
        if name not in self.tensors:
            raise CourseError(f"The GGUF file has no tensor {name!r}.")
        return self.tensors[name]
