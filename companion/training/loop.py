"""Training with one compiled call an epoch: the same mathematics as ``fit``, much less waiting.

``fit``, as it comes, returns to Python after every batch, which costs a small network far more than
the step; asked for many steps a call, it still draws each batch from a pipeline. Here a whole epoch
is one compiled TensorFlow graph that picks its batches by row number; how much quicker that is,
``benchmarks/multistep_vs_fit.py`` says.
"""

import math
from dataclasses import dataclass, field

import keras
import numpy as np
from numpy.typing import ArrayLike

from companion.errors import CourseError
from companion.progress import watched
from companion.training.runner import LossFunction, Runner


@dataclass
class TrainingLog:
    """What happened, epoch by epoch.

    Attributes:
        loss: mean training loss of each epoch, over its batches, as ``fit`` reports it.
        validation_loss: loss on the validation rows after each epoch; empty without such rows.
        best_epoch: the epoch, from 0, whose weights the model has now.
        interrupted: whether it was stopped before its last epoch.
    """

    loss: list[float] = field(default_factory=list)
    validation_loss: list[float] = field(default_factory=list)
    best_epoch: int = -1
    interrupted: bool = False


def train(
    model: keras.Model,
    X: ArrayLike,
    y: ArrayLike,
    *,
    epochs: int,
    batch_size: int,
    optimizer: keras.optimizers.Optimizer,
    loss: LossFunction = keras.losses.mean_squared_error,
    validation: tuple[ArrayLike, ArrayLike] | None = None,
    shuffle: bool = True,
    seed: int = 0,
    jit_compile: bool = True,
    progress: bool = True,
) -> TrainingLog:
    """Train a model in place, with one compiled call an epoch.

    Args:
        model: a built or buildable Keras model.
        X: inputs, shape ``(rows, …)``; whole numbers (token ids) stay whole numbers.
        y: targets, shape ``(rows, …)``; a vector is taken as one column.
        epochs: passes over the rows.
        batch_size: rows a step; the last, smaller batch of an epoch is used too, as in ``fit``.
        optimizer: a fresh Keras optimizer; its learning rate may be a Keras schedule.
        loss: ``loss(y, prediction)`` with one value a row.
        validation: inputs and targets that choose the best epoch; its weights are put back.
        shuffle: draw a new order of the rows each epoch.
        seed: of those orders.
        jit_compile: compile with XLA.
        progress: show a line while it runs.

    Returns:
        The log. An interrupt (Ctrl-C, or the stop button) ends training early: the model keeps the
        best weights so far, and the log says so.

    Raises:
        CourseError: rows that do not fit together, numbers that are not finite, or a loss that
            stopped being a number; the model then has its best weights so far.
    """
    features, targets = _checked(X, y, batch_size)
    held_out = _checked(*validation, 1) if validation is not None else None
    runner = Runner(model, features, targets, optimizer, loss, jit_compile)
    rng = np.random.default_rng(seed) if shuffle else None
    return _epochs(runner, held_out, epochs, batch_size, rng, progress)


def _epochs(
    runner: Runner,
    held_out: tuple[np.ndarray, np.ndarray] | None,
    epochs: int,
    batch_size: int,
    rng: np.random.Generator | None,
    show: bool,
) -> TrainingLog:
    """Run the epochs, in an order from ``rng`` if there is one; leave the model at its best."""
    log, everything = TrainingLog(), np.arange(runner.X.shape[0])
    best_score, best_weights = math.inf, None
    try:
        with watched(range(epochs), show=show) as line:
            for epoch in line:
                order = everything if rng is None else rng.permutation(len(everything))
                log.loss.append(runner.epoch(order, batch_size, epoch))
                if held_out is not None:
                    log.validation_loss.append(runner.evaluate(*held_out))
                score = log.validation_loss[-1] if held_out is not None else -float(epoch)
                if score < best_score:
                    best_score, log.best_epoch = score, epoch
                    best_weights = runner.model.get_weights()
                line.set_postfix_str(f"loss {log.loss[-1]:.4g}", refresh=False)
    except KeyboardInterrupt:
        log.interrupted = True
    finally:
        if best_weights is not None:
            runner.model.set_weights(best_weights)
    return log


def _checked(X: ArrayLike, y: ArrayLike, batch_size: int) -> tuple[np.ndarray, np.ndarray]:
    features, targets = _as_tensor_type(X), _as_tensor_type(y)
    if targets.ndim == 1:
        targets = targets[:, None]
    if len(features) != len(targets) or not len(features):
        raise CourseError(
            f"Training needs as many targets as rows, and at least one; there are {len(features)} "
            f"rows and {len(targets)} targets."
        )
    if batch_size < 1:
        raise CourseError(f"batch_size should be at least 1, not {batch_size}.")
    for name, values in (("inputs", features), ("targets", targets)):
        if not np.isfinite(values).all():
            raise CourseError(
                f"The {name} hold {np.sum(~np.isfinite(values))} values that are NaN or infinite; "
                "fill them in or remove those rows."
            )
    return features, targets


def _as_tensor_type(values: ArrayLike) -> np.ndarray:
    array = np.asarray(values)
    return array if array.dtype.kind in "iu" else array.astype(keras.config.floatx(), copy=False)
