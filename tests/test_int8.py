"""The step of a Llama as a LiteRT program: equal to the model, and near it with int8 weights."""

from __future__ import annotations

import json

import numpy as np
import pytest

import companion
from benchmarks.int8 import Program, exported
from benchmarks.stored import BOOK
from companion.models import Generator, Llama, LlamaConfig, count_parameters

SIZES = {"vocab_size": 50, "num_layers": 2, "num_heads": 4, "num_kv_heads": 2}
SIZES |= {"hidden_dim": 32, "intermediate_dim": 48, "max_sequence_length": 32}
IDS = [3, 7, 1, 9, 2, 4]


@pytest.fixture(scope="module")
def model() -> Llama:
    companion.seed(0)
    return Llama(LlamaConfig(**SIZES), stddev=0.3)


@pytest.mark.parametrize(("rounded", "least", "most"), [(False, 0.0, 1e-5), (True, 1e-5, 0.05)])
def test_one_token_after_the_other_is_the_whole_text(
    model: Llama, rounded: bool, least: float, most: float
) -> None:
    program = Program(exported(model, 16, rounded=rounded))
    read = np.stack([program.read(token, place) for place, token in enumerate(IDS)])
    whole = np.asarray(model(np.array([IDS])))[0]
    assert least <= np.abs(read - whole).max() <= most


def test_it_writes_and_prices_what_the_model_does(model: Llama) -> None:
    program = Program(exported(model, 16, rounded=False))
    written = Generator(model, jit_compile=False)(np.array(IDS[:4]), 8)
    assert program.write(IDS[:4], 8) == written.tolist()
    logits = np.asarray(model(np.array([IDS])), float)[0, :-1]
    chances = np.exp(logits) / np.exp(logits).sum(axis=1, keepdims=True)
    bits = -np.log2(chances[np.arange(5), IDS[1:]]).sum()
    assert program.bits(IDS) == pytest.approx(bits, rel=1e-4)


def test_the_stored_race_is_of_the_model_that_page_3c_opens() -> None:
    raced = json.loads((BOOK / "data" / "int8.json").read_text(encoding="utf-8"))
    whole, small = raced["bytes"]
    weights = count_parameters(LlamaConfig.smollm2_135m())
    assert whole == 4 * weights
    assert weights < small < 1.1 * weights  # a byte each, and scales
    assert {side.split(",")[0] for side in raced["milliseconds"]} == {
        "compiled loop",
        "LiteRT",
        "generate",
    }
