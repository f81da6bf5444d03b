"""A note says what its probability was computed from."""

from __future__ import annotations

import numpy as np
import pytest

from companion.data.notes import EFFECTS, notes
from companion.errors import CourseError

WORLD = notes(3_000)


def test_the_probability_can_be_read_from_the_text() -> None:
    for text, p in zip(WORLD.text, WORLD.probability, strict=True):
        listed = [s.split() for s in text.split(".") if s.split()[:1] == ["reports"]]
        present = [word for words in listed for word in words[1:] if word != ","]
        z = sum(EFFECTS[word] for word in present) - 2.2
        assert p == pytest.approx(1 / (1 + np.exp(-z)))


def test_every_finding_stands_once_in_every_note() -> None:
    for text in WORLD.text:
        assert all(text.split().count(word) == 1 for word in EFFECTS)


def test_illness_follows_the_probability() -> None:
    spread = np.sqrt((WORLD.probability * (1 - WORLD.probability)).sum())
    assert abs(WORLD.ill.sum() - WORLD.probability.sum()) < 4 * spread
    assert notes(50).text == notes(50).text != notes(50, seed=1).text


def test_no_notes() -> None:
    with pytest.raises(CourseError, match="at least 1 note, not 0"):
        notes(0)
