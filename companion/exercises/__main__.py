"""``python -m companion.exercises``: your progress in a terminal."""

import sys

from companion.errors import CourseError
from companion.exercises.engine import progress

if __name__ == "__main__":
    try:
        print(progress())
    except CourseError as error:
        sys.exit(str(error))
