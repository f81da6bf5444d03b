"""Whether lower bounds contradict a forecast of growth."""

import math
from typing import Any

import numpy as np

from companion.exercises import Wrong, mistake
from companion.exercises.compare import called, truth


def refuted(start, value, low, high, years, seen):
    top = value * high ** (np.asarray(years) - start)
    return bool((np.asarray(seen) > top).any())


@mistake("below the band says nothing")
def outside_either_way(start, value, low, high, years, seen):
    since = np.asarray(years) - start
    found = np.asarray(seen)
    return bool(((found > value * high**since) | (found < value * low**since)).any())


@mistake("below the band says nothing")
def only_below(start, value, low, high, years, seen):
    return bool((np.asarray(seen) < value * low ** (np.asarray(years) - start)).any())


@mistake("one of them is enough")
def all_of_them(start, value, low, high, years, seen):
    return bool((np.asarray(seen) > value * high ** (np.asarray(years) - start)).all())


@mistake("grows by a factor each year")
def straight(start, value, low, high, years, seen):
    top = value * high * (np.asarray(years) - start)
    return bool((np.asarray(seen) > top).any())


@mistake("upper end of the band")
def lower_end(start, value, low, high, years, seen):
    top = value * low ** (np.asarray(years) - start)
    return bool((np.asarray(seen) > top).any())


def judge(answer: Any) -> None:
    def says(values: list[float], years: list[float] | None = None) -> bool:
        when = np.array([2021.0, 2023.0] if years is None else years)
        given = 2020.0, 10.0, 2.0, 3.0, when, np.array(values)
        return truth(called(answer, *given, name="refuted"), name="refuted")

    def above(values: list[float], years: list[float]) -> bool:
        logs = [
            math.log(v) - math.log(10) - (y - 2020) * math.log(3)
            for v, y in zip(values, years, strict=True)
        ]
        return max(logs) > 0

    if says([15.0, 60.0]) or says([5.0, 9.0]):
        raise Wrong("A published value below the band says nothing: a larger one may be hidden.")
    if not says([25.0, 300.0]):
        raise Wrong("One value above the band contradicts it; one of them is enough.")
    if says([25.0, 150.0], [2021.0, 2023.0]):
        if says([10.0, 26.0], [2020.5, 2021.0]):
            raise Wrong("Compare with the upper end of the band, not with the lower.")
        raise Wrong("The quantity grows by a factor each year: a power, not a product.")
    rng = np.random.default_rng(0)
    for _ in range(20):
        years = np.sort(2020 + 5 * rng.random(3)).tolist()
        values = [
            10 * 3 ** (y - 2020) * float(f)
            for y, f in zip(years, rng.uniform(0.3, 1.2, 3), strict=True)
        ]
        if says(values, years) != above(values, years):
            raise Wrong("Compare each value with value * high ** (year - start).")
