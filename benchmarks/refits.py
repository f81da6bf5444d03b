"""The stored grid of the page on finance: how a fraud model that is fitted each month is set.

Runs the page's own cells that are tagged ``stored-run``, so that page and file cannot differ, and
writes ``book/data/refits.json``: ``python -m benchmarks.refits``, four minutes on one core.
"""

from __future__ import annotations

from itertools import product

import numpy as np

from benchmarks.stored import BOOK, load, page_names, save
from companion.data import payments
from companion.progress import watched

STORE = BOOK / "data" / "refits.json"
PIECES = ("from sklearn.base import", "from companion import plotting")
ABOUT = (
    "Share of the best possible expected average precision that boosting reaches when it is fitted "
    "each month: by months that a fit looks back (1, 2, 3), leaves (2, 4, 8, 16) and rounds (40, "
    "80, 160, 320), in five years of their own and three months after the change; made by "
    "benchmarks/refits.py with the page's own cells."
)


def main() -> None:
    """Fit each setting in each year, and store what one look back reaches at once."""
    page, stored = page_names("06a-finance", PIECES), load(STORE, ABOUT)
    grid = stored.setdefault("reached", [])
    worlds = [payments(50_000, 12, year) for year in page["YEARS"]]
    for back in page["BACK"][len(grid) :]:
        pairs = list(product(page["LEAVES"], worlds))
        shares = [page["reached"](world, back, leaves) for leaves, world in watched(pairs)]
        rows = np.reshape(shares, (-1, len(worlds), *np.shape(shares[0]))).swapaxes(1, 2)
        grid.append(rows.round(4).tolist())
        save(STORE, stored)


if __name__ == "__main__":
    main()
