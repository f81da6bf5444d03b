"""The serial share by Amdahl's law, from two times."""

from typing import Any

import numpy as np

from companion.exercises import mistake
from companion.exercises.compare import called, number


def serial_share(t1, tn, n):
    return (tn / t1 - 1 / n) / (1 - 1 / n)


@mistake("efficiency")
def efficiency(t1, tn, n):
    return t1 / tn / n


@mistake("lost")
def lost(t1, tn, n):
    return 1 - t1 / tn / n


@mistake("1 − 1/n")
def no_division(t1, tn, n):
    return tn / t1 - 1 / n


@mistake("does divide")
def parallel(t1, tn, n):
    return 1 - (tn / t1 - 1 / n) / (1 - 1 / n)


def judge(answer: Any) -> None:
    for t1, n, share in ((10.0, 2, 0.1), (3.0, 8, 0.25), (60.0, 5, 0.6)):
        # Simulated: the serial seconds, then the rest dealt to n workers.
        tn = share * t1 + max(np.full(n, (t1 - share * t1) / n))
        divided = 1 - 1 / n
        number(
            called(answer, t1, tn, n, name="serial_share"),
            share,
            causes=[
                (t1 / (n * tn), "that is the efficiency: speed-up over workers."),
                (1 - t1 / (n * tn), "that is the efficiency lost; not all of it is serial."),
                (share * divided, "divide by 1 − 1/n: even serial work was done by one of n."),
                (1 - share, "that is the share that does divide."),
            ],
            name=f"serial_share({t1:.0f}, {tn:.3g}, {n})",
        )
