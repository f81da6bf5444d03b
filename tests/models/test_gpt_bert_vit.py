"""The three transformers: every weight counted, and each sees what it may see."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf

import companion
from companion.errors import CourseError
from companion.models.bert import Bert
from companion.models.config import AnyConfig, BertConfig, GPT2Config, ViTConfig
from companion.models.gpt import GPT2
from companion.models.layout import count_parameters
from companion.models.vit import ViT

SMALL = {"num_layers": 2, "num_heads": 2, "hidden_dim": 8, "intermediate_dim": 20}
GPT_SIZES = GPT2Config(vocab_size=11, max_sequence_length=9, **SMALL)
BERT_SIZES = BertConfig(vocab_size=13, max_sequence_length=7, **SMALL)
VIT_SIZES = ViTConfig(image_size=8, patch_size=4, num_classes=5, **SMALL)


@pytest.fixture(autouse=True)
def _seeded() -> None:
    companion.seed(0)


def shake(model: keras.Model) -> keras.Model:
    """Give every weight, biases included, a value of its own."""
    rng = np.random.default_rng(1)
    model.set_weights([rng.normal(0.1, 0.3, w.shape) for w in model.get_weights()])
    return model


@pytest.mark.parametrize(
    ("model", "config"),
    [
        (GPT2, GPT_SIZES),
        (Bert, BERT_SIZES),
        (Bert, BertConfig(vocab_size=13, pooler=False, **SMALL)),
        (ViT, VIT_SIZES),
    ],
)
def test_the_arithmetic_counts_the_weights_that_exist(
    model: type[keras.Model], config: AnyConfig
) -> None:
    made = model(config)
    assert made.count_params() == count_parameters(config)
    assert all(np.isfinite(w).all() for w in made.get_weights())


@pytest.mark.parametrize(
    ("model", "config", "published"),
    [
        (GPT2, GPT2Config.xl(), 1_557_611_200),
        (Bert, BertConfig.large(), 335_141_888),
        (ViT, ViTConfig.large_16(), 304_326_632),
    ],
)
def test_the_large_models_have_the_published_count(
    model: type[keras.Model], config: AnyConfig, published: int
) -> None:
    # Inside the scope variables have shapes and no values: 6 GB are counted, none is taken.
    with keras.StatelessScope(initialize_variables=False):
        count = model(config).count_params()
    keras.utils.clear_session()  # forgets the variables that still wait for values
    assert count == published


def test_gpt_reads_from_left_to_right() -> None:
    model = shake(GPT2(GPT_SIZES))
    ids = np.array([[1, 2, 3, 4, 5]])
    logits = model(ids).numpy()
    assert logits.shape == (1, 5, 11)
    changed = np.abs(model(np.array([[1, 2, 3, 9, 5]])).numpy() - logits).max(axis=(0, 2)) > 1e-4
    assert changed.tolist() == [False, False, False, True, True]


def test_gpt_with_a_cache_is_gpt() -> None:
    model = shake(GPT2(GPT_SIZES))
    ids = np.array([[1, 2, 3, 4, 5], [6, 7, 8, 9, 10]])
    caches = model.empty_cache(2, 6)
    _, caches = model.call_with_cache(ids[:, :3], caches, 0)
    _, caches = model.call_with_cache(ids[:, 3:4], caches, 3)
    logits, _ = model.call_with_cache(ids[:, 4:], caches, 4)
    np.testing.assert_allclose(logits, model(ids)[:, -1], rtol=0, atol=1e-5)


@pytest.mark.parametrize(("start", "room"), [(5, 9), (tf.constant(5), 9), (0, 4), (-1, 9), (0, 12)])
def test_gpt_with_a_cache_refuses_what_has_no_place(start: int | tf.Tensor, room: int) -> None:
    model = GPT2(GPT_SIZES)
    keys = np.zeros((1, 2, room, 4), "float32")
    with pytest.raises(CourseError, match="do not fit"):
        model.call_with_cache(np.ones((1, 5), int), [(keys, keys)] * 2, start)
    with pytest.raises(CourseError, match="9 positions"):
        model.empty_cache(1, 10)


def test_a_compiled_loop_refuses_a_cache_that_is_too_long() -> None:
    model, keys = GPT2(GPT_SIZES), np.zeros((1, 2, 10, 4), "float32")
    caches, ids = [(keys, keys)] * 2, np.array([[1]])
    write = tf.function(lambda n: model.call_with_cache(ids, caches, n)[0], autograph=False)
    with pytest.raises(CourseError, match="9 positions"):
        write(tf.constant(9))


def test_gpt_in_half_precision_is_nearly_gpt() -> None:
    model = shake(GPT2(GPT_SIZES))
    keras.mixed_precision.set_global_policy("mixed_bfloat16")
    try:
        half = GPT2(GPT_SIZES)
    finally:
        keras.mixed_precision.set_global_policy("float32")
    half.set_weights(model.get_weights())
    ids = np.array([[1, 2, 3, 4, 5]])
    logits, cached = half(ids), half.call_with_cache(ids, half.empty_cache(1, 5), 0)[0]
    assert logits.dtype == cached.dtype == tf.bfloat16
    np.testing.assert_allclose(tf.cast(logits, "float32"), model(ids), atol=0.2)


def test_the_tied_table_learns_from_both_ends() -> None:
    model = shake(GPT2(GPT_SIZES))
    with tf.GradientTape() as tape:
        loss = tf.reduce_mean(model(np.array([[1, 2]]))[..., 7])
    slope = tf.convert_to_tensor(tape.gradient(loss, model.tokens.embeddings.value)).numpy()
    rows = np.abs(slope).max(axis=1) > 1e-6
    assert np.flatnonzero(rows).tolist() == [1, 2, 7]  # two are read, the third is predicted


def test_first_weights_do_not_swell_the_stream_with_depth() -> None:
    deep = GPT2(GPT2Config(vocab_size=11, **(SMALL | {"num_layers": 8, "hidden_dim": 64})))
    assert deep.blocks[0].contract.kernel.numpy().std() == pytest.approx(0.02 / 4, rel=0.1)
    assert deep.blocks[0].expand.kernel.numpy().std() == pytest.approx(0.02, rel=0.1)


def test_bert_reads_both_ways_but_not_the_padding() -> None:
    model = shake(Bert(BERT_SIZES))
    ids, types = np.array([[1, 2, 3, 4]]), np.array([[0, 0, 1, 1]])
    mask = np.array([[1, 1, 1, 0]])
    hidden = model(ids, types, mask).numpy()
    padding = model(np.array([[1, 2, 3, 9]]), types, mask).numpy()
    np.testing.assert_allclose(padding[:, :3], hidden[:, :3], rtol=0, atol=1e-6)
    last = model(np.array([[1, 2, 9, 4]]), types, mask).numpy()
    assert (np.abs(last - hidden).max(axis=(0, 2)) > 1e-4).all()
    segments = model(ids, attention_mask=mask).numpy()
    assert np.abs(segments - hidden).max() > 1e-3
    np.testing.assert_array_equal(segments, model(ids, np.zeros_like(ids), mask))


def test_bert_has_the_heads_it_was_asked_for() -> None:
    ids = np.array([[1, 2, 3]])
    plain = Bert(BERT_SIZES)
    assert plain.pool(plain(ids)).shape == (1, 8)
    with pytest.raises(CourseError, match="num_classes"):
        plain.class_logits(plain(ids))
    judge = Bert(BertConfig(vocab_size=13, num_classes=3, **SMALL))
    assert judge.class_logits(judge(ids)).shape == (1, 3)
    bare = Bert(BertConfig(vocab_size=13, pooler=False, **SMALL))
    with pytest.raises(CourseError, match="pooler=True"):
        bare.pool(bare(ids))


def test_vit_knows_where_a_patch_is() -> None:
    model = shake(ViT(VIT_SIZES))
    images = np.random.default_rng(2).standard_normal((2, 8, 8, 3)).astype("float32")
    logits = model(images).numpy()
    assert logits.shape == (2, 5)
    assert model.features(images).shape == (2, 5, 8)
    swapped = np.concatenate([images[:, 4:], images[:, :4]], axis=1)
    assert np.abs(model(swapped).numpy() - logits).max() > 1e-3
    model.positions.embeddings.assign(tf.zeros_like(model.positions.embeddings))
    np.testing.assert_allclose(model(swapped), model(images), rtol=0, atol=1e-5)


@pytest.mark.parametrize(
    ("kind", "config"), [(GPT2, GPT_SIZES), (Bert, BERT_SIZES), (ViT, VIT_SIZES)]
)
def test_each_is_trained_by_a_compiled_step(kind: type[keras.Model], config: AnyConfig) -> None:
    model = kind(config)
    rng = np.random.default_rng(3)
    x = rng.standard_normal((2, 8, 8, 3)) if isinstance(model, ViT) else rng.integers(0, 11, (2, 6))

    @tf.function
    def slopes(x: tf.Tensor) -> list[tf.Tensor]:
        with tf.GradientTape() as tape:
            y = model(x, training=True)
            loss = tf.reduce_mean(y**2)
        return tape.gradient(loss, model.trainable_variables)

    unused = {"pooler/kernel", "pooler/bias"}
    for weight, slope in zip(model.trainable_variables, slopes(tf.constant(x)), strict=True):
        if weight.path.split("/", 1)[-1] not in unused:
            assert slope is not None, weight.path
            assert np.isfinite(tf.convert_to_tensor(slope)).all(), weight.path


def test_what_does_not_fit_is_refused() -> None:
    with pytest.raises(CourseError, match=r"^This GPT-2 has 9 positions; 10 tokens do not fit\.$"):
        GPT2(GPT_SIZES)(np.zeros((1, 10), int))
    with pytest.raises(CourseError, match="7 positions; 8 tokens"):
        Bert(BERT_SIZES)(np.zeros((1, 8), int))
    with pytest.raises(CourseError, match=r"\(8, 8, 3\), not \(8, 9, 3\)"):
        ViT(VIT_SIZES)(np.zeros((1, 8, 9, 3)))
