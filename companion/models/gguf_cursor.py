"""Numbers, texts and arrays of a GGUF file, one after the other.

Nothing is believed: each length is compared with what is left of the file before it is used.
"""

import struct
from typing import Any

import numpy as np

from companion.errors import CourseError

MAX_NESTING = 4  # arrays inside arrays
# Code of a scalar to its form in `struct`; 8 is a text, 9 an array.
_SCALARS = dict(zip((0, 1, 2, 3, 4, 5, 6, 7, 10, 11, 12), "BbHhIif?Qqd", strict=True))
_TEXT, _ARRAY = 8, 9


class Cursor:
    """Takes values from the front of a file, or a :class:`CourseError` says in ``what`` it ends."""

    def __init__(self, data: memoryview) -> None:
        self.data, self.at = data, 0

    def take(self, size: int, what: str) -> memoryview:
        """Return the next bytes."""
        if size > len(self.data) - self.at:
            raise CourseError(
                f"The GGUF file ends inside {what}: {size:,} bytes from byte {self.at:,} are more "
                f"than its {len(self.data):,}; it was cut short or damaged, so fetch it again."
            )
        self.at += size
        return self.data[self.at - size : self.at]

    def scalar(self, form: str, what: str) -> Any:
        """Return a number in a form of `struct`."""
        return struct.unpack("<" + form, self.take(struct.calcsize("<" + form), what))[0]

    def text(self, what: str) -> str:
        """Return a text behind its length."""
        raw = bytes(self.take(self.scalar("Q", what), what))
        try:
            return raw.decode()
        except UnicodeDecodeError as error:
            raise CourseError(f"In the GGUF file, {what} is no text in UTF-8.") from error

    def value(self, kind: int, what: str, depth: int = 0) -> Any:
        """Return a value of the type with this code."""
        if kind == _TEXT:
            return self.text(what)
        if kind == _ARRAY and depth < MAX_NESTING:
            return self.array(what, depth + 1)
        if kind not in _SCALARS:
            raise CourseError(f"In the GGUF file, {what} has the unknown type {kind}.")
        return self.scalar(_SCALARS[kind], what)

    def array(self, what: str, depth: int) -> Any:
        """Return an array behind the type and the number of its entries."""
        kind, count = self.scalar("I", what), self.scalar("Q", what)
        if kind in _SCALARS:
            form = np.dtype(_SCALARS[kind]).newbyteorder("<")
            return np.frombuffer(self.take(count * form.itemsize, what), form)
        # A text or an array takes 8 bytes or more: a false count is found before the loop.
        if count > (len(self.data) - self.at) // 8:
            self.take(8 * count, what)
        return [self.value(kind, what, depth) for _ in range(count)]
