"""Group requests by size and waiting time."""

from itertools import groupby
from typing import Any

import numpy as np

from companion.exercises import Wrong, mistake
from companion.exercises.compare import called


def batches(times, size, wait):
    counts = []
    opened = None
    for t in times:
        if opened is not None and t <= opened + wait and counts[-1] < size:
            counts[-1] += 1
        else:
            counts.append(1)
            opened = t
    return counts


@mistake("from the last request")
def from_the_last(times, size, wait):
    counts, last = [], None
    for t in times:
        if last is not None and t <= last + wait and counts[-1] < size:
            counts[-1] += 1
        else:
            counts.append(1)
        last = t
    return counts


@mistake("more than `size`")
def ignores_size(times, size, wait):
    counts, opened = [], None
    for t in times:
        if opened is not None and t <= opened + wait:
            counts[-1] += 1
        else:
            counts.append(1)
            opened = t
    return counts


@mistake("exactly")
def strictly_before(times, size, wait):
    counts, opened = [], None
    for t in times:
        if opened is not None and t < opened + wait and counts[-1] < size:
            counts[-1] += 1
        else:
            counts.append(1)
            opened = t
    return counts


@mistake("opens a batch")
def fixed_windows(times, size, wait):
    from itertools import groupby

    out = []
    for _, g in groupby(times, lambda t: t // (wait + 1)):
        n = len(list(g))
        out += [size] * (n // size) + ([n % size] if n % size else [])
    return out


def judge(answer: Any) -> None:
    rng = np.random.default_rng(0)
    known = [([0, 3, 6, 9], 10, 5), ([0, 1, 2, 3], 2, 9), ([0, 5], 4, 5), ([], 3, 3)]
    drawn = [
        (sorted(rng.integers(0, 60, n).tolist()), int(size), int(wait))
        for n, size, wait in np.column_stack(
            [range(1, 40), rng.integers(1, 6, 39), rng.integers(0, 9, 39)]
        )
    ]
    for times, size, wait in known + drawn:
        got = called(answer, times, size, wait, name="batches")
        expected = _by_clock(times, size, wait)
        if list(np.atleast_1d(got)) == expected:
            continue
        case = f"batches({times}, {size}, {wait})"
        if sum(np.atleast_1d(got)) != len(times):
            raise Wrong(f"{case} forgets requests: its counts should add up to {len(times)}.")
        if max(got) > size:
            raise Wrong(f"{case} puts more than `size` requests into a batch.")
        if times == known[0][0] and len(got) == 1:
            raise Wrong("The wait is counted from the last request; the first one decides.")
        if times == known[2][0]:
            raise Wrong("A request that comes exactly at the end still belongs to the batch.")
        raise Wrong(
            f"{case} should be {expected}, not {list(got)}: the first request opens a batch, and "
            "the time runs from there."
        )


def _by_clock(times: list[int], size: int, wait: int) -> list[int]:
    """Play the server millisecond by millisecond."""
    sent, waiting = [], list[int]()
    arrivals = {t: len(list(same)) for t, same in groupby(times)}
    for clock in range(max(times, default=0) + wait + 2):
        for _ in range(arrivals.get(clock, 0)):
            waiting.append(clock)
            if len(waiting) == size:
                sent.append(len(waiting))
                waiting.clear()
        if waiting and clock - waiting[0] >= wait:
            sent.append(len(waiting))
            waiting.clear()
    return sent
