"""Exercises that check themselves: ``check``, ``hint``, ``solution``, ``progress``, ``reset``."""

from companion.exercises.engine import check, hint, progress, reset, solution
from companion.exercises.registry import Exercise, ToDo, Wrong, exercise

__all__ = [
    "Exercise",
    "ToDo",
    "Wrong",
    "check",
    "exercise",
    "hint",
    "progress",
    "reset",
    "solution",
]
