"""The stored runs of the page on a real model: learning in context over twelve draws of words.

Runs the page's own cells that are tagged ``stored-run``, so that page and file cannot differ, and
writes ``book/data/in_context.json``: ``python -m benchmarks.in_context``, a quarter of an hour
on two cores.
"""

from __future__ import annotations

import json
from typing import Any

from benchmarks.stored import BOOK, page_names
from companion.files import write_text
from companion.progress import watched

STORE = BOOK / "data" / "in_context.json"
PIECES = ("model, tokenizer = smollm2()", "encoder = minilm()")  # of cells that load the models
SEEDS = range(12)
EACH = (0, 1, 4, 16)
ABOUT = (
    "Shares of test words that SmolLM2-135M sorts rightly, in halves and plainly, by the names of "
    "the classes, examples of each class, draw and direction of the names; made by "
    "benchmarks/in_context.py with the page's own cells."
)


def main() -> None:
    """Run every draw that is not stored yet, and store it at once."""
    page = page_names("03c-real-model", PIECES)
    runs = json.loads(STORE.read_text(encoding="utf-8"))["runs"] if STORE.exists() else []
    vectors = {name: make() for name, make in page["RIVALS"].items()}
    done = {(run["naming"], run["each"], run["seed"], run["way"]) for run in runs}
    for naming, each, seed, way in watched(points(page)):
        if (naming, each, seed, way) in done:
            continue
        if naming in vectors:
            halves, plain = page["rival"](seed, each, vectors[naming])
        else:
            halves, plain = page["in_context"](seed, each, naming, way)
        place = {"naming": naming, "each": each, "seed": seed, "way": way}
        runs.append(place | {"halves": round(halves, 4), "plain": round(plain, 4)})
        write_text(STORE, json.dumps({"about": ABOUT, "runs": runs}, indent=1) + "\n")


def points(page: dict[str, Any]) -> list[tuple[str, int, int, int]]:
    """List what to run: naming, examples of each class, draw, direction of the names."""
    return [
        (naming, each, seed, way)
        for seed in SEEDS
        for naming in (*page["NAMES"], *page["RIVALS"])
        for each in EACH
        for way in ((0, 1) if naming.startswith("new names") else (0,))
        # Without examples there is nothing to shuffle, and nothing to fit.
        if each or not (naming.endswith("shuffled") or naming in page["RIVALS"])
    ]


if __name__ == "__main__":
    main()
