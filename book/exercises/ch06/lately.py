"""Popularity that forgets."""

from typing import Any

import numpy as np

from companion.exercises import mistake
from companion.exercises.compare import array, called


def lately(films, days, now, half_life, n):
    weight = 0.5 ** ((now - days) / half_life)
    return np.bincount(films, weights=weight, minlength=n)


@mistake("all views alike")
def all_alike(films, days, now, half_life, n):
    return np.bincount(films, minlength=n)


@mistake("base e")
def base_e(films, days, now, half_life, n):
    return np.bincount(films, weights=np.exp(-(now - days) / half_life), minlength=n)


@mistake("not since day 0")
def since_zero(films, days, now, half_life, n):
    return np.bincount(films, weights=0.5 ** (days / half_life), minlength=n)


@mistake("forgotten altogether")
def window(films, days, now, half_life, n):
    return np.bincount(films, weights=(now - days <= half_life) * 1.0, minlength=n)


def judge(answer: Any) -> None:
    for seed, now, half_life, n in ((0, 30, 7, 6), (1, 100, 20, 4), (2, 12, 3, 9)):
        rng = np.random.default_rng(seed)
        films, days = rng.integers(0, n - 1, 40), rng.integers(0, now, 40)
        right, alike, natural, early, inside = np.zeros((5, n))
        for film, day in zip(films, days, strict=True):
            halvings = (now - day) / half_life
            right[film] += 2.0**-halvings
            alike[film] += 1
            natural[film] += np.e**-halvings
            early[film] += 2.0 ** -(day / half_life)
            inside[film] += now - day <= half_life
        array(
            called(answer, films, days, now, half_life, n, name="lately"),
            right,
            causes=[
                (alike, "that counts all views alike."),
                (natural, "a half-life halves: the power is of 2, not base e."),
                (early, "count the days until now, not since day 0."),
                (inside, "old views count less; they are not forgotten altogether."),
            ],
            name="lately",
        )
