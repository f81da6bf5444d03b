"""Log-probabilities of texts: by hand from the logits, whatever stands beside them in a batch."""

from __future__ import annotations

import math

import numpy as np
import pytest

from companion.data.byte_bpe import ByteLevelBPE
from companion.errors import CourseError
from companion.models.config import GPT2Config
from companion.models.generate import Generator
from companion.models.gpt import GPT2
from companion.models.scoring import Scorer

RNG = np.random.default_rng(0)


@pytest.fixture(scope="module")
def model() -> GPT2:
    sizes = GPT2Config(
        num_layers=1,
        num_heads=2,
        hidden_dim=8,
        intermediate_dim=8,
        vocab_size=256,
        max_sequence_length=64,
        dropout=0.0,
    )
    made = GPT2(sizes)
    for variable in made.weights:
        variable.assign(RNG.normal(0, 0.5, variable.shape))
    return made


def by_hand(model: GPT2, ids: list[int]) -> np.ndarray:
    logits = np.asarray(model(np.array([ids])))[0, :-1].astype(float)
    logits -= np.log(np.exp(logits).sum(-1, keepdims=True))
    return logits[np.arange(len(ids) - 1), ids[1:]]


def test_tokens_are_judged_as_by_hand_in_any_company(model: GPT2) -> None:
    texts = [RNG.integers(256, size=n).tolist() for n in (5, 2, 30, 9, 9)]
    found = Scorer(model, batch_tokens=60).tokens(texts)
    for text, line in zip(texts, found, strict=True):
        np.testing.assert_allclose(line, by_hand(model, text), atol=1e-4)


def test_a_continuation_is_judged_alone_and_in_sum(model: GPT2) -> None:
    pairs = [([1, 2, 3], [4, 5]), ([9], [8])]
    found = Scorer(model).continuations(pairs)
    np.testing.assert_allclose(found[0], by_hand(model, [1, 2, 3, 4, 5])[-2:].sum(), atol=1e-4)
    np.testing.assert_allclose(found[1], by_hand(model, [9, 8])[-1], atol=1e-4)


def test_texts_after_the_same_words_are_judged_as_if_whole(model: GPT2) -> None:
    before, texts = [7, 8, 9, 10], [[1, 2, 3], [4], [5, 6, 7, 8, 9]]
    found = Scorer(model, batch_tokens=9).tokens(texts, after=before)
    for text, line in zip(texts, found, strict=True):
        np.testing.assert_allclose(line, by_hand(model, before + text)[-len(text) :], atol=1e-4)
    one = Scorer(model).tokens([[4, 5]], after=[7])[0]
    np.testing.assert_allclose(one, by_hand(model, [7, 4, 5]), atol=1e-4)


def test_what_greedy_decoding_would_write_is_what_it_writes(model: GPT2) -> None:
    prompts = [[3, 4], [5, 6, 7, 8], [9]]
    pairs = []
    for prompt in prompts:
        text = Generator(model, jit_compile=False)(np.array([1, 2, *prompt]), 3)
        pairs += [(prompt, text[-3:]), (prompt, [text[-3], text[-2], (text[-1] + 1) % 256])]
    assert Scorer(model).writes(pairs, after=[1, 2]).tolist() == [True, False] * 3
    whole = [([1, 2, *prompt], answer) for prompt, answer in pairs]
    assert Scorer(model).writes(whole).tolist() == [True, False] * 3


def test_bits_a_byte_of_a_model_that_knows_nothing_are_eight(model: GPT2) -> None:
    blank = GPT2(model.config)
    for variable in blank.weights:
        variable.assign(np.zeros(variable.shape))
    tokenizer = ByteLevelBPE.train("", 256)
    found = Scorer(blank).bits_per_byte("any text of a few words, ä", tokenizer, window=16)
    assert found == pytest.approx(math.log2(256), abs=1e-5)


def test_one_token_cannot_be_judged(model: GPT2) -> None:
    with pytest.raises(CourseError, match="token to judge"):
        Scorer(model).tokens([[1]])
