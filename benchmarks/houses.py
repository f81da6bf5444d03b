"""The stored runs of the page on the census: repairs, grids, ten splits, and two questions.

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
    "Errors on the census of 1990. In dollars: of six versions of the article's program, from each "
    "of five seeds ('design'). In 100,000 dollars: on validation rows by size of two models "
    "('leaves' of boosting, 'epochs' of the networks), and on the test rows of ten splits for the "
    "page's six models. Of boosting for a new district and for a new town, with the position and "
    "without, in twenty splits: by size of tree on rows that do not judge ('tried', with the best "
    "'rounds'), and on the test rows ('errors'). Made by benchmarks/houses.py with the page's own "
    "cells."
)


def main() -> None:
    """Run the repairs, tune on one split, then run each split that is not stored yet."""
    page, stored = page_names("05b-california", PIECES), load(STORE, ABOUT)
    if "design" not in stored:
        found = page["off"](list(page["VERSIONS"]), range(5))
        stored["design"] = {name: [round(x) for x in errors] for name, errors in found.items()}
        save(STORE, stored)
    for kind, (fit, sizes) in page["GRIDS"].items():
        if kind not in stored:
            answers = [fit(page["tables"], page["split"], size) for size in watched(sizes)]
            stored[kind] = [round(page["missed"](answer), 4) for answer in answers]
        page[kind] = page["chosen"](sizes, stored[kind])
    splits = stored.setdefault("splits", [])
    for seed in watched(SPLITS[len(splits) :]):
        splits.append([round(float(error), 4) for error in page["one_split"](seed)])
        save(STORE, stored)
    for question in page["QUESTIONS"]:
        runs = stored.setdefault(question, [])
        grid = [runs[-1][key] for key in ("tried", "rounds")] if runs else []
        for seed in watched(range(20)[len(runs) :]):
            if question != "new district" or not runs:  # districts share the first grid
                grid = page["tried_sizes"](question, seed)
            errors = [round(float(error), 4) for error in page["asked"](question, seed, *grid)]
            runs.append({"tried": grid[0], "rounds": grid[1], "errors": errors})
            save(STORE, stored)


if __name__ == "__main__":
    main()
