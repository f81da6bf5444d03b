"""The compiled loop writes what a plain reading of the model would write."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import tensorflow as tf

import companion
from companion.errors import CourseError
from companion.models.config import GPT2Config
from companion.models.generate import GREEDY, Generator, Sampling, random_draws
from companion.models.gpt import GPT2

PROMPT = np.array([[1, 2, 3], [6, 5, 4]])


@pytest.fixture(scope="module")
def model() -> GPT2:
    companion.seed(0)
    made = GPT2(
        GPT2Config(
            num_layers=1,
            num_heads=2,
            hidden_dim=8,
            intermediate_dim=16,
            vocab_size=7,
            max_sequence_length=16,
        )
    )
    rng = np.random.default_rng(6)  # greedy writes a lively text, and another to each prompt
    made.set_weights([rng.normal(0, 0.6, w.shape) for w in made.get_weights()])
    return made


def write_plainly(model: GPT2, prompt: np.ndarray, n: int, how: Sampling, seed: int) -> np.ndarray:
    """Read the whole text again for every token: slow, and plainly right."""
    text = prompt
    for draws in random_draws(seed, n, len(prompt)):
        new = how.choose(model(text)[:, -1], draws).numpy()
        text = np.concatenate([text, new[:, None]], axis=1)
    return text


@pytest.mark.parametrize(
    ("how", "jit"),
    [
        (GREEDY, True),
        (GREEDY, False),
        (Sampling(), False),
        (Sampling(temperature=1.5, top_k=4), False),
        (Sampling(top_p=0.7), False),
    ],
)
def test_with_a_cache_the_tokens_are_the_same(model: GPT2, how: Sampling, jit: bool) -> None:
    write = Generator(model, how, jit_compile=jit)
    expected = write_plainly(model, PROMPT, 9, how, seed=3)
    assert write(PROMPT, 9, seed=3).tolist() == expected.tolist()
    assert len({tuple(row) for row in expected[:, 3:]}) == 2, "the prompts should tell apart"


def test_one_prompt_and_one_token(model: GPT2) -> None:
    write = Generator(model, jit_compile=False)
    alone = write(PROMPT[0], 1)
    assert alone.tolist() == write(PROMPT, 2)[0, :4].tolist()


def test_the_seed_decides(model: GPT2) -> None:
    write = Generator(model, Sampling(temperature=2.0), jit_compile=False)
    one, again, other = (write(PROMPT, 9, seed=s).tolist() for s in (1, 1, 2))
    assert one == again != other


def test_the_loop_is_traced_once(model: GPT2) -> None:
    write = Generator(model, jit_compile=False)
    write(PROMPT, 5)
    write(PROMPT + 0, 5, seed=9)
    assert write._write.experimental_get_tracing_count() == 1


def test_the_loop_sees_weights_that_were_trained_since(model: GPT2) -> None:
    other = GPT2(model.config)
    write = Generator(other, jit_compile=False)
    write(PROMPT, 9)
    other.set_weights(model.get_weights())
    assert write(PROMPT, 9).tolist() == write_plainly(model, PROMPT, 9, GREEDY, 0).tolist()


def chances(how: Sampling, probabilities: list[float]) -> np.ndarray:
    return tf.nn.softmax(how.scores(tf.math.log([probabilities]))).numpy()[0]


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        (Sampling(), [0.5, 0.1, 0.3, 0.1]),
        (Sampling(temperature=0.5), np.array([25, 1, 9, 1]) / 36),
        (Sampling(top_k=2), [0.625, 0, 0.375, 0]),
        (Sampling(top_k=9), [0.5, 0.1, 0.3, 0.1]),
        (Sampling(top_p=0.4), [1, 0, 0, 0]),
        (Sampling(top_p=0.7), [0.625, 0, 0.375, 0]),
        (Sampling(top_p=1.0), [0.5, 0.1, 0.3, 0.1]),
        (Sampling(top_k=2, top_p=0.6), [1, 0, 0, 0]),
        (Sampling(temperature=1e-12, top_k=3), [1, 0, 0, 0]),
        (Sampling(temperature=1e-30), [1, 0, 0, 0]),
    ],
)
def test_chances_are_a_closed_form(how: Sampling, expected: list[float]) -> None:
    np.testing.assert_allclose(chances(how, [0.5, 0.1, 0.3, 0.1]), expected, rtol=0, atol=1e-6)


def test_draws_follow_the_chances() -> None:
    logits = tf.repeat(tf.math.log([[0.5, 0.1, 0.3, 0.1]]), 20_000, axis=0)
    drawn = Sampling().choose(logits, random_draws(0, 1, 20_000)[0]).numpy()
    share = np.bincount(drawn, minlength=4) / len(drawn)
    np.testing.assert_allclose(share, [0.5, 0.1, 0.3, 0.1], atol=4 * 0.5 / np.sqrt(20_000))


def test_the_smallest_and_the_largest_draw_choose_what_is_possible() -> None:
    logits = tf.random.stateless_normal((200, 50), [1, 2])
    draws = tf.concat([tf.fill([100], np.float32(2**-24)), tf.fill([100], 1.0)], axis=0)
    how = Sampling(top_k=3)
    chosen = tf.gather(how.scores(logits), how.choose(logits, draws), batch_dims=1)
    assert (chosen > -100).numpy().all()


@pytest.mark.parametrize(
    ("prompt", "num_tokens", "message"),
    [
        ([], 3, "at least one"),
        ([0.5], 3, "whole numbers"),
        ([[[1]]], 3, r"shape \(1, 1, 1\)"),
        ([[1, 2], [3]], 3, "^All prompts should have the same number of tokens"),
        ([7], 3, "from 0 to 6; these are from 7 to 7"),
        ([-1], 3, "from -1 to -1"),
        ([1], 0, "num_tokens"),
        ([1], 16, r"^This GPT-2 has 16 positions; 17 tokens do not fit\.$"),
    ],
)
def test_prompts_that_do_not_fit(model: GPT2, prompt: Any, num_tokens: int, message: str) -> None:
    with pytest.raises(CourseError, match=message):
        Generator(model)(prompt, num_tokens)


def test_settings_that_make_no_sense() -> None:
    for settings in ({"temperature": -1.0}, {"temperature": np.nan}, {"top_k": 0}, {"top_p": 0.0}):
        with pytest.raises(CourseError, match=next(iter(settings))):
            Sampling(**settings)
