"""Each written-out layer against Keras' own, with the same weights: values and gradients."""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf

import companion
from companion.models.attention import SelfAttention, attention_weights, causal_mask
from companion.models.block import TransformerBlock
from companion.models.layers import LayerNorm, gelu, normal_rows
from companion.models.vit import PatchEmbedding

B, T, D, HEADS = 2, 5, 12, 3
WITHIN = {"rtol": 0, "atol": 1e-5}


@pytest.fixture
def x() -> tf.Tensor:
    companion.seed(0)
    return tf.constant(np.random.default_rng(1).standard_normal((B, T, D)), "float32")


def shake(layer: keras.layers.Layer) -> None:
    """Give every weight, biases included, a value of its own."""
    rng = np.random.default_rng(2)
    layer.set_weights([rng.normal(0.1, 0.5, w.shape) for w in layer.get_weights()])


def gradients(function: object, x: tf.Tensor, *variables: tf.Variable) -> list[tf.Tensor]:
    with tf.GradientTape() as tape:
        tape.watch(x)
        loss = tf.reduce_sum(tf.sin(function(x)))  # type: ignore[operator]
    return tape.gradient(loss, [x, *variables])


def test_the_causal_mask_shows_the_past_and_the_present() -> None:
    assert causal_mask(3, 3).numpy().tolist() == np.tri(3, dtype=bool).tolist()
    assert causal_mask(2, 5, start=2).numpy().tolist() == np.tri(2, 5, k=2, dtype=bool).tolist()


def test_attention_weights_are_a_closed_form() -> None:
    q = np.array([[1.0, 0.0]], "float32")
    k = np.array([[np.sqrt(2) * np.log(3), 5.0], [0.0, -7.0]], "float32")
    np.testing.assert_allclose(attention_weights(q, k), [[0.75, 0.25]], **WITHIN)
    hidden = attention_weights(q, k, np.array([[False, True]])).numpy()
    assert hidden.tolist() == [[0.0, 1.0]]
    # Nothing to look at: equal weights, not NaN, in half precision too.
    nothing = attention_weights(q.astype("float16"), k.astype("float16"), np.zeros((1, 2), bool))
    assert nothing.numpy().tolist() == [[0.5, 0.5]]


