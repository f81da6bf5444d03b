"""The order that earns most over sampled demands."""

from typing import Any

import numpy as np

from companion.exercises import mistake
from companion.exercises.compare import called, number


def order(samples, price, cost, salvage):
    served = (price - cost) / (price - salvage)
    return np.quantile(samples, served, method="inverted_cdf")


@mistake("mean of the demand")
def mean(samples, price, cost, salvage):
    return np.mean(samples)


@mistake("salvage")
def no_salvage(samples, price, cost, salvage):
    share = (price - cost) / price
    return np.sort(samples)[int(np.ceil(share * len(samples) - 1e-9)) - 1]


@mistake("other tail")
def turned(samples, price, cost, salvage):
    share = (cost - salvage) / (price - salvage)
    return np.sort(samples)[int(np.ceil(share * len(samples) - 1e-9)) - 1]


@mistake("every demand")
def largest(samples, price, cost, salvage):
    return np.max(samples)


def judge(answer: Any) -> None:
    for seed, price, cost, salvage in ((0, 5.0, 1.0, 0.5), (1, 4.0, 3.0, 1.0), (2, 10.0, 4.0, 3.0)):
        samples = np.random.default_rng(seed).gamma(3.0, 20.0, 41).round(1)

        def best(price: float, cost: float, salvage: float, tried: Any = samples) -> float:
            # Every sampled demand is tried as an order; the money decides.
            sold = np.minimum(tried[:, None], tried[None])
            money = price * sold + salvage * (tried[:, None] - sold) - cost * tried[:, None]
            mean = money.mean(1)
            return float(tried[mean >= mean.max() - 1e-9].min())

        number(
            called(answer, samples, price, cost, salvage, name="order"),
            best(price, cost, salvage),
            causes=[
                (samples.mean(), "that is the mean of the demand; a lost sale costs more or less."),
                (best(price, cost, 0.0), "a piece left over still brings its salvage."),
                (best(price, price + salvage - cost, salvage), "that is the other tail."),
                (samples.max(), "that serves every demand, and throws away too much."),
            ],
            unit="pieces",
            name="order",
        )
