"""A LiteRT file, read without running any code in it, and asked for rows of answers."""

import os
import threading
from pathlib import Path
from typing import Any

import numpy as np
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from companion.errors import CourseError
from companion.quiet import without_lines

LARGEST_FILE = 512 * 2**20
MAGIC = b"TFL3"
_GREETING = "INFO: Created TensorFlow Lite XNNPACK delegate"
Floats = NDArray[np.float32]


class ServedModel:
    """One model with one input and one output.

    A file of this kind holds numbers and the names of built-in operations. It can hold no program:
    operations that are not built in are refused when the model is read.

    Args:
        content: of a ``.tflite`` file.
        name: for messages.

    Attributes:
        input_shape: shape of one row, without the batch.
        output_size: numbers in one answer.

    Raises:
        CourseError: another kind of file, a damaged one, another number of inputs or outputs, or
            whole numbers for them, such as tokens.
    """

    def __init__(self, content: bytes, name: str = "The model") -> None:
        if content[4:8] != MAGIC:
            raise CourseError(f"{name} is not a LiteRT file; export the model with to_litert.")
        self.name, self._content = name, content
        self._by_size: dict[int, Interpreter] = {}
        self._lock = threading.Lock()
        try:
            with without_lines(_GREETING):  # said once in a process
                interpreter = self._interpreter(1)
            self._input = self._only(interpreter.get_input_details(), "input")
            self._output = self._only(interpreter.get_output_details(), "output")
            self.input_shape = tuple(int(n) for n in self._input["shape"][1:])
            answer = self.predict(np.zeros((2, *self.input_shape), np.float32))
        except (ValueError, RuntimeError, IndexError) as error:
            cause = " ".join(str(error).split())[:120]
            raise CourseError(f"{name} is damaged or not for LiteRT: {cause}.") from error
        if not self.input_shape or answer.ndim != 2 or not np.isfinite(answer).all():
            raise CourseError(f"{name} does not answer each row of zeros with a row of numbers.")
        self.output_size = answer.shape[1]

    def predict(self, rows: Floats) -> Floats:
        """Answer rows ``(n, *input_shape)``, each by itself, with ``(n, output_size)``."""
        count = len(rows)
        # A new batch size makes the interpreter plan anew, which costs more than a small model.
        # So sizes are rounded up to powers of two, and each has an interpreter of its own.
        size = 1 << (count - 1).bit_length()
        padded = np.zeros((size, *self.input_shape), np.float32)
        padded[:count] = rows
        with self._lock:
            interpreter = self._interpreter(size)
            interpreter.set_tensor(self._input["index"], to_units(padded, self._input))
            interpreter.invoke()
            answer = interpreter.get_tensor(self._output["index"])
        return from_units(answer, self._output)[:count]

    def _only(self, tensors: list[dict[str, Any]], kind: str) -> dict[str, Any]:
        """Return the one input or output, whose values are numbers with decimals."""
        if len(tensors) != 1:
            raise CourseError(f"{self.name} has {len(tensors)} {kind}s; it should have one.")
        dtype, (scale, _) = tensors[0]["dtype"], tensors[0]["quantization"]
        if dtype != np.float32 and not scale:
            raise CourseError(
                f"{self.name} has an {kind} of whole numbers ({np.dtype(dtype)}), such as tokens; "
                "export one that takes float32 and casts it itself."
            )
        return tensors[0]

    def _interpreter(self, size: int) -> Interpreter:
        if size not in self._by_size:
            made = Interpreter(model_content=self._content, num_threads=1)
            place = made.get_input_details()[0]
            made.resize_tensor_input(place["index"], [size, *place["shape"][1:]])
            made.allocate_tensors()
            self._by_size[size] = made
        return self._by_size[size]


def to_units(values: Floats, tensor: dict[str, Any]) -> NDArray[Any]:
    """Round numbers to the steps of a tensor: ``q = round(x / scale) + zero_point``.

    Args:
        values: any shape.
        tensor: its details, as the interpreter gives them; a float tensor takes numbers as they
            are.
    """
    if tensor["dtype"] == np.float32:
        return values
    scale, zero_point = tensor["quantization"]
    limits = np.iinfo(tensor["dtype"])
    steps = np.round(values / scale) + zero_point
    units: NDArray[Any] = np.clip(steps, limits.min, limits.max).astype(tensor["dtype"])
    return units


def from_units(units: NDArray[Any], tensor: dict[str, Any]) -> Floats:
    """Turn steps back into numbers: ``x = scale * (q - zero_point)``; see :func:`to_units`."""
    if tensor["dtype"] == np.float32:
        return units
    scale, zero_point = tensor["quantization"]
    values: Floats = np.float32(scale) * (units.astype(np.float32) - np.float32(zero_point))
    return values


def read_model(path: str | os.PathLike[str], root: str | os.PathLike[str] = ".") -> ServedModel:
    """Read a model file from inside a folder.

    Args:
        path: the file; relative to ``root``, or absolute.
        root: the only folder that files are read from; links that lead out of it are refused.

    Raises:
        CourseError: no such file, one outside the folder, too large, or no LiteRT model.
    """
    folder = Path(root).resolve()
    file = (folder / path).resolve()
    if not file.is_relative_to(folder):
        raise CourseError(
            f"{Path(path).name} lies outside the folder {folder.name!r}; only files in it are read."
        )
    if not file.is_file():
        raise CourseError(f"There is no file {file.name} in the folder {folder.name!r}.")
    if file.stat().st_size > LARGEST_FILE:
        raise CourseError(f"{file.name} is larger than {LARGEST_FILE // 2**20} MB.")
    try:
        content = file.read_bytes()
    except OSError as error:
        raise CourseError(f"{file.name} cannot be read: {error.strerror}.") from error
    return ServedModel(content, file.name)
