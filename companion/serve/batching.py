"""Requests that come close together are answered by one call of the model.

A call has a fixed price, so four rows in one call cost less than four calls. The first row waits a
moment for company, never longer than ``max_wait``; nobody waits when the batch is full.
"""

import asyncio
import contextlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from companion.errors import CourseError

Floats = NDArray[np.float32]


class _Job(NamedTuple):
    rows: Floats
    answer: asyncio.Future[Floats]


class Batcher:
    """A bounded queue in front of a model, and the one task that empties it.

    Args:
        predict: from ``(n, …)`` to ``(n, k)``; called in a thread, never twice at once.
        max_batch: most rows in one call.
        max_wait: seconds that the first row of a batch waits for others.
        max_queue: most requests that wait for a batch; a further one is refused at once.
        observe: told the number of rows of each call.
    """

    def __init__(
        self,
        predict: Callable[[Floats], Floats],
        *,
        max_batch: int,
        max_wait: float,
        max_queue: int,
        observe: Callable[[int], None] = lambda rows: None,
    ) -> None:
        self._predict, self._observe = predict, observe
        self.max_batch, self.max_wait = max_batch, max_wait
        self._queue = asyncio.Queue[_Job](max_queue)
        self._next: _Job | None = None  # taken from the queue, and too large for the last batch
        self._thread = ThreadPoolExecutor(1, "model")

    @property
    def waiting(self) -> int:
        """Number of requests that no batch has taken yet."""
        return self._queue.qsize() + (self._next is not None)

    async def submit(self, rows: Floats) -> Floats:
        """Wait for the answer to 1 to ``max_batch`` rows.

        Raises:
            CourseError: more rows, or none.
            asyncio.QueueFull: too many requests wait already.
            Exception: whatever the model raised on the batch.
        """
        if not 1 <= len(rows) <= self.max_batch:
            raise CourseError(f"A request should have 1 to {self.max_batch} rows, not {len(rows)}.")
        job = _Job(rows, asyncio.get_running_loop().create_future())
        self._queue.put_nowait(job)
        return await job.answer

    async def run(self) -> None:
        """Answer batch after batch until cancelled."""
        try:
            while True:
                # Whoever gave up waiting has cancelled its answer.
                if jobs := [job for job in await self._collect() if not job.answer.done()]:
                    await self._answer(jobs)
        finally:
            self._thread.shutdown(wait=False)

    async def _collect(self) -> list[_Job]:
        """Wait for a first request, then for company, and take what fits into one batch."""
        jobs, self._next = [self._next or await self._queue.get()], None
        space = self.max_batch - len(jobs[0].rows)
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(self.max_wait):
                while space:
                    job = await self._queue.get()
                    if len(job.rows) > space:
                        self._next = job
                        break
                    jobs.append(job)
                    space -= len(job.rows)
        return jobs

    async def _answer(self, jobs: list[_Job]) -> None:
        rows = np.concatenate([job.rows for job in jobs])
        try:
            loop = asyncio.get_running_loop()
            answers = await loop.run_in_executor(self._thread, self._predict, rows)
            self._observe(len(rows))
        except Exception as error:
            for job in jobs:
                if not job.answer.done():
                    job.answer.set_exception(error)
            return
        ends = np.cumsum([len(job.rows) for job in jobs])
        for job, part in zip(jobs, np.split(answers, ends[:-1]), strict=True):
            if not job.answer.done():
                job.answer.set_result(part)
