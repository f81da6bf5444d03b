"""The calculator against runs that others published, and against counting."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest

from companion import compute
from companion.compute import PUBLISHED_RUNS, TIMED_RUNS, Hardware, PublishedRun, TimedRun
from companion.errors import CourseError

A100 = Hardware(name="A100", peak_flops=312e12, utilisation=0.45, devices=2048, watts=400, pue=1.1)


@pytest.mark.parametrize("run", PUBLISHED_RUNS, ids=[run.name for run in PUBLISHED_RUNS])
def test_published_operations_are_reproduced(run: PublishedRun) -> None:
    allowed = {"Gopher 280B": 0.13, "Chinchilla 70B": 0.025}
    assert abs(run.error) < allowed.get(run.name, 0.005)


def test_petaflops_days_are_those_of_the_gpt3_paper() -> None:
    days = {run.name: run.computed / compute.PETAFLOPS_DAY for run in PUBLISHED_RUNS}
    assert f"{days['BERT base']:.3g} {days['GPT-3 175B']:.3g}" == "1.89 3.64e+03"


@pytest.mark.parametrize(
    ("hours", "megawatt_hours", "tonnes"),
    [(82_432, 36, 14), (135_168, 59, 23), (530_432, 233, 90), (1_022_362, 449, 173)],
)
def test_energy_and_carbon_of_llama_are_reproduced(
    hours: int, megawatt_hours: int, tonnes: int
) -> None:
    """Touvron et al. (2023), table 15: 400 W, PUE 1.1, 0.385 kg of CO2 a kilowatt hour.

    The table truncates: 530,432 h give 233.4 MWh, and 1,022,362 h give 449.8 and print 449.
    """
    kilowatt_hours = A100.hours(hours).kilowatt_hours
    assert math.floor(kilowatt_hours / 1000) == megawatt_hours
    assert abs(kilowatt_hours * 0.385 / 1000 - tonnes) < 0.5


def test_cost_of_deepseek_v3_is_reproduced() -> None:
    h800 = Hardware(name="H800", peak_flops=989e12, utilisation=0.35, devices=2048, price=2)
    run = h800.hours(2.788e6)
    assert run.cost == pytest.approx(5.576e6)
    assert h800.hours(180_000).seconds / 86_400 == pytest.approx(3.7, abs=0.05)


def test_hours_of_llama_65b_follow_from_a_usual_utilisation() -> None:
    """6·N·D at 45 % of the peak gives the published 1,022,362 GPU hours within a tenth."""
    run = A100.run(compute.training_flops(65.2e9, 1.4e12))
    assert run.device_hours == pytest.approx(1_022_362, rel=0.1)
    assert run.seconds == pytest.approx(run.device_hours * 3600 / 2048)


@pytest.mark.parametrize("run", TIMED_RUNS, ids=[run.name for run in TIMED_RUNS])
def test_published_hours_leave_a_share_of_the_peak_that_is_possible(run: TimedRun) -> None:
    """Operations counted by hand over those promised; every run uses 15 to 55 % of the peak."""
    promised = run.device_hours * 60 * 60 * run.peak_flops
    assert run.utilisation == pytest.approx(6 * run.parameters * run.tokens / promised)
    assert 0.15 < run.utilisation < 0.55
    assert run.predicted_hours(run.utilisation) == pytest.approx(run.device_hours)


@pytest.mark.parametrize(
    ("hours", "watts", "tonnes", "unit"),
    [
        (184_320, 400, 31.22, 0.01),
        (368_640, 400, 62.44, 0.01),
        (1_720_320, 400, 291.42, 0.01),
        (1.3e6, 700, 390, 5),
        (6.4e6, 700, 1900, 5),
    ],
)
def test_carbon_of_llama_2_and_3_follows_from_the_constants_of_the_first(
    hours: float, watts: float, tonnes: float, unit: float
) -> None:
    """The card of Llama 2 truncates to hundredths, that of Llama 3 rounds to tens."""
    device = Hardware(name="", peak_flops=1, utilisation=1, watts=watts, pue=1.1)
    assert abs(device.hours(hours).kilowatt_hours * 0.385 / 1000 - tonnes) < unit


def test_six_counts_the_products_of_a_dense_layer() -> None:
    """Count multiplications and additions of one layer forward and backward, one token."""
    inputs, outputs = 7, 5
    forward = 2 * np.prod((inputs, outputs))
    by_inputs, by_weights = 2 * np.prod((outputs, inputs)), 2 * np.prod((inputs, outputs))
    counted = forward + by_inputs + by_weights
    assert compute.training_flops(inputs * outputs, 1) == counted


def test_attention_counts_two_products_a_layer() -> None:
    """Scores Q·Kᵀ and values P·V for one token, counted by loops over all pairs."""
    layers, width, length = 3, 4, 6
    forward = sum(2 * 2 for _ in range(layers) for _ in range(length) for _ in range(width))
    assert compute.attention_flops(layers, width, length) == 3 * forward
    with_it = compute.training_flops(10, 100, attention=3 * forward)
    assert with_it == 100 * (60 + 3 * forward)


def test_memory_counts_bytes() -> None:
    weights = np.zeros(1000, np.float32)
    assert compute.training_memory(weights.size) == 4 * weights.nbytes
    assert compute.training_memory(174.6e9, bytes_per_parameter=2) == pytest.approx(349.2e9)


@pytest.mark.parametrize(
    "change",
    [{"utilisation": 1.5}, {"utilisation": 0}, {"peak_flops": math.nan}, {"pue": 0.9}],
)
def test_impossible_hardware_is_refused(change: dict[str, Any]) -> None:
    fields: dict[str, Any] = {"name": "x", "peak_flops": 1e12, "utilisation": 0.5}
    with pytest.raises(CourseError):
        Hardware(**(fields | change))


def test_impossible_runs_are_refused() -> None:
    for parameters, tokens in ((0, 1), (1, -1), (math.inf, 1)):
        with pytest.raises(CourseError, match="positive"):
            compute.training_flops(parameters, tokens)
