"""The learning rate at which least squares begins to diverge."""

from typing import Any

import numpy as np

from companion.exercises import mistake
from companion.exercises.compare import called, number


def limit(X):
    hessian = 2 * X.T @ X / len(X)
    return 2 / np.linalg.eigvalsh(hessian).max()


@mistake("smallest eigenvalue")
def smallest(X):
    return 2 / np.linalg.eigvalsh(2 * X.T @ X / len(X)).min()


@mistake("twice as large")
def one_over(X):
    return 1 / np.linalg.eigvalsh(2 * X.T @ X / len(X)).max()


@mistake("1/n")
def no_mean(X):
    return 2 / np.linalg.eigvalsh(2 * X.T @ X).max()


@mistake("factor 2")
def no_two(X):
    return 2 / np.linalg.eigvalsh(X.T @ X / len(X)).max()


@mistake("sum of the eigenvalues")
def trace(X):
    return 2 / np.trace(2 * X.T @ X / len(X))


def judge(answer: Any) -> None:
    rng = np.random.default_rng(5)
    for n, d in ((7, 3), (20, 2), (6, 1)):
        X = rng.standard_normal((n, d)) * np.arange(1, d + 1)
        size = np.linalg.svd(X, compute_uv=False)
        causes = [
            (0.5 * n / size[0] ** 2, "it still converges with steps twice as large."),
            (1.0 / size[0] ** 2, "J has the factor 1/n, and so has its Hessian."),
            (2.0 * n / size[0] ** 2, "the Hessian has the factor 2 of the square's derivative."),
        ]
        if d > 1:
            causes += [
                (n / size[-1] ** 2, "that uses the smallest eigenvalue; the largest limits."),
                (n / (size @ size), "that uses the sum of the eigenvalues; the largest limits."),
            ]
        number(
            called(answer, X, name="limit"),
            n / size[0] ** 2,
            causes=causes,
            name=f"limit for n = {n}, d = {d}",
        )
