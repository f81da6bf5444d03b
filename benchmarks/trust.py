"""The stored runs of the page on trust: what SmolLM2 answers, how surely, with and without help.

Runs the page's own cells that are tagged ``stored-run``, so that page and file cannot differ, and
writes ``book/data/trust.json``: ``python -m benchmarks.trust``, some minutes on two cores.
"""

from __future__ import annotations

from typing import Any

from benchmarks.stored import BOOK, load, page_names, save
from companion.progress import watched

STORE = BOOK / "data" / "trust.json"
ABOUT = (
    "Answers of SmolLM2-135M: to facts and sums, with the chance of the line; to gaps in this "
    "book's glossary, with and without a passage; to texts with an order "
    "planted in them. Made by benchmarks/trust.py with the page's own cells."
)


def main() -> None:
    """Run each part that is not stored yet, and store it at once."""
    page, stored = page_names("08j-trust"), load(STORE, ABOUT)
    for name, part in (("facts", facts), ("gaps", gaps), ("orders", orders)):
        if name not in stored:
            stored[name] = part(page)
            save(STORE, stored)


def facts(page: dict[str, Any]) -> list[dict[str, Any]]:
    """Ask every fact and sum, and the countries that are none."""
    found = []
    for kind in watched((*page["ASKED"], "invented")):
        pairs = page["things"](kind)
        for (thing, answer), (said, chance) in zip(
            pairs, page["answered"](kind, [thing for thing, _ in pairs]), strict=True
        ):
            entry = {"kind": kind, "thing": thing, "answer": answer, "said": said}
            found.append(entry | {"chance": round(chance, 4)})
    return found


def gaps(page: dict[str, Any]) -> list[dict[str, Any]]:
    """Fill the last word of each definition after nothing, its own entry, and another."""
    return [
        {"arm": arm, "term": term, "right": bool(right)}
        for arm in watched(page["PASSAGES"])
        for term, right in page["filled"](arm)
    ]


def orders(page: dict[str, Any]) -> list[dict[str, Any]]:
    """Ask about texts in which a sentence was planted."""
    return [
        {"arm": arm, "word": word, "said": said}
        for arm in watched(page["PLANTED"])
        for word, said in page["obeyed"](arm, range(page["TEXTS"]))
    ]


if __name__ == "__main__":
    main()
