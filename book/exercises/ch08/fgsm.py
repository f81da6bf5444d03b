"""One fast gradient sign step inside the pixel range."""

import math
from typing import Any

import numpy as np

from companion.exercises import mistake
from companion.exercises.compare import array, called, unlike


def attack(x, y, W, b, step):
    e = np.exp(x @ W + b)
    p = e / e.sum()
    p[y] -= 1
    moved = x + step * np.sign(W @ p)
    return moved.clip(0, 1)


@mistake("down the loss")
def helps(x, y, W, b, step):
    e = np.exp(x @ W + b)
    p = e / e.sum()
    p[y] -= 1
    return np.clip(x - step * np.sign(W @ p), 0, 1)


@mistake("no image")
def no_clip(x, y, W, b, step):
    e = np.exp(x @ W + b)
    p = e / e.sum()
    p[y] -= 1
    return x + step * np.sign(W @ p)


@mistake("sign of the gradient")
def no_sign(x, y, W, b, step):
    e = np.exp(x @ W + b)
    p = e / e.sum()
    p[y] -= 1
    return np.clip(x + step * (W @ p), 0, 1)


@mistake("nothing depends on")
def restless(x, y, W, b, step):
    e = np.exp(x @ W + b)
    p = e / e.sum()
    p[y] -= 1
    return np.where(W @ p > 0, x + step, x - step).clip(0, 1)


@mistake("other classes")
def score_only(x, y, W, b, step):
    return np.clip(x - step * np.sign(W[:, y]), 0, 1)


def judge(answer: Any) -> None:
    for seed in range(6):
        rng = np.random.default_rng(seed)
        d, k, step = 7, 4, 0.3
        W, b = rng.normal(0, 1.5, (d, k)), rng.normal(0, 2, k)
        W[2] = 0.0  # a pixel that no score depends on
        x, y = rng.uniform(0.2, 0.8, d).round(2), int(rng.integers(k))

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
        worse = np.array([step * ((s > 0) - (s < 0)) for s in slopes])
        right = _image(x + worse)
        array(
            called(answer, x, y, W, b, step, name="attack"),
            right,
            causes=unlike(
                right,
                (_image(x - worse), "that steps down the loss, and helps the model."),
                (
                    _image(x + np.where(np.array(slopes) > 0, step, -step)),
                    "it moves a pixel that nothing depends on; where the slope is 0, stay.",
                ),
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


def _image(pixels: Any) -> Any:
    return np.minimum(np.maximum(pixels, 0.0), 1.0)
