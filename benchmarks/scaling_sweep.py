"""The sweep behind chapter 8's scaling laws: train the family, store one line a run.

About an hour on two cores. Runs that ``book/data/scaling.json`` already holds are kept; delete the
file to start anew. The page and a test train a few of the same points again and compare.
"""

from __future__ import annotations

import gc
import json
from dataclasses import asdict
from pathlib import Path

import companion
from companion.training.scaling import TOKENS_A_CHUNK, Family, Run, sweep_language

STORE = Path(__file__).resolve().parents[1] / "book" / "data" / "scaling.json"
WIDTHS = (8, 16, 24, 32, 48)
TOKENS = tuple(2**k * TOKENS_A_CHUNK for k in range(4, 10))
SEEDS = (0, 1, 2)
# Trained after the fit, to check what the fit foretells.
LARGER = ((96, 2**10 * TOKENS_A_CHUNK, 0),)
WHAT = (
    "Runs of companion.training.scaling.Family on sweep_language(), made by "
    "benchmarks/scaling_sweep.py; fields as in companion.training.scaling.Run."
)


def main() -> None:
    """Train what is missing and print a line a run."""
    companion.seed(0)
    language = sweep_language()
    runs = load()
    done = {(run.width, run.tokens, run.seed) for run in runs}
    grid = [(width, tokens, seed) for width in WIDTHS for seed in SEEDS for tokens in TOKENS]
    family: Family | None = None
    for width, tokens, seed in [*grid, *LARGER]:
        if (width, tokens, seed) in done:
            continue
        if family is None or family.width != width:
            family = None
            gc.collect()
            family = Family(language, width)
        runs.append(family.train(tokens, seed))
        save(runs, language.entropy_rate)
        print(runs[-1], flush=True)


def load() -> list[Run]:
    """Read the stored runs; none if there is no file yet."""
    if not STORE.exists():
        return []
    return [Run(**entry) for entry in json.loads(STORE.read_text(encoding="utf-8"))["runs"]]


def save(runs: list[Run], entropy: float) -> None:
    """Write all runs, a line each, in one step."""
    ordered = sorted(runs, key=lambda run: (run.width, run.tokens, run.seed))
    lines = ",\n".join(
        json.dumps({k: round(v, 5) if isinstance(v, float) else v for k, v in asdict(run).items()})
        for run in ordered
    )
    head = f'{{"what": {json.dumps(WHAT)},\n"entropy": {entropy:.8f},\n"runs": [\n'
    part = STORE.with_suffix(".part")
    part.write_text(head + lines + "\n]}\n", encoding="utf-8")
    part.replace(STORE)


if __name__ == "__main__":
    main()
