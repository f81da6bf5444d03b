"""The stored run of the page on medicine: a frozen BERT that reads notes, and five draws.

Runs the page's own cells that are tagged ``stored-run``, so that page and file cannot differ, and
writes ``book/data/notes.json``: ``python -m benchmarks.notes``, half a minute on one core.
"""

from __future__ import annotations

from benchmarks.stored import BOOK, load, page_names, save

STORE = BOOK / "data" / "notes.json"
PIECES = ("from companion import plotting",)
SIZES, SEEDS = (300, 1_000), range(5)
ABOUT = (
    "AUC of logistic regression on MiniLM's vectors of notes: learned from 300 and from 1,000 "
    "notes, in five draws ('auc', a row a size), and from 100 notes, judged on 100 ('small'); made "
    "by benchmarks/notes.py with the page's own cells."
)


def main() -> None:
    """Read the notes once, and learn from five draws of each size."""
    page, stored = page_names("06b-medicine", PIECES), load(STORE, ABOUT)
    vectors, auc = page["encoder"](page["texts"]), page["by_vectors"]
    rows = [[round(float(auc(vectors, n, seed)), 4) for seed in SEEDS] for n in SIZES]
    small = round(float(auc(vectors[:200], 100, 0, judged=100)), 4)
    save(STORE, stored | {"auc": rows, "small": small})


if __name__ == "__main__":
    main()
