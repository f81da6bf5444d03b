"""What must be true of the measured numbers for the keys of the quizzes to be right."""

from __future__ import annotations

import re
from pathlib import Path

from tools import pages

NUMBERS = pages.load_numbers(Path(__file__).resolve().parents[1] / "book").results


def r(name: str) -> float:
    """Return a recorded number as pages print it: ``5 %`` gives 5, ``1,184`` gives 1184."""
    return float(re.sub(r"[,%\s]", "", NUMBERS[name].replace("−", "-")))


def test_chapter_1() -> None:
    assert r("ch01.table.least") < r("ch01.gpt.bits"), "q1"
    assert r("ch01.gpt.exposure") > 3, "q4"


def test_chapter_2() -> None:
    assert r("ch02.descent.after") < r("ch02.descent.before"), "q3"
    assert r("ch02.labels.best") < r("ch02.labels.alarm"), "q4"


def test_chapter_3() -> None:
    assert r("ch03.endtoend.made.few") > r("ch03.endtoend.raw.few"), "q2"
    assert r("ch03.bpe.chinese") > r("ch03.bpe.english"), "q3"


def test_chapter_3a() -> None:
    assert NUMBERS["ch03a.benign.accuracy"] == "90 %", "q2"
    assert r("ch03a.peek.expected") > 60, "q3"


def test_chapter_3b() -> None:
    assert r("ch03b.sparse.ratio") < 8, "q1"
    assert r("ch03b.threes.labels") == 0, "q4"
    assert r("ch03b.threes") > 50, "q4"


def test_chapter_4() -> None:
    assert 10 < r("ch04.bayes") < 20, "q2"


def test_chapter_5() -> None:
    assert r("ch05.interaction") > 0, "q2"
    assert r("ch05.leak.test") < r("ch05.leak.without") < r("ch05.leak.fresh"), "q3"
    assert abs(r("ch05.printed.mae") - r("ch05.median.mae")) < 10, "q4"
    assert r("ch05.ensemble.excess") > 0, "q5"


def test_chapter_5b() -> None:
    assert r("ch05b.shuffle.gain") < r("ch05.target.high") - r("ch05.shuffled.mae"), "q1"
    assert r("ch05b.mixture.gain") > 0, "q5"
    assert abs(r("ch05b.rmse") - r("ch05b.trees")) < 0.02, "q3"


def test_chapter_6() -> None:
    assert r("ch06a.fraud.never") > 99, "q1"
    assert r("ch06a.bill.balanced") >= 2, "q2"
    assert r("ch06a.leak.shuffled") > r("ch06a.leak.walked") + 15, "q3"
    assert r("ch06b.ppv.screening") < r("ch06b.ppv.clinic"), "q4"


def test_chapter_7() -> None:
    assert r("ch07.table.times") > 2, "q4"


def test_chapter_8() -> None:
    assert r("ch08a.share.coupled") < 0.73, "q1"
    assert r("ch08a.exam.smallest") < 0.05, "q2"
    assert r("ch08a.exam.largest") > 0.8, "q2"


def test_chapter_9() -> None:
    assert r("ch09.crossing.images") > 40, "q1"
    assert r("ch09.crossing.small") < r("ch09.crossing.classical"), "q1"
    assert r("ch09.gap.flipped") > 1.5 * r("ch09.gap.half"), "q4"
    assert 3 < r("ch09.forecast.months") < 9, "q5"
