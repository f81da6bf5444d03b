"""The sweep behind the page on architectures: tune each design's rate, then train ten seeds.

The model is that of the page itself: its cells that define something are run here. About a quarter
of an hour on one core. Runs that ``book/data/architectures.json`` holds are kept; delete the file
to start anew. The page trains two of the runs again and compares.
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import nbformat

ROOT = Path(__file__).resolve().parents[1]
STORE = ROOT / "book" / "data" / "architectures.json"
PAGE = ROOT / "book" / "08g-architectures.ipynb"
NEEDED = ("import json", "WIDTH, HEADS", "def ", "language, compiled")
RATES = (0.005, 0.01, 0.02, 0.04)
TUNING_SEEDS, SEEDS = (100, 101), tuple(range(10))
FAULT = "no positions"  # planted; far off in each of five seeds
LONGER = ("GPT-2's block", "the first four together")
WHAT = (
    "Excess loss in nats a token, made by benchmarks/architectures.py from the cells of "
    "08g-architectures: design, rate, steps, seed, excess. Rates were chosen on seeds 100 and 101."
)


def page() -> dict[str, Any]:
    """Run the page's definitions and return its names."""
    names: dict[str, Any] = {}
    for cell in nbformat.read(PAGE, as_version=4).cells:
        if cell.cell_type == "code" and cell.source.startswith(NEEDED):
            exec(cell.source, names)
    return names


def main(chosen: tuple[str, ...]) -> None:
    """Train what is missing, a line a run."""
    names = page()
    runs = json.loads(STORE.read_text("utf-8"))["runs"] if STORE.exists() else []
    known = {(r["design"], r["rate"], r["steps"], r["seed"]): r["excess"] for r in runs}

    def excess(*key: Any) -> float:
        if key not in known:
            design, rate, steps, seed = key
            known[key] = round(names["excess_of"](design, rate, seed, steps), 5)
            print(*key, known[key], flush=True)
            save(known)
        return float(known[key])

    for design in chosen or names["DESIGNS"]:
        for steps in (512, 1024) if design in LONGER else (512,):
            tuning = {r: sum(excess(design, r, steps, s) for s in TUNING_SEEDS) for r in RATES}
            for seed in SEEDS[:5] if design == FAULT else SEEDS:
                excess(design, min(tuning, key=tuning.__getitem__), steps, seed)


def save(known: dict[Any, float]) -> None:
    """Write all runs, a line each, in one step."""
    keys = ("design", "rate", "steps", "seed", "excess")
    lines = [json.dumps(dict(zip(keys, (*k, v), strict=True))) for k, v in sorted(known.items())]
    part = STORE.with_suffix(".part")
    text = f'{{"what": {json.dumps(WHAT)},\n"runs": [\n' + ",\n".join(lines) + "\n]}\n"
    part.write_text(text, encoding="utf-8")
    part.replace(STORE)


if __name__ == "__main__":
    main(tuple(sys.argv[1:]))
