"""The stored worlds of the page on finance: frauds among cards with a history, four rivals.

Runs the page's own cells that are tagged ``stored-run``, so that page and file cannot differ, and
writes ``book/data/cards.json``: ``python -m benchmarks.cards``, a minute or two.
"""

from __future__ import annotations

from benchmarks.stored import BOOK, load, page_names, save
from companion.progress import watched

STORE = BOOK / "data" / "cards.json"
ABOUT = (
    "Average precision of four rivals on the cards of five worlds: the payment alone, aggregates, "
    "Transformer, both; made by benchmarks/cards.py with the page's own cells."
)


def main() -> None:
    """Run every world that is not stored yet, and store it at once."""
    page = page_names("06a-finance", ["from sklearn.base import", "from companion import plotting"])
    stored = load(STORE, ABOUT)
    worlds = stored.setdefault("worlds", [])
    for seed in watched(page["WORLDS"][len(worlds) :]):
        worlds.append([round(float(score), 4) for score in page["one_world"](seed)])
        save(STORE, stored)


if __name__ == "__main__":
    main()
