"""The stored run of the page on logistics: rates and five seeds of three networks.

Runs the page's own cells that are tagged ``stored-run``, so that page and file cannot differ, and
writes ``book/data/traffic.json``: ``python -m benchmarks.traffic``, three minutes on one core.
"""

from __future__ import annotations

from benchmarks.stored import BOOK, load, page_names, save
from companion.progress import watched

STORE = BOOK / "data" / "traffic.json"
PIECES = ("from companion import plotting",)
TUNED_AFTER = 24 * 160  # hours of the past; the rest of it judges the rates
ABOUT = (
    "Root of the mean squared error of three networks, in shocks: by learning rate on the last 40 "
    "of the 200 days of the past, and from each of five seeds on the future; made by "
    "benchmarks/traffic.py with the page's own cells."
)


def main() -> None:
    """Tune each network on hours of the past, then train it from five seeds."""
    page, stored = page_names("06c-logistics", PIECES), load(STORE, ABOUT)
    learn, judge = slice(0, TUNED_AFTER), slice(TUNED_AFTER, page["past"].stop)
    for name in watched(page["NETWORKS"]):
        rates = [page["missed"](name, rate, [0], learn, judge)[0] for rate in page["RATES"]]
        seeds = page["missed"](name, page["rate_of"](rates), range(5))
        found = {"rates": rates, "seeds": seeds}
        stored[name] = {key: [round(float(x), 4) for x in found[key]] for key in found}
        save(STORE, stored)


if __name__ == "__main__":
    main()
