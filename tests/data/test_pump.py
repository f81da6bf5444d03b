"""The pump's world: its closed forms against long runs, its tones, its rounding."""

from __future__ import annotations

import numpy as np
import pytest

from companion.data.pump import BEARING_HZ, SHAFT_HZ, MistakeCosts, Pump, powers, quantise
from companion.errors import CourseError

LOSS = MistakeCosts()


@pytest.mark.parametrize(
    ("pump", "half_band", "tolerance"),
    [
        (Pump(), 0, 0.05),
        (Pump(), 5, 0.05),
        (Pump(noise=0.1), 0, 0.05),
        # Rounding is not quite white noise.
        (Pump(bits=4), 0, 0.10),
    ],
)
def test_best_cost_is_what_its_threshold_pays(pump: Pump, half_band: int, tolerance: float) -> None:
    X, faulty = pump.windows(60_000, seed=5)
    paid = LOSS.per_hundred(faulty, pump.alarm(X, LOSS, half_band=half_band))
    assert paid == pytest.approx(pump.best_cost(LOSS, half_band=half_band), rel=tolerance)


def test_no_other_threshold_on_the_power_pays_less() -> None:
    pump = Pump()
    X, faulty = pump.windows(60_000, seed=6)
    power = powers(X)[:, BEARING_HZ - 1]
    costs = [LOSS.per_hundred(faulty, power > t) for t in np.quantile(power, np.linspace(0, 1, 99))]
    assert min(costs) > 0.95 * pump.best_cost(LOSS)


def test_likelihood_ratio_of_the_whole_window_does_no_better() -> None:
    """Brute force: average the likelihood over phases of the fault, on the raw samples."""
    pump = Pump()
    X, faulty = pump.windows(20_000, seed=7)
    t = np.arange(pump.rate) / pump.rate
    phases = np.arange(64)[:, None] / 64 * 2 * np.pi
    tones = 0.03 * np.sin(2 * np.pi * BEARING_HZ * t + phases)
    # The shaft's tone is orthogonal to the fault's over a whole second, and drops out.
    ratio = np.exp((X @ tones.T - (tones**2).sum(1) / 2) / pump.noise**2).mean(1)
    probability = 0.1 * ratio / (0.1 * ratio + 0.9)
    by_bayes = probability > LOSS.threshold
    same = by_bayes == pump.alarm(X, LOSS)
    assert same.mean() > 0.998
    assert LOSS.per_hundred(faulty, by_bayes) > 0.85 * pump.best_cost(LOSS)


def test_too_slow_a_sensor_leaves_only_the_prior() -> None:
    slow = Pump(rate=64)
    X, faulty = slow.windows(4_000, seed=0)
    # Always stop: 0.9 of the windows are stopped for nothing.
    assert slow.best_cost(LOSS) == pytest.approx(90.0)
    assert slow.best_cost(MistakeCosts(missed=1.0)) == pytest.approx(10.0)
    assert slow.alarm(X, LOSS).all()
    assert not slow.alarm(X, MistakeCosts(missed=1.0)).any()
    assert powers(X[faulty]).mean(0) == pytest.approx(powers(X[~faulty]).mean(0), rel=0.3)


def test_each_stage_that_loses_costs() -> None:
    best = Pump().best_cost(LOSS)
    assert best < Pump(bits=6).best_cost(LOSS) < Pump(bits=4).best_cost(LOSS)
    assert best < Pump(noise=0.06).best_cost(LOSS) < Pump(noise=0.1).best_cost(LOSS)
    assert best < Pump().best_cost(LOSS, half_band=1) < Pump().best_cost(LOSS, half_band=5)


def test_windows_have_their_tones_and_repeat() -> None:
    X, faulty = Pump().windows(3_000, seed=1)
    again, _ = Pump().windows(3_000, seed=1)
    assert (again == X).all()
    assert faulty.mean() == pytest.approx(0.1, abs=0.02)
    by_frequency = powers(X[faulty]).mean(0)
    assert by_frequency.argmax() == SHAFT_HZ - 1
    noise = np.delete(by_frequency, [SHAFT_HZ - 1, BEARING_HZ - 1])
    assert noise.mean() == pytest.approx(2 * 0.05**2, rel=0.02)
    # Amplitude a over `rate` samples has the power a² · rate / 2 beside the noise.
    expected = 0.03**2 * 128 / 2 + 2 * 0.05**2
    assert by_frequency[BEARING_HZ - 1] == pytest.approx(expected, rel=0.1)


def test_quantise_has_its_levels_and_its_error() -> None:
    X = np.linspace(-1.5, 1.5, 3_001)
    rounded = quantise(X, 3)
    assert np.unique(rounded) == pytest.approx(np.arange(-7, 8, 2) / 8)
    inside = np.abs(X) < 1
    assert np.abs(rounded - X)[inside].max() <= 1 / 8 + 1e-12
    assert (np.diff(rounded) >= 0).all()


def test_costs_count_both_mistakes() -> None:
    faulty = np.array([True, True, False, False])
    assert MistakeCosts(20, 1).per_hundred(faulty, np.array([True, False, True, False])) == 525
    assert MistakeCosts(3, 1).threshold == 0.25


@pytest.mark.parametrize("faulty_pump", [{"rate": 127}, {"rate": 24}, {"noise": 0.0}, {"bits": 0}])
def test_an_impossible_pump_is_one_sentence(faulty_pump: dict[str, float]) -> None:
    with pytest.raises(CourseError, match="should be"):
        Pump(**faulty_pump)  # type: ignore[arg-type]
    assert Pump(bits=1).bits == 1
