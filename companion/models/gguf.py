"""Read GGUF, the one-file form of quantised language models, written out: it is a lesson.

A header (magic, version, two counts), metadata as named values, the names, shapes and types of all
tensors, then their numbers. Source: github.com/ggml-org/ggml/blob/master/docs/gguf.md, version 3.
"""

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from companion.errors import CourseError
from companion.models.gguf_cursor import Cursor
from companion.models.gguf_kinds import KINDS, Floats, Kind

MAGIC = b"GGUF"
MAX_DIMENSIONS = 4


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
        cursor = Cursor(memoryview(data).cast("B"))
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
    def _read_metadata(cursor: Cursor, count: int) -> dict[str, Any]:
        metadata: dict[str, Any] = {}
        for _ in range(count):  # ends with the file at the latest
            name = cursor.text("a name of the metadata")
            metadata[name] = cursor.value(cursor.scalar("I", name), f"the value {name[:80]!r}")
        return metadata

    def _read_tensors(self, cursor: Cursor, count: int) -> dict[str, TensorInfo]:
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
    def _describe(cursor: Cursor) -> tuple[str, tuple[int, ...], Kind, int]:
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
