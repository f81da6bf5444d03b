"""What the server counts, in the text format that Prometheus reads."""

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

PATHS = ("/predict", "/health", "/metrics")
SECONDS = (0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0)
ROWS = (1, 2, 4, 8, 16, 32, 64, 128, 256)


class Metrics:
    """Counts and times of one server.

    Attributes:
        seconds: from a request for predictions to its answer.
        batch_rows: rows in each call of the model.
        waiting: requests in the queue now.
        in_flight: accepted requests without an answer now.
    """

    def __init__(self) -> None:
        self._all = every = CollectorRegistry()
        self._responses = Counter(
            "course_responses", "Answers by path and status.", ("path", "status"), registry=every
        )
        self.seconds = Histogram(
            "course_predict_seconds", "Time to an answer.", buckets=SECONDS, registry=every
        )
        self.batch_rows = Histogram(
            "course_batch_rows", "Rows in a call of the model.", buckets=ROWS, registry=every
        )
        self.waiting = Gauge("course_waiting", "Requests in the queue.", registry=every)
        self.in_flight = Gauge("course_in_flight", "Requests without an answer.", registry=every)

    def answered(self, path: str, status: int) -> None:
        """Count an answer; unknown paths share a name, or clients could fill the memory."""
        self._responses.labels(path if path in PATHS else "other", status).inc()

    def text(self) -> bytes:
        """Return everything in Prometheus' text format, version 0.0.4."""
        return generate_latest(self._all)
