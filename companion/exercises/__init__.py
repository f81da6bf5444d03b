"""Exercises that check themselves: ``check``, ``progress``, ``reset``, ``quiz``."""

from companion.exercises.engine import check, progress, reset
from companion.exercises.quizzes import quiz
from companion.exercises.registry import ToDo, Wrong, mistake
