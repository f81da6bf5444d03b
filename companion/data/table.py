"""A table of houses: eight columns, and the price to predict."""

from dataclasses import dataclass, replace
from typing import Any, Self, TypeVar

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Indices = NDArray[np.intp]
Ids = NDArray[np.int32]  # tokens of a text

# The article's eight inputs and its target, in the order in which its program reads them.
FEATURES = (
    "longitude",
    "latitude",
    "housing_median_age",
    "total_rooms",
    "total_bedrooms",
    "population",
    "households",
    "median_income",
)
TARGET = "median_house_value"

TableT = TypeVar("TableT", bound="Table")


@dataclass(frozen=True, kw_only=True)
class Table:
    """Districts and the price to predict for each; every array has an entry a row.

    Attributes:
        X: inputs, shape ``(rows, 8)``, the columns of ``FEATURES``.
        y: the price, shape ``(rows,)``, in dollars.
    """

    X: Floats
    y: Floats

    def __len__(self) -> int:
        return len(self.y)

    def column(self, name: str) -> Floats:
        """Return one input column by name, shape ``(rows,)``."""
        return self.X[:, FEATURES.index(name)]

    def take(self, rows: Indices) -> Self:
        """Return the chosen rows, in the given order, with all that belongs to them."""
        taken: dict[str, Any] = {
            name: value[rows] for name, value in vars(self).items() if isinstance(value, np.ndarray)
        }
        return replace(self, **taken)


def sorted_by_place(table: TableT) -> TableT:
    """Return the rows from south to north, as a file arrives that was written county by county."""
    return table.take(np.lexsort((table.column("longitude"), table.column("latitude"))))
