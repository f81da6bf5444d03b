"""The server's average, each example counting the same."""

from typing import Any

import numpy as np

from companion.exercises import mistake
from companion.exercises.compare import array, called


def server_average(models, counts):
    shares = counts / counts.sum()
    return shares @ models


@mistake("alike")
def equal(models, counts):
    return models.mean(axis=0)


@mistake("not divided")
def a_sum(models, counts):
    return counts @ models


@mistake("not of clients")
def divided_by_clients(models, counts):
    return counts @ models / len(counts)


@mistake("small clients")
def inverse(models, counts):
    return (1 / counts) @ models / (1 / counts).sum()


def judge(answer: Any) -> None:
    rng = np.random.default_rng(0)
    for counts in ([1, 4, 2], [7, 7], [30, 1, 1, 8]):
        models, sizes = rng.standard_normal((len(counts), 5)), np.array(counts)
        pooled = [m for m, c in zip(models, counts, strict=True) for _ in range(c)]
        expected = np.stack(pooled).mean(axis=0)  # one row an example, all alike
        total = np.stack(pooled).sum(axis=0)
        small = np.average(models, axis=0, weights=[1 / c for c in counts])
        unequal = len(set(counts)) > 1
        array(
            called(answer, models, sizes, name="server_average"),
            expected,
            causes=[
                (total, "that is a sum, not divided by the number of examples."),
                (total / len(counts), "divide by the number of examples, not of clients."),
                *(
                    [
                        (
                            models.sum(axis=0) / len(counts),
                            "all clients count alike; those with more examples should count more.",
                        ),
                        (small, "small clients count more than large ones."),
                    ]
                    if unequal
                    else []
                ),
            ],
            name=f"server_average for counts {counts}",
        )
