"""Requests that come close together are answered by one call of the model.

A call has a fixed price, so four rows in one call cost less than four calls. The first row waits a
moment for company, never longer than ``max_wait``; nobody waits when the batch is full.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from companion.errors import CourseError

Floats = NDArray[np.float32]


class Full(Exception):  # noqa: N818 - a state, not a mistake
    """The queue is full: the caller should come back later."""


@dataclass
class _Job:
    rows: Floats
    answer: asyncio.Future[Floats] = field(default_factory=lambda: asyncio.Future())


class Batcher:
    """A bounded queue in front of a model, and the one task that empties it.

    Args:
        predict: from ``(n, …)`` to ``(n, k)``; called in a thread, never twice at once.
        max_batch: most rows in one call.
        max_wait: seconds that the first row of a batch waits for others.
        max_queue: most requests that wait; a further one is refused at once.
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
        self.max_batch, self.max_wait, self.max_queue = max_batch, max_wait, max_queue
        self._jobs: deque[_Job] = deque()
        self._arrived = asyncio.Event()
        self._thread = ThreadPoolExecutor(1, "model")

    @property
    def waiting(self) -> int:
        """Number of requests in the queue."""
        return len(self._jobs)

    async def submit(self, rows: Floats) -> Floats:
        """Wait for the answer to some rows.

        Args:
            rows: 1 to ``max_batch`` of them.

        Raises:
            CourseError: more rows, or none.
            Full: too many requests wait already.
            Exception: whatever the model raised on the batch.
        """
        if not 1 <= len(rows) <= self.max_batch:
            raise CourseError(f"A request should have 1 to {self.max_batch} rows, not {len(rows)}.")
        if len(self._jobs) >= self.max_queue:
            raise Full
        job = _Job(rows)
        self._jobs.append(job)
        self._arrived.set()
        return await job.answer

    async def run(self) -> None:
        """Answer batch after batch until cancelled."""
        try:
            while True:
                await self._answer(await self._collect())
        finally:
            self._thread.shutdown(wait=False)

    async def _collect(self) -> list[_Job]:
        """Wait for a first request, then for company, and take what fits into one batch."""
        await self._arrival(None)
        clock = asyncio.get_running_loop().time
        deadline = clock() + self.max_wait
        while self._rows() < self.max_batch and (left := deadline - clock()) > 0:
            with contextlib.suppress(TimeoutError):
                await self._arrival(left)
        taken, rows = [], 0
        while self._jobs and rows + len(self._jobs[0].rows) <= self.max_batch:
            job = self._jobs.popleft()
            # Whoever gave up waiting has cancelled its answer.
            if not job.answer.done():
                taken.append(job)
                rows += len(job.rows)
        return taken

    async def _arrival(self, seconds: float | None) -> None:
        """Return when there is a request; with a limit, when a *further* one comes."""
        if seconds is None and self._jobs:
            return
        self._arrived.clear()
        async with asyncio.timeout(seconds):
            await self._arrived.wait()

    async def _answer(self, jobs: list[_Job]) -> None:
        if not jobs:
            return
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
        start = 0
        for job in jobs:
            stop = start + len(job.rows)
            if not job.answer.done():
                job.answer.set_result(answers[start:stop])
            start = stop

    def _rows(self) -> int:
        return sum(len(job.rows) for job in self._jobs)
