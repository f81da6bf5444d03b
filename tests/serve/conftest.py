"""Small models with known answers, exported once."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest

from companion.serve.export import save, to_litert


def made_model() -> keras.Model:
    """Return a network of 4 inputs and 3 outputs with weights drawn from a fixed seed."""
    rng = np.random.default_rng(0)
    model = keras.Sequential(
        [keras.Input((4,)), keras.layers.Dense(8, activation="relu"), keras.layers.Dense(3)]
    )
    model.set_weights([rng.standard_normal(w.shape) for w in model.get_weights()])
    return model


@pytest.fixture(scope="session")
def network() -> keras.Model:
    return made_model()


@pytest.fixture(scope="session")
def rows() -> np.ndarray:
    return np.random.default_rng(1).uniform(-1, 1, (200, 4)).astype(np.float32)


@pytest.fixture(scope="session")
def contents(network: keras.Model, rows: np.ndarray) -> dict[str, bytes]:
    return {
        precision: to_litert(network, precision, calibration=rows if precision == "int8" else None)
        for precision in ("float32", "float16", "dynamic", "int8")
    }


@pytest.fixture
def file(contents: dict[str, bytes], tmp_path: Path) -> Path:
    return save(contents["float32"], tmp_path / "small.tflite")
