"""Counts and times in the text format that Prometheus reads."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter
from collections.abc import Sequence

SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
ROWS = (1, 2, 4, 8, 16, 32, 64, 128, 256)


class Histogram:
    """How many observations lie at or below each bound.

    Args:
        bounds: increasing upper bounds; everything above falls under ``+Inf``.
    """

    def __init__(self, bounds: Sequence[float]) -> None:
        self.bounds, self.counts, self.sum = tuple(bounds), [0] * (len(bounds) + 1), 0.0

    def observe(self, value: float) -> None:
        """Count one value."""
        self.counts[bisect_left(self.bounds, value)] += 1
        self.sum += value

    def lines(self, name: str) -> list[str]:
        """Return the histogram as lines of the text format; its buckets are cumulative."""
        lines, total = [f"# TYPE {name} histogram"], 0
        for bound, count in zip((*self.bounds, "+Inf"), self.counts, strict=True):
            total += count
            lines.append(f'{name}_bucket{{le="{bound}"}} {total}')
        return [*lines, f"{name}_sum {self.sum:.6f}", f"{name}_count {total}"]


class Metrics:
    """What the server counts; see :meth:`text`."""

    def __init__(self) -> None:
        self.responses: Counter[tuple[str, int]] = Counter()
        self.seconds = Histogram(SECONDS)
        self.batch_rows = Histogram(ROWS)

    def text(self, *, waiting: int, in_flight: int) -> str:
        """Return everything in Prometheus' text format, version 0.0.4.

        Args:
            waiting: requests in the queue now.
            in_flight: accepted requests without an answer now.
        """
        lines = ["# TYPE course_responses_total counter"]
        for (path, status), count in sorted(self.responses.items()):
            lines.append(f'course_responses_total{{path="{path}",status="{status}"}} {count}')
        lines += self.seconds.lines("course_predict_seconds")
        lines += self.batch_rows.lines("course_batch_rows")
        lines += ["# TYPE course_waiting gauge", f"course_waiting {waiting}"]
        lines += ["# TYPE course_in_flight gauge", f"course_in_flight {in_flight}"]
        return "\n".join(lines) + "\n"
