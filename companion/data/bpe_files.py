"""GPT-2's two tokenizer files, ``vocab.json`` and ``merges.txt``: read with suspicion."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from pathlib import Path

from companion.errors import CourseError

VOCAB, MERGES = "vocab.json", "merges.txt"
HEADER = "#version: 0.2"
LARGEST_FILE = 50 * 2**20


def read_vocab(folder: Path) -> dict[str, int]:
    """Read the number of each token.

    Raises:
        CourseError: the file is missing, too large, or not a JSON object from tokens to numbers.
    """
    text = _read(folder / VOCAB)
    try:
        vocab = json.loads(text, object_pairs_hook=_without_repeats)
    except RecursionError as error:
        raise CourseError(f"{VOCAB} is nested too deeply to be a vocabulary.") from error
    except json.JSONDecodeError as error:
        raise CourseError(
            f"{VOCAB} is not whole JSON (line {error.lineno}, column {error.colno}: {error.msg}); "
            "copy it again."
        ) from error
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
        CourseError: the file is missing, too large, or has a line that is not two symbols.
    """
    # Not splitlines(): a symbol may hold a character that Unicode takes for a line end.
    lines = _read(folder / MERGES).replace("\r\n", "\n").split("\n")
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
    _write(folder / VOCAB, json.dumps(ordered, ensure_ascii=False))
    _write(folder / MERGES, "\n".join(lines) + "\n")


def _write(path: Path, text: str) -> None:
    temporary = path.with_name(path.name + ".part")
    temporary.write_text(text, encoding="utf-8", newline="\n")
    os.replace(temporary, path)


def _read(path: Path) -> str:
    if not path.is_file():
        raise CourseError(
            f"There is no file {path.name} in {path.parent.name}; a tokenizer has {VOCAB} and "
            f"{MERGES}."
        )
    if path.stat().st_size > LARGEST_FILE:
        raise CourseError(f"{path.name} is larger than {LARGEST_FILE // 2**20} MB: no vocabulary.")
    try:
        return path.read_bytes().decode("utf-8")
    except UnicodeDecodeError as error:
        raise CourseError(
            f"{path.name} is not UTF-8 text (byte {error.start}); copy it again."
        ) from error


def _without_repeats(items: list[tuple[str, object]]) -> dict[str, object]:
    vocab = dict(items)
    if len(vocab) != len(items):
        raise CourseError(f"{VOCAB} has {len(items) - len(vocab)} tokens twice.")
    return vocab
