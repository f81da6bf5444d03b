"""Greedy decoding, one text: the course's compiled loop over the reference's ``generate``.

A small GPT (4 layers, width 128; 200 tokens) and GPT-2 small (124 million weights; 48 tokens), with
random weights handed over as files; and SmolLM2-135M with its own: 32 tokens of one text, of eight
texts at once, and 512 tokens read. Both sides must write the same tokens, or nothing is compared.
Last, SmolLM2 with its weights rounded to int8 on both sides, where the bits lost are said instead.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent / "sides"))
from decode_task import NEW_TOKENS, ROUNDED, counted
from race import WAITING, Side, missing, race, verdict

from benchmarks.stored import BOOK, save

ROUNDS = {"small": 15}
USUAL_ROUNDS = 7
OURS = "compiled loop"
INT8 = "LiteRT, int8"
ABOUT = (
    "SmolLM2 with float32 and with int8 weights, by benchmarks/decoding.py: bits a byte of page "
    "3c's English story, bytes a token reads, milliseconds a token (medians of turns, one machine)"
)


def compare(size: str) -> None:
    """Print one model's tokens a second on all sides, and the ratio."""
    with tempfile.TemporaryDirectory() as folder:
        sides = {OURS: Side("decode_ours.py", folder, size)}
        sides[OURS].hear()  # the weights are saved
        for name, environment in WAITING.items():
            sides[f"generate, {name}"] = Side(
                "decode_reference.py", folder, size, environment=environment
            )
        texts = [json.loads(side.hear()) for side in sides.values()]
        if any(text != texts[0] for text in texts):
            raise SystemExit(f"{size}: the sides write different tokens.")
        medians = race(sides, 1, ROUNDS.get(size, USUAL_ROUNDS))
    number = counted(size)
    different = len(set(texts[0][-NEW_TOKENS[size] :]))
    print(f"{size}: {number} tokens, the same on all sides; {different} different ones written")
    for name, (clock, processor) in medians.items():
        print(f"  {name:20} {number / clock:7.0f} tokens/s, {1e3 * processor / number:6.2f} ms CPU")
    print(f"  {verdict(medians, [OURS])}")


def compare_rounded() -> None:
    """Print SmolLM2's tokens a second with int8 weights, and what the rounding costs."""
    with tempfile.TemporaryDirectory() as folder:
        sides = {OURS: Side("decode_ours.py", folder, ROUNDED)}
        sides[OURS].hear()
        sides[INT8] = Side("decode_int8.py", ROUNDED)
        costs = json.loads(sides[INT8].hear())
        for name, environment in WAITING.items():
            for kind in ("float32", "int8"):
                sides[f"generate, {kind}, {name}"] = Side(
                    "decode_reference.py", folder, ROUNDED, kind, environment=environment
                )
        for side in sides.values():
            side.hear()  # what it writes; rounding soon leads to other words
        medians = race(sides, 1, USUAL_ROUNDS)
    new = NEW_TOKENS[ROUNDED]
    print(f"{ROUNDED}: bits a byte of a story {costs['bits']}, bytes a token {costs['bytes']}")
    for name, (clock, processor) in medians.items():
        print(f"  {name:27} {new / clock:7.0f} tokens/s, {1e3 * processor / new:6.2f} ms CPU")
    rounded = {name: times for name, times in medians.items() if "int8" in name}
    exact = {name: times for name, times in medians.items() if "float32" in name}
    print(f"  int8 and int8: {verdict(rounded, [INT8])}")
    print(f"  int8 and float32: {verdict({**exact, INT8: medians[INT8]}, [INT8])}")
    print(f"  int8 and the loop: {verdict({name: medians[name] for name in (OURS, INT8)}, [INT8])}")
    milliseconds = {name: round(1e3 * clock / new, 1) for name, (clock, _) in medians.items()}
    save(BOOK / "data" / "int8.json", {"about": ABOUT, **costs, "milliseconds": milliseconds})


def main() -> None:
    """Compare all tasks."""
    if reason := missing("torch", "transformers", "gguf"):
        print(reason)
        return
    for size in [size for size in NEW_TOKENS if size != ROUNDED]:
        compare(size)
    compare_rounded()


if __name__ == "__main__":
    main()
