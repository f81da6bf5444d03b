"""From a Keras model to a LiteRT file: weights, shapes and arithmetic in one flat buffer."""

import contextlib
import io
import logging
import os
import re
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import ArrayLike

from companion.errors import CourseError
from companion.quiet import without_lines

_REPORT = r"fully_quantize: |[IW]\d{4} |WARNING: All log|INFO: "
Precision = Literal["float32", "float16", "dynamic", "int8"]


def to_litert(
    model: keras.Model, precision: Precision = "float32", *, calibration: ArrayLike | None = None
) -> bytes:
    """Turn a Keras model into the content of a ``.tflite`` file, by TensorFlow's own converter.

    Args:
        model: a built model; its shapes are kept, the size of the batch stays open.
        precision: ``"float32"``; ``"float16"``: weights stored in half; ``"dynamic"``: weights in
            int8, inputs of each layer rounded to int8 while it runs; ``"int8"``: everything in
            int8, inputs and outputs too, with ranges taken from ``calibration``.
        calibration: rows as the model will see them, shape ``(rows, …)``; for ``"int8"`` only.

    Raises:
        CourseError: a model that LiteRT cannot hold, another precision, or calibration rows that
            are missing, not wanted, not finite, or of another shape than the model's inputs.
    """
    rows = _checked(model, precision, calibration)
    converter = tf.lite.TFLiteConverter.from_keras_model(model)
    if precision != "float32":
        converter.optimizations = [tf.lite.Optimize.DEFAULT]
    if precision == "float16":
        converter.target_spec.supported_types = [tf.float16]
    if rows is not None:
        converter.representative_dataset = lambda: ([row[None]] for row in rows)
        converter.target_spec.supported_ops = [tf.lite.OpsSet.TFLITE_BUILTINS_INT8]
        converter.inference_input_type = converter.inference_output_type = tf.int8
    with _without_words():
        try:
            content: bytes = converter.convert()
        except Exception as error:  # the converter's own class is not public
            missing = re.search(r"ops: (.+)", str(error))
            cause = f"it has no {missing[1]}" if missing else str(error).split("\n")[0][:120]
            raise CourseError(f"LiteRT cannot hold this model: {cause}.") from error
    return content


def save(content: bytes, path: str | os.PathLike[str]) -> Path:
    """Write a model file in one step, so that no server ever reads half of one; return its path."""
    target = Path(path)
    temporary = target.with_name(target.name + ".part")
    temporary.write_bytes(content)
    os.replace(temporary, target)
    return target


def _checked(
    model: keras.Model, precision: str, calibration: ArrayLike | None
) -> np.ndarray | None:
    if precision not in ("float32", "float16", "dynamic", "int8"):
        raise CourseError(
            f"The precision {precision!r} should be 'float32', 'float16', 'dynamic' or 'int8'."
        )
    if (precision == "int8") != (calibration is not None):
        raise CourseError(
            "Calibration rows belong to the precision 'int8', which needs them, and to no other."
        )
    if calibration is None:
        return None
    rows = np.asarray(calibration, np.float32)
    if rows.shape[1:] != tuple(model.input_shape[1:]) or not len(rows):
        raise CourseError(
            f"Calibration rows have the shape {rows.shape}; it should be "
            f"(rows, {', '.join(map(str, model.input_shape[1:]))}), with at least one row."
        )
    if not np.isfinite(rows).all():
        raise CourseError("Calibration rows hold NaN or infinity; the ranges would be useless.")
    return rows


@contextlib.contextmanager
def _without_words() -> Iterator[None]:
    """Keep the converter's report of what it saved, and its own false alarm, off the page."""
    before = logging.root.manager.disable
    # In a notebook TensorFlow sets its own log level back to INFO.
    logging.disable(logging.INFO)
    try:
        with (
            without_lines(_REPORT),
            contextlib.redirect_stdout(io.StringIO()),
            warnings.catch_warnings(),
        ):
            # It says so whenever inputs are int8, although the ranges were given.
            warnings.filterwarnings("ignore", message="Statistics for quantized inputs")
            yield
    finally:
        logging.disable(before)
