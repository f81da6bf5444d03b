"""Generated districts, and how near they are to the shore and to a city."""

import numpy as np
from numpy.random import Generator

from companion.data.table import Floats

# Longitude, latitude, share of districts, spread in degrees.
CITIES = np.array(
    [
        [-118.2, 34.0, 0.36, 0.30],
        [-122.2, 37.7, 0.24, 0.28],
        [-117.1, 32.9, 0.10, 0.18],
        [-121.4, 38.6, 0.09, 0.25],
        [-119.7, 36.7, 0.07, 0.30],
    ]
)
# The coast as a broken line: longitude of the shore at each latitude.
SHORE_LATITUDE = np.array([32.5, 33.7, 34.4, 36.6, 37.8, 40.4, 42.0])
SHORE_LONGITUDE = np.array([-117.2, -118.3, -120.2, -121.9, -122.5, -124.3, -124.2])


def districts(n: int, rng: Generator) -> Floats:
    """Draw the eight columns of ``n`` districts, shape ``(n, 8)``, in the article's order."""
    longitude, latitude = _places(n, rng)
    city = nearness_of_city(longitude, latitude)
    coast = nearness_of_shore(longitude, latitude)
    age = np.clip(np.rint(20 + 18 * city + 11 * rng.standard_normal(n)), 1, 52)
    log_income = 1.05 + 0.20 * coast + 0.15 * city + 0.42 * rng.standard_normal(n)
    income = np.clip(np.round(np.exp(log_income), 4), 0.5, 15.0001)
    households = np.maximum(np.rint(np.exp(6.0 + 0.65 * rng.standard_normal(n))), 4)
    rooms_each = np.exp(1.62 + 0.20 * (np.log(income) - 1.2) + 0.16 * rng.standard_normal(n))
    bedrooms_each = 1.06 * np.exp(0.07 * rng.standard_normal(n))
    people_each = np.exp(1.04 - 0.05 * (income - 3.8) / 1.9 + 0.22 * rng.standard_normal(n))
    counts = [np.rint(each * households) for each in (rooms_each, bedrooms_each, people_each)]
    return np.column_stack([longitude, latitude, age, *counts, households, income])


def _places(n: int, rng: Generator) -> tuple[Floats, Floats]:
    share = CITIES[:, 2]
    kind = rng.choice(len(CITIES) + 1, size=n, p=[*share, 1 - share.sum()])
    countryside = np.column_stack([rng.uniform(-122, -116, n), rng.uniform(33, 41.5, n)])
    chosen = CITIES[np.minimum(kind, len(CITIES) - 1)]
    around = chosen[:, :2] + chosen[:, 3:] * rng.standard_normal((n, 2))
    place = np.where((kind == len(CITIES))[:, None], countryside, around)
    latitude = np.round(np.clip(place[:, 1], 32.55, 41.95), 2)
    # A point that fell into the sea is mirrored at the shore, onto land.
    shore = np.interp(latitude, SHORE_LATITUDE, SHORE_LONGITUDE)
    longitude = shore + np.maximum(np.abs(place[:, 0] - shore), 0.01)
    return np.round(np.clip(longitude, -124.35, -114.3), 2), latitude


def nearness_of_shore(longitude: Floats, latitude: Floats) -> Floats:
    """Return ``coast`` of :mod:`companion.data.house_prices`, between 0 and 1: 1 on the shore."""
    gap = np.maximum(longitude - np.interp(latitude, SHORE_LATITUDE, SHORE_LONGITUDE), 0.0)
    return np.asarray(np.exp(-gap / 0.35))


def nearness_of_city(longitude: Floats, latitude: Floats) -> Floats:
    """Return ``city`` of :mod:`companion.data.house_prices`, between 0 and 1: 1 in a centre."""
    away = np.column_stack([longitude, latitude])[:, None, :] - CITIES[None, :, :2]
    nearness: Floats = np.exp(-np.min(np.sum(away**2, axis=-1), axis=1) / 0.5)
    return nearness
