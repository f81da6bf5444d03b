"""Published folders give the published answers; broken ones give a sentence and no model."""

from __future__ import annotations

import json
import pickle
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import keras
import numpy as np
import pytest
from safetensors.numpy import load_file, save_file

import companion
from companion.errors import CourseError
from companion.models.bert import Bert
from companion.models.config import BertConfig, GPT2Config, ViTConfig, count_parameters
from companion.models.gpt import GPT2
from companion.models.layout import AnyConfig, slots
from companion.models.vit import ViT
from companion.models.weights import from_pretrained, save_pretrained

FIXTURES = Path(__file__).parent / "fixtures"
WITHIN = {"rtol": 0, "atol": 1e-5}
Tensors = dict[str, np.ndarray]


@pytest.fixture
def folder(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """Return a copy of a published folder that a test may spoil."""
    return shutil.copytree(FIXTURES / getattr(request, "param", "gpt2"), tmp_path / "model")


def rewrite(folder: Path, change: Callable[[Tensors], Tensors]) -> None:
    save_file(change(load_file(folder / "model.safetensors")), folder / "model.safetensors")


def without(tensors: Tensors, name: str) -> Tensors:
    return {key: array for key, array in tensors.items() if key != name}


def reconfigure(folder: Path, **settings: Any) -> None:
    path = folder / "config.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | settings))


def answers(model: keras.Model, expected: Tensors) -> Tensors:
    """Return what a model says to the inputs that the reference library was given."""
    if isinstance(model, GPT2):
        return {"logits": model(expected["ids"]).numpy()}
    if isinstance(model, ViT):
        return {"logits": model(expected["images"].transpose(0, 2, 3, 1)).numpy()}
    hidden = model(expected["ids"], expected["types"], expected["mask"])
    found = {"hidden": hidden, "pooled": model.pool(hidden), "logits": model.token_logits(hidden)}
    return {name: value.numpy() for name, value in found.items()}


def assert_same_function(model: keras.Model, name: str) -> None:
    expected = load_file(FIXTURES / name / "expected.safetensors")
    for key, value in answers(model, expected).items():
        np.testing.assert_allclose(value, expected[key], err_msg=key, **WITHIN)


@pytest.mark.parametrize(("name", "kind"), [("gpt2", GPT2), ("bert", Bert), ("vit", ViT)])
def test_the_answers_are_the_published_ones(name: str, kind: type[keras.Model]) -> None:
    model = from_pretrained(FIXTURES / name)
    assert type(model) is kind
    assert_same_function(model, name)


@pytest.mark.parametrize("name", ["gpt2", "bert", "vit"])
def test_what_is_saved_is_what_was_published(name: str, tmp_path: Path) -> None:
    model = from_pretrained(FIXTURES / name)
    save_pretrained(model, tmp_path / "new" / name)
    again = from_pretrained(tmp_path / "new" / name)
    assert again.config == model.config
    assert_same_function(again, name)
    published = load_file(FIXTURES / name / "model.safetensors")
    written = load_file(tmp_path / "new" / name / "model.safetensors")
    assert published.keys() - written.keys() <= {
        "cls.seq_relationship.weight",
        "cls.seq_relationship.bias",
    }
    for key, array in written.items():
        np.testing.assert_array_equal(array, published[key], err_msg=key)
    files = sorted(path.name for path in (tmp_path / "new" / name).iterdir())
    assert files == ["config.json", "model.safetensors"]


def test_the_body_of_bert_alone_is_saved_without_a_prefix(tmp_path: Path) -> None:
    companion.seed(0)
    config = BertConfig(
        num_layers=1, num_heads=2, hidden_dim=8, intermediate_dim=12, vocab_size=5, pooler=False
    )
    save_pretrained(Bert(config), tmp_path)
    assert "embeddings.word_embeddings.weight" in load_file(tmp_path / "model.safetensors")
    assert from_pretrained(tmp_path).config == config


@pytest.mark.parametrize(
    "config",
    [
        GPT2Config.xl(),
        BertConfig.large(),
        BertConfig(pooler=False, masked_lm=True),
        ViTConfig.large_16(),
    ],
)
def test_the_layout_has_room_for_every_weight(config: AnyConfig) -> None:
    sizes = [len(slot.names) * np.prod(slot.ours, dtype=np.int64) for slot in slots(config)]
    assert sum(sizes) == count_parameters(config)


def old_gpt2(tensors: Tensors) -> Tensors:
    """Name everything as in the first published file: no prefix, the mask and the head stored."""
    renamed = {name.removeprefix("transformer."): a for name, a in tensors.items()}
    mask = np.tri(12, dtype=np.float32)[None, None]
    return renamed | {"h.0.attn.bias": mask, "lm_head.weight": renamed["wte.weight"]}


def old_bert(tensors: Tensors) -> Tensors:
    """Name everything as TensorFlow did, and store what is now computed."""
    renamed = {
        re.sub(r"LayerNorm\.weight$", "LayerNorm.gamma", name).replace(
            "LayerNorm.bias", "LayerNorm.beta"
        ): array
        for name, array in tensors.items()
    }
    return renamed | {
        "bert.embeddings.position_ids": np.arange(12)[None],
        "cls.predictions.decoder.weight": tensors["bert.embeddings.word_embeddings.weight"],
        "cls.predictions.decoder.bias": tensors["cls.predictions.bias"],
    }


def new_vit(tensors: Tensors) -> Tensors:
    """Name everything as version 5 of the reference library does in memory."""
    for old, new in (
        ("vit.encoder.layer", "vit.layers"),
        ("attention.attention.query", "attention.q_proj"),
        ("attention.attention.key", "attention.k_proj"),
        ("attention.attention.value", "attention.v_proj"),
        ("attention.output.dense", "attention.o_proj"),
        ("intermediate.dense", "mlp.fc1"),
        ("output.dense", "mlp.fc2"),
    ):
        tensors = {name.replace(old, new): array for name, array in tensors.items()}
    return tensors | {"vit.pooler.dense.bias": np.zeros(16, np.float32)}


@pytest.mark.parametrize(
    ("folder", "rename"),
    [("gpt2", old_gpt2), ("bert", old_bert), ("vit", new_vit)],
    indirect=["folder"],
)
def test_other_names_are_understood(
    folder: Path, rename: Callable[[Tensors], Tensors], request: pytest.FixtureRequest
) -> None:
    rewrite(folder, rename)
    names = load_file(folder / "model.safetensors").keys()
    name = request.node.callspec.params["folder"]
    assert names != load_file(FIXTURES / name / "model.safetensors").keys()
    assert_same_function(from_pretrained(folder), name)


def test_several_files_and_their_index(folder: Path) -> None:
    tensors = load_file(folder / "model.safetensors")
    names = sorted(tensors)
    parts = {"model-1-of-2.safetensors": names[:9], "model-2-of-2.safetensors": names[9:]}
    for part, held in parts.items():
        save_file({name: tensors[name] for name in held}, folder / part)
    index = {"weight_map": {name: part for part, held in parts.items() for name in held}}
    (folder / "model.safetensors").unlink()
    (folder / "model.safetensors.index.json").write_text(json.dumps(index))
    assert_same_function(from_pretrained(folder), "gpt2")
    (folder / "model-2-of-2.safetensors").unlink()
    refused(folder, "model-2-of-2.safetensors is not a whole safetensors file")


def test_a_part_outside_the_folder_is_refused(folder: Path) -> None:
    (folder / "model.safetensors").rename(folder.parent / "model.safetensors")
    for outside in ("../model.safetensors", str(folder.parent / "model.safetensors"), 7):
        index = {"weight_map": {"wte.weight": outside}}
        (folder / "model.safetensors.index.json").write_text(json.dumps(index))
        refused(folder, "should be a safetensors file beside it")
    (folder / "model.safetensors.index.json").write_text("[]")
    refused(folder, "no weight_map")


def refused(folder: Path, message: str) -> None:
    """Assert that a folder is refused, in one sentence of our own."""
    with pytest.raises(CourseError, match=re.escape(message)) as caught:
        from_pretrained(folder)
    assert "\n" not in str(caught.value)


def test_files_that_are_not_there(folder: Path) -> None:
    refused(folder / "nowhere", "There is no folder")
    refused(folder / "config.json", "There is no folder")
    (folder / "model.safetensors").unlink()
    refused(folder, "has no model.safetensors")
    (folder / "config.json").unlink()
    refused(folder, "has no config.json")


def test_files_that_are_cut_short_or_foreign(folder: Path) -> None:
    path = folder / "model.safetensors"
    whole = path.read_bytes()
    for spoiled in (b"", whole[:5], whole[:100], whole[:-1], whole + b"1", b"foreign" * 99):
        path.write_bytes(spoiled)
        refused(folder, "model.safetensors is not a whole safetensors file")
    path.unlink()
    path.mkdir()
    refused(folder, "model.safetensors is not a whole safetensors file")


class _Trap:
    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (Path("sprung"),)


def test_a_pickle_is_never_opened(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    (folder / "model.safetensors").write_bytes(pickle.dumps(_Trap()))
    refused(folder, "model.safetensors is not a whole safetensors file")
    (folder / "model.safetensors").rename(folder / "pytorch_model.bin")
    refused(folder, "pytorch_model.bin is a pickle")
    assert not (folder / "sprung").exists()


WTE, BIAS = "transformer.wte.weight", "transformer.ln_f.bias"


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda t: without(t, BIAS), "lacks ln_f.bias."),
        (lambda t: {WTE: t[WTE]} | {f"x{i}": t[BIAS] for i in range(3)}, "and 24 more."),
        (lambda t: t | {"extra": t[BIAS]}, "has too much: extra."),
        (lambda t: t | {WTE: t[WTE][:-1]}, "has shape (28, 16); config.json asks for (29, 16)"),
        (lambda t: t | {WTE: t[WTE].T.copy()}, "has shape (16, 29)"),
        (lambda t: t | {BIAS: t[BIAS].astype("float16")}, "is of type F16; it should be float32"),
        (lambda t: t | {BIAS: t[BIAS].astype("int32")}, "is of type I32"),
        (lambda t: t | {BIAS: t[BIAS] * np.float32("nan")}, "NaN or infinite"),
        (lambda t: t | {"ln_f.bias": t[BIAS]}, "'ln_f.bias' is there twice"),
        (lambda t: t | {"lm_head.weight": t[WTE] + 1}, "'lm_head.weight' differs"),
        (lambda t: t | {"lm_head.weight": t[WTE].astype("float16")}, "is of type F16"),
    ],
)
def test_weights_that_do_not_fit(
    folder: Path, change: Callable[[Tensors], Tensors], message: str
) -> None:
    rewrite(folder, change)
    refused(folder, message)


