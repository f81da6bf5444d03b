"""Hold whole towns out."""

from typing import Any

import numpy as np

from companion.exercises import Wrong, mistake
from companion.exercises.compare import array, called


def hold_out(towns, share, rng):
    test = np.zeros(len(towns), dtype=bool)
    for town in rng.permutation(np.unique(towns)):
        if test.mean() >= share:
            break
        test |= towns == town
    return test


@mistake("on both sides")
def by_rows(towns, share, rng):
    return rng.random(len(towns)) < share


@mistake("by chance")
def always_the_first(towns, share, rng):
    test = np.zeros(len(towns), dtype=bool)
    for town in np.unique(towns):
        if test.mean() < share:
            test |= towns == town
    return test


@mistake("share of the rows")
def share_of_towns(towns, share, rng):
    names = np.unique(towns)
    return np.isin(towns, rng.choice(names, round(share * len(names)), replace=False))


@mistake("turned round")
def training_rows(towns, share, rng):
    return ~hold_out(towns, share, rng)


def judge(answer: Any) -> None:
    sizes = np.array([60, 3, 9, 1, 25, 14, 2, 40, 6, 30])
    towns = np.random.default_rng(1).permutation(np.repeat(np.arange(10) * 7 + 3, sizes))
    drawn = []
    for seed in range(12):
        for share in (0.2, 0.4):
            got = called(answer, towns, share, np.random.default_rng(seed), name="hold_out")
            array(np.zeros(np.shape(got)), np.zeros(len(towns)), name="hold_out")
            test = np.asarray(got).astype(bool)
            inside = {int(town) for town in towns[test]}
            if inside & {int(town) for town in towns[~test]}:
                raise Wrong("A town has rows on both sides; hold whole towns out.")
            rows, last = int(test.sum()), max((int((towns == t).sum()) for t in inside), default=0)
            if len(towns) - rows < share * len(towns) + 60 <= rows:
                raise Wrong("It seems turned round: True should mark the rows that are held out.")
            if not share * len(towns) <= rows < share * len(towns) + last:
                raise Wrong(
                    f"Held out are {rows} of {len(towns)} rows. Wanted is that share of the rows, "
                    f"{share:g}, or more by less than one town."
                )
            drawn.append((share, tuple(sorted(inside))))
    if len(set(drawn)) < 6:
        raise Wrong("Other generators should draw other towns: choose them by chance.")
