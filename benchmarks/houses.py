"""The stored runs of the page on the census: the grids of two models, and ten splits of six.

Runs the page's own cells that are tagged ``stored-run``, so that page and file cannot differ, and
writes ``book/data/houses.json``: ``python -m benchmarks.houses``, some minutes on two cores.
"""

from __future__ import annotations

from benchmarks.stored import BOOK, load, page_names, save
from companion.progress import watched

STORE = BOOK / "data" / "houses.json"
PIECES = ("split = random_split(len(census)",)  # of the cell that draws the split of the grids
SPLITS = range(10)
ABOUT = (
    "Errors on the census of 1990, in 100,000 dollars: on validation rows by size of two models "
    "('leaves' of boosting, 'epochs' of the networks), and on the test rows of ten splits for the "
    "page's six models; made by benchmarks/houses.py with the page's own cells."
)


def main() -> None:
    """Tune on one split, then run every split that is not stored yet, and store it at once."""
    page, stored = page_names("05b-california", PIECES), load(STORE, ABOUT)
    for kind, (fit, sizes) in page["GRIDS"].items():
        if kind not in stored:
            answers = [fit(page["tables"], page["split"], size) for size in watched(sizes)]
            stored[kind] = [round(page["missed"](answer), 4) for answer in answers]
        page[kind] = page["chosen"](kind, stored[kind])
    splits = stored.setdefault("splits", [])
    for seed in watched(SPLITS[len(splits) :]):
        splits.append([round(float(error), 4) for error in page["one_split"](seed)])
        save(STORE, stored)


if __name__ == "__main__":
    main()
