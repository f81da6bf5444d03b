"""Adam, and training in place by it."""

from collections.abc import Callable, Sequence

import numpy as np
from threadpoolctl import threadpool_limits

from companion.errors import CourseError
from companion.training.small.network import Floats, Labels, Layers, gradients


class Adam:
    """Adam (Kingma & Ba, 2015, algorithm 1), as Keras computes it, for the weights of a network."""

    def __init__(self, network: Layers) -> None:
        self.steps = 0
        self.means = [[np.zeros_like(values) for values in layer] for layer in network]
        self.squares = [[np.zeros_like(values) for values in layer] for layer in network]

    def update(self, network: Layers, slopes: Layers, rate: float) -> None:
        """Move all weights in place, by about ``rate`` each."""
        self.steps += 1
        scale = np.float32(rate * np.sqrt(1 - 0.999**self.steps) / (1 - 0.9**self.steps))
        for layer, slope, mean, square in zip(
            network, slopes, self.means, self.squares, strict=True
        ):
            for w, g, m, s in zip(layer, slope, mean, square, strict=True):
                m += np.float32(0.1) * (g - m)
                s += np.float32(0.001) * (g * g - s)
                w -= scale * m / (np.sqrt(s) + np.float32(1e-7))


def learn(
    network: Layers,
    batches: Callable[[], tuple[Floats, Labels]],
    steps: int,
    *,
    rate: float = 3e-3,
    path: Sequence[int] | None = None,
    residual: bool = False,
) -> Layers:
    """Train in place by Adam, and return the network.

    In the second half the rate falls to zero in a straight line.

    Args:
        network: from :func:`start`.
        batches: returns a new batch, examples ``(S, B, d)`` and labels ``(S, B)``.
        steps: number of batches.
        rate: learning rate in the first half.
        path, residual: as in :func:`forward`.

    Raises:
        CourseError: weights that are no longer numbers.
    """
    adam = Adam(network)
    # Products this small lose more by handing work to a second thread than they gain.
    with threadpool_limits(1):
        for step in range(steps):
            X, labels = batches()
            slopes = gradients(network, X, labels, path, residual=residual)
            adam.update(network, slopes, rate * min(1.0, 2 - 2 * (step + 1) / (steps + 1)))
    if not all(np.isfinite(values).all() for layer in network for values in layer):
        raise CourseError("Training ran away; lower the rate or scale the inputs.")
    return network
