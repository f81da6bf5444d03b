"""The limits on an answer: time, memory, printed text; and that nothing outlives them."""

from __future__ import annotations

import io
import signal
import sys
import threading
import time
from collections.abc import Callable

import numpy as np
import pytest

from companion.exercises import limits


def endless() -> None:
    while True:
        pass


def catches_errors() -> None:
    while True:
        try:
            endless()
        except Exception:
            continue


def catches_everything() -> None:
    while True:
        try:
            endless()
        except BaseException:
            continue


def sleeps() -> None:
    time.sleep(60)


LOOPS = [endless, catches_errors, catches_everything, sleeps]


@pytest.mark.parametrize("run", LOOPS, ids=[run.__name__ for run in LOOPS])
def test_what_does_not_end_is_stopped(run: Callable[[], None]) -> None:
    start = time.perf_counter()
    with pytest.raises(limits.TooSlow):
        limits.limited(run, seconds=0.2)
    assert time.perf_counter() - start < 10


def in_a_thread(run: Callable[[], None]) -> BaseException | None:
    """Return what ``limited`` raises away from the main thread."""
    raised: list[BaseException | None] = []

    def target() -> None:
        try:
            limits.limited(run, seconds=0.2)
            raised.append(None)
        except BaseException as error:
            raised.append(error)

    worker = threading.Thread(target=target)
    worker.start()
    worker.join(20)
    return raised[0]


@pytest.mark.parametrize("run", [endless, catches_errors], ids=["endless", "catches_errors"])
def test_a_second_thread_is_stopped_and_ends(run: Callable[[], None]) -> None:
    before = threading.active_count()
    assert isinstance(in_a_thread(run), limits.TooSlow)
    assert threading.active_count() == before


def test_a_second_thread_passes_on_what_was_raised() -> None:
    assert isinstance(in_a_thread(lambda: sys.exit(3)), SystemExit)
    assert in_a_thread(lambda: None) is None


def test_a_thread_that_does_not_listen_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "THREAD_RINGS", 3)
    before, lock = threading.active_count(), threading.Lock()
    with lock:
        # One call into compiled code: the exception waits until it returns.
        assert isinstance(in_a_thread(lambda: lock.acquire(timeout=30)), limits.TooSlow)
        assert threading.active_count() == before + 1


def test_timer_and_handler_are_as_before() -> None:
    def mine(number: int, frame: object) -> None:
        raise AssertionError("no alarm should ring after the call")

    before = signal.signal(signal.SIGALRM, mine)
    try:
        limits.limited(lambda: None, seconds=0.05)
        with pytest.raises(limits.TooSlow):
            limits.limited(catches_everything, seconds=0.05)
        time.sleep(0.1)
        assert signal.getsignal(signal.SIGALRM) is mine
        assert signal.getitimer(signal.ITIMER_REAL) == (0.0, 0.0)
    finally:
        signal.signal(signal.SIGALRM, before)


def test_late_rings_do_not_reach_the_caller() -> None:
    for _ in range(300):
        with pytest.raises(limits.TooSlow):
            limits.limited(endless, seconds=0.001)


def test_a_ring_before_the_answer_begins_is_not_lost() -> None:
    for _ in range(10):
        with pytest.raises(limits.TooSlow):
            limits.limited(endless, seconds=1e-6)


def test_the_limit_is_read_when_called(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "SECONDS", 0.1)
    start = time.perf_counter()
    with pytest.raises(limits.TooSlow):
        limits.limited(endless)
    assert time.perf_counter() - start < 5


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux bounds a process's memory")
def test_memory_is_bounded_and_free_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "BYTES", 64 << 20)

    def hoards() -> None:
        kept = []
        while True:
            kept.append(np.ones(1 << 20))

    with pytest.raises(MemoryError):
        limits.limited(hoards)
    with pytest.raises(MemoryError):
        limits.limited(lambda: np.zeros(128 << 20, np.uint8).sum())
    limits.limited(lambda: np.zeros(16 << 20, np.uint8).sum())
    assert np.zeros(128 << 20, np.uint8).sum() == 0


def test_where_memory_is_not_counted_an_answer_runs_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(limits, "_private_bytes", lambda: None)
    monkeypatch.setattr(limits, "BYTES", 1)
    found: list[int] = []
    limits.limited(lambda: found.append(int(np.ones(16 << 20, np.uint8).sum())))
    assert found == [16 << 20]


def test_printed_text_is_dropped_and_streams_come_back(capsys: pytest.CaptureFixture[str]) -> None:
    out, err = sys.stdout, sys.stderr

    def prints() -> None:
        for _ in range(100_000):
            print("x" * 1000)
        print("y", file=sys.stderr)
        sys.stdout = io.StringIO()

    limits.limited(prints)
    assert (sys.stdout, sys.stderr) == (out, err)
    assert capsys.readouterr() == ("", "")


def test_settings_for_floating_point_errors_come_back() -> None:
    before = np.geterr()
    limits.limited(lambda: np.seterr(all="raise") and None)
    assert np.geterr() == before
