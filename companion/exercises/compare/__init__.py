"""Comparisons for judges: each says what is wrong, and where, and the likely mistake."""

from companion.exercises.compare.calls import called, plain, raises, several, truth
from companion.exercises.compare.derivatives import Counted, slope
from companion.exercises.compare.values import array, choice, number, unlike
