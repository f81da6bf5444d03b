"""The one error readers meet: a sentence that says what was wrong and how to mend it."""


class CourseError(ValueError):
    """Bad input, explained in one sentence: what was wrong, what was expected, how to mend it."""
