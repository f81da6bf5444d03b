"""Generated data do not change in silence: every page that draws from them would change, too.

After a change on purpose: ``python tests/data/test_generated.py`` writes the summaries again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import ArrayLike

from companion.data import house_prices, languages, market, molecules
from companion.data.fraud import payments
from companion.data.splits import group_split, random_split

STORED = Path(__file__).parent / "fixtures" / "generated.json"


def texts(lines: Sequence[str]) -> ArrayLike:
    return np.frombuffer("\n".join(lines).encode(), dtype=np.uint8)


def of_houses() -> list[ArrayLike]:
    made = house_prices()
    return [made.X, made.y, made.best_rmse, made.best_mae]


def of_payments() -> list[ArrayLike]:
    made = payments()
    return [made.X, made.y, made.probability, made.month]


def of_molecules() -> list[ArrayLike]:
    made = molecules()
    return [texts(made.smiles), made.active, made.probability, made.new_scaffold]


def of_languages() -> list[ArrayLike]:
    markov, zipf = languages.MarkovLanguage(11, 2), languages.ZipfLanguage()
    return [
        markov.table,
        markov.sample(500),
        markov.entropy_rate,
        zipf.table,
        zipf.sample(500),
        zipf.sample_texts(5, 100),
        zipf.entropy_rate,
    ]


def of_splits() -> list[ArrayLike]:
    return [*random_split(3_000), *group_split(molecules().scaffold)]


MAKERS: dict[str, Callable[[], list[ArrayLike]]] = {
    "house_prices": of_houses,
    "payments": of_payments,
    "returns": lambda: [market.efficient_returns(1_000)],
    "molecules": of_molecules,
    "languages": of_languages,
    "splits": of_splits,
}


def summaries(name: str) -> list[list[float]]:
    """Return, for each array, its size, its mean, and a mean that depends on every place."""
    arrays = [np.ravel(np.asarray(array, np.float64)) for array in MAKERS[name]()]
    weights = [np.cos(np.arange(len(a))) for a in arrays]
    return [[len(a), float(a.mean()), float(a @ w)] for a, w in zip(arrays, weights, strict=True)]


@pytest.mark.parametrize("name", MAKERS)
def test_what_is_made_is_what_was_made(name: str) -> None:
    stored = json.loads(STORED.read_text(encoding="utf-8"))[name]
    for now, then in zip(summaries(name), stored, strict=True):
        assert now == pytest.approx(then, rel=1e-7, abs=1e-7)


if __name__ == "__main__":
    STORED.parent.mkdir(exist_ok=True)
    made = {name: summaries(name) for name in MAKERS}
    STORED.write_text(json.dumps(made, indent=1) + "\n", encoding="utf-8")