@pytest.mark.parametrize("masked", [False, True])
def test_self_attention_is_keras_own(x: tf.Tensor, masked: bool) -> None:
    ours = SelfAttention(HEADS)
    ours.build(x.shape)
    shake(ours)
    theirs = keras.layers.MultiHeadAttention(HEADS, D // HEADS)
    theirs.build(x.shape, x.shape)
    qkv, qkv_bias, output, output_bias = ours.get_weights()
    weights = []
    for kernel, bias in zip(np.split(qkv, 3, axis=1), np.split(qkv_bias, 3), strict=True):
        weights += [kernel.reshape(D, HEADS, -1), bias.reshape(HEADS, -1)]
    theirs.set_weights([*weights, output.reshape(HEADS, -1, D), output_bias])
    mask = causal_mask(T, T) if masked else None

    def reference(x: tf.Tensor) -> tf.Tensor:
        return theirs(x, x, attention_mask=None if mask is None else mask[None])

    np.testing.assert_allclose(ours(x, attention_mask=mask), reference(x), **WITHIN)
    mine = gradients(
        lambda x: ours(x, attention_mask=mask), x, ours.output_dense.kernel, ours.qkv.kernel
    )
    other = gradients(
        reference, x, theirs.output_dense.kernel, *(theirs.weights[i] for i in (0, 2, 4))
    )
    np.testing.assert_allclose(mine[0], other[0], **WITHIN)
    np.testing.assert_allclose(mine[1], tf.reshape(other[1], (D, D)), **WITHIN)
    joined = tf.concat([tf.reshape(g, (D, D)) for g in other[2:]], axis=1)
    np.testing.assert_allclose(mine[2], joined, **WITHIN)


def test_reading_with_a_cache_is_reading_at_once(x: tf.Tensor) -> None:
    layer = SelfAttention(HEADS)
    layer.build(x.shape)
    shake(layer)
    empty = tf.fill((B, HEADS, T + 2, D // HEADS), 9.0)
    first, cache = layer.call_with_cache(x[:, :3], (empty, empty), 0)
    fourth, cache = layer.call_with_cache(x[:, 3:4], cache, 3)
    last, _ = layer.call_with_cache(x[:, 4:], cache, 4)
    whole = layer(x, attention_mask=causal_mask(T, T))
    np.testing.assert_allclose(tf.concat([first, fourth, last], axis=1), whole, **WITHIN)


def test_dropout_acts_on_the_attention_weights_in_training_only(x: tf.Tensor) -> None:
    layer = SelfAttention(HEADS, dropout=0.5)
    layer.build(x.shape)
    shake(layer)
    assert np.abs(layer(x, training=True) - layer(x)).max() > 1e-2
    np.testing.assert_array_equal(layer(x), layer(x))


def test_layer_norm_is_keras_own(x: tf.Tensor) -> None:
    ours, theirs = LayerNorm(1e-5), keras.layers.LayerNormalization(epsilon=1e-5)
    for layer in (ours, theirs):
        layer.build(x.shape)
        shake(layer)
    np.testing.assert_allclose(ours(x), theirs(x), **WITHIN)
    mine = gradients(ours, x, ours.scale, ours.shift)
    other = gradients(theirs, x, theirs.gamma, theirs.beta)
    for a, b in zip(mine, other, strict=True):
        np.testing.assert_allclose(a, b, **WITHIN)


def test_layer_norm_takes_its_sums_in_single_precision() -> None:
    x = np.array([[300.0, -300.0, 100.0, 0.0]], "float16")  # 300² is infinite in float16
    layer = LayerNorm(1e-5, dtype="float16")
    plain = (x.astype("float64") - x.mean()) / x.astype("float64").std()
    np.testing.assert_allclose(layer(x), plain, atol=2e-3)


@pytest.mark.parametrize(("form", "approximate"), [("exact", False), ("tanh", True)])
def test_gelu_is_keras_own(form: str, approximate: bool) -> None:
    x = tf.linspace(-6.0, 6.0, 241)
    theirs = keras.activations.gelu(x, approximate=approximate)
    np.testing.assert_allclose(gelu(x, form), theirs, rtol=0, atol=1e-6)  # type: ignore[arg-type]


def test_gelu_slopes_are_finite_differences() -> None:
    x, step = tf.linspace(tf.constant(-3.0, "float64"), 3.0, 25), 1e-5
    for form in ("exact", "tanh"):
        with tf.GradientTape() as tape:
            tape.watch(x)
            y = gelu(x, form)  # type: ignore[arg-type]
        slopes = (gelu(x + step, form) - gelu(x - step, form)) / (2 * step)  # type: ignore[arg-type]
        np.testing.assert_allclose(tape.gradient(y, x), slopes, rtol=0, atol=1e-9)


def test_patch_embedding_is_a_strided_convolution() -> None:
    companion.seed(0)
    images = tf.constant(np.random.default_rng(3).standard_normal((B, 8, 12, 3)), "float32")
    ours, theirs = PatchEmbedding(4, D), keras.layers.Conv2D(D, 4, strides=4)
    for layer in (ours, theirs):
        layer.build(images.shape)
    shake(ours)
    kernel, bias = ours.get_weights()
    theirs.set_weights([kernel.reshape(4, 4, 3, D), bias])
    np.testing.assert_allclose(ours(images), tf.reshape(theirs(images), (B, 6, D)), **WITHIN)
    mine = gradients(ours, images, ours.dense.kernel)
    other = gradients(lambda x: tf.reshape(theirs(x), (B, 6, D)), images, theirs.kernel)
    np.testing.assert_allclose(mine[0], other[0], **WITHIN)
    np.testing.assert_allclose(mine[1], tf.reshape(other[1], (-1, D)), **WITHIN)


@pytest.mark.parametrize("norm_first", [False, True])
def test_the_block_is_the_published_order_of_its_parts(x: tf.Tensor, norm_first: bool) -> None:
    block = TransformerBlock(
        HEADS, 20, norm_first=norm_first, gelu_form="tanh", dropout=0.3, epsilon=1e-5
    )
    block.build(x.shape)
    shake(block)
    mask = causal_mask(T, T)

    def mlp(x: tf.Tensor) -> tf.Tensor:
        return block.contract(keras.activations.gelu(block.expand(x), approximate=True))

    if norm_first:
        middle = x + block.attention(block.attention_norm(x), attention_mask=mask)
        expected = middle + mlp(block.mlp_norm(middle))
    else:
        middle = block.attention_norm(x + block.attention(x, attention_mask=mask))
        expected = block.mlp_norm(middle + mlp(middle))
    np.testing.assert_allclose(block(x, attention_mask=mask), expected, **WITHIN)
    empty = tf.zeros((B, HEADS, T, D // HEADS))
    cached, _ = block.call_with_cache(x, (empty, empty), 0)
    np.testing.assert_allclose(cached, expected, **WITHIN)
    assert np.abs(block(x, attention_mask=mask, training=True) - expected).max() > 1e-2
    assert block.count_params() == 4 * (D * D + D) + 2 * D * 20 + 20 + D + 4 * D


def test_first_weights_spread_as_the_paper_says(x: tf.Tensor) -> None:
    """GPT-2 begins at 0.02, and at less where a block writes to the sum."""
    block = TransformerBlock(
        HEADS, 400, norm_first=True, gelu_form="tanh", dropout=0.0, epsilon=1e-5, output_stddev=0.01
    )
    wide = tf.zeros((1, 2, 240))
    block(wide)
    patches = PatchEmbedding(4, 200)
    patches(tf.zeros((1, 8, 8, 3)))
    for kernel, spread in (
        (block.expand.kernel, 0.02),
        (block.contract.kernel, 0.01),
        (normal_rows((300, 100)), 0.02),
        (patches.dense.kernel, 0.02),
    ):
        assert np.std(kernel.numpy()) == pytest.approx(spread, rel=0.05)
