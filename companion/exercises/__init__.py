"""Exercises that check themselves: ``check``, ``hint``, ``solution``, ``progress``, ``quiz``."""

from companion.exercises.engine import check, hint, progress, reset, solution
from companion.exercises.quizzes import quiz
from companion.exercises.registry import Exercise, ToDo, Wrong, exercise

__all__ = [
    "Exercise",
    "ToDo",
    "Wrong",
    "check",
    "exercise",
    "hint",
    "progress",
    "quiz",
    "reset",
    "solution",
]
