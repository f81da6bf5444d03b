"""Which pairs of mean squared and mean absolute error exist."""

from typing import Any

import numpy as np

from companion.exercises import Wrong, mistake
from companion.exercises.compare import called, truth


def possible(mse, mae):
    if mae == 0:
        return mse == 0
    return bool(mse >= mae**2 and mae > 0)


@mistake("different units")
def no_square(mse, mae):
    return mse == 0 if mae == 0 else mse >= mae and mae > 0


@mistake("same size")
def strict(mse, mae):
    return mse == 0 if mae == 0 else mse > mae**2 and mae > 0


@mistake("turned round")
def turned(mse, mae):
    return mse <= mae**2 and mae >= 0


@mistake("negative")
def negative(mse, mae):
    return mse == 0 if mae == 0 else mse >= mae**2


@mistake("every error is 0")
def zero_and_four(mse, mae):
    return bool(mse >= mae**2 and mae >= 0)


def judge(answer: Any) -> None:
    def says(mse: float, mae: float) -> bool:
        return truth(called(answer, mse, mae, name="possible"), name="possible")

    if says(4859.6, 2017.5) and not says(10.0, 1.0):
        raise Wrong("The comparison is turned round: large squared errors are always possible.")
    # Errors 0.5 and 0.5: the mean square, 0.25, is below the mean, 0.5.
    if not says(0.25, 0.5) and says(0.6, 0.5):
        raise Wrong(
            "Errors of 0.5 give 0.25 and 0.5, and that is possible: "
            "the two have different units, dollars squared and dollars."
            if says(4.0, 3.0)
            else "Errors that all have the same size give exactly mae², and are possible."
        )
    if says(4.0, 3.0):
        raise Wrong("4 and 3 cannot be: the two have different units; which power compares them?")
    if says(9.0, -1.0):
        raise Wrong("A mean of absolute values is never negative.")
    errors = np.random.default_rng(0).standard_normal((50, 4))
    for row in errors:
        if not says(float(row @ row) / 4, float(np.abs(row).sum()) / 4):
            raise Wrong(
                f"The errors {row.round(2).tolist()} are possible; yours says they are not."
            )
    if not says(0.0, 0.0):
        raise Wrong("A perfect prediction has 0 and 0: possible.")
    for mse in (4.0, 1e-3):
        if says(mse, 0.0):
            raise Wrong(
                f"{mse:g} and 0 cannot be: with a mean of 0 every error is 0, and its square."
            )
    if not says(1e8, 1e-3):
        raise Wrong("One large error among many small ones: a large mse with a small mae exists.")
