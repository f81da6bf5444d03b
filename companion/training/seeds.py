"""The article's network, trained from many seeds and on many versions of its data at once.

A small network leaves a processor idle: starting an operation takes longer than computing it. So
the weights of all runs are stacked, and one operation serves all of them. A test holds the result
against :func:`companion.training.train`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf
from numpy.typing import ArrayLike, NDArray

from companion.errors import CourseError
from companion.progress import watched

Array = NDArray[np.float32]
SIZES = (64, 32, 1)
RATE, DECAYS, EPSILON = 1e-3, (0.9, 0.999), 1e-7  # Adam as Keras has it


@dataclass(frozen=True)
class Stack:
    """Trained networks 8-64-32-1 with ReLU, one for each arm and seed.

    Attributes:
        weights: matrices and biases in turn, each of shape ``(arms, seeds, …)``.
    """

    weights: list[Array]

    def predict(self, X: ArrayLike) -> NDArray[np.float64]:
        """Return what each network says, shape ``(arms, seeds, rows)``.

        Args:
            X: inputs, shape ``(rows, columns)``, or ``(arms, rows, columns)``: to each arm its own.
        """
        h = np.asarray(X, np.float32)
        h = h[:, None] if h.ndim == 3 else h
        for i in range(0, len(self.weights), 2):
            h = h @ self.weights[i] + self.weights[i + 1]
            h = np.maximum(h, 0) if i + 2 < len(self.weights) else h
        return h[..., 0].astype(np.float64)


def train_stack(
    X: ArrayLike,
    y: ArrayLike,
    seeds: Sequence[int],
    *,
    epochs: int = 100,
    batch_size: int = 32,
    show: bool = True,
) -> Stack:
    """Train the article's network by Adam on the squared error, once an arm and seed.

    Args:
        X: inputs, shape ``(arms, rows, columns)``; an arm is one version of the data.
        y: targets, shape ``(arms, rows)``.
        seeds: of the first weights and of the order of the rows; the same for all arms.
        epochs: passes over the rows.
        batch_size: rows a step; rows that do not fill a batch wait for the next epoch.
        show: a line of progress where someone looks.

    Raises:
        CourseError: shapes that do not fit together.
    """
    inputs, targets = np.asarray(X, np.float32), np.asarray(y, np.float32)
    if inputs.ndim != 3 or targets.shape != inputs.shape[:2] or inputs.shape[1] < batch_size:
        raise CourseError(
            "A stack takes X of shape (arms, rows, columns), y of shape (arms, rows) and a batch "
            f"at least, not {inputs.shape} and {targets.shape}."
        )
    arms, rows, columns = inputs.shape
    rngs = [np.random.default_rng(seed) for seed in seeds]
    state = _start(rngs, arms, columns)
    table = tf.constant(inputs.reshape(-1, columns)), tf.constant(targets.reshape(-1, 1))
    offset = np.repeat(np.arange(arms) * rows, len(rngs))[:, None]
    full = rows // batch_size * batch_size
    for _ in watched(range(epochs), show=show):
        order = np.tile([rng.permutation(rows)[:full] for rng in rngs], (arms, 1)) + offset
        batches = order.reshape(len(offset), -1, batch_size).swapaxes(0, 1)
        state = _epoch(*table, tf.constant(batches, tf.int32), *state)
    return Stack([w.numpy().reshape(arms, len(rngs), *w.shape[1:]) for w in state[0]])


def _start(rngs: list[np.random.Generator], arms: int, columns: int) -> tuple[Any, ...]:
    """Draw Keras' first weights (Glorot's uniform ones, biases 0); return Adam's state."""
    weights, above = [], columns
    for below in SIZES:
        limit = np.sqrt(6 / (above + below))
        drawn = np.stack([rng.uniform(-limit, limit, (above, below)) for rng in rngs])
        weights += [np.tile(drawn, (arms, 1, 1)), np.zeros((arms * len(rngs), 1, below))]
        above = below
    tensors = [tf.constant(w, tf.float32) for w in weights]
    return tensors, [0 * w for w in tensors], [0 * w for w in tensors], tf.constant(0.0)


@tf.function(jit_compile=True)
def _epoch(X: Any, y: Any, batches: Any, weights: Any, means: Any, squares: Any, steps: Any) -> Any:
    """Run one pass, a step a batch, for all runs."""

    def step(k: Any, weights: Any, means: Any, squares: Any, t: Any) -> Any:
        t += 1.0
        gradients = _gradients(tf.gather(X, batches[k]), tf.gather(y, batches[k]), weights)
        means = [m + (1 - DECAYS[0]) * (g - m) for g, m in zip(gradients, means, strict=True)]
        squares = [
            s + (1 - DECAYS[1]) * (g * g - s) for g, s in zip(gradients, squares, strict=True)
        ]
        rate = RATE * tf.sqrt(1 - DECAYS[1] ** t) / (1 - DECAYS[0] ** t)
        weights = [
            w - rate * m / (tf.sqrt(s) + EPSILON)
            for w, m, s in zip(weights, means, squares, strict=True)
        ]
        return k + 1, weights, means, squares, t

    count = tf.shape(batches)[0]
    state = (0, weights, means, squares, steps)
    return tf.while_loop(lambda k, *_: k < count, step, state)[1:]


def _gradients(x: Any, y: Any, weights: Any) -> list[Any]:
    """Back-propagate the mean squared error of a batch; see chapter 4."""
    kept = [x]
    for W, b in zip(weights[:-2:2], weights[1:-2:2], strict=True):
        kept.append(tf.nn.relu(kept[-1] @ W + b))
    delta = 2 * (kept[-1] @ weights[-2] + weights[-1] - y) / y.shape[1]
    found: list[Any] = []
    for layer in reversed(range(len(kept))):
        found = [
            tf.matmul(kept[layer], delta, transpose_a=True),
            tf.reduce_sum(delta, 1, True),
            *found,
        ]
        if layer:
            back = tf.matmul(delta, weights[2 * layer], transpose_b=True)
            delta = back * tf.cast(kept[layer] > 0, back.dtype)
    return found
