"""The compiled steps of an epoch, over rows that are held in memory."""

import math
from collections.abc import Callable
from typing import Any

import keras
import numpy as np
import tensorflow as tf

from companion.errors import CourseError

LossFunction = Callable[[Any, Any], Any]
_ROW_NUMBERS = tf.TensorSpec((None, None), tf.int64)


class Runner:
    """The compiled steps over rows that are held in memory."""

    def __init__(
        self,
        model: keras.Model,
        X: np.ndarray,
        y: np.ndarray,
        optimizer: keras.optimizers.Optimizer,
        loss: LossFunction,
        jit_compile: bool,
    ) -> None:
        if model.compute_dtype == "float16":  # small gradients would be nought; fit does the same
            optimizer = keras.optimizers.LossScaleOptimizer(optimizer)
        self.model, self.loss, self.optimizer = model, loss, optimizer
        self.X, self.y = tf.constant(X), tf.constant(y)
        model(self.X[:1])
        optimizer.build(model.trainable_variables)
        self._forgotten = [variable.numpy() for variable in optimizer.variables]
        # One graph for every shape. XLA compiles each shape anew, for seconds: the last, smaller
        # batch and the evaluation run once an epoch and do without.
        self._last_step = tf.function(self._run_steps, [_ROW_NUMBERS], autograph=False)
        self._steps = self._last_step
        if jit_compile:
            self._steps = tf.function(self._run_steps, jit_compile=True, autograph=False)
        self._loss_of = tf.function(self._mean_loss, autograph=False)

    def restart(self, weights: list[np.ndarray]) -> None:
        """Begin anew from other weights; what is compiled stays, and the optimizer forgets."""
        self.model.set_weights(weights)
        for variable, value in zip(self.optimizer.variables, self._forgotten, strict=True):
            variable.assign(value)

    def epoch(self, order: np.ndarray, batch_size: int, number: int) -> float:
        """Run one pass in the given order of rows; return the mean loss a row."""
        full = len(order) // batch_size * batch_size
        total = 0.0
        if full:
            total += float(self._steps(_row_numbers(order[:full], batch_size)))
        if rest := len(order) - full:
            total += float(self._last_step(_row_numbers(order[full:], rest)))
        if not math.isfinite(total):
            raise CourseError(
                f"The loss became {total} in epoch {number + 1}; lower the learning rate or scale "
                "the inputs."
            )
        return total / len(order)

    def evaluate(self, X: np.ndarray, y: np.ndarray) -> float:
        """Return the mean loss on other rows."""
        return float(self._loss_of(tf.constant(X), tf.constant(y)))

    def _run_steps(self, batches: tf.Tensor) -> tf.Tensor:
        def step(i: tf.Tensor, total: tf.Tensor) -> tuple[tf.Tensor, tf.Tensor]:
            rows = batches[i]
            return i + 1, total + self._step(tf.gather(self.X, rows), tf.gather(self.y, rows))

        count, nothing = tf.shape(batches)[0], tf.zeros((), self.model.variable_dtype)
        return tf.while_loop(lambda i, _: i < count, step, (0, nothing))[1]

    def _step(self, X: tf.Tensor, y: tf.Tensor) -> tf.Tensor:
        with tf.GradientTape() as tape:
            mean = self._mean_loss(X, y, training=True)
            scaled = self.optimizer.scale_loss(mean)
        trainable = self.model.trainable_variables
        self.optimizer.apply(tape.gradient(scaled, trainable), trainable)
        return mean * tf.cast(tf.shape(y)[0], mean.dtype)

    def _mean_loss(self, X: tf.Tensor, y: tf.Tensor, training: bool = False) -> tf.Tensor:
        # In mixed precision the loss is computed with as many digits as the weights have.
        prediction = tf.cast(self.model(X, training=training), self.model.variable_dtype)
        return tf.reduce_mean(self.loss(y, prediction))


def _row_numbers(order: np.ndarray, batch_size: int) -> tf.Tensor:
    return tf.constant(order.reshape(-1, batch_size), tf.int64)
