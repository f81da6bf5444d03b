"""The network of chapter 5 as one call: columns, scaling, ensemble, schedule, averaging."""

from __future__ import annotations

from dataclasses import dataclass

import keras
import numpy as np

from companion.data.housing_features import HousingFeatures
from companion.data.splits import Split
from companion.data.table import Floats, Table
from companion.models.mlp import each_member, mlp_ensemble
from companion.training.loop import train

BATCH_SIZE = 256
LEARNING_RATE = 2e-3
WARMUP_STEPS = 100


@dataclass(frozen=True)
class HousingNetwork:
    """A trained ensemble with the columns and the scale that it needs.

    Attributes:
        features: the columns, fitted on the training rows.
        model: the ensemble.
        centre: mean training price, dollars.
        spread: standard deviation of the training prices, dollars.
    """

    features: HousingFeatures
    model: keras.Model
    centre: float
    spread: float

    def predict(self, X: Floats) -> Floats:
        """Return the mean guess of the members, shape ``(rows,)``, in dollars.

        Args:
            X: inputs, shape ``(rows, 8)``.
        """
        guesses = np.asarray(self.model(self.features.transform(X)), np.float64)
        return np.asarray(guesses.mean(axis=1) * self.spread + self.centre)


def fit_housing(
    table: Table,
    split: Split,
    *,
    epochs: int = 16,
    hidden_dims: tuple[int, ...] = (192, 192, 192),
    seed: int = 0,
) -> HousingNetwork:
    """Train the ensemble on the training rows; the validation rows choose the epoch.

    Args:
        table: houses, prices in dollars.
        split: rows for training and validation; its test rows are not looked at.
        epochs: passes over the training rows.
        hidden_dims: widths of the hidden layers of each of the four members.
        seed: of the initial weights and of the order of the rows.
    """
    X, y = table.X, table.y
    features = HousingFeatures().fit(X[split.train], y[split.train])
    centre, spread = float(y[split.train].mean()), float(y[split.train].std())
    keras.utils.set_random_seed(seed)
    model = mlp_ensemble(
        features.training.shape[1], num_members=4, hidden_dims=hidden_dims, dropout=0.2
    )
    steps = epochs * -(-len(split.train) // BATCH_SIZE)
    rate = keras.optimizers.schedules.CosineDecay(
        LEARNING_RATE / 100,
        max(steps - WARMUP_STEPS, 1),
        warmup_target=LEARNING_RATE,
        warmup_steps=WARMUP_STEPS,
    )
    train(
        model,
        features.training,
        (y[split.train] - centre) / spread,
        epochs=epochs,
        batch_size=BATCH_SIZE,
        optimizer=keras.optimizers.AdamW(rate, weight_decay=0.02),
        loss=each_member(keras.losses.mean_squared_error),
        validation=(
            features.transform(X[split.validation]),
            (y[split.validation] - centre) / spread,
        ),
        averaging=0.995,
        seed=seed,
        jit_compile=False,  # these products are large: compiling them costs more than it saves
    )
    return HousingNetwork(features, model, centre, spread)
