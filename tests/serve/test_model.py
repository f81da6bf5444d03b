"""Export and reading: the same function as Keras, and one sentence for every other file."""

from __future__ import annotations

import logging
import os
import pickle
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
import tensorflow as tf

from companion.errors import CourseError
from companion.serve.export import save, to_litert
from companion.serve.model import ServedModel, from_units, read_model, to_units


def test_float_file_is_the_same_function(
    network: keras.Model, contents: dict[str, bytes], rows: np.ndarray
) -> None:
    served = ServedModel(contents["float32"])
    assert (served.input_shape, served.output_size) == ((4,), 3)
    np.testing.assert_allclose(served.predict(rows), network(rows), atol=1e-5)


@pytest.mark.parametrize(("precision", "steps"), [("float16", 0.5), ("dynamic", 3), ("int8", 3)])
def test_reduced_precision_stays_within_a_few_steps(
    network: keras.Model,
    contents: dict[str, bytes],
    rows: np.ndarray,
    precision: str,
    steps: float,
) -> None:
    truth = np.asarray(network(rows))
    step = np.ptp(truth) / 255
    error = np.abs(ServedModel(contents[precision]).predict(rows) - truth).max()
    assert 0 < error <= steps * step


@pytest.mark.parametrize("precision", ["float32", "dynamic", "int8"])
def test_a_rows_answer_does_not_depend_on_its_batch(
    contents: dict[str, bytes], rows: np.ndarray, precision: str
) -> None:
    served = ServedModel(contents[precision])
    alone = np.concatenate([served.predict(row[None]) for row in rows[:33]])
    for size in (2, 3, 17, 33):
        assert np.array_equal(served.predict(rows[:size]), alone[:size])


def test_int8_weights_are_those_of_the_formula(
    network: keras.Model, contents: dict[str, bytes]
) -> None:
    """The converter rounds each output's weights by ``max|w| / 127``, as the page does."""
    served = ServedModel(contents["int8"])
    interpreter = served._by_size[1]
    weights = np.asarray(network.layers[0].kernel).T
    scale = np.abs(weights).max(1, keepdims=True) / 127
    expected = np.round(weights / scale)
    stored = [
        interpreter.get_tensor(t["index"])
        for t in interpreter.get_tensor_details()
        if t["dtype"] == np.int8 and tuple(t["shape"]) == weights.shape
    ]
    assert any(np.array_equal(w, expected) for w in stored)


def test_steps_and_numbers_are_inverse() -> None:
    tensor = {"dtype": np.int8, "quantization": (0.5, -3)}
    values = np.array([-62.4, 0.0, 0.26, 65.5, 1e9, -1e9], np.float32)
    units = to_units(values, tensor)
    assert units.tolist() == [-128, -3, -2, 127, 127, -128]
    assert from_units(units, tensor).tolist() == [-62.5, 0.0, 0.5, 65.0, 65.0, -62.5]


@pytest.mark.parametrize(
    ("precision", "calibration", "sentence"),
    [
        ("int4", None, "'int4' should be"),
        ("int8", None, "which needs them"),
        ("float32", np.zeros((2, 4)), "to no other"),
        ("int8", np.zeros((2, 5)), r"\(2, 5\); it should be \(rows, 4\)"),
        ("int8", np.zeros((2, 3, 4)), r"\(2, 3, 4\)"),
        ("int8", np.zeros((0, 4)), "at least one row"),
        ("int8", np.full((2, 4), np.nan), "NaN or infinity"),
    ],
)
def test_export_refuses(
    network: keras.Model, precision: Any, calibration: Any, sentence: str
) -> None:
    with pytest.raises(CourseError, match=sentence):
        to_litert(network, precision, calibration=calibration)


@pytest.mark.parametrize(
    ("words", "cause"),
    [("TF Select ops: Fold\nDetails: long", "no Fold"), ("Fold is too much\nlong", "too much")],
)
def test_a_model_that_litert_cannot_hold(
    network: keras.Model, monkeypatch: pytest.MonkeyPatch, words: str, cause: str
) -> None:
    def fail(_: Any) -> bytes:
        raise RuntimeError(words)

    monkeypatch.setattr(type(tf.lite.TFLiteConverter.from_keras_model(network)), "convert", fail)
    with pytest.raises(CourseError, match=cause) as caught:
        to_litert(network)
    assert "long" not in str(caught.value)


def test_export_prints_nothing(
    network: keras.Model,
    rows: np.ndarray,
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.INFO, "tensorflow")  # as in a notebook
    ServedModel(to_litert(network, "int8", calibration=rows))
    assert capfd.readouterr() == ("", "")
    assert not caplog.records


def test_save_leaves_no_half_file(tmp_path: Path) -> None:
    path = save(b"new", save(b"old", tmp_path / "m.tflite"))
    assert path.read_bytes() == b"new"
    assert os.listdir(tmp_path) == ["m.tflite"]


class Bomb:
    def __reduce__(self) -> Any:
        return (os.mkdir, ("exploded",))


def test_foreign_and_damaged_files(
    contents: dict[str, bytes], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    good = contents["float32"]
    bad = {
        "empty": b"",
        "text": b"hello, this is no model at all",
        "pickle": pickle.dumps(Bomb()),
        "magic_only": good[:8],
        "half": good[: len(good) // 2],
        "hole": good[:16] + bytes(len(good) - 16),
    }
    for name, content in bad.items():
        (tmp_path / f"{name}.tflite").write_bytes(content)
        with pytest.raises(CourseError, match=f"{name}.tflite") as caught:
            read_model(f"{name}.tflite", tmp_path)
        assert "\n" not in str(caught.value)
    assert not (tmp_path / "exploded").exists()


def test_paths_stay_in_the_folder(file: Path, tmp_path: Path) -> None:
    inside = tmp_path / "inside"
    inside.mkdir()
    (inside / "link.tflite").symlink_to(file)
    assert read_model("small.tflite", tmp_path).name == "small.tflite"
    for path in ("../small.tflite", str(file), "link.tflite"):
        with pytest.raises(CourseError, match="outside the folder 'inside'"):
            read_model(path, inside)
    with pytest.raises(CourseError, match=r"There is no file none\.tflite"):
        read_model("none.tflite", inside)
    with pytest.raises(CourseError, match="There is no file inside"):
        read_model("inside", tmp_path)


A, B = keras.Input((2,)), keras.Input((2,))
TOKENS, LONE = keras.Input((3,), dtype="int32"), keras.Input(())
UNFIT = {
    "2 inputs": keras.Model([A, B], keras.layers.Add()([A, B])),
    "2 outputs": keras.Model(A, [A + 1, A + 2]),
    "int32": keras.Model(TOKENS, keras.layers.Flatten()(keras.layers.Embedding(9, 2)(TOKENS))),
    "int64": keras.Model(A, keras.ops.cast(A, "int64")),
    "row of numbers": keras.Model(LONE, keras.ops.reshape(LONE, (-1, 1)) + 1),
    "zeros": keras.Model(A, 1 / A),
}


@pytest.mark.parametrize("cause", UNFIT)
def test_models_of_another_kind_are_refused(cause: str) -> None:
    with pytest.raises(CourseError, match=cause):
        ServedModel(to_litert(UNFIT[cause]))
