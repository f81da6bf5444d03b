"""Generated case notes: findings that are present, denied or a relative's, and a known diagnosis.

A note lists six findings. Each is present (one in three), denied, or reported of the mother. The
patient has the disease with log-odds ``-2.2 + 2.0 fever + 1.6 cough + 1.8 rash + 1.4 fatigue
- 1.5 headache - 1.2 itching``, where each word counts 1 if *present in the patient* and 0
otherwise. A denied finding shows the same word in the text, and the words that deny it stand
before the list they belong to.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.special import expit

from companion.data.table import Floats
from companion.errors import CourseError

EFFECTS = {
    "fever": 2.0,
    "cough": 1.6,
    "rash": 1.8,
    "fatigue": 1.4,
    "headache": -1.5,
    "itching": -1.2,
}
OPENINGS = ("reports", "denies", "mother had")


@dataclass(frozen=True)
class Notes:
    """Case notes.

    Attributes:
        text: one note each, words separated by blanks.
        ill: 1 if the patient has the disease, shape ``(rows,)``.
        probability: of it given the note, shape ``(rows,)``; nothing ranks better.
    """

    text: list[str]
    ill: NDArray[np.int64]
    probability: Floats


def notes(n: int, seed: int = 0) -> Notes:
    """Generate notes such as ``reports cough , rash . denies fever . mother had itching .``.

    Args:
        n: number of notes, at least 1.
        seed: of the generator.
    """
    if n < 1:
        raise CourseError(f"Ask for at least 1 note, not {n}.")
    rng = np.random.default_rng(seed)
    status = rng.integers(0, len(OPENINGS), (n, len(EFFECTS)))
    probability = expit((status == 0) @ np.array(list(EFFECTS.values())) - 2.2)
    text = [_write(row, rng) for row in status]
    return Notes(text, (rng.random(n) < probability).astype(np.int64), probability)


def _write(status: NDArray[np.int64], rng: np.random.Generator) -> str:
    findings, sentences = np.array(list(EFFECTS)), []
    for kind in rng.permutation(len(OPENINGS)):
        listed = rng.permutation(findings[status == kind])
        if len(listed):
            sentences.append(f"{OPENINGS[kind]} {' , '.join(listed)} .")
    return " ".join(sentences)
