"""Data for the chapters: generated houses, the census, files, splits. No models here."""

from companion.data.byte_bpe import ByteLevelBPE
from companion.data.california import california, california_available
from companion.data.corpus import CharTokenizer, keras_source, split_text, windows
from companion.data.fraud import payments
from companion.data.house_prices import HousePrices, capped_lognormal, house_prices, log_price
from companion.data.housing_features import HousingFeatures
from companion.data.images import channel_statistics, normalise, resize
from companion.data.languages import MarkovLanguage
from companion.data.market import efficient_returns, google_daily, sp500_monthly
from companion.data.molecules import molecules
from companion.data.notes import notes
from companion.data.pump import Pump, powers, quantise
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
from companion.data.text import clean, words

__all__ = [
    "FEATURES",
    "TARGET",
    "ByteLevelBPE",
    "CharTokenizer",
    "HousePrices",
    "HousingFeatures",
    "MarkovLanguage",
    "Pump",
    "Split",
    "Table",
    "california",
    "california_available",
    "capped_lognormal",
    "channel_statistics",
    "clean",
    "efficient_returns",
    "fit_scaler",
    "google_daily",
    "group_split",
    "house_prices",
    "keras_source",
    "last_rows_split",
    "log_price",
    "molecules",
    "normalise",
    "notes",
    "payments",
    "place_split",
    "powers",
    "quantise",
    "random_split",
    "read_csv",
    "resize",
    "sorted_by_place",
    "sp500_monthly",
    "split_text",
    "stratified_split",
    "walk_forward",
    "windows",
    "words",
    "write_csv",
]
