"""Training time: Keras' ``fit`` over the time of one compiled call an epoch, same losses.

The article's network (8, 64, 64, 1) on 20,000 generated houses in batches of 32, Adam. Both runs
see the same rows in the same order. Times leave out the compiling: each is the difference of a long
and a short run. The losses are compared in float64, where rounding cannot hide another formula, and
in float32, where it grows with the steps.
"""

from __future__ import annotations

import time

import keras
import numpy as np
from numpy.typing import NDArray

import companion
from companion.data import house_prices
from companion.models.mlp import article_mlp
from companion.training.loop import train

Losses = list[float]
FIT_EPOCHS = 4
COMPILED_EPOCHS = 200


def with_fit(X: NDArray[np.float64], y: NDArray[np.float64], epochs: int) -> tuple[Losses, float]:
    """Return the losses and the seconds of Keras' own loop."""
    companion.seed(0)
    model = article_mlp()
    model.compile(optimizer=keras.optimizers.Adam(1e-3), loss="mse")
    start = time.perf_counter()
    history = model.fit(X, y, epochs=epochs, batch_size=32, shuffle=False, verbose=0)
    return history.history["loss"], time.perf_counter() - start


def compiled(X: NDArray[np.float64], y: NDArray[np.float64], epochs: int) -> tuple[Losses, float]:
    """Return the losses and the seconds of one compiled call an epoch."""
    companion.seed(0)
    start = time.perf_counter()
    adam = keras.optimizers.Adam(1e-3)
    history = train(
        article_mlp(), X, y, epochs=epochs, batch_size=32, optimizer=adam, shuffle=False,
        progress=False,
    )  # fmt: skip
    return history.loss, time.perf_counter() - start


def gap(ours: Losses, theirs: Losses) -> float:
    """Return the largest relative difference of two lists of losses."""
    return max(abs(a / b - 1) for a, b in zip(ours, theirs, strict=True))


def main() -> None:
    """Print both times, their ratio, and the largest difference of the losses."""
    table = house_prices()
    X = (table.X - table.X.mean(0)) / table.X.std(0)
    y = (table.y - table.y.mean()) / table.y.std()
    fit_seconds = (with_fit(X, y, FIT_EPOCHS + 1)[1] - with_fit(X, y, 1)[1]) / FIT_EPOCHS
    long, short = compiled(X, y, COMPILED_EPOCHS + 1)[1], compiled(X, y, 1)[1]
    our_seconds = (long - short) / COMPILED_EPOCHS
    print(f"seconds an epoch: fit {fit_seconds:.3f}, one compiled call {our_seconds:.4f}")
    print(
        f"ratio {fit_seconds / our_seconds:.1f}; compiling takes {short - our_seconds:.1f} s once"
    )
    for precision in ("float32", "float64"):
        keras.config.set_floatx(precision)
        keras.config.set_dtype_policy(precision)
        difference = gap(compiled(X, y, 3)[0], with_fit(X, y, 3)[0])
        print(f"largest relative difference of losses, {precision}: {difference:.0e}")


if __name__ == "__main__":
    main()
