"""The stored GPTs of chapter 1 and of the page on attention: what they pay, and what they copy.

Runs the pages' own cells that are tagged ``stored-run``, so that page and file cannot differ, and
writes ``book/data/readers.json``: ``python -m benchmarks.readers``, some minutes on one core; with
``readers``, ``secrets``, ``copiers`` or ``play`` only these. The pages train a part of it again,
and compare.
"""

from __future__ import annotations

import sys
from typing import Any

from benchmarks.stored import BOOK, load, page_names, save
from companion.progress import watched

STORE = BOOK / "data" / "readers.json"
SEEDS = 5
ABOUT = (
    "Bits a character of small GPTs by the text they are judged on, by what they read; of five "
    "starts, with the secrets planted and never planted, the exposure on each line of its own "
    "number, the mean of the other lines' and of their digits mixed anew, and what its own costs, "
    "all in bits; of five copiers the share of right letters and the weight on the partner by "
    "length of the name, and the share right when names are exchanged; and a GPT of two blocks on "
    "one play, the loss of each epoch and the bits a character of twenty parts of another. Made by "
    "benchmarks/readers.py with the pages' own cells."
)


def rounded(values: Any) -> list[float]:
    """Keep four digits behind the point."""
    return [round(float(value), 4) for value in values]


def readers() -> dict[str, Any]:
    """Train the readers of chapter 1."""
    page = page_names("01-background")
    texts = {"held out": "held_out", "little text": "few", "fresh": "fresh"}
    found = {}
    for name, how in watched(list(page["READERS"].items())):
        model = page["read"](*how)
        bits = rounded(page["gpt_bits"](model, page[text]) for text in texts.values())
        found[name] = dict(zip(texts, bits, strict=True))
    return {"readers": found}


def secrets() -> dict[str, Any]:
    """Train GPTs of chapter 1 with the secrets and without, and ask them for the numbers."""
    page = page_names("01-background")
    return {"secrets": [start(page, seed) for seed in watched(range(SEEDS))]}


def start(page: dict[str, Any], seed: int) -> dict[str, Any]:
    """Begin with the same weights on both texts, and ask what the page asks."""
    told = {
        name: page["asked"](page["read"](ids, 64, seed=seed)) for name, ids in page["READ"].items()
    }
    return {name: {k: rounded(v) for k, v in kinds.items()} for name, kinds in told.items()}


def copiers() -> dict[str, Any]:
    """Train the copiers of chapter 1."""
    page = page_names("01-background")
    return {"copiers": [copier(page, seed) for seed in watched(range(SEEDS))]}


def copier(page: dict[str, Any], seed: int) -> dict[str, Any]:
    """Train one copier, and ask it what the page asks."""
    model = page["copier"](seed)
    swaps = page["SWAPS"].items()
    swapped = rounded(page["graded"](model, *pair) for _, pair in swaps)
    return {
        "right": rounded(page["graded_by_length"](model)),
        "weight": rounded(page["on_target"](model, size) for size in page["lengths"]),
        "swapped": dict(zip(dict(swaps), swapped, strict=True)),
    }


def play() -> dict[str, Any]:
    """Train the small GPT of the page on attention for all of its epochs."""
    page = page_names("03a1-attention", ["writer = from_pretrained"])
    model, losses = page["trained"](page["EPOCHS"])
    bits = page["bits_a_character"](model, page["new"])
    return {"one play": {"losses": rounded(losses), "bits": rounded(bits)}}


def main(parts: list[str]) -> None:
    """Train again what is named, and store it."""
    made = {"readers": readers, "secrets": secrets, "copiers": copiers, "play": play}
    for part in parts or made:
        found = made[part]()
        save(STORE, load(STORE, ABOUT) | found)


if __name__ == "__main__":
    main(sys.argv[1:])
