"""The sweep behind chapter 8's scaling laws: train the family, store one line a run.

The models are those of the page itself: its cells that define them are run here. About an hour on
two cores. Runs that ``book/data/scaling.json`` already holds are kept; delete the file to start
anew. The page trains a few of the same points again and compares.
"""

from __future__ import annotations

import gc
import json
from pathlib import Path
from typing import Any

import nbformat

import companion

ROOT = Path(__file__).resolve().parents[1]
STORE = ROOT / "book" / "data" / "scaling.json"
PAGE = ROOT / "book" / "08a-scaling.ipynb"
NEEDED = ("import json", "language = ", "def train")  # how the cells that are needed begin
WIDTHS, SEEDS = (8, 16, 24, 32, 48), (0, 1, 2)
TOKENS = tuple(2**k for k in range(17, 23))
# Trained after the fit, to check what the fit foretells.
LARGER = ((96, 2**23, 0),)
WHAT = (
    "Runs made by benchmarks/scaling_sweep.py from the cells of 08a-scaling: parameters N, tokens "
    "read once D, excess loss in nats a token, share of places whose likeliest token is right, and "
    "of ten neighbouring places that are all right."
)


def page() -> dict[str, Any]:
    """Run the page's definitions and return its names."""
    names: dict[str, Any] = {}
    for cell in nbformat.read(PAGE, as_version=4).cells:
        if cell.cell_type == "code" and cell.source.startswith(NEEDED):
            exec(cell.source, names)
    return names


def main() -> None:
    """Train what is missing and print a line a run."""
    companion.seed(0)
    names = page()
    runs = json.loads(STORE.read_text("utf-8"))["runs"] if STORE.exists() else []
    done = {(run["width"], run["tokens"], run["seed"]) for run in runs}
    grid = [(width, tokens, seed) for width in WIDTHS for seed in SEEDS for tokens in TOKENS]
    member: Any = None
    for width, tokens, seed in [*grid, *LARGER]:
        if (width, tokens, seed) in done:
            continue
        if member is None or member.width != width:
            member = None
            gc.collect()
            member = names["Member"](width)
        excess, accuracy = names["train"](member, tokens, seed)
        size = int(member.model.count_params())
        run = {"width": width, "parameters": size, "tokens": tokens, "seed": seed}
        runs.append(run | {"excess": round(excess, 5), "accuracy": round(accuracy, 5)})
        save(runs, names["language"].entropy_rate)
        print(runs[-1], flush=True)


def save(runs: list[dict[str, Any]], entropy: float) -> None:
    """Write all runs, a line each, in one step."""
    ordered = sorted(runs, key=lambda run: (run["width"], run["tokens"], run["seed"]))
    lines = ",\n".join(map(json.dumps, ordered))
    head = f'{{"what": {json.dumps(WHAT)},\n"entropy": {entropy:.8f},\n"runs": [\n'
    part = STORE.with_suffix(".part")
    part.write_text(head + lines + "\n]}\n", encoding="utf-8")
    part.replace(STORE)


if __name__ == "__main__":
    main()
