"""The family of small GPTs: judged rightly, compiled faithfully, stored as it would train now."""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import tensorflow as tf

import companion
from companion.training.scaling import (
    HELD_OUT_TEXTS,
    TEXT_LENGTH,
    TOKENS_A_CHUNK,
    Family,
    Run,
    sweep_language,
)

STORE = Path(__file__).resolve().parents[2] / "book" / "data" / "scaling.json"
STORED = json.loads(STORE.read_text(encoding="utf-8"))
LANGUAGE = sweep_language()


@pytest.fixture(scope="module")
def family() -> Family:
    companion.seed(0)
    return Family(LANGUAGE, 8)


def judged(monkeypatch: pytest.MonkeyPatch, family: Family, answer: Any) -> tuple[float, ...]:
    monkeypatch.setattr(family, "_probabilities", lambda ids: tf.constant(answer(ids.numpy())))
    return family.judge()


def the_truth(texts: np.ndarray) -> np.ndarray:
    """Answer as the language itself does; the first place, not judged, evenly."""
    V = LANGUAGE.vocab_size
    contexts = texts[:, :-1].astype(np.int64) * V + texts[:, 1:]
    first = np.full((len(texts), 1, V), 1 / V)
    return np.concatenate([first, LANGUAGE.table[contexts]], axis=1)


def test_the_language_itself_has_no_excess(monkeypatch: pytest.MonkeyPatch, family: Family) -> None:
    assert judged(monkeypatch, family, the_truth) == pytest.approx((0, 1, 1), abs=1e-12)


def test_even_guesses_exceed_by_log_v_minus_entropy(
    monkeypatch: pytest.MonkeyPatch, family: Family
) -> None:
    V = LANGUAGE.vocab_size
    excess, _, _ = judged(monkeypatch, family, lambda ids: np.full((*ids.shape, V), 1 / V))
    # The mean over 32,000 held-out places differs a little from that over the language.
    assert excess == pytest.approx(math.log(V) - LANGUAGE.entropy_rate, rel=0.02)


def test_ten_in_a_row_counts_windows(monkeypatch: pytest.MonkeyPatch, family: Family) -> None:
    def wrong_at_place_15(texts: np.ndarray) -> np.ndarray:
        answer = the_truth(texts)
        best = LANGUAGE.table[
            texts[:, 14].astype(np.int64) * LANGUAGE.vocab_size + texts[:, 15]
        ].argmax(axis=-1)
        answer[np.arange(len(texts)), 15, (best + 1) % LANGUAGE.vocab_size] = 2.0
        return answer

    _, accuracy, ten = judged(monkeypatch, family, wrong_at_place_15)
    places = TEXT_LENGTH - 1
    assert accuracy == pytest.approx(1 - 1 / places)
    # 22 windows of ten among 31 places; the ten that hold place 15 of 1 to 31 fail.
    assert ten == pytest.approx(12 / 22)


def test_xla_changes_nothing_but_the_last_digits(family: Family) -> None:
    plain = Family(LANGUAGE, 8, jit_compile=False)
    fast, slow = (f.train(2 * TOKENS_A_CHUNK, seed=3) for f in (family, plain))
    assert fast.excess == pytest.approx(slow.excess, rel=1e-3)


def test_a_run_depends_on_its_seed_and_on_nothing_before(family: Family) -> None:
    first = family.train(TOKENS_A_CHUNK, seed=0)
    other = family.train(TOKENS_A_CHUNK, seed=1)
    assert family.train(TOKENS_A_CHUNK, seed=0) == first != other


@pytest.mark.parametrize("tokens", [2**17, 2**18])
def test_stored_runs_are_what_training_gives_now(family: Family, tokens: int) -> None:
    (stored,) = (
        Run(**entry)
        for entry in STORED["runs"]
        if (entry["width"], entry["tokens"], entry["seed"]) == (8, tokens, 0)
    )
    again = family.train(tokens, seed=0)
    assert (again.parameters, again.tokens) == (stored.parameters, stored.tokens)
    assert again.excess == pytest.approx(stored.excess, rel=0.1)
    assert again.accuracy == pytest.approx(stored.accuracy, abs=0.05)


def test_the_store_holds_the_whole_sweep() -> None:
    runs = [Run(**entry) for entry in STORED["runs"]]
    assert len(runs) == len({(r.width, r.tokens, r.seed) for r in runs}) == 5 * 6 * 3 + 1
    assert STORED["entropy"] == pytest.approx(LANGUAGE.entropy_rate, abs=1e-8)
    assert all(run.excess > 0 for run in runs)
    assert HELD_OUT_TEXTS * (TEXT_LENGTH - 1) > 30_000
