"""A forecast tried on models that are already there."""

from typing import Any

import numpy as np

from companion.exercises import mistake
from companion.exercises.compare import array, called


def backtest(sizes, excess, hidden):
    known = len(sizes) - hidden
    line = np.polyfit(np.log(sizes[:known]), np.log(excess[:known]), 1)
    return excess[known:] / np.exp(np.polyval(line, np.log(sizes[known:])))


@mistake("saw the runs that it should foretell")
def fitted_to_all(sizes, excess, hidden):
    line = np.polyfit(np.log(sizes), np.log(excess), 1)
    return (excess / np.exp(np.polyval(line, np.log(sizes))))[len(sizes) - hidden :]


@mistake("the other way round")
def turned(sizes, excess, hidden):
    known = len(sizes) - hidden
    line = np.polyfit(np.log(sizes[:known]), np.log(excess[:known]), 1)
    return np.exp(np.polyval(line, np.log(sizes[known:]))) / excess[known:]


@mistake("a straight line in the sizes themselves")
def no_logs(sizes, excess, hidden):
    known = len(sizes) - hidden
    line = np.polyfit(sizes[:known], excess[:known], 1)
    return excess[known:] / np.polyval(line, sizes[known:])


@mistake("hides the smallest")
def hid_the_small(sizes, excess, hidden):
    line = np.polyfit(np.log(sizes[hidden:]), np.log(excess[hidden:]), 1)
    return excess[:hidden] / np.exp(np.polyval(line, np.log(sizes[:hidden])))


def judge(answer: Any) -> None:
    rng = np.random.default_rng(0)
    for count, hidden in ((5, 1), (6, 2), (8, 3)):
        sizes = np.sort(rng.uniform(1e3, 1e6, count))
        excess = 50 * sizes**-0.4 * np.exp(0.2 * rng.standard_normal(count))
        x, y = np.log(sizes), np.log(excess)

        def off(rows: Any, x: Any = x, y: Any = y) -> Any:
            """Measured over the least-squares line through some of the points."""
            centre = x[rows] - x[rows].mean()
            slope = (centre * y[rows]).sum() / (centre**2).sum()
            return np.exp(y - y[rows].mean() - slope * (x - x[rows].mean()))

        known, every = np.arange(count - hidden), np.arange(count)
        right = off(known)[-hidden:]
        u, v = sizes[known], excess[known]
        slope = ((u - u.mean()) * v).sum() / ((u - u.mean()) ** 2).sum()
        straight = v.mean() + slope * (sizes - u.mean())
        array(
            called(answer, sizes, excess, hidden, name="backtest"),
            right,
            causes=[
                (off(every)[-hidden:], "the fit saw the runs that it should foretell."),
                (1 / right, "that is the other way round: measured over forecast."),
                (
                    (excess / straight)[-hidden:],
                    "that fits a straight line in the sizes themselves; take logarithms.",
                ),
                (off(every[hidden:])[:hidden], "that hides the smallest sizes."),
            ],
            rtol=1e-6,
            name=f"backtest of {count} sizes, {hidden} hidden",
        )
