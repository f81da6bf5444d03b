"""Chapter 8, privacy: masks that remain, doors left open, clipping, a budget, and an attack."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from companion.exercises.compare import array, called, number
from companion.exercises.registry import exercise

MODULUS = 2**16


@exercise(
    "ch08.unmask",
    title="The masks of one who left",
    level=2,
    minutes=15,
    statement="""
        `pair[i, j]`, for `i < j`, is the mask that client `i` **added** to its numbers and client
        `j` **subtracted**; all is modulo `2**16`. `messages` has the shape `(n, d)`, one client a
        row. Client `gone` sent nothing: its row holds zeros. The others have told the server their
        masks with `gone`. Write `repair(messages, pair, gone)`: the sum of the others' numbers,
        modulo `2**16`, of shape `(d,)`.
    """,
    stub="""
        def repair(messages, pair, gone):
            return ...  # shape (d,)
    """,
    solution="""
        def repair(messages, pair, gone):
            total = messages.sum(axis=0)
            added = pair[:gone, gone].sum(axis=0)
            subtracted = pair[gone, gone + 1 :].sum(axis=0)
            return (total - added + subtracted) % 2**16
    """,
    explanation="""
        Masks between two clients that both answered cancel by themselves. Those with the missing
        client occur once. A client before it had added its mask, so take it away; a client after
        it had subtracted its own, so put it back.
    """,
    hints=(
        "Which masks occur only once in the sum of the messages?",
        "Clients before `gone` added `pair[i, gone]`; clients after it subtracted `pair[gone, i]`.",
        "Undo both, then take the remainder.",
    ),
    wrong={
        "left_in": (
            "def repair(messages, pair, gone):\n    return messages.sum(axis=0) % 2**16",
            "still in the sum",
        ),
        "turned": (
            "def repair(messages, pair, gone):\n"
            "    m = pair[:gone, gone].sum(axis=0) - pair[gone, gone + 1:].sum(axis=0)\n"
            "    return (messages.sum(axis=0) + m) % 2**16",
            "twice",
        ),
        "one_side": (
            "def repair(messages, pair, gone):\n"
            "    m = pair[:gone, gone].sum(axis=0) + pair[gone, gone + 1:].sum(axis=0)\n"
            "    return (messages.sum(axis=0) - m) % 2**16",
            "after the missing one",
        ),
        "no_modulus": (
            "def repair(messages, pair, gone):\n"
            "    m = pair[:gone, gone].sum(axis=0) - pair[gone, gone + 1:].sum(axis=0)\n"
            "    return messages.sum(axis=0) - m",
            "remainder",
        ),
    },
)
def _unmask(answer: Any) -> None:
    for n, gone, seed in ((5, 2, 0), (4, 0, 1), (6, 5, 2), (7, 3, 3)):
        rng = np.random.default_rng(seed)
        d = 4
        numbers = rng.integers(MODULUS, size=(n, d))
        pair = np.zeros((n, n, d), dtype=np.int64)
        messages = numbers.copy()
        for i in range(n):
            for j in range(i + 1, n):
                pair[i, j] = rng.integers(MODULUS, size=d)
                messages[i] += pair[i, j]
                messages[j] -= pair[i, j]
        messages %= MODULUS
        messages[gone] = 0
        # The truth needs no mask: it is the sum that the server must not be able to see in parts.
        kept = [[int(v) for v in row] for i, row in enumerate(numbers) if i != gone]
        right = np.array([sum(column) % MODULUS for column in zip(*kept, strict=True)])
        raw = messages.sum(axis=0)
        before, after = pair[:, gone].sum(axis=0), pair[gone].sum(axis=0)
        array(
            called(answer, messages, pair, gone, name="repair"),
            right,
            causes=_unlike(
                right,
                (raw % MODULUS, "the masks of the missing client are still in the sum."),
                (
                    (raw + before - after) % MODULUS,
                    "the signs are turned: the masks are now in it twice.",
                ),
                (
                    (raw - before - after) % MODULUS,
                    "clients after the missing one subtracted their mask; put it back.",
                ),
                (raw - before + after, "take the remainder modulo 2**16."),
            ),
            name="repair",
        )


@exercise(
    "ch08.caught",
    title="Doors left open",
    level=2,
    minutes=12,
    statement="""
        An attack gives each person a score; larger means more like a member. `members` and
        `strangers` hold the scores of people who were and were not in the training set, all
        different. Write `caught(members, strangers, alarms)`: the largest share of members above a
        threshold that at most the share `alarms` of the strangers is above.
    """,
    stub="""
        def caught(members, strangers, alarms):
            return ...  # a share
    """,
    solution="""
        def caught(members, strangers, alarms):
            allowed = int(alarms * len(strangers))
            bar = np.sort(strangers)[::-1][allowed]
            return np.mean(members > bar)
    """,
    explanation="""
        Let pass as many strangers as are allowed. The next one in line is the bar. A mean over all
        thresholds, such as the area under the curve, hides what happens where nobody is accused
        wrongly, and that is where an accusation counts.
    """,
    hints=(
        "How many strangers may stand above the bar?",
        "Sort the strangers from the largest score down.",
        "The first stranger who may not pass is the bar.",
    ),
    wrong={
        "wrong_tail": (
            "def caught(members, strangers, alarms):\n"
            "    bar = np.sort(strangers)[int(alarms * len(strangers))]\n"
            "    return np.mean(members > bar)",
            "other end",
        ),
        "by_members": (
            "def caught(members, strangers, alarms):\n"
            "    bar = np.sort(members)[::-1][int(alarms * len(members))]\n"
            "    return np.mean(members > bar)",
            "among the strangers",
        ),
        "precision": (
            "def caught(members, strangers, alarms):\n"
            "    bar = np.sort(strangers)[::-1][int(alarms * len(strangers))]\n"
            "    a, b = (members > bar).sum(), (strangers > bar).sum()\n"
            "    return a / (a + b)",
            "of the accused",
        ),
        "area": (
            "def caught(members, strangers, alarms):\n"
            "    return np.mean(members[:, None] > strangers)",
            "area",
        ),
    },
)
def _caught(answer: Any) -> None:
    for size, alarms, seed in ((40, 0.125, 0), (64, 0.0625, 1), (32, 0.25, 2), (20, 0.0, 3)):
        rng = np.random.default_rng(seed)
        members, strangers = rng.normal(1, 1.5, 2 * size), rng.normal(0, 1, size)
        # Try every possible threshold and count.
        best = (0, 0)
        for bar in [*members, *strangers, -99.0]:
            wrongly = sum(1 for s in strangers if s > bar)
            if wrongly <= alarms * size:
                best = max(best, (sum(1 for s in members if s > bar), wrongly))
        ranks = sorted(strangers)
        low = ranks[int(alarms * size)]
        number(
            called(answer, members, strangers, alarms, name="caught"),
            best[0] / len(members),
            causes=[
                (
                    sum(1 for s in members if s > low) / len(members),
                    "that counts from the other end: the largest scores are the accused.",
                ),
                (
                    int(alarms * len(members)) / len(members),
                    "set the threshold among the strangers; the attacker knows no members.",
                ),
                (
                    best[0] / max(sum(best), 1),
                    "that is the share of the accused who are members, not of the members.",
                ),
                (
                    sum(m > s for m in members for s in strangers) / (len(members) * size),
                    "that is the area under the curve, over all thresholds.",
                ),
            ],
            name="caught",
        )


@exercise(
    "ch08.clip-layer",
    title="Clip without the gradients",
    level=3,
    minutes=15,
    statement="""
        A layer without bias computes `A @ W`. `A`, of shape `(n, d)`, holds one person's input a
        row; `D`, of shape `(n, k)`, one person's error signal a row. Person `i`'s gradient is the
        outer product of the two rows, of shape `(d, k)`. Write `clipped_layer(A, D, bound)`: the
        sum over people of these gradients, each shortened to length at most `bound`. Form no array
        of shape `(n, d, k)`. No row is zero.
    """,
    stub="""
        def clipped_layer(A, D, bound):
            return ...  # shape (d, k)
    """,
    solution="""
        def clipped_layer(A, D, bound):
            lengths = np.sqrt((A**2).sum(axis=1) * (D**2).sum(axis=1))
            shares = np.where(lengths > bound, bound / lengths, 1)
            return (A * shares[:, None]).T @ D
    """,
    explanation="""
        The sum of all squared entries $a_i^2 d_j^2$ of an outer product is the product of the two
        sums. So each person's length is known from two row norms. Shrinking a row of one factor
        shrinks the whole outer product, and the product of two matrices adds up over the people.
    """,
    hints=(
        "What is the sum of the squares of all entries a_i · d_j?",
        "The length of an outer product is the product of the two lengths.",
        "Scale each row of A by its own factor, then one matrix product adds up the people.",
    ),
    wrong={
        "sum_clipped": (
            "def clipped_layer(A, D, bound):\n"
            "    G = A.T @ D\n"
            "    return G * min(1, bound / np.linalg.norm(G))",
            "after the sum",
        ),
        "not_clipped": (
            "def clipped_layer(A, D, bound):\n    return A.T @ D",
            "nobody is clipped",
        ),
        "error_only": (
            "def clipped_layer(A, D, bound):\n"
            "    lengths = np.linalg.norm(D, axis=1)\n"
            "    return (A * np.minimum(1, bound / lengths)[:, None]).T @ D",
            "error signal alone",
        ),
        "all_stretched": (
            "def clipped_layer(A, D, bound):\n"
            "    lengths = np.linalg.norm(A, axis=1) * np.linalg.norm(D, axis=1)\n"
            "    return (A * (bound / lengths)[:, None]).T @ D",
            "stretched",
        ),
        "mean": (
            "def clipped_layer(A, D, bound):\n"
            "    lengths = np.linalg.norm(A, axis=1) * np.linalg.norm(D, axis=1)\n"
            "    return (A * np.minimum(1, bound / lengths)[:, None]).T @ D / len(A)",
            "sum, not the mean",
        ),
    },
)
def _clip_layer(answer: Any) -> None:
    for n, d, k, seed in ((6, 4, 3, 0), (9, 3, 5, 1), (5, 5, 2, 2)):
        rng = np.random.default_rng(seed)
        A = rng.normal(size=(n, d)) * rng.uniform(0.3, 2, (n, 1))
        D = rng.normal(size=(n, k)) * rng.uniform(0.3, 2, (n, 1))
        right, raw, by_error, stretched = (np.zeros((d, k)) for _ in range(4))
        bound = 1.5
        for a, e in zip(A, D, strict=True):
            own = np.array([[x * z for z in e] for x in a])
            length = math.sqrt(sum(v * v for v in own.flat))
            right += own / max(1.0, length / bound)
            raw += own
            by_error += own / max(1.0, math.hypot(*e) / bound)
            stretched += own / (length / bound)
        whole = math.sqrt(sum(v * v for v in raw.flat))
        array(
            called(answer, A, D, bound, name="clipped_layer"),
            right,
            causes=[
                (raw, "nobody is clipped."),
                (
                    raw / max(1.0, whole / bound),
                    "that clips after the sum; one person has pulled it by then.",
                ),
                (by_error, "that is the length of the error signal alone, not of the gradient."),
                (stretched, "gradients that are short enough must stay; yours are stretched."),
                (right / n, "give the sum, not the mean."),
            ],
            name="clipped_layer",
        )


@exercise(
    "ch08.budget",
    title="How many answers can be given?",
    level=2,
    minutes=15,
    statement=r"""
        Every answer about the same people costs $\varepsilon$ = `eps`. After $t$ answers two bounds
        hold, and the smaller one counts: $t\,\varepsilon$, and with strong composition
        $\sqrt{2 t \log(1/\delta)}\;\varepsilon + t\,\varepsilon\,(e^\varepsilon - 1)$. Write
        `affordable(eps, budget, delta)`: the largest $t$ whose cost is at most `budget`.
    """,
    stub="""
        def affordable(eps, budget, delta):
            return ...  # a whole number
    """,
    solution="""
        def affordable(eps, budget, delta):
            t = 0
            cost = 0
            while cost <= budget:
                t += 1
                root = np.sqrt(2 * t * np.log(1 / delta))
                cost = min(t * eps, root * eps + t * eps * (np.exp(eps) - 1))
            return t - 1
    """,
    explanation="""
        Both bounds grow with every answer, so count until the smaller one is too large. For few
        answers adding up is better, for many cheap ones the root. A budget is spent for ever: the
        next model trained on the same people draws on what is left.
    """,
    hints=(
        "Both bounds grow with t. So count upwards.",
        "Stop at the first t that costs too much; the one before it is the answer.",
        "Which of the two bounds may you use? Both are true.",
    ),
    wrong={
        "added": (
            "def affordable(eps, budget, delta):\n    return int(budget / eps)",
            "adding up alone",
        ),
        "strong_only": (
            "def affordable(eps, budget, delta):\n"
            "    t = 0\n"
            "    while np.sqrt(2*(t+1)*np.log(1/delta))*eps + (t+1)*eps*np.expm1(eps) <= budget:\n"
            "        t += 1\n"
            "    return t",
            "strong composition alone",
        ),
        "larger": (
            "def affordable(eps, budget, delta):\n"
            "    t = 0\n"
            "    while max((t+1)*eps, np.sqrt(2*(t+1)*np.log(1/delta))*eps\n"
            "              + (t+1)*eps*np.expm1(eps)) <= budget:\n"
            "        t += 1\n"
            "    return t",
            "smaller bound",
        ),
        "one_more": (
            "def affordable(eps, budget, delta):\n"
            "    t = 1\n"
            "    while min(t*eps, np.sqrt(2*t*np.log(1/delta))*eps\n"
            "              + t*eps*np.expm1(eps)) <= budget:\n"
            "        t += 1\n"
            "    return t",
            "one too many",
        ),
    },
)
def _budget(answer: Any) -> None:
    for eps, budget, delta in (
        (0.11, 1.0, 1e-5),
        (0.013, 1.5, 1e-6),
        (0.03, 4.1, 1e-3),
        (0.7, 3.0, 1e-5),
        (2.0, 1.0, 1e-5),
    ):
        added = math.floor(budget / eps)
        # The strong bound is a quadratic in the root of t; solve it instead of counting.
        square, linear = eps * (math.e**eps - 1), eps * math.sqrt(-2 * math.log(delta))
        strong = math.floor(
            ((math.sqrt(linear**2 + 4 * square * budget) - linear) / (2 * square)) ** 2
        )
        right = max(added, strong)
        number(
            called(answer, eps, budget, delta, name="affordable"),
            right,
            causes=[
                (min(added, strong), _which(added, strong)),
                (right + 1, "that is one too many: it costs more than the budget."),
            ],
            name="affordable",
        )


def _which(added: int, strong: int) -> str:
    """Say which bound a too small number of answers came from."""
    alone = "adding up alone" if added < strong else "strong composition alone"
    return f"that is {alone}; both bounds are true, so the smaller bound counts."


@exercise(
    "ch08.fgsm",
    title="One step against the model",
    level=2,
    minutes=18,
    statement=r"""
        A softmax classifier computes `x @ W + b` for one image `x` of shape `(d,)`, with pixels
        from 0 to 1; `W` has the shape `(d, k)`. `y` is the number of the right class. Write
        `attack(x, y, W, b, step)`: the image after one fast gradient sign step of this size against
        the cross-entropy, with all pixels still from 0 to 1.
    """,
    stub="""
        def attack(x, y, W, b, step):
            return ...  # shape (d,)
    """,
    solution="""
        def attack(x, y, W, b, step):
            e = np.exp(x @ W + b)
            p = e / e.sum()
            p[y] -= 1
            moved = np.where(W @ p > 0, x + step, x - step)
            return moved.clip(0, 1)
    """,
    explanation=r"""
        The error signal of softmax with cross-entropy is $p$ with one taken off at the right class.
        Back through the layer it becomes $W (p - e_y)$, one number a pixel. Only its sign counts:
        every pixel moves as far as it may, which is the best that one can do against a loss that is
        nearly linear in the pixels.
    """,
    hints=(
        "Chapter 4: what is the gradient of cross-entropy by the scores?",
        "From the scores back to the pixels: multiply by W from the left.",
        "Take the sign, step *up* the loss, and clip to an image.",
    ),
    wrong={
        "helps": (
            "def attack(x, y, W, b, step):\n"
            "    e = np.exp(x @ W + b)\n"
            "    p = e / e.sum()\n"
            "    p[y] -= 1\n"
            "    return np.clip(x - step * np.sign(W @ p), 0, 1)",
            "down the loss",
        ),
        "no_clip": (
            "def attack(x, y, W, b, step):\n"
            "    e = np.exp(x @ W + b)\n"
            "    p = e / e.sum()\n"
            "    p[y] -= 1\n"
            "    return x + step * np.sign(W @ p)",
            "no image",
        ),
        "no_sign": (
            "def attack(x, y, W, b, step):\n"
            "    e = np.exp(x @ W + b)\n"
            "    p = e / e.sum()\n"
            "    p[y] -= 1\n"
            "    return np.clip(x + step * (W @ p), 0, 1)",
            "sign of the gradient",
        ),
        "score_only": (
            "def attack(x, y, W, b, step):\n    return np.clip(x - step * np.sign(W[:, y]), 0, 1)",
            "other classes",
        ),
    },
)
def _fgsm(answer: Any) -> None:
    for seed in range(6):
        rng = np.random.default_rng(seed)
        d, k, step = 7, 4, 0.15
        W, b = rng.normal(0, 1.5, (d, k)), rng.normal(0, 2, k)
        x, y = rng.uniform(0, 1, d).round(2), int(rng.integers(k))

        def loss(image: list[float], W: Any = W, b: Any = b, y: int = y) -> float:
            scores = [
                float(b[c]) + sum(v * float(w) for v, w in zip(image, W[:, c], strict=True))
                for c in range(len(b))
            ]
            return math.log(math.fsum(math.exp(s - scores[y]) for s in scores))

        slopes = []
        for j in range(d):  # no derivative: nudge one pixel up and down
            up, down = [float(v) for v in x], [float(v) for v in x]
            up[j] += 1e-5
            down[j] -= 1e-5
            slopes.append((loss(up) - loss(down)) / 2e-5)
        worse = np.array([step if s > 0 else -step for s in slopes])
        right = _image(x + worse)
        array(
            called(answer, x, y, W, b, step, name="attack"),
            right,
            causes=_unlike(
                right,
                (_image(x - worse), "that steps down the loss, and helps the model."),
                (x + worse, "some pixels are outside 0 to 1; that is no image."),
                (
                    _image(x + step * np.array(slopes)),
                    "use only the sign of the gradient, so that each pixel moves the whole step.",
                ),
                (
                    _image(x - step * np.sign(W[:, y])),
                    "that lowers the right score and forgets what it does to the other classes.",
                ),
            ),
            name="attack",
            rtol=1e-5,
        )


def _unlike(right: Any, *causes: tuple[Any, str]) -> list[tuple[Any, str]]:
    """Drop causes whose wrong value is right in this case: nothing to clip, nobody on one side."""
    return [cause for cause in causes if not np.allclose(cause[0], right)]


def _image(pixels: Any) -> Any:
    return np.minimum(np.maximum(pixels, 0.0), 1.0)
