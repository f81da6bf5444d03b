"""Data for the chapters: generated worlds, the census, texts, splits. No models here."""

from companion.data.byte_bpe import ByteLevelBPE
from companion.data.california import california, california_available, california_missing
from companion.data.corpus import keras_source, split_text, words
from companion.data.fraud import PAYMENT_COLUMNS, payments
from companion.data.house_prices import (
    PRICE_CAP,
    HousePrices,
    capped_lognormal,
    house_prices,
    log_price,
)
from companion.data.languages import ZipfLanguage
from companion.data.market import efficient_returns, google_daily, sp500_monthly
from companion.data.markov import MarkovLanguage
from companion.data.molecules import molecules
from companion.data.splits import Split, group_split, random_split, walk_forward
from companion.data.table import FEATURES, TARGET, Table, sorted_by_place
from companion.data.tokens import CharTokenizer, windows
