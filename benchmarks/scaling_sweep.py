"""The sweep behind chapter 8's scaling laws: train the family, store one line a run.

The models are those of the page itself: its cells that define them are run here. About an hour on
two cores. Runs that ``book/data/scaling.json`` already holds are kept; delete the file to start
anew. The page trains a few of the same points again and compares.
"""

from __future__ import annotations

import gc
from pathlib import Path
from typing import Any

from benchmarks.stored import load, page_names, save

STORE = Path(__file__).resolve().parents[1] / "book" / "data" / "scaling.json"
NEEDED = ("language = ", "def train")  # by which the cells that are needed are known
WIDTHS, SEEDS = (8, 16, 24, 32, 48), range(5)
TOKENS = tuple(2**k for k in range(17, 23))
# Trained after the fit, to check what the fit foretells.
LARGER = ((96, 2**23, 0),)
ABOUT = (
    "Runs made by benchmarks/scaling_sweep.py from the cells of 08a-scaling: parameters N, tokens "
    "read once D, excess loss in nats a token, and share of places whose likeliest token is right."
)


def main() -> None:
    """Train what is missing and print a line a run."""
    names = page_names("08a-scaling", NEEDED)
    stored = load(STORE, ABOUT) | {"entropy": round(names["language"].entropy_rate, 8)}
    runs = stored.setdefault("runs", [])
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
        runs.sort(key=lambda run: (run["width"], run["tokens"], run["seed"]))
        save(STORE, stored)
        print(run, f"{excess:.5f}", flush=True)


if __name__ == "__main__":
    main()
