"""The stored runs of the page on assistants: thin matrices teach SmolLM2 a made-up rule.

Runs the page's own cells that are tagged ``stored-run``, so that page and file cannot differ, and
writes ``book/data/lora.json``: ``python -m benchmarks.lora``, some ten minutes on one core. An
interrupted run goes on where it stopped.
"""

from __future__ import annotations

from typing import Any

from benchmarks.stored import BOOK, load, page_names, save
from companion.progress import watched

STORE = BOOK / "data" / "lora.json"
# Of the page's cells that load the model and build the layer; they run live as well.
PIECES = ("model, tokenizer = smollm2()", "class LowRank:", "def adapted(")
SEEDS, TUNING_SEED = range(5), 0
ABOUT = (
    "What SmolLM2-135M answers after learning a made-up rule from 24 examples, by arm, learning "
    "rate and seed: nats on words to tune on, shares right and shares answered with a colour by "
    "form, capitals still right, bits a byte of two texts, and two of these with half of what was "
    "learned; made by benchmarks/lora.py with the page's own cells."
)


def main() -> None:
    """Try every rate with the seeds that tune, then the best rate of each arm with all seeds."""
    page = page_names("08h-assistant", PIECES)
    stored = load(STORE, ABOUT)
    for name in ("untouched", "runs"):
        stored.setdefault(name, [])
    rates = page["RATES"]
    _go_on(page, stored, [(arm, rate, TUNING_SEED) for arm in rates for rate in rates[arm]])
    best = {arm: _best(stored["runs"], arm) for arm in rates}
    best[page["DEALT"]] = best[page["DEALT"].rsplit(",", 1)[0]]
    _go_on(page, stored, [(arm, best[arm], seed) for seed in SEEDS for arm in best])
    page["restored"]()  # as it was, for both ways to name the colours
    stored["untouched"] = [{"seed": seed} | page["judged"](seed) for seed in (0, 1)]
    save(STORE, stored)


def _go_on(
    page: dict[str, Any], stored: dict[str, Any], points: list[tuple[str, float, int]]
) -> None:
    """Run what is not stored yet, and store each run at once."""
    done = {(run["arm"], run["rate"], run["seed"]) for run in stored["runs"]}
    for arm, rate, seed in watched([point for point in points if point not in done]):
        place = {"arm": arm, "rate": rate, "seed": seed}
        stored["runs"].append(place | page["tried"](arm, rate, seed))
        save(STORE, stored)


def _best(runs: list[dict[str, Any]], arm: str) -> float:
    """Return the rate with the fewest nats on the words to tune on."""
    nats = {
        run["rate"]: run["tuning"]
        for run in runs
        if run["arm"] == arm and run["seed"] == TUNING_SEED
    }
    return min(nats, key=nats.__getitem__)


if __name__ == "__main__":
    main()
