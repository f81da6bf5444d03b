"""The stored runs of the page on entertainment: five Transformers that name the next film.

Runs the page's own cells that are tagged ``stored-run``, so that page and file cannot differ, and
writes ``book/data/films.json``: ``python -m benchmarks.films``, about a minute.
"""

from __future__ import annotations

from benchmarks.stored import BOOK, load, page_names, save
from companion.progress import watched

STORE = BOOK / "data" / "films.json"
SEEDS = 5
ABOUT = (
    "Whether the next film is among a Transformer's ten (1) or not (0), a digit a person, one line "
    "for each first weights; made by benchmarks/films.py with the page's own cells."
)


def main() -> None:
    """Train from every seed that is not stored yet, and store it at once."""
    page = page_names("06e-entertainment")
    stored = load(STORE, ABOUT)
    runs = stored.setdefault("runs", [])
    for seed in watched(range(len(runs), SEEDS)):
        found = page["hits"](page["read_films"](seed), page["past"], page["wanted"])
        runs.append("".join(str(int(hit)) for hit in found))
        save(STORE, stored)


if __name__ == "__main__":
    main()
