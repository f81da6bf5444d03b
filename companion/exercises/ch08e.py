"""Chapter 8, compute: utilisation, memory of Adam, the serial share, one step of a ring."""

from __future__ import annotations

from typing import Any

import numpy as np

from companion.exercises.compare import array, called, number
from companion.exercises.registry import exercise


@exercise(
    "ch08.utilisation",
    title="How busy were the cards?",
    level=1,
    minutes=8,
    statement="""
        A report says how many parameters a model has, how many tokens it read, how many
        device hours the training took, and on which card; `peak` is what the card's maker promises,
        in operations a second. Write `utilisation(parameters, tokens, hours, peak)`: the share of
        the promised operations that went into the model, with six operations for each parameter
        and token.
    """,
    stub="""
        def utilisation(parameters, tokens, hours, peak):
            return ...  # between 0 and 1
    """,
    solution="""
        def utilisation(parameters, tokens, hours, peak):
            promised = hours * 3600 * peak
            return 6 * parameters * tokens / promised
    """,
    explanation="""
        Device hours already count every card, so the number of cards plays no part. What is missing
        from 1 went into waiting for memory and for the other cards, into operations that the
        rule of six leaves out, and into hours in which nothing was learnt: failures, restarts.
    """,
    hints=(
        "How many operations would the cards have made at their peak?",
        "An hour has 60 · 60 seconds. The model needed 6 · parameters · tokens.",
    ),
    wrong={
        "no_six": (
            "def utilisation(parameters, tokens, hours, peak):\n"
            "    return parameters * tokens / (hours * 3600 * peak)",
            "six operations",
        ),
        "forward_only": (
            "def utilisation(parameters, tokens, hours, peak):\n"
            "    return 2 * parameters * tokens / (hours * 3600 * peak)",
            "forward",
        ),
        "hours_as_seconds": (
            "def utilisation(parameters, tokens, hours, peak):\n"
            "    return 6 * parameters * tokens / (hours * peak)",
            "seconds",
        ),
        "upside_down": (
            "def utilisation(parameters, tokens, hours, peak):\n"
            "    return hours * 3600 * peak / (6 * parameters * tokens)",
            "upside down",
        ),
    },
)
def _utilisation(answer: Any) -> None:
    for N, D, hours, peak in ((7e9, 2e12, 184_320, 312e12), (1e9, 3e10, 500.0, 45e12)):
        # At the peak the run would take so many seconds of one device.
        fastest = sum(operations * N * D for operations in (2, 4)) / peak
        share = fastest / (hours * 60 * 60)
        number(
            called(answer, N, D, hours, peak, name="utilisation"),
            share,
            causes=[
                (share / 6, "each parameter and token takes six operations."),
                (share / 3, "that is the forward pass only; backward takes twice as much again."),
                (share * 3600, "`hours` are hours, and `peak` counts seconds."),
                (1 / share, "that is upside down: what was promised over what was used."),
            ],
            name="utilisation",
        )


@exercise(
    "ch08.adam-memory",
    title="What Adam keeps",
    level=2,
    minutes=12,
    statement="""
        A network of dense layers with biases has the widths `widths`, such as `(8, 64, 32, 1)`: 8
        inputs, 64 units, and so on. Write `adam_bytes(widths)`: the bytes that its weights, their
        gradients and Adam's two averages take while it trains, all in `float32`, without
        activations.
    """,
    stub="""
        def adam_bytes(widths):
            return ...  # a whole number
    """,
    solution="""
        def adam_bytes(widths):
            parameters = 0
            for inputs, outputs in zip(widths[:-1], widths[1:]):
                parameters += (inputs + 1) * outputs
            return 16 * parameters
    """,
    explanation="""
        Four numbers of four bytes for each parameter: the weight, its gradient, the average of
        gradients, the average of their squares. A stored model is a quarter of that. Training a
        model therefore takes four times the memory of its file, before the first activation.
    """,
    hints=(
        "A layer from 8 to 64 has 8 · 64 weights and 64 biases.",
        "How many numbers does Adam need for one parameter, in all? And each is how many bytes?",
    ),
    wrong={
        "no_biases": (
            "def adam_bytes(widths):\n"
            "    return 16 * sum(a * b for a, b in zip(widths, widths[1:]))",
            "biases",
        ),
        "weights_only": (
            "def adam_bytes(widths):\n"
            "    return 4 * sum((a + 1) * b for a, b in zip(widths, widths[1:]))",
            "the stored model",
        ),
        "one_average": (
            "def adam_bytes(widths):\n"
            "    return 12 * sum((a + 1) * b for a, b in zip(widths, widths[1:]))",
            "two averages",
        ),
        "numbers": (
            "def adam_bytes(widths):\n"
            "    return 4 * 4 * 2 * sum((a + 1) * b for a, b in zip(widths, widths[1:]))",
            "float64",
        ),
    },
)
def _adam_memory(answer: Any) -> None:
    for widths in ((8, 64, 32, 1), (3, 2), (10, 7, 7, 7, 4)):
        kept: list[np.ndarray] = []
        for layer in range(1, len(widths)):
            for shape in ((widths[layer - 1], widths[layer]), (widths[layer],)):
                kept += [np.empty(shape, np.float32) for _ in ("w", "gradient", "mean", "square")]
        total = sum(part.nbytes for part in kept)
        biases = sum(part.nbytes for part in kept if part.ndim == 1)
        number(
            called(answer, widths, name="adam_bytes"),
            total,
            causes=[
                (total - biases, "the biases are trained too."),
                (total / 4, "that is the stored model: weights alone."),
                (total / 4 * 3, "one of the four is missing; Adam keeps two averages."),
                (total * 2, "that would be float64; float32 takes four bytes."),
            ],
            name=f"adam_bytes({widths})",
        )


