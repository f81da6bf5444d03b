"""Where federated averaging of quadratic losses comes to rest."""

from typing import Any

import numpy as np

from companion.exercises import mistake
from companion.exercises.compare import called, number, unlike


def resting_point(a, c, counts, rate, steps):
    moved = 1 - (1 - rate * a) ** steps
    return (counts * moved * c).sum() / (counts * moved).sum()


@mistake("minimum of the pooled loss")
def pooled(a, c, counts, rate, steps):
    return (counts * a * c).sum() / (counts * a).sum()


@mistake("as if every client arrived")
def arrived(a, c, counts, rate, steps):
    return (counts * c).sum() / counts.sum()


@mistake("what is left of the way")
def remaining(a, c, counts, rate, steps):
    left = (1 - rate * a) ** steps
    return (counts * left * c).sum() / (counts * left).sum()


@mistake("clients count alike")
def uncounted(a, c, counts, rate, steps):
    moved = 1 - (1 - rate * a) ** steps
    return (moved * c).sum() / moved.sum()


def judge(answer: Any) -> None:
    rng = np.random.default_rng(0)
    for clients, steps in ((2, 1), (2, 50), (3, 5), (4, 3)):
        a, c = rng.uniform(0.5, 10, clients), rng.standard_normal(clients)
        counts, rate = rng.integers(1, 9, clients), 0.05
        theta, before = 0.0, None
        while theta != before:  # rounds, played out until nothing moves
            before = theta
            ends = np.full(clients, theta)
            for _ in range(steps):
                ends = ends - rate * a * (ends - c)
            theta = float(np.average(ends, weights=counts))
        left, moved = (1 - rate * a) ** steps, 1 - (1 - rate * a) ** steps
        causes = unlike(
            theta,
            (np.average(c, weights=counts * a), "that is the minimum of the pooled loss."),
            (np.average(c, weights=counts), "that counts as if every client arrived at its own."),
            (
                np.average(c, weights=counts * left),
                "weigh by the way made, not what is left of the way.",
            ),
            (
                np.average(c, weights=moved),
                "all clients count alike; weigh them by their examples.",
            ),
        )
        number(
            called(answer, a, c, counts, rate, steps, name="resting_point"),
            theta,
            causes=causes,
            rtol=1e-6,
            name=f"resting_point of {clients} clients with {steps} steps",
        )
