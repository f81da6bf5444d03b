"""What must be true of the measured numbers for the keys of the quizzes to be right."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

from tools import pages

BOOK = Path(__file__).resolve().parents[1] / "book"
NUMBERS = pages.load_numbers(BOOK).results


def r(name: str) -> float:
    """Return a recorded number as pages print it: ``5 %`` gives 5, ``1,184`` gives 1184."""
    return float(re.sub(r"[,%\s]", "", NUMBERS[name].replace("−", "-")))


def test_chapter_1() -> None:
    assert r("ch01.table.least") < r("ch01.gpt.bits"), "q1"
    assert r("ch01.copier.inside") > 90, "q2"
    assert r("ch01.copier.between") < 50, "q2"
    assert r("ch01.gpt.exposure") > r("ch01.gpt.unexposed") + 1, "q4"
    assert r("ch01.lead.told.low") > 0, "q4: in the interval over starts, too"
    assert r("ch01.gpt.tries") < 5, "q4: fifty tries tell less than fifty blind guesses"


def test_chapter_2() -> None:
    assert r("ch02.descent.after") < r("ch02.descent.before"), "q3"
    assert r("ch02.labels.best") < r("ch02.labels.alarm"), "q4"


def test_chapter_3() -> None:
    assert r("ch03.endtoend.made.few") > r("ch03.endtoend.raw.few"), "q2"
    assert r("ch03.bpe.chinese") > r("ch03.bpe.english"), "q3"


def test_chapter_3a() -> None:
    assert NUMBERS["ch03a.benign.accuracy"] == "90 %", "q2"
    assert r("ch03a.peek.expected") > 60, "q3"
    assert r("ch03a.squared.from8") == r("ch03a.crossentropy.from8"), "q4"
    printed = (BOOK / "03a-train-and-judge.ipynb").read_text(encoding="utf-8")
    assert "from 16: squared error is more than 15 points behind\\n" in printed, "q4"
    assert r("ch03a.balanced.risk") > 2 * r("ch03a.observed.risk"), "q5"


def test_chapter_3a1() -> None:
    assert r("ch03a1.mask") > 0.5, "q2"


def test_chapter_3b() -> None:
    assert r("ch03b.sparse.ratio") < 8, "q1"
    assert r("ch03b.threes.labels") == 0, "q4"
    assert r("ch03b.threes") > 50, "q4"
    assert r("ch03b.threes.taught") > 20, "q4"
    weights, cache = 7e9 / 16, 2 * 32 * 4096 * 4000 * 2
    assert (2 * weights + cache) / (0.5 * weights + cache) < 1.5, "q5"


def test_chapter_4() -> None:
    assert 10 < r("ch04.bayes") < 20, "q2"


def test_chapter_5() -> None:
    assert r("ch05.interaction") > 0, "q2"
    assert r("ch05.leak.test") < r("ch05.leak.without") < r("ch05.leak.fresh"), "q3"
    assert abs(r("ch05.printed.mae") - r("ch05.median.mae")) < 10, "q4"
    assert r("ch05.ensemble.excess") > 0, "q5"


def test_chapter_5b() -> None:
    assert r("ch05b.shuffle.gain") < r("ch05.target.mae") - r("ch05.shuffled.mae"), "q1"
    assert r("ch05b.mixture.gain") > 0, "q5"
    assert abs(r("ch05b.rmse") - r("ch05b.trees")) < 0.02, "q3"


def test_chapter_6() -> None:
    assert r("ch06a.fraud.never") > 99, "q1"
    assert r("ch06a.bill.balanced") >= 2, "q2"
    assert r("ch06a.leak.shuffled") > r("ch06a.leak.walked") + 15, "q3"
    assert r("ch06b.ppv.screening") < r("ch06b.ppv.clinic"), "q4"
    assert r("ch06b.trial.deaths") < 0 < r("ch06b.records.deaths"), "q5"


def test_chapter_7() -> None:
    assert r("ch07.table.times") > 2, "q4"


def test_chapter_8() -> None:
    assert r("ch08a.seen.million") > 0.6 > r("ch08a.seen.largest"), "q1: Kaplan's count"
    assert r("ch08a.exam.smallest") < 0.05, "q2"
    assert 0.1 < r("ch08a.exam.second") < 0.5 < r("ch08a.exam.largest"), "q2: no jump"
    assert r("ch08a.fall.steep") > 3 * r("ch08a.fall.slow"), "q2: a bend in the loss"


def test_chapter_8a() -> None:
    excess = [size**-0.5 for size in (10, 1000)]
    assert (1 + excess[0]) / (1 + excess[1]) < excess[0] / excess[1], "q1: the whole falls less"
    assert r("ch08a.backtest.separate.low") < r("ch08a.backtest.coupled.low"), "q2"
    assert r("ch08a.backtest.separate.inside") < 80, "q3: 95 were promised"
    assert r("ch08a.share.coupled.without") > r("ch08a.share.coupled.all"), "q4"
    assert r("ch08a.entropy.fitted") != r("ch08a.entropy"), "q5"


def test_chapter_8b() -> None:
    assert r("ch08b.speedup.alike") > 3 * r("ch08b.speedup.unlike"), "q1"
    assert r("ch08b.gained.unlike") > 50, "q2"
    assert r("ch08b.lost.unlike") > 0, "q2"
    assert r("ch08b.points.loops") > 0, "q4: from true labels it gains"


def test_chapter_8c() -> None:
    assert r("ch08c.plain.negative") < 0.1, "q1"
    assert r("ch08c.unseen.noisy") > 2 * r("ch08c.unseen.negative"), "q2"
    assert r("ch08c.alone") > 50, "q3"
    assert r("ch08c.search.optimism") > 0, "q4"


def test_chapter_8g() -> None:
    assert r("ch08g.active.last") < 175, "q2"
    assert 1 - 0.95**8 > 0.3, "q5"


def test_chapter_8h() -> None:
    assert r("ch08h.self.unchecked") <= 0 < r("ch08h.self.confirmed"), "q1"
    assert round(1 / (1 + 2.71828**-1), 2) == 0.73, "q2"
    x, W, A, B = (np.arange(6.0).reshape(shape) for shape in ((2, 3), (3, 2), (3, 2), (2, 3)))
    W = W @ B  # (3, 3), as A @ B is
    np.testing.assert_allclose(x @ W + (x @ A) @ B, x @ (W + A @ B), err_msg="q3")
    assert (W + A @ B).shape == W.shape, "q3"
    assert r("ch08h.right.start") < r("ch08h.right.end") < r("ch08h.right.best"), "q4"
    assert r("ch08h.agent.tool") > r("ch08h.agent.alone"), "q5"


def test_chapter_8d() -> None:
    assert 0 < r("ch08d.clients.steps") < r("ch08d.recovered.32"), "q1"
    assert r("ch08d.bound.8") < 25, "q2"
    assert r("ch08d.backdoor.large") > 80, "q3"
    assert r("ch08d.collapse.replaced") < 50, "q4"
    assert r("ch08d.collapse.added") == 100, "q4"
    assert r("ch08d.people.700.300") < r("ch08d.people.50.300"), "q5"


def test_chapter_8e() -> None:
    assert r("ch08e.bert.spread") > 5, "q1"
    assert r("ch08e.gpu.memory") < 100 < r("ch08e.gpu.arithmetic"), "q3"


def test_chapter_8f() -> None:
    assert r("ch08f.repair.shares.odds") > r("ch08f.repair.odds"), "q2"
    assert r("ch08f.proxy.cost") < r("ch08f.proxy.illness"), "q3"
    assert r("ch08f.spy") > 70, "q4"
    assert r("ch08f.saliency.numbers") > 0.8, "q5"
    assert r("ch08f.saliency.ink") < 0.6, "q5"


def test_chapter_8i() -> None:
    assert abs(r("ch08i.accepted") - r("ch08i.agree")) <= 5, "q4"


def test_chapter_8j() -> None:
    assert abs(r("ch08j.counted") - r("ch08j.unseen")) <= 2, "q1"
    assert r("ch08j.once") < 30, "q1"
    assert r("ch08j.wrong.silent") < r("ch08j.made-up"), "q2"
    assert r("ch08j.gap.found") > max(r("ch08j.gap.nothing"), r("ch08j.gap.text")) + 40, "q4"
    assert r("ch08j.exam.4") > r("ch08j.exam.others") + 40, "q5"


def test_chapter_9() -> None:
    assert r("ch09.crossing.machine") <= r("ch09.crossing.network"), "q1"
    assert r("ch09.crossing.network") < r("ch09.crossing.mean"), "q1"
    assert r("ch09.target.times") > 10, "q2"
    assert r("ch08d.bound.8") < 25, "q3"
    assert r("ch09.gap.flipped") > 1.5 * r("ch09.gap.half"), "q4"
    assert r("ch09.forecast.low") < r("ch09.forecast.months") < r("ch09.forecast.high"), "q5"


def test_before_and_after_chapter_1() -> None:
    assert r("ch01.table.least") < r("ch01.gpt.bits"), "q1: a smaller price, not a larger model"
    assert r("ch01.copier.inside") > 90 > 50 > r("ch01.copier.between"), "q2: between is untold"
    assert 6 * 10**9 * 2 * 10**10 == 1.2e20, "q3, before"
    assert (2 * 2) * 6 == 4 * 6, "q3, after"
    found, wrong = 0.9 * 100, 0.01 * (100_000 - 100)
    assert (found, round(wrong)) == (90, 999), "q4, before"
    assert found / (found + wrong) < 0.1, "q4, before"
    assert found / (found + wrong) < 0.9 * 0.1 / (0.9 * 0.1 + 0.01 * 0.9), "q4, after"


def test_before_and_after_chapter_2() -> None:
    times = np.arange(20) / 100
    assert np.allclose(np.cos(2 * np.pi * 60 * times), np.cos(2 * np.pi * 40 * times)), "q1, before"
    assert round(20 * np.log10(2)) == 6, "q1, after"
    assert r("ch02.descent.after") < r("ch02.descent.before"), "q3"
    assert 0.05 * 100 == 5, "q4, before"
    # Julious and Mullee (1994): success of open surgery and of puncture, by size of the stones.
    small, large, both = (81 / 87, 234 / 270), (192 / 263, 55 / 80), (273 / 350, 289 / 350)
    assert small[0] > small[1], "q4, after"
    assert large[0] > large[1], "q4, after"
    assert both[0] < both[1], "q4, after"


def test_before_and_after_chapter_3() -> None:
    weights = np.exp([1, 1, 1]) / np.exp([1, 1, 1]).sum()
    assert np.isclose(weights @ [0, 3, 6], 3), "q2, after"
    assert 16 / 4 == 4, "q3, after: bytes of the weights"
    assert r("ch03a.peek.expected") > 60, "q4: the best of many coins"


def test_before_and_after_chapter_4() -> None:
    assert (np.ones((5, 3)) @ np.ones((3, 2))).shape == (5, 2), "q1, before"
    assert (np.ones((5, 3)).T @ np.ones((5, 2))).shape == (3, 2), "q1, after"
    for rate, converges in ((0.24, True), (0.26, False), (1 / 3, False)):
        assert (abs(1 - rate * 8) < 1) == converges, "q3, before"
    assert np.isclose(2 / 10, 1 / 5), "q3, after"
    sigmoid = 1 / (1 + np.exp(-np.linspace(-9, 9, 2001)))
    assert np.isclose((sigmoid * (1 - sigmoid)).max(), 1 / 4), "q4, before"


def test_before_and_after_chapter_5() -> None:
    mean_square, mean = 16, 5
    assert mean_square < mean**2, "q1, before: it would have to be 25 or more"
    assert r("ch05.interaction") > 0, "q2"
    assert (90 - 88) / (90 - 30) < 0.05, "q3, after"
    assert r("ch05.leak.test") < r("ch05.leak.without") < r("ch05.leak.fresh"), "q4"


def test_before_and_after_chapter_6() -> None:
    assert 100 - 3 == 97, "q1, before: silence is right as often"
    assert round(100 * 90 / (90 + 0.05 * 9900)) == 15, "q1, after"
    assert 0.05 * 9900 == 495, "q1, after"
    assert r("ch06a.leak.shuffled") > r("ch06a.leak.walked") + 15, "q3: shuffled is another test"
    assert 9 / (9 + 1) == 0.9, "q4, after: enough on nine days of ten"


def test_before_and_after_chapter_7() -> None:
    digits = [9, 7, 8, 0, 2, 6, 2, 0, 3, 5, 6, 1, 3]
    slips = [[*digits[:i], d, *digits[i + 1 :]] for i in range(13) for d in range(10)]
    valid = [s for s in slips if sum(d * (1, 3)[i % 2] for i, d in enumerate(s)) % 10 == 0]
    assert all(s == digits for s in valid), "q1, before: no single slip passes"
    assert np.float32(2**24 + 1) - np.float32(2**24) == 0, "q3, after"


def test_before_and_after_chapter_8() -> None:
    assert 0 < r("ch08d.clients.steps") < r("ch08d.recovered.32"), "q3, before: photos come back"
    assert r("ch08h.right.end") < r("ch08h.right.best"), "q4, before: the reward went on rising"


def test_before_and_after_chapter_9() -> None:
    bounds = [np.exp(epsilon) for epsilon in (8, 1, 0.1)]
    assert bounds == sorted(bounds, reverse=True), "q2: a smaller epsilon, a tighter factor"
    assert 60 < 90, "q4, before"
    wide, fitting = 100, 10 + 0.1 * 2 / 0.1 * 3  # width, and misses at 2 / alpha for their distance
    assert fitting < wide, "q4, after: the interval score counts the width"


def test_before_and_after_chapter_10() -> None:
    assert max(20e6, 0.04 * 1e9) == 40e6, "q2, after"
