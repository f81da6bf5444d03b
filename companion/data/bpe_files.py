"""GPT-2's two tokenizer files, ``vocab.json`` and ``merges.txt``: read with suspicion."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from companion.errors import CourseError
from companion.files import read_json, read_text, write_text

VOCAB, MERGES = "vocab.json", "merges.txt"
HEADER = "#version: 0.2"
MEND = f"a tokenizer has {VOCAB} and {MERGES}"


def read_vocab(folder: Path) -> dict[str, int]:
    """Read the number of each token.

    Raises:
        CourseError: the file cannot be read, or is not a JSON object from tokens to numbers.
    """
    vocab = read_json(folder / VOCAB, mend=MEND)
    if not isinstance(vocab, dict) or not vocab:
        raise CourseError(f"{VOCAB} should be a JSON object from tokens to their numbers.")
    for token, number in vocab.items():
        if type(number) is not int:
            raise CourseError(
                f"{VOCAB} gives {token[:40]!r} the value {str(number)[:40]!r}; it should be a "
                "whole number."
            )
    return vocab


def read_merges(folder: Path) -> list[tuple[str, str]]:
    """Read the merges, one a line.

    Raises:
        CourseError: the file cannot be read, or has a line that is not two symbols.
    """
    # Not splitlines(): a symbol may hold a character that Unicode takes for a line end.
    lines = read_text(folder / MERGES, mend=MEND).replace("\r\n", "\n").split("\n")
    start = 1 if lines[0].startswith("#version") else 0
    merges, seen = [], set()
    for number, line in enumerate(lines[start:], start=start + 1):
        parts = tuple(line.split(" "))
        if line == "" and number == len(lines):
            continue
        if len(parts) != 2 or not all(parts):
            raise CourseError(
                f"Line {number} of {MERGES} is {line[:40]!r}; it should be two symbols with a "
                "space between them."
            )
        if parts in seen:
            raise CourseError(f"Line {number} of {MERGES} repeats the merge {line[:40]!r}.")
        seen.add(parts)
        merges.append((parts[0], parts[1]))
    return merges


def write_bpe(folder: Path, vocab: Mapping[str, int], merges: Sequence[tuple[str, str]]) -> None:
    """Write both files, each in one step."""
    folder.mkdir(parents=True, exist_ok=True)
    ordered = dict(sorted(vocab.items(), key=lambda item: item[1]))
    lines = [HEADER, *(f"{a} {b}" for a, b in merges)]
    write_text(folder / VOCAB, json.dumps(ordered, ensure_ascii=False))
    write_text(folder / MERGES, "\n".join(lines) + "\n")
