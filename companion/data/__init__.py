"""Data for the chapters: generated houses, the census, files, splits. No models here."""

from companion.data.california import california, california_available
from companion.data.house_prices import HousePrices, house_prices
from companion.data.splits import (
    Split,
    fit_scaler,
    group_split,
    last_rows_split,
    place_split,
    random_split,
    stratified_split,
    walk_forward,
)
from companion.data.table import FEATURES, TARGET, Table, sorted_by_place
from companion.data.table_csv import read_csv, write_csv

__all__ = [
    "FEATURES",
    "TARGET",
    "HousePrices",
    "Split",
    "Table",
    "california",
    "california_available",
    "fit_scaler",
    "group_split",
    "house_prices",
    "last_rows_split",
    "place_split",
    "random_split",
    "read_csv",
    "sorted_by_place",
    "stratified_split",
    "walk_forward",
    "write_csv",
]
