"""The stored run of the page on education: a Transformer that reads answers, from five seeds.

Runs the page's own cells that are tagged ``stored-run``, so that page and file cannot differ, and
writes ``book/data/pupils.json``: ``python -m benchmarks.pupils``, half a minute on one core.
"""

from __future__ import annotations

import numpy as np

from benchmarks.stored import BOOK, load, page_names, save

STORE = BOOK / "data" / "pupils.json"
ABOUT = (
    "Bits an answer costs the page's Transformer, on average over the answers of a new pupil: of "
    "all pupils, from each of five seeds ('bits'), and of each pupil, the mean of the five "
    "('pupils', twenty a line); made by benchmarks/pupils.py with the page's own cells."
)


def main() -> None:
    """Train from five seeds, and store what the answers cost, by seed and by pupil."""
    page, stored = page_names("06d-education"), load(STORE, ABOUT)
    runs = page["trained"](range(5))
    costs = np.array([page["surprise"](run, page["right_new"]) for run in runs])
    means = {"bits": costs.mean(axis=1), "pupils": costs.mean(axis=0).reshape(-1, 20)}
    save(STORE, stored | {name: np.round(m, 5).tolist() for name, m in means.items()})


if __name__ == "__main__":
    main()
