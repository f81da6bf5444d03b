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
from companion.models.config import BertConfig
from companion.models.gpt import GPT2
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
    return {"hidden": hidden.numpy(), "pooled": model.pool(hidden).numpy()}


def assert_same_weights(model: keras.Model, other: keras.Model) -> None:
    assert other.config == model.config
    for mine, theirs in zip(model.weights, other.weights, strict=True):
        assert theirs.dtype == "float32"
        np.testing.assert_array_equal(mine, theirs, err_msg=mine.path)


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
    # What guessed hidden words in training is left out; and a body alone has no prefix.
    body = {key: a for key, a in published.items() if not key.startswith("cls.")}
    if name == "bert":
        body = {key.removeprefix("bert."): array for key, array in body.items()}
    assert written.keys() == body.keys()
    for key, array in written.items():
        np.testing.assert_array_equal(array, body[key], err_msg=key)
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
    refused(folder, "config.json")


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
        (lambda t: t | {BIAS: t[BIAS].astype("float64")}, "is of type F64"),
        (lambda t: t | {BIAS: np.full(16, "inf", "float16")}, "NaN or infinite"),
        (lambda t: t | {BIAS: t[BIAS].astype("int32")}, "is of type I32"),
        (lambda t: t | {BIAS: t[BIAS] * np.float32("nan")}, "NaN or infinite"),
        (lambda t: t | {"ln_f.bias": t[BIAS]}, "'ln_f.bias' is there twice"),
        (lambda t: t | {"lm_head.weight": t[WTE] + 1}, "'lm_head.weight' differs"),
        (lambda t: t | {"lm_head.weight": t[WTE].astype("float16")}, "'lm_head.weight' differs"),
    ],
)
def test_weights_that_do_not_fit(
    folder: Path, change: Callable[[Tensors], Tensors], message: str
) -> None:
    rewrite(folder, change)
    refused(folder, message)


def truncated(array: np.ndarray) -> np.ndarray:
    """Return bfloat16: the first two bytes of each float32, as the format defines it."""
    bits = np.ascontiguousarray(array).view(np.uint32) >> 16
    return bits.astype(np.uint16).view("bfloat16")


@pytest.mark.parametrize("folder", ["gpt2", "bert", "vit"], indirect=True)
@pytest.mark.parametrize("half", [np.ndarray.astype, truncated])
def test_half_precision_is_read_exactly(
    folder: Path, half: Callable[..., np.ndarray], tmp_path: Path
) -> None:
    args = ("float16",) if half is np.ndarray.astype else ()
    rewrite(folder, lambda t: {name: half(array, *args) for name, array in t.items()})
    model = from_pretrained(folder)
    halves = load_file(folder / "model.safetensors")
    halves |= {name.removeprefix("bert."): array for name, array in halves.items()}
    save_pretrained(model, tmp_path / "again")
    assert_same_weights(model, from_pretrained(tmp_path / "again"))
    for name, array in load_file(tmp_path / "again" / "model.safetensors").items():
        # Each half number is a float32; exactly that one is meant.
        np.testing.assert_array_equal(array, halves[name].astype("float32"), err_msg=name)
        assert array.dtype == np.float32


def bodily(tensors: Tensors) -> Tensors:
    """Take away the heads that guess or classify."""
    return {k: a for k, a in tensors.items() if not re.match(r"classifier|cls\.", k)}


LABELS = {"0": "calm", "1": "glad", "2": "cross"}


def fine_tuned(tensors: Tensors) -> Tensors:
    """Put a classifier of three classes in the place of the masked-token head."""
    body = {name: a for name, a in tensors.items() if not name.startswith("cls.")}
    kernel = np.random.default_rng(0).standard_normal((3, 16), np.float32)
    return body | {"classifier.weight": kernel, "classifier.bias": np.arange(3, dtype="float32")}


