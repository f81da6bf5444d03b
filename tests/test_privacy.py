"""The accountant against closed forms, published figures and a library."""

from __future__ import annotations

import math

import dp_accounting
import numpy as np
import pytest
from dp_accounting.rdp import RdpAccountant

from companion.errors import CourseError
from companion.privacy import epsilon, noise_for, sampled_gaussian_rdp


def test_without_sampling_the_divergence_is_the_closed_form() -> None:
    """Rényi divergence of two normals one bound apart: α/2σ²."""
    assert sampled_gaussian_rdp(1.0, 3.0, 9) == pytest.approx(0.5)
    assert sampled_gaussian_rdp(1 - 1e-12, 3.0, 9) == pytest.approx(0.5, rel=1e-6)


@pytest.mark.parametrize("order", [2, 3, 7])
def test_divergence_equals_the_integral_over_the_two_densities(order: int) -> None:
    rate, sigma = 0.3, 1.5
    x = np.linspace(-40, 60, 400_001)

    def density(mean: float) -> np.ndarray:
        return np.exp(-((x - mean) ** 2) / (2 * sigma**2)) / (sigma * np.sqrt(2 * np.pi))

    mixture = (1 - rate) * density(0) + rate * density(1)
    ratio = np.where(density(0) > 0, mixture / np.maximum(density(0), 1e-300), 0)
    moment = np.trapezoid(ratio**order * density(0), x)
    assert sampled_gaussian_rdp(rate, sigma, order) == pytest.approx(np.log(moment) / (order - 1))


def test_published_epsilons() -> None:
    """Abadi et al. (2016): 1.26 after 100 epochs; the library's tutorial setting: 1.18."""
    assert f"{epsilon(0.01, 4, 10_000, 1e-5):.2f}" == "1.26"
    assert f"{epsilon(250 / 60_000, 1.3, 15 * 240, 1e-5):.2f}" == "1.18"


def test_divergences_are_those_of_the_library() -> None:
    event = dp_accounting.PoissonSampledDpEvent(0.02, dp_accounting.GaussianDpEvent(1.1))
    accountant = RdpAccountant(orders=[2, 5, 17, 60])
    accountant.compose(event, 1)
    ours = [sampled_gaussian_rdp(0.02, 1.1, order) for order in (2, 5, 17, 60)]
    assert np.allclose(ours, accountant._rdp, rtol=1e-9)


def test_noise_is_the_least_that_keeps_the_promise() -> None:
    sigma = noise_for(2.0, 0.2, 300, 1e-5)
    assert epsilon(0.2, sigma, 300, 1e-5) <= 2.0 < epsilon(0.2, sigma - 0.002, 300, 1e-5)


def test_impossible_requests_are_refused() -> None:
    for rate, sigma, order in (
        (0, 1, 2),
        (1.1, 1, 2),
        (0.5, 0, 2),
        (0.5, math.inf, 2),
        (0.5, 1, 1),
    ):
        with pytest.raises(CourseError, match="rate"):
            sampled_gaussian_rdp(rate, sigma, order)
    with pytest.raises(CourseError, match="delta"):
        epsilon(0.1, 1, 10, 0)
    with pytest.raises(CourseError, match="steps"):
        epsilon(0.1, 1, -1, 1e-5)
    for target in (math.inf, math.nan, 0.0):
        with pytest.raises(CourseError, match=str(target)):
            noise_for(target, 0.1, 10, 1e-5)
    with pytest.raises(CourseError, match="1e-09"):
        noise_for(1e-9, 1.0, 10_000, 1e-5)
