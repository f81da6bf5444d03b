"""First weights, forward and backward of a small network; letters as in the package."""

from collections.abc import Sequence
from itertools import pairwise
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from companion.errors import CourseError

Floats: TypeAlias = NDArray[np.floating[Any]]
Labels: TypeAlias = NDArray[np.integer[Any]]
Layers: TypeAlias = list[list[Floats]]
"""Weights ``(S, d_in, d_out)`` and biases ``(S, 1, d_out)`` of each layer."""


def start(
    widths: Sequence[int], copies: int, rng: np.random.Generator, *, variance: float = 2.0
) -> Layers:
    """Draw first weights with variance 2/d_in (He et al., 2015), and biases of zero.

    The last layer's weights are a tenth as large, so that the first guesses are nearly even and the
    first loss is near log K.

    Args:
        widths: number of inputs, width of each hidden layer, number of classes.
        copies: number of networks, S.
        rng: source of the numbers.
        variance: of hidden layers, times 1/d_in; less than 2 where each adds to what came in.

    Returns:
        One pair of weights and biases a layer.

    Raises:
        CourseError: fewer than two widths, or one below 1.
    """
    if len(widths) < 2 or min(widths) < 1 or copies < 1:
        raise CourseError(
            f"A network needs at least two widths and one copy, all 1 or more, not {widths!r} and "
            f"{copies!r}."
        )
    network = []
    for d_in, d_out in pairwise(widths):
        W = rng.standard_normal((copies, d_in, d_out), dtype=np.float32)
        W *= np.float32(np.sqrt(variance / d_in))
        network.append([W, np.zeros((copies, 1, d_out), np.float32)])
    network[-1][0] *= np.float32(0.1)
    return network


def forward(
    network: Layers, X: Floats, path: Sequence[int] | None = None, *, residual: bool = False
) -> list[Floats]:
    """Send examples through the layers, with ReLU after all but the last.

    Args:
        network: from :func:`start`.
        X: ``(S, B, d)``, or ``(B, d)`` for all copies.
        path: indices of the layers in the order of use; a layer that stands there twice is used
            twice, which makes the network recursive.
        residual: hidden layers as wide as their input add to it (He et al., 2016).

    Returns:
        The inputs, the output of each layer on the path, and last the logits ``(S, B, K)``.
    """
    signals = [X]
    *hidden, last = range(len(network)) if path is None else path
    for layer in hidden:
        W, b = network[layer]
        Z = np.maximum(signals[-1] @ W + b, 0)
        signals.append(signals[-1] + Z if residual and _square(W) else Z)
    W, b = network[last]
    return [*signals, signals[-1] @ W + b]


def cross_entropy(logits: Floats, labels: Labels) -> Floats:
    """Return minus the log-probability of each label, ``(S, B)``, in nats."""
    shifted = logits - logits.max(axis=-1, keepdims=True)
    places = np.broadcast_to(labels, logits.shape[:-1])[..., None]
    own = np.take_along_axis(shifted, places, axis=-1)[..., 0]
    return np.log(np.exp(shifted).sum(axis=-1)) - own


def gradients(
    network: Layers,
    X: Floats,
    labels: Labels,
    path: Sequence[int] | None = None,
    *,
    residual: bool = False,
) -> Layers:
    """Return the gradient of each copy's mean cross-entropy, in the shapes of the weights.

    Args:
        network: from :func:`start`.
        X: examples ``(S, B, d)``.
        labels: classes ``(S, B)``.
        path, residual: as in :func:`forward`; a layer used twice gets the sum of both gradients.
    """
    signals = forward(network, X, path, residual=residual)
    delta = np.exp(signals[-1] - signals[-1].max(axis=-1, keepdims=True))
    delta /= delta.sum(axis=-1, keepdims=True)  # the softmax; SciPy's takes four times as long
    true = np.broadcast_to(labels, delta.shape[:-1]).ravel()
    delta.reshape(true.size, -1)[np.arange(true.size), true] -= 1
    delta /= labels.shape[-1]
    return backward(network, signals, delta, path, residual=residual)


def backward(
    network: Layers,
    signals: list[Floats],
    delta: Floats,
    path: Sequence[int] | None = None,
    *,
    residual: bool = False,
) -> Layers:
    """Return the gradient of any loss, in the shapes of the weights.

    Args:
        network: from :func:`start`.
        signals: from :func:`forward`.
        delta: gradient of the loss by the last signal, in its shape.
        path, residual: as in :func:`forward`.
    """
    slopes = [[np.zeros_like(values) for values in layer] for layer in network]
    steps, below, skips = list(range(len(network)) if path is None else path), delta, False
    for step in reversed(range(len(steps))):
        before, after = signals[step : step + 2]
        W, slope = network[steps[step]][0], slopes[steps[step]]
        if step < len(steps) - 1:
            skips = residual and _square(W)
            delta = below * ((after - before if skips else after) > 0)  # the slope of the ReLU
        slope[0] += np.swapaxes(before, -1, -2) @ delta
        slope[1] += delta.sum(axis=-2, keepdims=True)
        if step:  # nobody asks for the gradient by the inputs
            through = delta @ np.swapaxes(W, -1, -2)
            below = below + through if skips else through
    return slopes


def size(network: Layers) -> int:
    """Return the number of weights and biases of one copy."""
    return sum(values[0].size for layer in network for values in layer)


def _square(W: Floats) -> bool:
    return W.shape[-1] == W.shape[-2]
