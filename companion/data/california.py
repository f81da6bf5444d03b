"""The real data: California's districts in the census of 1990 (Pace & Barry, 1997)."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path
from zipfile import BadZipFile

import numpy as np

from companion.data.table import FEATURES, TARGET, Floats, Table
from companion.errors import CourseError

ROWS = 20_640
CSV_NAME = "california_housing.csv"
KERAS_NAME = "california_housing.npz"
# Decimals in the published file; Keras' copy holds the same numbers in single precision.
DECIMALS = (2, 2, 0, 0, 0, 0, 0, 4, 0)
# Of the rows in the order of `_ordered`, as little-endian float64: the same from every source.
SHA256 = "e6da8209fe2af48781fb4f0c439d820d70be8a9cba2ae2b1ca5308f19dbbe791"
HOW_TO_GET_IT = (
    "put california_housing.csv into a folder and name that folder in COURSE_DATA_DIR, or run "
    "`python -c 'import keras; keras.datasets.california_housing.load_data()'` once while online"
)


def california() -> Table:
    """Load the 20,640 districts of the census of 1990, with the article's eight columns.

    Looks in the folder named by ``COURSE_DATA_DIR``, then in Keras' cache, then lets Keras download
    them. The rows come sorted by their values, so that every source gives the same table.

    Returns:
        ``X`` of shape ``(20640, 8)`` and ``y`` of shape ``(20640,)``, in dollars of 1990. Longitude
        and latitude in degrees, age in years (capped at 52), income in 10,000 dollars (capped at
        15.0001), price capped at 500,001.

    Raises:
        CourseError: the data are neither here nor to be had, or are not the published ones.

    Source: R. K. Pace and R. Barry (1997), "Sparse spatial autoregressions".
    """
    found = _local_file()
    if found is None:
        return _verified(_downloaded(), "Keras' download")
    read = _read_csv if found.suffix == ".csv" else _read_npz
    return _verified(read(found), str(found))


def california_available() -> str | None:
    """Return ``None`` when the data are on this machine, else one sentence on how to get them."""
    if _local_file() is not None:
        return None
    return f"The real California data are not on this machine; {HOW_TO_GET_IT}."


def _local_file() -> Path | None:
    keras_home = Path(os.environ.get("KERAS_HOME", Path.home() / ".keras"))
    candidates = [keras_home / "datasets" / KERAS_NAME]
    if folder := os.environ.get("COURSE_DATA_DIR"):
        candidates.insert(0, Path(folder) / CSV_NAME)
    return next((path for path in candidates if path.is_file()), None)


def _read_csv(path: Path) -> Floats:
    header = ",".join((*FEATURES, TARGET))
    try:
        with path.open(encoding="utf-8") as lines:
            if next(lines, "").strip() != header:
                raise CourseError(f"{path.name} should begin with the line {header!r}.")
            return np.loadtxt(lines, delimiter=",", ndmin=2)
    except ValueError as error:
        if isinstance(error, CourseError):
            raise
        raise CourseError(f"{path.name} should hold nine numbers a line: {error}.") from error


def _read_npz(path: Path) -> Floats:
    try:
        with np.load(path, allow_pickle=False) as arrays:
            return np.column_stack([arrays["x"], arrays["y"]]).astype(np.float64)
    except (OSError, EOFError, ValueError, KeyError, BadZipFile) as error:
        raise CourseError(
            f"Keras' cached {path.name} cannot be read ({error}); delete it and load again."
        ) from error


def _downloaded() -> Floats:
    import keras

    try:
        (x, y), (x2, y2) = keras.datasets.california_housing.load_data(version="large")
    except Exception as error:
        # Keras passes on whatever the network raised; each kind means the same to a reader.
        raise CourseError(
            f"The real California data are neither here nor to be downloaded; {HOW_TO_GET_IT}."
        ) from error
    return np.column_stack([np.vstack([x, x2]), np.concatenate([y, y2])]).astype(np.float64)


def _verified(rows: Floats, origin: str) -> Table:
    if rows.shape != (ROWS, len(DECIMALS)):
        raise CourseError(
            f"The California data from {origin} should have {ROWS} rows of 9 numbers; "
            f"they have the shape {rows.shape}; {HOW_TO_GET_IT}."
        )
    rows = _ordered(rows)
    if hashlib.sha256(rows.astype("<f8").tobytes()).hexdigest() != SHA256:
        raise CourseError(
            f"The California data from {origin} are not the published ones: their SHA-256 differs; "
            f"delete that file, then {HOW_TO_GET_IT}."
        )
    return Table(X=rows[:, :-1].copy(), y=rows[:, -1].copy())


def _ordered(rows: Floats) -> Floats:
    rounded = np.column_stack([np.round(c, d) for c, d in zip(rows.T, DECIMALS, strict=True)])
    return rounded[np.lexsort(rounded.T[::-1])] + 0.0
