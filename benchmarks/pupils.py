"""The stored run of the page on education: a Transformer that reads answers, from five seeds.

Runs the page's own cells that are tagged ``stored-run``, so that page and file cannot differ, and
writes ``book/data/pupils.json``: ``python -m benchmarks.pupils``, half a minute on one core.
"""

from __future__ import annotations

from benchmarks.stored import BOOK, load, page_names, save

STORE = BOOK / "data" / "pupils.json"
ABOUT = (
    "Bits an answer of new pupils costs the page's Transformer, on average, from each of five "
    "seeds; made by benchmarks/pupils.py with the page's own cells."
)


def main() -> None:
    """Train from five seeds, and store what the answers cost each."""
    page, stored = page_names("06d-education"), load(STORE, ABOUT)
    costs = [page["surprise"](run, page["right_new"]).mean() for run in page["trained"](range(5))]
    save(STORE, stored | {"bits": [round(float(bits), 5) for bits in costs]})


if __name__ == "__main__":
    main()
