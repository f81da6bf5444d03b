"""Parts of federated learning: a network for many clients at once, and ways to average.

The network is that of :mod:`companion.training.small` with all weights in one vector, so that the
models of K clients are a matrix ``(K, P)`` and an average is one line. Letters in the shapes: K
clients, B rows of one client, d features.
"""

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from companion.errors import CourseError
from companion.training import small
from companion.training.small.network import Floats, Layers
from companion.training.small.network import Labels as Ints


@dataclass(frozen=True)
class Network:
    """Dense layers with ReLU between them, softmax and cross-entropy at the end.

    Attributes:
        widths: number of inputs, then of the units of each layer.
    """

    widths: tuple[int, ...] = (64, 32, 10)

    @property
    def size(self) -> int:
        """Number of weights and biases, P."""
        return sum((a + 1) * b for a, b in pairwise(self.widths))

    def start(self, seed: int = 0) -> Floats:
        """Draw first weights ``(P,)``: variance 2/inputs (He et al., 2015), biases zero."""
        rng = np.random.default_rng(seed)
        parts = []
        for a, b in pairwise(self.widths):
            parts += [rng.standard_normal(a * b) * np.sqrt(2 / a), np.zeros(b)]
        return np.concatenate(parts)

    def layers(self, weights: Floats) -> Layers:
        """Cut ``(…, P)`` into matrices ``(…, a, b)`` and biases ``(…, 1, b)``, without copying."""
        lead, at, found = weights.shape[:-1], 0, []
        for a, b in pairwise(self.widths):
            W = weights[..., at : at + a * b].reshape(*lead, a, b)
            found.append([W, weights[..., at + a * b : at + (a + 1) * b].reshape(*lead, 1, b)])
            at += (a + 1) * b
        return found

    def activations(self, weights: Floats, X: Floats) -> list[Floats]:
        """Return the input, each hidden layer after its ReLU, and the logits."""
        return small.forward(self.layers(weights), X)

    def gradient(self, weights: Floats, X: Floats, y: Ints) -> Floats:
        """Gradient of the mean cross-entropy, for one client or for all of them at once.

        Args:
            weights: ``(…, P)``, the shape of the gradient too.
            X: inputs ``(…, B, d)``.
            y: classes ``(…, B)``.
        """
        parts = [
            values for layer in small.gradients(self.layers(weights), X, y) for values in layer
        ]
        return np.concatenate([part.reshape(*weights.shape[:-1], -1) for part in parts], axis=-1)

    def loss(self, weights: Floats, X: Floats, y: Ints) -> float:
        """Mean cross-entropy of one model ``(P,)`` on rows ``(B, d)``, in nats."""
        return float(small.cross_entropy(self.activations(weights, X)[-1], y).mean())

    def accuracy(self, weights: Floats, X: Floats, y: Ints) -> float:
        """Share of rows whose largest logit is that of their class."""
        return float((self.activations(weights, X)[-1].argmax(axis=-1) == y).mean())


def local_training(
    network: Network,
    weights: Floats,
    X: Floats,
    y: Ints,
    *,
    epochs: int,
    batch_size: int | None,
    rate: float,
    rng: np.random.Generator,
) -> Floats:
    """Let every client train alone, and return their models, ``(K, P)``.

    "ClientUpdate" of McMahan et al. (2017).

    Args:
        network: the architecture.
        weights: of the server, ``(P,)``, or of each client, ``(K, P)``.
        X: each client's inputs, ``(K, B, d)``: as many rows for each.
        y: each client's classes, ``(K, B)``.
        epochs: passes of each client over its own rows, E.
        batch_size: rows a step; None for all at once.
        rate: learning rate of plain gradient descent.
        rng: of the order of rows, its own for each client and epoch.
    """
    models = np.broadcast_to(weights, (len(X), network.size)).copy()
    rows, size = X.shape[1], batch_size or X.shape[1]
    clients = np.arange(len(X))[:, None]
    for _ in range(epochs):
        order = rng.permuted(np.tile(np.arange(rows), (len(X), 1)), axis=1)
        for start in range(0, rows, size):
            chosen = clients, order[:, start : start + size]
            models -= rate * network.gradient(models, X[chosen], y[chosen])
    return models


def weighted_mean(models: Floats, counts: Ints) -> Floats:
    """Average models ``(K, P)``, each as heavy as its client has rows: FedAvg."""
    return np.asarray(counts / counts.sum() @ models)


def trimmed_mean(models: Floats, trim: int) -> Floats:
    """Average each weight without the ``trim`` smallest and largest values (Yin et al., 2018).

    Args:
        models: ``(K, P)``.
        trim: how many clients may lie without being heard; their number must be below K/2. With
            ``(K - 1) // 2`` the result is the median of each weight.

    Raises:
        CourseError: nothing would be left.
    """
    if not 0 <= 2 * trim < len(models):
        raise CourseError(
            f"Trimming {trim} values at each end leaves none of {len(models)}; trim fewer than "
            "half."
        )
    return np.asarray(np.sort(models, axis=0)[trim : len(models) - trim].mean(axis=0))
