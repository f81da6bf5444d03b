"""The classifier is BERT and one dense layer, blind to padding, and it learns."""

from __future__ import annotations

import keras
import numpy as np

from companion.models.config import BertConfig
from companion.models.text_classifier import TextClassifier, yes_no_loss
from companion.training.loop import train

TINY = BertConfig(
    vocab_size=7,
    max_sequence_length=6,
    hidden_dim=16,
    num_layers=1,
    num_heads=2,
    intermediate_dim=16,
    dropout=0.0,
)
IDS = np.random.default_rng(0).integers(1, 6, (64, 6)).astype("int32")


def test_scores_are_encoder_pooler_and_head() -> None:
    keras.utils.set_random_seed(0)
    model = TextClassifier(TINY)
    by_hand = model.encoder.pool(model.encoder(IDS)) @ model.head.kernel + model.head.bias
    np.testing.assert_allclose(model.scores(IDS, batch_size=10), by_hand[:, 0], atol=1e-5)
    assert model.count_params() == model.encoder.count_params() + 16 + 1


def test_padding_changes_nothing() -> None:
    keras.utils.set_random_seed(0)
    model = TextClassifier(TINY, padding=0)
    padded = np.pad(IDS[:, :4], ((0, 0), (0, 2)))
    np.testing.assert_allclose(model.scores(padded), model.scores(IDS[:, :4]), atol=1e-5)
    assert np.abs(TextClassifier(TINY).scores(padded) - model.scores(padded)).max() > 1e-4


def test_loss_is_the_logarithm_of_the_probability_given_to_the_truth() -> None:
    y, z = np.array([[1.0], [0.0]]), np.array([[2.0], [2.0]])
    right = [np.log1p(np.exp(-2.0)), np.log1p(np.exp(2.0))]
    np.testing.assert_allclose(yes_no_loss(y, z), right, rtol=1e-5)


def test_it_learns_whether_a_token_stands_in_the_text() -> None:
    keras.utils.set_random_seed(0)
    y = (IDS == 3).any(axis=1).astype("float32")
    model = TextClassifier(TINY)
    history = train(
        model,
        IDS,
        y,
        epochs=30,
        batch_size=32,
        optimizer=keras.optimizers.Adam(0.02),
        loss=yes_no_loss,
        jit_compile=False,
        progress=False,
    )
    assert history.loss[-1] < 0.3 * history.loss[0]
