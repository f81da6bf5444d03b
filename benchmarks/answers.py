"""The stored answers of the page on a real model: what it knows, by the way it is asked.

Runs the page's own cells that are tagged ``stored-run``, so that page and file cannot differ, and
writes ``book/data/answers.json``: ``python -m benchmarks.answers``, some minutes on two cores.
"""

from __future__ import annotations

import json

from benchmarks.stored import BOOK, page_names
from companion.files import write_text
from companion.progress import watched

STORE = BOOK / "data" / "answers.json"
ABOUT = (
    "Whether greedy decoding of SmolLM2-135M writes the answer (1) or not (0), a digit an item, by "
    "kind of question and by what stands before it; made by benchmarks/answers.py with the page's "
    "own cells."
)


def main() -> None:
    """Ask every question in every way, and store the answers."""
    page = page_names("03c-real-model", ["model, tokenizer = smollm2()"])
    answers = {
        name: {
            way: "".join(str(int(right)) for right in rights)
            for way, rights in page["tried"](*task).items()
        }
        for name, task in watched(list(page["TASKS"].items()))
    }
    write_text(STORE, json.dumps({"about": ABOUT, "answers": answers}, indent=1) + "\n")


if __name__ == "__main__":
    main()
