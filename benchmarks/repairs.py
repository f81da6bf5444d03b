"""The stored run of the page on house prices: seven versions of one program, from five seeds each.

Runs the page's own cells that are tagged ``stored-run``, so that page and file cannot differ, and
writes ``book/data/repairs.json``: ``python -m benchmarks.repairs``, two minutes on one core.
"""

from __future__ import annotations

from benchmarks.stored import BOOK, load, page_names, save

STORE = BOOK / "data" / "repairs.json"
PIECES = ("from companion import gpu, plotting", "houses = sorted_by_place(")
ABOUT = (
    "In dollars, from each of five seeds: mean absolute error on fresh houses and on the last rows "
    "of the file, and the answer for the file's first house; made by benchmarks/repairs.py with "
    "the page's own cells."
)


def main() -> None:
    """Train all versions, in two stacks, and store what they were off by."""
    page, stored = page_names("05-house-prices", PIECES), load(STORE, ABOUT)
    for names in (list(page["VERSIONS"])[:4], list(page["VERSIONS"])[4:]):
        stack = page["trained"](names)
        said = [page["answers"](names, stack, page[rows].X) for rows in ("fresh", "houses")]
        for name in names:
            found = page["judged"](said[0][name], said[1][name])
            stored[name] = {key: [round(x) for x in values] for key, values in found.items()}
    save(STORE, stored)


if __name__ == "__main__":
    main()
