"""What the course's own commands set for the kernels and tests they start, and for nobody else."""

from __future__ import annotations

import os

# Measured on two busy cores: 600 boosting rounds take 2.5 s with one thread and 31 s with two, for
# threads that wait for each other spin; two such programs at once 7 s against 315 s. A product of
# two 3000 × 3000 matrices takes 1.5 s and 2.0 s. Besides, the last digits of a product depend on
# the number of threads. TensorFlow has threads of its own.
COURSE_THREADS = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"}
# Without it training repeats itself as well on processors, with other last digits.
COURSE_ORDER = {"TF_DETERMINISTIC_OPS": "1"}


def course_environment() -> dict[str, str]:
    """Return this process's environment with the course's settings; what a reader set stays."""
    return {**COURSE_THREADS, **COURSE_ORDER, **os.environ}
