"""The real data: California's districts in the census of 1990 (Pace & Barry, 1997)."""

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
# Of the rounded rows, sorted by their values, as little-endian float64: the same from every source.
SHA256 = "e6da8209fe2af48781fb4f0c439d820d70be8a9cba2ae2b1ca5308f19dbbe791"
HOW_TO_GET_IT = (
    "put california_housing.csv into a folder and name that folder in COURSE_DATA_DIR, or run "
    "`python -c 'import keras; keras.datasets.california_housing.load_data()'` once while online"
)


def california(*, as_filed: bool = False) -> Table:
    """Load the 20,640 districts of the census of 1990, with the article's eight columns.

    Looks in the folder named by ``COURSE_DATA_DIR``, then in Keras' cache, then lets Keras download
    them. The rows come sorted by their values, so that every source gives the same table.

    Args:
        as_filed: keep the order of the file that was found instead. The published file is ordered
            by region; of Keras' copy that is not known.

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
        return _verified(_downloaded(), "Keras' download", as_filed)
    rows = _rows_of_csv(found) if found.suffix == ".csv" else _rows_of_npz(found)
    return _verified(rows, str(found), as_filed)


def california_available() -> bool:
    """Whether the data are on this machine, so that nothing needs to be downloaded."""
    return _local_file() is not None


def california_missing(where: str = "not on this machine") -> str:
    """Say in one sentence where the data were looked for, and how to get them.

    Args:
        where: what follows "The real California data are".
    """
    looked = "; ".join(f"there is no {file.name} in {folder}" for folder, file in _candidates())
    return f"The real California data are {where} ({looked}); {HOW_TO_GET_IT}."


def _candidates() -> list[tuple[str, Path]]:
    """Return each folder to look in, as the reader named it, and the file looked for."""
    # Not Path.home(): that raises on a machine without one.
    keras_home = Path(os.environ.get("KERAS_HOME") or os.path.expanduser("~/.keras"))
    cache = keras_home / "datasets" / KERAS_NAME
    found = [(str(cache.parent), cache)]
    if given := os.environ.get("COURSE_DATA_DIR"):
        folder = Path(os.path.expanduser(given)).absolute()
        named = given if given == str(folder) else f"{folder} (COURSE_DATA_DIR={given})"
        found.insert(0, (named, folder / CSV_NAME))
    return found


def _local_file() -> Path | None:
    # Not Path.is_file(): that raises where the folder may not be entered.
    return next((file for _, file in _candidates() if os.path.isfile(file)), None)


def _rows_of_csv(path: Path) -> Floats:
    import pandas as pd

    try:
        return pd.read_csv(path, dtype=np.float64)[[*FEATURES, TARGET]].to_numpy()
    except (OSError, ValueError, KeyError) as error:
        raise CourseError(
            f"{path} should be a table of numbers with the header {','.join((*FEATURES, TARGET))} "
            f"({str(error).strip()}); {HOW_TO_GET_IT}."
        ) from error


def _rows_of_npz(path: Path) -> Floats:
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
        raise CourseError(california_missing("neither here nor to be downloaded")) from error
    return np.column_stack([np.vstack([x, x2]), np.concatenate([y, y2])]).astype(np.float64)


def _verified(rows: Floats, origin: str, as_filed: bool) -> Table:
    right_shape = rows.shape == (ROWS, len(DECIMALS))
    filed = _rounded(rows) if right_shape else rows
    rows = filed[np.lexsort(filed.T[::-1])] if right_shape else rows
    if not right_shape or hashlib.sha256(rows.astype("<f8").tobytes()).hexdigest() != SHA256:
        raise CourseError(
            f"The California data from {origin} are not the published {ROWS} rows of 9 numbers: "
            f"their shape is {rows.shape}, or their SHA-256 differs; delete that file, then "
            f"{HOW_TO_GET_IT}."
        )
    rows = filed if as_filed else rows
    return Table(X=rows[:, :-1].copy(), y=rows[:, -1].copy())


def _rounded(rows: Floats) -> Floats:
    """Return what the published file holds; Keras' copy has the same in single precision."""
    return np.column_stack([np.round(c, d) + 0.0 for c, d in zip(rows.T, DECIMALS, strict=True)])
