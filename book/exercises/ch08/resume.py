"""Adam that can be stopped and started again."""

from typing import Any

import numpy as np

from companion.exercises import Wrong, mistake
from companion.exercises.compare import array, called, several


def adam(state, gradient, rate):
    w, m, v, t = state
    m = 0.9 * m + 0.1 * gradient
    v = 0.999 * v + 0.001 * gradient**2
    t = t + 1
    w = w - rate * (m / (1 - 0.9**t)) / (np.sqrt(v / (1 - 0.999**t)) + 1e-8)
    return w, m, v, t


@mistake("first average is not carried on")
def forgets_averages(state, gradient, rate):
    w, m, v, t = adam(state, gradient, rate)
    return w, 0 * m, 0 * v, t


@mistake("counter should be")
def forgets_counter(state, gradient, rate):
    w, m, v, _ = adam(state, gradient, rate)
    return w, m, v, 0


@mistake("first average is not carried on")
def returns_old(state, gradient, rate):
    w, _, _, t = adam(state, gradient, rate)
    return w, state[1], state[2], t


@mistake("begin at zero")
def uncorrected(state, gradient, rate):
    w, m, v, t = state
    m = 0.9 * m + 0.1 * gradient
    v = 0.999 * v + 0.001 * gradient**2
    return w - rate * m / (np.sqrt(v) + 1e-8), m, v, t + 1


def judge(answer: Any) -> None:
    gradients = np.random.default_rng(0).normal(size=(6, 3))
    w, first, second = [1.0, -2.0, 0.5], [0.0] * 3, [0.0] * 3
    state = (np.array(w), np.zeros(3), np.zeros(3), 0)
    for t, row in enumerate(gradients, start=1):
        plain = list(w)
        for i, g in enumerate(float(x) for x in row):
            first[i] = first[i] * 0.9 + g / 10
            second[i] = second[i] * 0.999 + g * g / 1000
            plain[i] -= 0.1 * first[i] / (second[i] ** 0.5 + 1e-8)
            w[i] -= 0.1 * (first[i] / (1 - 0.9**t)) / ((second[i] / (1 - 0.999**t)) ** 0.5 + 1e-8)
        got = called(answer, state, row, 0.1, name="adam")
        new = several(got, ("weights", "first average", "second average", "counter"), name="adam")
        causes = [(np.array(plain), "the averages begin at zero; divide by 1 - 0.9**t and so on.")]
        array(new[0], np.array(w), causes=causes, name=f"the weights after step {t}")
        for values, right, name in ((new[1], first, "first"), (new[2], second, "second")):
            if not np.allclose(np.asarray(values, dtype=float), right):
                raise Wrong(
                    f"The {name} average is not carried on: return it as it is after the step."
                )
        if not np.isclose(float(np.asarray(new[3])), t):
            raise Wrong(f"The counter should be {t} after step {t}; it is part of the state.")
        state = (np.array(w), np.array(first), np.array(second), t)
