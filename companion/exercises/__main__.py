"""``python -m companion.exercises``: your progress in a terminal."""

from companion.exercises.engine import progress

if __name__ == "__main__":
    print(progress())