@pytest.mark.parametrize("folder", ["bert"], indirect=True)
def test_a_fine_tuned_bert_names_its_classes(folder: Path, tmp_path: Path) -> None:
    rewrite(folder, fine_tuned)
    reconfigure(folder, id2label=LABELS, architectures=["BertForSequenceClassification"])
    model = from_pretrained(folder)
    assert model.config.labels == ("calm", "glad", "cross")
    expected = load_file(FIXTURES / "bert" / "expected.safetensors")
    tuned = load_file(folder / "model.safetensors")
    logits = model.class_logits(model(expected["ids"], expected["types"], expected["mask"]))
    by_hand = expected["pooled"] @ tuned["classifier.weight"].T + tuned["classifier.bias"]
    np.testing.assert_allclose(logits, by_hand, rtol=0, atol=1e-4)
    save_pretrained(model, tmp_path / "again")
    assert_same_weights(model, from_pretrained(tmp_path / "again"))
    written = json.loads((tmp_path / "again" / "config.json").read_text())
    assert written["architectures"] == ["BertForSequenceClassification"]
    assert written["id2label"] == LABELS
    assert load_file(tmp_path / "again" / "model.safetensors").keys() == tuned.keys()


@pytest.mark.parametrize("folder", ["bert"], indirect=True)
def test_classes_without_names_and_half_a_classifier(folder: Path) -> None:
    rewrite(folder, fine_tuned)
    reconfigure(folder, num_labels=3, architectures=None)
    assert (from_pretrained(folder).config.num_classes, from_pretrained(folder).config.labels) == (
        3,
        (),
    )
    reconfigure(folder, architectures=["BertForTokenClassification"])
    refused(folder, "single tokens")
    reconfigure(folder, architectures=["BertForSequenceClassification"])
    whole = load_file(folder / "model.safetensors")
    for lost in ("classifier.weight", "bert.pooler.dense.weight"):
        rewrite(folder, lambda _, lost=lost: without(whole, lost))
        refused(folder, f"lacks {lost.removeprefix('bert.')}")


@pytest.mark.parametrize(
    ("folder", "architecture", "lost"),
    [
        ("bert", "BertForSequenceClassification", "classifier.bias, classifier.weight."),
        ("vit", "ViTForImageClassification", "classifier.bias, classifier.weight."),
    ],
    indirect=["folder"],
)
def test_a_head_that_is_named_and_lost_is_refused(
    folder: Path, architecture: str, lost: str
) -> None:
    rewrite(folder, bodily)
    reconfigure(folder, architectures=[architecture])
    refused(folder, f"lacks {lost}")


@pytest.mark.parametrize("folder", ["bert"], indirect=True)
def test_a_pooler_that_is_named_and_lost_is_refused(folder: Path) -> None:
    rewrite(folder, lambda t: {k: a for k, a in t.items() if "pooler" not in k})
    refused(folder, "lacks pooler.dense.bias, pooler.dense.weight.")
    reconfigure(folder, architectures=["BertForMaskedLM"])
    assert not from_pretrained(folder).config.pooler


