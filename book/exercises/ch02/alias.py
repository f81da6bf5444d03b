"""The frequency under which a sampled tone is seen."""

from typing import Any

import numpy as np

from companion.exercises import mistake
from companion.exercises.compare import called, number


def alias(f, rate):
    rest = f % rate
    return min([rest, rate - rest])


@mistake("above half")
def no_fold(f, rate):
    return f % rate


@mistake("as if it were not sampled")
def unchanged(f, rate):
    return f


@mistake("half the rate")
def half_rate(f, rate):
    rest = f % (rate / 2)
    return min(rest, rate / 2 - rest)


@mistake("more than one turn")
def difference_only(f, rate):
    return abs(rate - f)


def judge(answer: Any) -> None:
    # The oracle looks: it samples the tone for one second and finds the peak of the spectrum.
    for f, rate in ((250, 64), (45, 128), (45, 64), (97, 100), (103, 100), (0, 50), (321, 101)):
        samples = np.cos(2 * np.pi * f * np.arange(rate) / rate)
        seen = int(np.abs(np.fft.rfft(samples)).argmax())
        half = f % (rate / 2)
        number(
            called(answer, f, rate, name="alias"),
            seen,
            causes=[
                (f % rate, "that is above half of the rate; such a tone looks like a slower one."),
                (f, "that is the tone as if it were not sampled; here the rate is too low for it."),
                (min(half, rate / 2 - half), "the turns repeat with the rate, not half the rate."),
                (abs(rate - f), "a tone may make more than one turn, or none, between two dots."),
            ],
            atol=1e-9,
            unit="hertz",
            name=f"alias({f}, {rate})",
        )
