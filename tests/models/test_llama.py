"""Llama: every part against a closed form or Keras, the whole against NumPy, the cache, saving."""

from __future__ import annotations

from pathlib import Path

import keras
import numpy as np
import pytest
from keras import ops

from companion.errors import CourseError
from companion.models.generate import Generator
from companion.models.layout import count_parameters
from companion.models.llama import Llama, RMSNorm
from companion.models.llama_attention import GroupedQueryAttention, rotate, rotation
from companion.models.llama_config import LlamaConfig

TINY = LlamaConfig(
    num_layers=2,
    num_heads=6,
    num_kv_heads=2,
    hidden_dim=24,
    intermediate_dim=20,
    vocab_size=31,
    max_sequence_length=40,
    rope_base=100,
)
RNG = np.random.default_rng(0)


def filled(layer: keras.layers.Layer) -> None:
    """Give every weight numbers that are large enough for a mistake to show."""
    for variable in layer.weights:
        variable.assign(RNG.normal(0, 0.3, variable.shape) + ("scale" in variable.name))


@pytest.fixture(scope="module")
def model() -> Llama:
    made = Llama(TINY)
    filled(made)
    return made


def test_norm_is_keras_own() -> None:
    ours, theirs = RMSNorm(1e-5), keras.layers.RMSNormalization(epsilon=1e-5)
    x = RNG.normal(size=(2, 3, 8)).astype("float32")
    for layer in (ours, theirs):
        layer.build(x.shape)
        layer.weights[0].assign(np.arange(8) / 4)
    np.testing.assert_allclose(ours(x), theirs(x), atol=1e-6)


def test_rotation_is_a_turn_of_complex_numbers() -> None:
    x = RNG.normal(size=(2, 5, 8)).astype("float32")
    turn = rotation(ops.arange(5), 8, 100)
    numbers = x[..., ::2] + 1j * x[..., 1::2]
    speeds = 100 ** (-np.arange(4) / 4)
    expected = numbers * np.exp(1j * np.arange(5)[:, None] * speeds)
    turned = np.asarray(rotate(x, turn))
    np.testing.assert_allclose(turned[..., ::2], expected.real, atol=1e-5)
    np.testing.assert_allclose(turned[..., 1::2], expected.imag, atol=1e-5)


def test_products_of_turned_vectors_know_only_the_distance() -> None:
    q, k = RNG.normal(size=(2, 1, 8)).astype("float32")
    near = [
        float(
            np.sum(
                rotate(q, rotation(ops.array([a]), 8, 100))
                * rotate(k, rotation(ops.array([b]), 8, 100))
            )
        )
        for a, b in ((3, 1), (12, 10), (30, 28))
    ]
    np.testing.assert_allclose(near, near[0], atol=1e-4)


def test_attention_is_keras_own_where_nothing_turns() -> None:
    ours = GroupedQueryAttention(6, 2)
    x = RNG.normal(size=(2, 5, 24)).astype("float32")
    ours.build(x.shape)
    filled(ours)
    theirs = keras.layers.GroupQueryAttention(4, 6, 2, use_bias=False)
    theirs(x, x)
    query, key, value, output = (w.numpy() for w in ours.weights)
    theirs.set_weights(
        [
            query.reshape(24, 6, 4),
            key.reshape(24, 2, 4),
            value.reshape(24, 2, 4),
            output.reshape(6, 4, 24),
        ]
    )
    still = (ops.ones((5, 2)), ops.zeros((5, 2)))
    np.testing.assert_allclose(ours(x, still), theirs(x, x, use_causal_mask=True), atol=1e-5)