@pytest.mark.parametrize("folder", ["bert", "vit"], indirect=True)
def test_a_body_is_read_without_its_head(
    folder: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    name = request.node.callspec.params["folder"]
    whole = from_pretrained(folder)
    rewrite(folder, bodily)
    reconfigure(folder, architectures=[{"bert": "BertModel", "vit": "ViTModel"}[name]])
    model = from_pretrained(folder)
    assert model.config.num_classes == 0
    x = load_file(FIXTURES / name / "expected.safetensors")
    if isinstance(model, ViT):
        images = x["images"].transpose(0, 2, 3, 1)
        np.testing.assert_array_equal(model(images), whole.features(images)[:, 0])
    else:
        np.testing.assert_array_equal(model(x["ids"]), whole(x["ids"]))
    save_pretrained(model, tmp_path / "again")
    assert_same_weights(model, from_pretrained(tmp_path / "again"))
    assert not any(
        k.startswith(f"{name}.") for k in load_file(tmp_path / "again/model.safetensors")
    )


@pytest.mark.parametrize("folder", ["vit"], indirect=True)
def test_names_of_classes_come_back(folder: Path, tmp_path: Path) -> None:
    names = ("crane", "dog", "crane", "cat", "ünïcode")  # ImageNet has two cranes, too
    reconfigure(folder, id2label={str(i): name for i, name in reversed(list(enumerate(names)))})
    model = from_pretrained(folder)
    assert model.config.labels == names
    save_pretrained(model, tmp_path / "again")
    assert from_pretrained(tmp_path / "again").config == model.config


@pytest.mark.parametrize(
    "labels", [{"0": "a", "2": "b"}, {"0": "a", "00": "b"}, {"0": 7, "1": "b"}, ["a", "b"], 5]
)
@pytest.mark.parametrize("folder", ["vit"], indirect=True)
def test_labels_that_do_not_name_each_class(folder: Path, labels: Any) -> None:
    reconfigure(folder, id2label=labels)
    refused(folder, "label")


HEAD = "lm_head.weight"


def test_tied_weights_under_the_name_of_the_head(folder: Path) -> None:
    rewrite(folder, lambda t: without(t, WTE) | {HEAD: t[WTE]})
    assert_same_function(from_pretrained(folder), "gpt2")
    rewrite(folder, lambda t: without(t, HEAD))
    refused(folder, "lacks wte.weight")


@pytest.mark.parametrize("folder", ["bert"], indirect=True)
def test_the_table_of_bert_under_the_name_of_its_head(folder: Path) -> None:
    table, head = "bert.embeddings.word_embeddings.weight", "cls.predictions.decoder.weight"
    rewrite(folder, lambda t: without(t, table) | {head: t[table]})
    assert_same_function(from_pretrained(folder), "bert")


@pytest.mark.parametrize(
    ("folder", "prefix"),
    [
        ("gpt2", "_orig_mod."),
        ("gpt2", "module."),
        ("bert", "module._orig_mod."),
        ("vit", "_fsdp_wrapped_module."),
    ],
    indirect=["folder"],
)
def test_wrapped_and_compiled_models(
    folder: Path, prefix: str, request: pytest.FixtureRequest
) -> None:
    rewrite(folder, lambda t: {prefix + name: array for name, array in t.items()})
    assert_same_function(from_pretrained(folder), request.node.callspec.params["folder"])


def test_a_wrapped_part_of_a_model(folder: Path) -> None:
    rewrite(folder, lambda t: {k.replace(".attn.", "._orig_mod.attn."): a for k, a in t.items()})
    assert_same_function(from_pretrained(folder), "gpt2")


def test_a_pointer_of_git_lfs_is_named(folder: Path) -> None:
    pointer = "version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 548105171\n"
    (folder / "model.safetensors").write_text(pointer)
    refused(folder, "Git LFS")
    (folder / "config.json").write_text(pointer)
    refused(folder, "Git LFS")


def test_a_byte_order_mark_is_no_part_of_the_sizes(folder: Path) -> None:
    path = folder / "config.json"
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert_same_function(from_pretrained(folder), "gpt2")


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
        ({"resid_pdrop": "none"}, "'none'"),
        ({"resid_pdrop": False}, "False"),
        ({"layer_norm_epsilon": True}, "True"),
        ({"layer_norm_epsilon": 10**300}, "layer_norm_epsilon"),
        ({"layer_norm_epsilon": float("inf")}, "finite"),
        ({"model_type": "vit", "num_labels": None}, "num_classes"),
    ],
)
def test_configurations_that_do_not_fit(
    folder: Path, settings: dict[str, Any], message: str
) -> None:
    reconfigure(folder, **settings)
    refused(folder, message)


def test_configurations_that_are_no_json(folder: Path) -> None:
    for spoiled in (b"{", b"\xff\xfe{}", b"[" * 100_000, b'{"n_head": 4, "n_head": 2}'):
        (folder / "config.json").write_bytes(spoiled)
        refused(folder, "config.json")
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
    (tmp_path / "folder/config.json").mkdir(parents=True)
    with pytest.raises(CourseError, match="regular"):
        save_pretrained(model, tmp_path / "folder")  # type: ignore[arg-type]
    assert [path.name for path in (tmp_path / "folder").iterdir()] == ["config.json"]
    (tmp_path / "folder/config.json").rmdir()
    (tmp_path / "folder/model.safetensors").symlink_to("/dev/null")
    with pytest.raises(CourseError, match="regular"):
        save_pretrained(model, tmp_path / "folder")  # type: ignore[arg-type]
    assert Path("/dev/null").is_char_device()
