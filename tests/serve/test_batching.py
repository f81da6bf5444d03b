"""Batches: full, in order, on time, and nobody forgotten."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from typing import Any

import numpy as np
import pytest

from companion.errors import CourseError
from companion.serve.batching import Batcher


def run(
    scenario: Callable[[Batcher, list[int]], Awaitable[Any]],
    *,
    predict: Callable[[Any], Any] = lambda rows: 2 * rows,
    max_batch: int = 4,
    max_wait: float = 0.05,
    max_queue: int = 100,
) -> Any:
    """Run a scenario against a batcher; the list holds the rows of each call."""

    async def main() -> Any:
        sizes: list[int] = []
        batcher = Batcher(
            predict,
            max_batch=max_batch,
            max_wait=max_wait,
            max_queue=max_queue,
            observe=sizes.append,
        )
        task = asyncio.create_task(batcher.run())
        try:
            return await asyncio.wait_for(scenario(batcher, sizes), 20)
        finally:
            task.cancel()

    return asyncio.run(main())


def row(value: float, count: int = 1) -> Any:
    return np.full((count, 1), value, np.float32)


def test_each_caller_gets_its_own_rows() -> None:
    async def scenario(batcher: Batcher, sizes: list[int]) -> None:
        counts = [1, 2, 2, 3, 1, 4, 1, 1]
        answers = await asyncio.gather(*(batcher.submit(row(i, c)) for i, c in enumerate(counts)))
        assert [a.tolist() for a in answers] == [[[2.0 * i]] * c for i, c in enumerate(counts)]
        # In order, as many as fit: 1 + 2, then 2, 3 + 1, 4, and the last two.
        assert sizes == [3, 2, 4, 4, 2]

    run(scenario)


def test_a_full_batch_does_not_wait_and_a_lone_row_waits_its_time() -> None:
    async def scenario(batcher: Batcher, sizes: list[int]) -> tuple[float, float]:
        times = []
        for count in (4, 1):
            start = time.perf_counter()
            await asyncio.gather(*(batcher.submit(row(1)) for _ in range(count)))
            times.append(time.perf_counter() - start)
        assert sizes == [4, 1]
        return times[0], times[1]

    full, alone = run(scenario, max_wait=0.5)
    assert full < 0.4 < alone < 2


def test_rows_that_come_during_a_call_make_the_next_batch() -> None:
    def slow(rows: Any) -> Any:
        time.sleep(0.1)
        return rows

    async def scenario(batcher: Batcher, sizes: list[int]) -> None:
        first = asyncio.create_task(batcher.submit(row(1)))
        await asyncio.sleep(0.05)
        await asyncio.gather(first, *(batcher.submit(row(i)) for i in range(6)))
        assert sizes == [1, 4, 2]

    run(scenario, predict=slow, max_wait=0.0)


def test_the_queue_is_bounded_and_recovers() -> None:
    async def scenario(batcher: Batcher, sizes: list[int]) -> None:
        results = await asyncio.gather(
            *(batcher.submit(row(i)) for i in range(9)), return_exceptions=True
        )
        assert [isinstance(r, asyncio.QueueFull) for r in results] == [False] * 5 + [True] * 4
        assert (await batcher.submit(row(7))).tolist() == [[14.0]]
        assert batcher.waiting == 0

    run(scenario, max_queue=5)


def test_one_failure_reaches_its_batch_only_and_the_next_is_served() -> None:
    def picky(rows: Any) -> Any:
        if (rows == 13).any():
            raise ValueError("thirteen")
        return rows

    async def scenario(batcher: Batcher, sizes: list[int]) -> None:
        results = await asyncio.gather(
            *(batcher.submit(row(v)) for v in (1, 13, 2, 3)), return_exceptions=True
        )
        assert [str(r) for r in results if isinstance(r, ValueError)] == ["thirteen"] * 2
        assert [r.tolist() for r in results[2:]] == [[[2.0]], [[3.0]]]  # type: ignore[union-attr]

    run(scenario, predict=picky, max_batch=2)


def test_who_gave_up_is_not_computed() -> None:
    async def scenario(batcher: Batcher, sizes: list[int]) -> None:
        gone = asyncio.create_task(batcher.submit(row(1)))
        stays = asyncio.create_task(batcher.submit(row(2)))
        await asyncio.sleep(0)
        gone.cancel()
        assert (await stays).tolist() == [[4.0]]
        assert sizes == [1]
        with pytest.raises(asyncio.CancelledError):
            await gone

    run(scenario)


@pytest.mark.parametrize("fails", [False, True])
def test_who_gives_up_during_the_call_stops_nobody(fails: bool) -> None:
    def slow(rows: Any) -> Any:
        time.sleep(0.1)
        if fails and (rows == 1).any():
            raise ValueError
        return rows

    async def scenario(batcher: Batcher, sizes: list[int]) -> None:
        gone = asyncio.create_task(batcher.submit(row(1)))
        stays = asyncio.create_task(batcher.submit(row(2, 4)))
        await asyncio.sleep(0.05)
        assert batcher.waiting == 1  # the one that did not fit into the first batch
        gone.cancel()
        assert (await stays).tolist() == [[2.0]] * 4

    run(scenario, predict=slow)


@pytest.mark.parametrize("count", [0, 5])
def test_rows_that_fit_into_no_batch_are_refused_and_hold_nobody_up(count: int) -> None:
    async def scenario(batcher: Batcher, sizes: list[int]) -> None:
        with pytest.raises(CourseError, match=f"not {count}"):
            await batcher.submit(row(1, count))
        assert (await batcher.submit(row(2, 4))).tolist() == [[4.0]] * 4

    run(scenario)