@exercise(
    "ch08.serial-share",
    title="What does not divide",
    level=2,
    minutes=12,
    statement=r"""
        A run takes `t1` seconds on one worker and `tn` seconds on `n`. By Amdahl's law
        $t_n = t_1 (s + (1 - s)/n)$. Write `serial_share(t1, tn, n)`: the share $s$ of the work that
        behaves as if it could not be divided.
    """,
    stub="""
        def serial_share(t1, tn, n):
            return ...  # between 0 and 1
    """,
    solution="""
        def serial_share(t1, tn, n):
            return (tn / t1 - 1 / n) / (1 - 1 / n)
    """,
    explanation="""
        The formula is known as the Karp–Flatt metric. It is the better report of a measurement than
        the speed-up: if the share grows with `n`, the trouble is not serial work but
        communication, which Amdahl's law leaves out.
    """,
    hints=(
        "Divide the law by t1. What stands on the left?",
        "tn / t1 = s (1 − 1/n) + 1/n. Solve for s.",
    ),
    wrong={
        "efficiency": (
            "def serial_share(t1, tn, n):\n    return t1 / tn / n",
            "efficiency",
        ),
        "lost": (
            "def serial_share(t1, tn, n):\n    return 1 - t1 / tn / n",
            "lost",
        ),
        "no_division": (
            "def serial_share(t1, tn, n):\n    return tn / t1 - 1 / n",
            "1 − 1/n",
        ),
        "parallel": (
            "def serial_share(t1, tn, n):\n    return 1 - (tn / t1 - 1 / n) / (1 - 1 / n)",
            "does divide",
        ),
    },
)
def _serial_share(answer: Any) -> None:
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


@exercise(
    "ch08.ring-step",
    title="One step round the ring",
    level=3,
    minutes=18,
    statement="""
        `parts` has the shape `(n, n, k)`: worker `w` holds `parts[w]`, its vector cut into `n`
        parts of `k` numbers. In step `t` of the ring every worker `w` sends its part
        `(w - t) mod n` to the worker after it, `(w + 1) mod n`, which **adds** it to its own part
        of the same number. Write `ring_step(parts, t)`: all workers' parts after that step, as a
        new array.
    """,
    stub="""
        def ring_step(parts, t):
            return ...  # shape (n, n, k)
    """,
    solution="""
        def ring_step(parts, t):
            n = len(parts)
            after = parts.copy()
            for w in range(n):
                part = (w - t) % n
                after[(w + 1) % n, part] += parts[w, part]
            return after
    """,
    explanation="""
        After the steps 0 to n − 2 the worker `w` holds the whole sum of one part, number
        `(w + 1) mod n`. Everybody sent one part of n at a time, and all links of the ring were busy
        all the time. As many steps again, with copying instead of adding, give everybody
        all sums.
    """,
    hints=(
        "Copy `parts` first; all workers send what they held before the step.",
        "The receiver of worker `w` is `(w + 1) % n`; the part keeps its number.",
        "`after[(w + 1) % n, part] += parts[w, part]`.",
    ),
    wrong={
        "copied": (
            "def ring_step(parts, t):\n"
            "    n = len(parts)\n"
            "    after = parts.copy()\n"
            "    for w in range(n):\n"
            "        after[(w + 1) % n, (w - t) % n] = parts[w, (w - t) % n]\n"
            "    return after",
            "instead of adding",
        ),
        "other_way": (
            "def ring_step(parts, t):\n"
            "    n = len(parts)\n"
            "    after = parts.copy()\n"
            "    for w in range(n):\n"
            "        after[(w - 1) % n, (w - t) % n] += parts[w, (w - t) % n]\n"
            "    return after",
            "other way",
        ),
        "same_part": (
            "def ring_step(parts, t):\n"
            "    n = len(parts)\n"
            "    after = parts.copy()\n"
            "    for w in range(n):\n"
            "        after[(w + 1) % n, w] += parts[w, w]\n"
            "    return after",
            "the same part in every step",
        ),
        "everything": (
            "def ring_step(parts, t):\n    return parts + np.roll(parts, 1, axis=0)",
            "whole vector",
        ),
    },
)
def _ring_step(answer: Any) -> None:
    for n, k, t in ((4, 3, 1), (3, 2, 0), (5, 1, 3)):
        parts = np.random.default_rng(n).integers(-50, 50, (n, n, k)).astype(float)
        index = np.arange(n)

        def moved(
            part: np.ndarray, by: int, parts: np.ndarray = parts, i: Any = index
        ) -> np.ndarray:
            # What arrives, in a table of zeros: one part for each worker.
            table = np.zeros_like(parts)
            table[np.roll(i, -by), part] = parts[i, part]
            return table

        right = moved((index - t) % n, 1)
        causes: list[tuple[np.ndarray, str]] = [
            (np.where(right != 0, right, parts), "a part was replaced instead of adding to it."),
            (parts + moved((index - t) % n, -1), "it goes round the other way."),
            (parts + np.roll(parts, 1, 0), "the whole vector was sent, not one part of it."),
        ]
        if t:
            causes.append((parts + moved(index, 1), "that sends the same part in every step."))
        result = called(answer, parts, t, name="ring_step")
        array(result, parts + right, causes=causes, name=f"ring_step(parts, {t})")