def in_numpy(model: Llama, ids: np.ndarray) -> np.ndarray:
    """Return the logits ``(..., T, V)`` of texts ``(..., T)``, written without the model's code."""
    c, e = model.config, model.config.head_dim

    def norm(x: np.ndarray, scale: keras.Variable) -> np.ndarray:
        return x / np.sqrt(np.mean(x**2, -1, keepdims=True) + c.layer_norm_epsilon) * scale.numpy()

    def heads(x: np.ndarray, kernel: keras.Variable, turned: bool) -> np.ndarray:
        split = (x @ kernel.numpy()).reshape(*ids.shape, -1, e).swapaxes(-2, -3)
        z = split[..., ::2] + 1j * split[..., 1::2]
        angles = np.arange(ids.shape[-1])[:, None] * c.rope_base ** (-np.arange(0, e, 2) / e)
        z = z * np.exp(1j * angles) if turned else z
        return np.stack([z.real, z.imag], -1).reshape(split.shape)

    x = model.tokens.embeddings.numpy()[ids]
    for block in model.blocks:
        a, inside = block.attention, norm(x, block.attention_norm.scale)
        q = heads(inside, a.query.kernel, True)
        k, v = (
            heads(inside, dense.kernel, turned).repeat(c.num_heads // c.num_kv_heads, axis=-3)
            for dense, turned in ((a.key, True), (a.value, False))
        )
        scores = q @ k.swapaxes(-1, -2) / np.sqrt(e)
        weights = np.exp(np.where(np.tri(ids.shape[-1]), scores, -np.inf))
        mixed = weights / weights.sum(-1, keepdims=True) @ v
        x = x + mixed.swapaxes(-2, -3).reshape(*ids.shape, -1) @ a.output_dense.kernel.numpy()
        inside = norm(x, block.mlp_norm.scale)
        gate = inside @ block.gate.kernel.numpy()
        opened = gate / (1 + np.exp(-gate)) * (inside @ block.expand.kernel.numpy())
        x = x + opened @ block.contract.kernel.numpy()
    out = model.output_dense
    head = model.tokens.embeddings.numpy().T if out is None else out.kernel.numpy()
    return np.asarray(norm(x, model.final_norm.scale) @ head)


@pytest.mark.parametrize("tied_head", [True, False])
def test_logits_equal_those_of_numpy(tied_head: bool) -> None:
    from dataclasses import replace

    model = Llama(replace(TINY, tied_head=tied_head))
    filled(model)
    ids = RNG.integers(31, size=(2, 12))
    expected = in_numpy(model, ids)
    assert np.abs(expected).max() > 1
    np.testing.assert_allclose(model(ids), expected, atol=1e-4)


def test_the_cache_changes_nothing(model: Llama) -> None:
    ids = RNG.integers(31, size=(2, 12))
    whole = np.asarray(model(ids))
    logits, caches = model.call_with_cache(ids[:, :5], model.empty_cache(2, 12), 0)
    np.testing.assert_allclose(logits, whole[:, 4], atol=1e-4)
    for place in range(5, 12):
        logits, caches = model.call_with_cache(ids[:, place : place + 1], caches, place)
        np.testing.assert_allclose(logits, whole[:, place], atol=1e-4)


def test_greedy_writing_is_the_likeliest_token_again_and_again(model: Llama) -> None:
    text = Generator(model)(np.array([3, 1, 4]), 8)
    for place in range(3, 11):
        assert text[place] == np.argmax(model(text[None, :place])[0, -1])


def test_counts_are_those_of_the_made_model_and_of_the_published_ones(model: Llama) -> None:
    assert count_parameters(TINY) == model.count_params()
    published = {
        "smollm2_135m": 134_515_008,
        "smollm2_360m": 361_821_120,
        "smollm2_1700m": 1_711_376_384,
        "llama2_7b": 6_738_415_616,
        "mistral_7b": 7_241_732_096,
    }
    for name, count in published.items():
        assert count_parameters(getattr(LlamaConfig, name)()) == count


def test_saving_and_cloning_keep_the_model(model: Llama, tmp_path: Path) -> None:
    ids = RNG.integers(31, size=(1, 6))
    model.save(tmp_path / "llama.keras")
    loaded = keras.models.load_model(tmp_path / "llama.keras")
    np.testing.assert_allclose(loaded(ids), model(ids), atol=1e-6)
    copy = keras.models.clone_model(model)
    copy.set_weights(model.get_weights())
    np.testing.assert_allclose(copy(ids), model(ids), atol=1e-6)


def test_what_does_not_fit_is_refused(model: Llama) -> None:
    with pytest.raises(CourseError, match="positions"):
        model(np.zeros((1, 41), int))
    with pytest.raises(CourseError, match="room"):
        model.call_with_cache(np.zeros((1, 3), int), model.empty_cache(1, 4), 2)
    with pytest.raises(CourseError, match="multiple"):
        LlamaConfig(num_kv_heads=2)
    with pytest.raises(CourseError, match="even"):
        LlamaConfig(num_heads=1, num_kv_heads=1, hidden_dim=5)
