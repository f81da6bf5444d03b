"""Keras saves, loads, copies and sums up every model: same answers, and a shape in every row."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable
from pathlib import Path

import keras
import numpy as np
import pytest
import tensorflow as tf

import companion
from companion.errors import CourseError
from companion.models.bert import Bert
from companion.models.block import TransformerBlock
from companion.models.config import BertConfig, GPT2Config, ViTConfig
from companion.models.gpt import GPT2
from companion.models.layers import LayerNorm, normal_rows
from companion.models.mlp import article_mlp
from companion.models.rnn import rnn_language_model
from companion.models.transformer import Transformer
from companion.models.vit import PatchEmbedding, ViT

SMALL = {"num_layers": 1, "num_heads": 2, "hidden_dim": 4, "intermediate_dim": 6}
GPT_SIZES = GPT2Config(vocab_size=7, max_sequence_length=5, **SMALL)
BERT_SIZES = BertConfig(vocab_size=7, max_sequence_length=5, **SMALL)
VIT_SIZES = ViTConfig(image_size=4, patch_size=2, num_channels=1, num_classes=3, **SMALL)
HEADS = dataclasses.replace(BERT_SIZES, num_classes=2, labels=("no", "yes"))

IDS = np.array([[1, 2, 3, 0], [4, 5, 6, 0]])
IMAGES = np.random.default_rng(0).standard_normal((2, 4, 4, 1)).astype("float32")
ROWS = np.random.default_rng(1).standard_normal((2, 8)).astype("float32")


def block() -> TransformerBlock:
    return TransformerBlock(
        2, 6, norm_first=True, gelu_form="tanh", dropout=0.1, epsilon=1e-5, output_stddev=0.01
    )


def own_layers() -> keras.Model:
    table = keras.layers.ReversibleEmbedding(7, 4, embeddings_initializer=normal_rows)
    return keras.Sequential([keras.Input((4,), dtype="int32"), table, block(), LayerNorm(1e-5)])


def patches() -> keras.Model:
    return keras.Sequential([keras.Input((4, 4, 1)), PatchEmbedding(2, 4)])


def nested() -> keras.Model:
    tokens = keras.Input((4,), dtype="int32")
    return keras.Model(tokens, keras.layers.Dense(2)(Bert(BERT_SIZES)(tokens)))


MODELS: dict[str, tuple[Callable[[], keras.Model], np.ndarray]] = {
    "gpt2": (lambda: GPT2(GPT_SIZES), IDS),
    "gpt2 in half precision": (lambda: GPT2(GPT_SIZES, dtype="mixed_bfloat16"), IDS),
    "bert": (lambda: Bert(HEADS), IDS),
    "vit": (lambda: ViT(VIT_SIZES), IMAGES),
    "vit without classes": (lambda: ViT(dataclasses.replace(VIT_SIZES, num_classes=0)), IMAGES),
    "lstm": (lambda: rnn_language_model(7, hidden_dim=4), IDS),
    "article's mlp": (article_mlp, ROWS),
    "own layers": (own_layers, IDS),
    "patches": (patches, IMAGES),
    "a model in a model": (nested, IDS),
}


def settings(model: keras.Model) -> list[str]:
    """Return what a model is made of: its sizes, or its layers where Keras made the model."""
    parts = [model] if isinstance(model, Transformer) else model.layers
    return [json.dumps(part.get_config()) for part in parts]


@pytest.mark.parametrize("name", MODELS)
def test_what_is_saved_is_loaded_copied_and_summed_up(name: str, tmp_path: Path) -> None:
    companion.seed(0)
    make, x = MODELS[name]
    model = make()
    rng = np.random.default_rng(2)
    model.set_weights([rng.normal(0.1, 0.3, w.shape) for w in model.get_weights()])
    model.save(tmp_path / "model.keras")
    loaded = keras.models.load_model(tmp_path / "model.keras")
    assert type(loaded) is type(model)
    np.testing.assert_array_equal(tf.cast(loaded(x), "float32"), tf.cast(model(x), "float32"))

    copy = keras.models.clone_model(loaded)
    assert type(copy) is type(model)
    assert settings(copy) == settings(model) == settings(loaded)
    copy.set_weights(model.get_weights())
    np.testing.assert_array_equal(tf.cast(copy(x), "float32"), tf.cast(model(x), "float32"))

    lines: list[str] = []
    loaded.summary(print_fn=lines.append)
    assert lines
    assert "?" not in "".join(lines)
    assert model.compute_output_shape((None, *x.shape[1:]))[1:] == model(x).shape[1:]


@pytest.mark.parametrize(
    ("make", "x"),
    [
        (lambda dtype: GPT2(GPT_SIZES, dtype=dtype), IDS),
        (lambda dtype: Bert(HEADS, dtype=dtype), IDS),
        (lambda dtype: ViT(VIT_SIZES, dtype=dtype), IMAGES),
    ],
)
def test_the_precision_asked_for_is_that_of_every_part(
    make: Callable[[str], keras.Model], x: np.ndarray
) -> None:
    model = make("mixed_bfloat16")
    assert {layer.dtype_policy.name for layer in model._flatten_layers()} == {"mixed_bfloat16"}
    assert {weight.dtype for weight in model.weights} == {"float32"}
    assert model(x).dtype == tf.bfloat16


@pytest.mark.parametrize("kind", [GPT2, Bert, ViT])
def test_a_sentence_stays_one_sentence_inside_other_models(kind: type[keras.Model]) -> None:
    sizes = {GPT2: GPT_SIZES, ViT: VIT_SIZES}.get(kind, BERT_SIZES)
    model = kind(sizes)
    outer = keras.Sequential([model])
    too_large = np.zeros((1, 6, 6, 1)) if kind is ViT else np.zeros((1, 6), int)
    for caller in (model, outer):
        with pytest.raises(CourseError) as caught:
            caller(too_large)
        assert "\n" not in str(caught.value)
