"""Two processes on loopback: the losses of one, also when one of them is killed in mid-run."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from companion.errors import CourseError
from companion.training.workers import train_on_workers

STEPS = 8


def test_two_workers_one_of_them_killed_give_the_losses_of_one(tmp_path: Path) -> None:
    alone, starts = train_on_workers(1, steps=STEPS, folder=tmp_path / "one", checkpoint_every=3)
    assert starts == 1
    together, starts = train_on_workers(
        2, steps=STEPS, folder=tmp_path / "two", checkpoint_every=3, kill=(1, 5)
    )
    assert starts == 2
    np.testing.assert_allclose(together, alone, rtol=1e-9)
    assert alone[-1] != alone[0]


def test_no_worker_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="at least one worker"):
        train_on_workers(0, steps=1, folder=tmp_path)
