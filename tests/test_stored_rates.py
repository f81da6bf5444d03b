"""What the pages keep of their searches for learning rates: the prices of each arm, by rate."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

STORED = Path(__file__).resolve().parents[1] / "book" / "data" / "rates.json"
# Both only guess, at every rate: that is what the page says of them.
GUESSING = {"variance 0.01/n, Gauss", "variance 0/n, zeros"}

SEARCHES = [
    pytest.param(page, arm, prices, id=f"{page}: {arm}")
    for page, arms in json.loads(STORED.read_text(encoding="utf-8")).items()
    if page != "about"
    for arm, prices in arms.items()
]


@pytest.mark.parametrize(("page", "arm", "prices"), SEARCHES)
def test_no_rate_was_chosen_at_an_edge(page: str, arm: str, prices: dict[str, float]) -> None:
    rates = sorted(prices, key=float)
    best = min(prices, key=lambda rate: prices[rate])
    if arm in GUESSING:
        assert max(-price for price in prices.values()) < 0.15
    else:
        assert best not in (rates[0], rates[-1])


def test_every_page_that_loads_rates_has_some() -> None:
    pages = {page for page, _, _ in (param.values for param in SEARCHES)}
    book = STORED.parents[1]
    loading = {
        path.stem for path in book.glob("*.ipynb") if "data/rates.json" in path.read_text("utf-8")
    }
    assert loading == pages
