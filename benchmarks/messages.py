"""The stored runs of the page on finance: messages, judged by SmolLM2, MiniLM and word counts.

Runs the page's own cells that are tagged ``stored-run``, so that page and file cannot differ, and
writes ``book/data/messages_runs.json``: ``python -m benchmarks.messages``, some ten minutes on two
cores.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import numpy as np
from sklearn.metrics import roc_auc_score

from benchmarks.stored import BOOK, load, page_names, save
from companion.progress import watched

STORE = BOOK / "data" / "messages_runs.json"
SEEDS = range(6)  # the page leaves out draw 0, on which the wording was chosen
ABOUT = (
    "AUC and share right of fraud messages by arm, labelled messages shown, test and draw, and of "
    "draw 1 SmolLM2's first log-odds; made by benchmarks/messages.py with the page's own cells."
)


def points() -> list[tuple[int, str, int]]:
    """List what to run: draw, arm, labelled messages."""
    arms: dict[str, tuple[int, ...]] = {"SmolLM2": (8, 0), "SmolLM2, yes or no": (8, 0)}
    arms |= {"MiniLM": (8, 128), "word counts": (8, 32, 128)}
    return [(seed, arm, n) for arm, sizes in arms.items() for n in sizes for seed in SEEDS]


def judged(page: dict[str, Any], seed: int, arm: str, n: int) -> Iterator[dict[str, Any]]:
    """Yield one row a test: how well an arm does that was shown n labelled messages."""
    (shown, labels), tests = page["mail"](seed)
    texts = [text for test, _ in tests.values() for text in test]
    judge = partial(page["by_columns"], arm)
    if arm.startswith("SmolLM2"):
        judge = partial(page["by_prompt"], wording=page["ASK" if "yes" in arm else "KIND"])
    parts = np.split(judge(shown[:n], labels[:n], texts), len(tests))
    for (test, (_, fraud)), odds in zip(tests.items(), parts, strict=True):
        row = {"arm": arm, "shown": n, "test": test, "seed": seed}
        row["auc"] = round(float(roc_auc_score(fraud, odds)), 4)
        row["right"] = round(float(((odds > 0) == fraud).mean()), 4)
        if arm == "SmolLM2" and seed == 1:
            row["odds"] = [round(float(value), 2) for value in odds[:4]]
        yield row


def main() -> None:
    """Run every draw that is not stored yet, and store it at once."""
    page = page_names("06a-finance", ["from sklearn.base import", "from companion import plotting"])
    stored = load(STORE, ABOUT)
    runs = stored.setdefault("runs", [])
    done = {(run["seed"], run["arm"], run["shown"]) for run in runs}
    for point in watched([point for point in points() if point not in done]):
        runs += judged(page, *point)
        save(STORE, stored)


if __name__ == "__main__":
    main()
