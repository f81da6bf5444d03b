"""The threads that the course's own commands give to the kernels and tests they start."""

from __future__ import annotations

import os

# Two programs share two cores while the suite runs; the products and trees on the pages are small,
# and the last digits of a product depend on the number of threads. TensorFlow has its own threads.
COURSE_THREADS = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}


def course_environment() -> dict[str, str]:
    """Return this process's environment with the course's threads; what a reader set stays."""
    return {**COURSE_THREADS, **os.environ}
