"""The stored run of the page on logistics: rates and five seeds of three networks.

Runs the page's own cells that are tagged ``stored-run``, so that page and file cannot differ, and
writes ``book/data/traffic.json``: ``python -m benchmarks.traffic``, eight minutes on one core.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from benchmarks.stored import BOOK, load, page_names, save
from companion.progress import watched

STORE = BOOK / "data" / "traffic.json"
PIECES = ("from companion import plotting",)
TUNED_AFTER = 24 * 160  # hours of the past; the rest of it judges the rates
ABOUT = (
    "Root of the mean squared error of three networks, in shocks. By learning rate, from each of "
    "three seeds, on the last 40 of the 200 days of the past ('rates'); on the future from each of "
    "five seeds ('seeds'), and from one after one pass of four ('first'). Made by "
    "benchmarks/traffic.py with the page's own cells."
)


def main() -> None:
    """Tune each network on hours of the past, then train it from five seeds."""
    page, stored = page_names("06c-logistics", PIECES), load(STORE, ABOUT)
    learn, judge = slice(0, TUNED_AFTER), slice(TUNED_AFTER, page["past"].stop)
    for name in watched([name for name in page["NETWORKS"] if name not in stored]):
        missed = partial(page["missed"], name)
        rates = [missed(rate, range(3), learn, judge) for rate in page["RATES"]]
        best = page["rate_of"](rates)
        found = {"rates": rates, "first": missed(best, [0], passes=1)}
        found["seeds"] = missed(best, range(5))
        stored[name] = {key: np.round(found[key], 4).tolist() for key in found}
        save(STORE, stored)


if __name__ == "__main__":
    main()
