"""The real models: SmolLM2 equals an independent forward pass, MiniLM says what is alike."""

from __future__ import annotations

import struct
from itertools import zip_longest

import numpy as np
import pytest

from companion.errors import CourseError
from companion.models import wheels
from companion.models.generate import Generator
from companion.models.gguf import GGUF
from companion.models.pretrained import (
    MINILM,
    SMOLLM2,
    SentenceEncoder,
    llama_config,
    llama_from,
    minilm,
    smollm2_file,
)
from tests.models.test_gguf import gguf
from tests.models.test_llama import in_numpy

needs_smollm2 = pytest.mark.skipif(not wheels.have(SMOLLM2), reason=str(wheels.missing()))
needs_minilm = pytest.mark.skipif(not wheels.have(MINILM), reason=str(wheels.missing()))
PROMPTS = [
    "The capital of France is",
    "17 + 26 = ",
    "def add(a, b):\n    return",
    "Water boils at",
    "人工智能的核心是",
    "Once upon a time",
    "SELECT name FROM",
    "Dear Sir or Madam,",
    "1, 2, 3, 4,",
    "Die Hauptstadt von Deutschland ist",
    "The opposite of hot is",
    "import numpy as",
    "Roses are red, violets are",
    "To be or not to be, that is the",
    "E = m",
    "A house with three rooms costs",
    "<html><head><title>",
    "She said:",
    "The first president of the United States was",
    "\n\n",
]


def test_sizes_come_from_the_file_and_their_lack_is_named() -> None:
    with pytest.raises(CourseError, match="only a 'llama'"):
        llama_config(GGUF(gguf({"general.architecture": "bert"})))
    with pytest.raises(CourseError, match="block_count"):
        llama_config(GGUF(gguf({"general.architecture": "llama"})))


def test_parts_of_different_models_are_refused() -> None:
    sizes: dict[str, float | str] = {"general.architecture": "llama"}
    names = {
        "block_count": 0 + 1,
        "attention.head_count": 2,
        "attention.head_count_kv": 1,
        "embedding_length": 4,
        "feed_forward_length": 4,
        "context_length": 8,
        "attention.layer_norm_rms_epsilon": 1e-5,
        "rope.freq_base": 100.0,
    }
    sizes |= {f"llama.{name}": value for name, value in names.items()}
    table = struct.pack("<12f", *range(12))
    norm = struct.pack("<3f", 1, 1, 1)
    tensors = [
        ("token_embd.weight", (3, 4), 0, table),
        ("output_norm.weight", (3,), 0, norm),
    ]
    with pytest.raises(CourseError, match=r"output_norm.*different models"):
        llama_from(GGUF(gguf(sizes, tensors)))


@pytest.fixture(scope="module")
def writer() -> tuple:
    from companion.models.pretrained import smollm2

    return smollm2()


@needs_smollm2
def test_smollm2_has_the_published_weights(writer: tuple) -> None:
    model, tokenizer = writer
    assert model.count_params() == 134_515_008
    assert tokenizer.vocab_size == 49_152
    kinds = {info.kind.name for info in smollm2_file().tensors.values()}
    assert kinds == {"F32", "Q8_0", "Q4_1"}


@needs_smollm2
def test_logits_equal_numpy_s_on_twenty_prompts(writer: tuple) -> None:
    model, tokenizer = writer
    prompts = [tokenizer.encode(prompt) for prompt in PROMPTS]
    # What stands behind a prompt cannot reach it: the short ones are filled up, and it is cut off.
    ids = np.array(list(zip_longest(*prompts, fillvalue=0))).T
    inside = np.array([np.arange(ids.shape[1]) < len(prompt) for prompt in prompts])
    expected, found = in_numpy(model, ids)[inside], np.asarray(model(ids))[inside]
    assert np.abs(found - expected).max() < 1e-3
    assert (found.argmax(-1) == expected.argmax(-1)).all()


@needs_smollm2
def test_greedy_writing_is_numpy_s(writer: tuple) -> None:
    model, tokenizer = writer
    ids = tokenizer.encode("The capital of France is")
    text = Generator(model, jit_compile=False)(ids, 6)
    assert (text[len(ids) :] == in_numpy(model, text)[len(ids) - 1 : -1].argmax(-1)).all()
    assert "Paris" in tokenizer.decode(text)


@pytest.fixture(scope="module")
def encoder() -> SentenceEncoder:
    return minilm()


@needs_minilm
def test_minilm_finds_the_same_meaning_in_other_words(encoder: SentenceEncoder) -> None:
    assert encoder.model.count_params() == 22_713_216
    texts = ["A man is eating food.", "Someone has a meal.", "The stock market fell today."]
    vectors = encoder(texts)
    assert vectors.shape == (3, 384)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert vectors[0] @ vectors[1] > 0.5 > 0.2 > vectors[0] @ vectors[2]


@needs_minilm
def test_a_text_s_vector_does_not_depend_on_its_company(encoder: SentenceEncoder) -> None:
    texts = ["short", "a text that is a good deal longer than the other one " * 3, "", "汉字"]
    together = encoder(texts, batch_size=3)
    alone = np.concatenate([encoder([text]) for text in texts])
    np.testing.assert_allclose(together, alone, atol=1e-5)
