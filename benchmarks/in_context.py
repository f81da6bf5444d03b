"""The stored runs of the page on a real model: learning in context over twelve draws of words.

Runs the page's own cells that are tagged ``stored-run``, so that page and file cannot differ, and
writes ``book/data/in_context.json``. Takes a quarter of an hour on two cores.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import nbformat

from companion.files import write_text
from companion.progress import watched

BOOK = Path(__file__).resolve().parents[1] / "book"
STORE = BOOK / "data" / "in_context.json"
SEEDS = range(12)
EACH = (0, 1, 4, 16)
ABOUT = (
    "Share of test words that SmolLM2-135M puts into the right half, by the names of the classes, "
    "examples of each class and draw; made by benchmarks/in_context.py with the page's own cells."
)


def page_names(up_to: str = "stored-run") -> dict[str, Any]:
    """Run the page's imports, its models, and the cells with the tag; return what they define."""
    nb = nbformat.read(BOOK / "03c-real-model.ipynb", as_version=4)
    cells = [cell for cell in nb.cells if cell.cell_type == "code"]
    wanted = cells[:3] + [c for c in cells if "encoder = minilm()" in c.source]
    wanted += [c for c in cells if up_to in c.metadata.get("tags", ())]
    names: dict[str, Any] = {}
    os.chdir(BOOK)  # where the page's kernel runs
    for cell in wanted:
        exec(cell.source, names)
    return names


def main() -> None:
    """Run every draw that is not stored yet, and store it at once."""
    page = page_names()
    runs = json.loads(STORE.read_text(encoding="utf-8"))["runs"] if STORE.exists() else []
    done = {(run["naming"], run["each"], run["seed"]) for run in runs}
    points = [(naming, each, seed) for seed in SEEDS for naming in page["NAMES"] for each in EACH]
    points += [("MiniLM", each, seed) for seed in SEEDS for each in EACH if each]
    for naming, each, seed in watched(points):
        # Without examples there is nothing to shuffle.
        if (naming, each, seed) in done or (naming, each) == ("shuffled", 0):
            continue
        if naming == "MiniLM":
            right = page["rival"](seed, each)
        else:
            right = page["in_context"](seed, each, naming)
        run = {"naming": naming, "each": each, "seed": seed, "right": round(float(right), 4)}
        runs.append(run)
        write_text(STORE, json.dumps({"about": ABOUT, "runs": runs}, indent=1) + "\n")


if __name__ == "__main__":
    main()
