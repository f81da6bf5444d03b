"""Training time: Keras' ``fit``, as it comes and tuned, over one compiled call an epoch.

The article's network (8, 64, 64, 1) on 20,000 generated houses in batches of 32, Adam. All see the
same rows in the same order. The tuned ``fit`` has XLA, a whole epoch in each call
(``steps_per_execution``) and a cached pipeline of ready batches. All are compiled before the first
turn, then take turns; each round gives a ratio. The losses are compared in float64, where rounding
cannot hide another formula, and in float32, where it grows with the steps.
"""

from __future__ import annotations

import time
from collections.abc import Callable

import keras
import numpy as np
import tensorflow as tf
from numpy.typing import NDArray

import companion
from companion.data import house_prices
from companion.models.mlp import article_mlp
from companion.training.loop import Runner

BATCH_SIZE = 32
EPOCHS, ROUNDS = 5, 11
Losses = list[float]
Side = Callable[[int], Losses]
Rows = NDArray[np.float64]


def with_fit(X: Rows, y: Rows, tuned: bool = True) -> Side:
    """Return a function that goes on training for some epochs by Keras' own loop."""
    companion.seed(0)
    model, adam = article_mlp(), keras.optimizers.Adam(1e-3)
    floats = keras.config.floatx()
    batches = tf.data.Dataset.from_tensor_slices((X.astype(floats), y.astype(floats)))
    batches = batches.batch(BATCH_SIZE)
    if tuned:
        batches = batches.cache().prefetch(tf.data.AUTOTUNE)
        model.compile(adam, "mse", steps_per_execution=len(batches), jit_compile=True)
    else:
        model.compile(adam, "mse")
    return lambda epochs: model.fit(batches, epochs=epochs, verbose=0).history["loss"]


def compiled(X: Rows, y: Rows) -> Side:
    """Return a function that goes on training by one compiled call an epoch."""
    companion.seed(0)
    adam, mse = keras.optimizers.Adam(1e-3), keras.losses.mean_squared_error
    floats = keras.config.floatx()
    runner = Runner(article_mlp(), X.astype(floats), y.astype(floats), adam, mse, True)
    order = np.arange(len(X))
    return lambda epochs: [runner.epoch(order, BATCH_SIZE, i) for i in range(epochs)]


def seconds(side: Side) -> tuple[float, float]:
    """Return what a side takes for an epoch: seconds on the clock, and of processor time."""
    clock, processor = time.perf_counter(), time.process_time()
    side(EPOCHS)
    return (time.perf_counter() - clock) / EPOCHS, (time.process_time() - processor) / EPOCHS


def gap(ours: Losses, theirs: Losses) -> float:
    """Return the largest relative difference of two lists of losses."""
    return max(abs(a / b - 1) for a, b in zip(ours, theirs, strict=True))


def main() -> None:
    """Print the times, their ratios with the spread, and the largest difference of the losses."""
    table = house_prices()
    X = (table.X - table.X.mean(0)) / table.X.std(0)
    y = ((table.y - table.y.mean()) / table.y.std())[:, None]
    sides = {
        "one compiled call": compiled(X, y),
        "fit, tuned": with_fit(X, y),
        "fit as it comes": with_fit(X, y, tuned=False),
    }
    for side in sides.values():
        side(1)  # compiles
    # One row a round, one column a side; then clock and processor.
    times = np.array([[seconds(side) for side in sides.values()] for _ in range(ROUNDS)])
    for name, mine in zip(sides, times.swapaxes(0, 1), strict=True):
        low, middle, high = np.quantile(mine / times[:, 0], (0.1, 0.5, 0.9), axis=0)
        print(f"{name:18} {1e3 * np.median(mine[:, 0]):6.1f} ms an epoch; ratio", end=" ")
        for i, by in enumerate(("the clock", "processor time")):
            print(f"{middle[i]:5.1f} by {by} ({low[i]:.1f} to {high[i]:.1f})", end="  ")
        print()
    print("In brackets: the range of eight rounds in ten.")
    for precision in ("float32", "float64"):
        keras.config.set_floatx(precision)
        keras.config.set_dtype_policy(precision)
        difference = gap(compiled(X, y)(3), with_fit(X, y)(3))
        print(f"largest relative difference of losses, {precision}: {difference:.0e}")


if __name__ == "__main__":
    main()
