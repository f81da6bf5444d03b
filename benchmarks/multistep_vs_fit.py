"""Training time: Keras' ``fit`` over the time of one compiled call an epoch, same losses.

The article's network (8, 64, 64, 1) on 20,000 generated houses in batches of 32, Adam. Both runs
see the same rows in the same order; each is timed after a first epoch that compiles it.
"""

from __future__ import annotations

import time

import keras
import numpy as np

import companion
from companion.data import house_prices
from companion.models.mlp import article_mlp
from companion.training.loop import train

EPOCHS = 5


def main() -> None:
    """Print both times, their ratio, and the largest difference of the losses."""
    table = house_prices()
    X = (table.X - table.X.mean(0)) / table.X.std(0)
    y = (table.y - table.y.mean()) / table.y.std()
    companion.seed(0)
    ours, theirs = article_mlp(), article_mlp()
    theirs.set_weights(ours.get_weights())
    start_weights = ours.get_weights()
    theirs.compile(optimizer=keras.optimizers.Adam(1e-3), loss="mse")
    theirs.fit(X, y, epochs=1, batch_size=32, shuffle=False, verbose=0)
    start = time.perf_counter()
    fitted = theirs.fit(X, y, epochs=EPOCHS, batch_size=32, shuffle=False, verbose=0)
    fit_seconds = (time.perf_counter() - start) / EPOCHS

    def compiled(epochs: int) -> tuple[list[float], float]:
        ours.set_weights(start_weights)
        adam = keras.optimizers.Adam(1e-3)
        began = time.perf_counter()
        history = train(
            ours, X, y, epochs=epochs, batch_size=32, optimizer=adam, shuffle=False, progress=False
        )
        return history.loss, time.perf_counter() - began

    _, first = compiled(1)
    losses, all_epochs = compiled(1 + EPOCHS * 4)
    our_seconds = (all_epochs - first) / (EPOCHS * 4)
    gap = max(
        abs(a / b - 1) for a, b in zip(losses[1 : 1 + EPOCHS], fitted.history["loss"], strict=True)
    )
    print(f"seconds an epoch: fit {fit_seconds:.3f}, one compiled call {our_seconds:.4f}")
    print(f"ratio {fit_seconds / our_seconds:.1f}, largest relative difference of losses {gap:.0e}")
    print(f"compiling takes {first - our_seconds:.1f} s once; numpy {np.__version__}")


if __name__ == "__main__":
    main()