@pytest.mark.parametrize("folder", ["bert"], indirect=True)
def test_half_a_head_is_refused(folder: Path) -> None:
    rewrite(folder, lambda t: without(t, "bert.pooler.dense.bias"))
    refused(folder, "lacks pooler.dense.bias")


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"model_type": "llama"}, "a model of type 'llama'; the course reads 'gpt2', 'bert'"),
        ({"model_type": None}, "a model of type None"),
        ({"model_type": ["gpt2"]}, "a model of type ['gpt2']"),
        ({"activation_function": "relu"}, "activation_function to 'relu'; the course's gpt2 has"),
        ({"scale_attn_by_inverse_layer_idx": True}, "scale_attn_by_inverse_layer_idx to True"),
        ({"n_layer": "2"}, "num_layers should be a positive whole number, not '2'"),
        ({"n_layer": 10**9}, "asks for 1000000000 blocks"),
        ({"n_layer": 3}, "lacks h.2.attn.c_attn.bias, h.2.attn.c_attn.weight,"),
        ({"n_layer": 1}, "has too much: h.1."),
        ({"n_embd": 10**12}, "asks for (29, 1000000000000)"),
        ({"n_head": 3}, "multiple of num_heads 3"),
        ({"n_inner": None}, "has shape (16, 40); config.json asks for (16, 64)"),
        ({"resid_pdrop": "none"}, "a size of the wrong kind"),
        ({"model_type": "vit", "id2label": 5}, "a size of the wrong kind"),
    ],
)
def test_configurations_that_do_not_fit(
    folder: Path, settings: dict[str, Any], message: str
) -> None:
    reconfigure(folder, **settings)
    refused(folder, message)


def test_configurations_that_are_no_json(folder: Path) -> None:
    for spoiled in (b"{", b"\xff\xfe{}", b"[" * 100_000):
        (folder / "config.json").write_bytes(spoiled)
        refused(folder, "config.json is not readable as JSON")
    (folder / "config.json").write_text("[]")
    refused(folder, "a model of type None")


def test_what_cannot_be_saved(tmp_path: Path) -> None:
    model = from_pretrained(FIXTURES / "gpt2")
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(CourseError, match="cannot be written to"):
        save_pretrained(model, tmp_path / "file")  # type: ignore[arg-type]
    with pytest.raises(CourseError, match="A Sequential has no published layout"):
        save_pretrained(keras.Sequential(), tmp_path)  # type: ignore[arg-type]
    assert [path.name for path in tmp_path.iterdir()] == ["file"]
