"""The stored grid of the page on finance: how a fraud model that is fitted each month is set.

Runs the page's own cells that are tagged ``stored-run``, so that page and file cannot differ, and
writes ``book/data/refits.json``: ``python -m benchmarks.refits``, three minutes on one core.
"""

from __future__ import annotations

from itertools import product

from benchmarks.stored import BOOK, load, page_names, save
from companion.progress import watched

STORE = BOOK / "data" / "refits.json"
PIECES = ("from sklearn.base import", "from companion import plotting")
ABOUT = (
    "Share of the best possible expected average precision that boosting reaches when it is fitted "
    "each month: by leaves (4, 8, 16) and rounds (40, 80, 160), in three years of their own "
    "and three months after the change; made by benchmarks/refits.py with the page's own cells."
)


def main() -> None:
    """Fit each setting in each year, and store a row for each number of leaves at once."""
    page, stored = page_names("06a-finance", PIECES), load(STORE, ABOUT)
    grid = stored.setdefault("reached", [])
    for leaves in page["LEAVES"][len(grid) :]:
        pairs = list(product(page["ROUNDS"], page["YEARS"]))
        shares = [page["reached"](year, leaves, rounds) for rounds, year in watched(pairs)]
        rows = [[round(float(share), 4) for share in months] for months in shares]
        years = len(page["YEARS"])
        grid.append([rows[i : i + years] for i in range(0, len(rows), years)])
        save(STORE, stored)


if __name__ == "__main__":
    main()
