"""The stored searches for learning rates: what each rate cost each arm of a page.

Runs a page's own cells with no rate stored, so that the page searches itself, and writes what it
found to ``book/data/rates.json``: ``python -m benchmarks.rates``, some minutes; with names of pages
only these.
"""

from __future__ import annotations

import json
import os
import sys
from typing import Any

import matplotlib
import nbformat

from benchmarks.stored import BOOK, load
from companion.files import write_text
from companion.progress import watched

STORE = BOOK / "data" / "rates.json"
PAGES = ("03-algorithms", "03a-train-and-judge", "08b-federated-and-transfer")
ABOUT = (
    "What chose the learning rate of each arm: its price, a loss or minus a share of right "
    "answers, by rate; made by benchmarks/rates.py with the pages' own cells."
)

Searches = dict[str, dict[str, float]]


def searched(page: str) -> Searches:
    """Return the price of each rate that was tried, by arm, of a page that forgets them first.

    Args:
        page: its name; a cell loads ``RATES``, and what it lacks is searched.
    """
    nb = nbformat.read(BOOK / f"{page}.ipynb", as_version=4)
    names: dict[str, Any] = {}
    found: Searches | None = None
    for cell in watched([cell for cell in nb.cells if cell.cell_type == "code"]):
        exec(cell.source, names)
        if found is None and "RATES" in names:
            found = names["RATES"]
            found.clear()
    return found or {}


def main(pages: list[str]) -> None:
    """Search again for the rates of these pages, and store them."""
    os.chdir(BOOK)  # where the pages' kernels run
    matplotlib.use("agg")
    for page in pages or PAGES:
        stored = load(STORE, ABOUT)
        stored[page] = {
            arm: {rate: round(price, 4) for rate, price in sorted(prices.items())}
            for arm, prices in searched(page).items()
        }
        write_text(STORE, json.dumps(stored, indent=1) + "\n")


if __name__ == "__main__":
    main(sys.argv[1:])
