"""One step of an LSTM from its four rows before activation."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from companion.exercises import Wrong, mistake
from companion.exercises.compare import array, called, several


def step(write, keep, new, read, c):
    gate = lambda z: 1 / (1 + np.exp(-z))
    c = gate(keep) * c + gate(write) * np.tanh(new)
    return gate(read) * np.tanh(c), c


@mistake("old memory")
def old_memory(write, keep, new, read, c):
    s = lambda z: 1 / (1 + np.exp(-z))
    return s(read) * np.tanh(c), s(keep) * c + s(write) * np.tanh(new)


@mistake("are swapped")
def swapped_gates(write, keep, new, read, c):
    s = lambda z: 1 / (1 + np.exp(-z))
    c = s(write) * c + s(keep) * np.tanh(new)
    return s(read) * np.tanh(c), c


@mistake("tanh on its way out")
def no_tanh(write, keep, new, read, c):
    s = lambda z: 1 / (1 + np.exp(-z))
    c = s(keep) * c + s(write) * np.tanh(new)
    return s(read) * c, c


@mistake("its own gate")
def coupled(write, keep, new, read, c):
    s = lambda z: 1 / (1 + np.exp(-z))
    c = s(keep) * c + (1 - s(keep)) * np.tanh(new)
    return s(read) * np.tanh(c), c


@mistake("h first")
def turned(write, keep, new, read, c):
    s = lambda z: 1 / (1 + np.exp(-z))
    c = s(keep) * c + s(write) * np.tanh(new)
    return c, s(read) * np.tanh(c)


Array = NDArray[np.float64]


def judge(answer: Any) -> None:
    def share(z: Array) -> Array:
        return (np.tanh(z / 2) + 1) / 2

    rng = np.random.default_rng(1)
    for u in (4, 1):
        write, keep, new, read, c = 1.5 * rng.standard_normal((5, u))
        got = called(answer, write, keep, new, read, c, name="step")
        got = several(got, ("h", "c"), name="step")
        content = np.tanh(new)
        memory = np.add(np.multiply(share(keep), c), np.multiply(share(write), content))
        out = np.multiply(share(read), np.tanh(memory))
        if np.allclose(np.asarray(got[0], float), memory) and np.allclose(got[1], out):
            raise Wrong("The two values are in the wrong order; return h first.")
        array(
            got[1],
            memory,
            causes=[
                (
                    np.multiply(share(write), c) + np.multiply(share(keep), content),
                    "the gates keep and write are swapped.",
                ),
                (
                    c * share(keep) + content * share(-keep),
                    "what is written has its own gate, not one minus the other.",
                ),
            ],
            name="The new memory c",
        )
        array(
            got[0],
            out,
            causes=[
                (np.multiply(share(read), np.tanh(c)), "it looks at the old memory."),
                (np.multiply(share(read), memory), "the memory passes tanh on its way out."),
            ],
            name="The new output h",
        )
