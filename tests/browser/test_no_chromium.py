"""Where there is no Chromium: a reader's run says so and goes on, CI's run fails."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.parametrize(
    ("ci", "code", "told"), [("true", pytest.ExitCode.TESTS_FAILED, "error"), ("", 0, "skipped")]
)
def test_a_missing_browser_fails_ci_and_skips_elsewhere(
    tmp_path: Path, ci: str, code: int, told: str
) -> None:
    one = "tests/browser/test_pages.py::test_site_is_small"
    run = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", one],
        cwd=ROOT,
        env={**os.environ, "PATH": str(tmp_path), "CI": ci},
        capture_output=True,
        text=True,
    )
    assert run.returncode == code, run.stdout + run.stderr
    assert f"1 {told}" in run.stdout
    assert "Chromium" in run.stdout
