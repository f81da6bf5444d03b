"""What a GPT loses without a part of its block: the experiment behind the page on attention.

Seven kinds of a small GPT learn the letters of one play, five networks of each at four learning
rates, all side by side: the whole block, and the block with one part switched off. Minutes on one
core; writes ``book/data/writer/switched_off.json``, the losses on another play.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import tensorflow as tf

STORE = Path(__file__).resolve().parents[1] / "book" / "data" / "writer"
SEEN, UNSEEN = ((STORE / f"{name}.txt").read_text("utf-8") for name in ("julius_caesar", "macbeth"))
LAYERS, HEADS, WIDTH, LENGTH, SEEDS = 2, 4, 32, 16, 5
RATES = (0.001, 0.003, 0.01, 0.03)
PARTS = ("nothing", "mask", "attention", "position", "residual", "norm", "heads")
letters = sorted(set(SEEN))
number = {letter: i for i, letter in enumerate(letters)}
V, S = len(letters), len(PARTS) * len(RATES) * SEEDS  # trained side by side
play, other = (np.array([number[c] for c in text if c in number]) for text in (SEEN, UNSEEN))
shape = (len(PARTS), len(RATES), SEEDS)
off = np.repeat(PARTS, len(RATES) * SEEDS)
ON = {part: (off != part).astype(np.float32).reshape(S, 1, 1, 1) for part in PARTS}


def start(rng: Any) -> Any:
    """Return first weights: the same five networks for each part and rate."""
    d, sizes = WIDTH, {"table": (V, WIDTH), "place": (1, LENGTH, WIDTH)}
    for i in range(LAYERS):
        sizes |= {f"qkv{i}": (d, 3 * d), f"out{i}": (d, d)}
        sizes |= {f"up{i}": (d, 4 * d), f"down{i}": (4 * d, d)}
    w = {k: 0.1 * rng.standard_normal((SEEDS, *v), np.float32) for k, v in sizes.items()}
    return {k: tf.Variable(np.concatenate([v] * (S // SEEDS))) for k, v in w.items()}


def normal(x: Any) -> Any:
    """Give each token mean 0 and variance 1, where that is on."""
    mean, variance = tf.nn.moments(x, -1, keepdims=True)
    return tf.where(ON["norm"] > 0, (x - mean) * tf.math.rsqrt(variance + 1e-5), x)


def times(x: Any, matrix: Any) -> Any:
    """Multiply the rows of each network by its matrix."""
    return tf.einsum("sbtd,sde->sbte", x, matrix)


def mixed(qkv: Any, masked: Any) -> Any:
    """Return the weighted means of the values (S, B, T, d), head by head."""
    hide = -1e9 * (1 - np.tri(LENGTH, dtype=np.float32)) * masked[..., None]
    parts = tf.reshape(qkv, (S, -1, LENGTH, 3, HEADS, WIDTH // HEADS))
    q, k, v = tf.unstack(parts, axis=3)
    scores = tf.einsum("sbthc,sbuhc->sbhtu", q, k)
    # One wide head has the sum of all products as its score.
    one = tf.reduce_sum(scores, axis=2, keepdims=True) / np.sqrt(WIDTH)
    four = scores / np.sqrt(WIDTH // HEADS)
    scores = tf.where(ON["heads"][..., None] > 0, four, one) + hide
    found = tf.einsum("sbhtu,sbuhc->sbthc", tf.nn.softmax(scores), v)
    return tf.reshape(found, (S, -1, LENGTH, WIDTH))


def loss_of(w: Any, X: Any, y: Any, masked: Any) -> Any:
    """Return the loss of each network, in bits a letter; one part may be off."""
    x = tf.gather(w["table"], X, axis=1) + ON["position"] * w["place"]
    for i in range(LAYERS):
        found = times(mixed(times(normal(x), w[f"qkv{i}"]), masked), w[f"out{i}"])
        # Where attention is off, the stream goes on as it is.
        kept = tf.maximum(ON["residual"], 1 - ON["attention"])
        x = kept * x + ON["attention"] * found
        hidden = tf.nn.relu(times(normal(x), w[f"up{i}"]))
        x = ON["residual"] * x + times(hidden, w[f"down{i}"])
    logits = tf.einsum("sbtd,svd->sbtv", normal(x), w["table"])
    labels = tf.broadcast_to(y, tf.shape(logits)[:-1])
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(labels, logits)
    return tf.reduce_mean(losses, axis=(1, 2)) / np.log(2)


def pieces(text: Any, rng: Any, count: int) -> Any:
    """Return windows of a text, and the same one letter later."""
    begin = rng.integers(len(text) - LENGTH, size=count)
    places = begin[:, None] + np.arange(LENGTH)
    return text[places], text[places + 1]


@tf.function(jit_compile=True)
def one_step(w: Any, first: Any, second: Any, X: Any, y: Any, n: Any, left: Any) -> None:
    """Run a step of Adam on all networks; ``left`` falls from 1 to 0."""
    with tf.GradientTape() as tape:
        loss = tf.reduce_sum(loss_of(w, X, y, ON["mask"]))
    rate = np.tile(np.repeat(RATES, SEEDS), len(PARTS)).astype(np.float32)
    for name, g in tape.gradient(loss, w).items():
        first[name].assign(0.9 * first[name] + 0.1 * g)
        second[name].assign(0.99 * second[name] + 0.01 * g**2)
        usual = tf.sqrt(second[name] / (1 - 0.99**n)) + 1e-7
        now = tf.reshape(left * rate / (1 - 0.9**n), [S] + [1] * (len(g.shape) - 1))
        w[name].assign_sub(now * first[name] / usual)


def judged(w: Any, text: Any, seed: int, masked: Any) -> Any:
    """Return the loss of all networks on windows of a text, by part, rate and seed."""
    X, y = pieces(text, np.random.default_rng(seed), 400)
    parts = zip(np.split(X, 8), np.split(y, 8), strict=True)
    return np.mean([loss_of(w, a, b, masked) for a, b in parts], axis=0).reshape(shape)


def main() -> None:
    """Train, judge, and store the losses at each arm's best rate."""
    STEPS, BATCH = 450, 8
    w = start(np.random.default_rng(0))
    first, second = ({k: tf.Variable(0 * v) for k, v in w.items()} for _ in range(2))
    X, y = pieces(play, np.random.default_rng(1), STEPS * BATCH)
    X, y = (tf.constant(a.reshape(STEPS, BATCH, LENGTH)) for a in (X, y))
    for step in range(STEPS):
        left = tf.constant(1 - step / STEPS, tf.float32)
        one_step(w, first, second, X[step], y[step], tf.constant(step + 1.0), left)

    # Who writes has no future to look at: all are judged with the mask.
    everywhere = np.ones((S, 1, 1, 1), np.float32)
    chosen_by = judged(w, other[:20_000], 2, everywhere).mean(axis=2)
    best = chosen_by.argmin(axis=1)
    # Without the mask, training makes this loss worse: a rate at which it learns to cheat.
    best[PARTS.index("mask")] = RATES.index(0.003)
    final, seeing = (judged(w, other[20_000:], 3, m) for m in (everywhere, ON["mask"]))
    found = {part: final[i, best[i]] for i, part in enumerate(PARTS)}
    cheated = seeing[1, best[1]]
    print(np.round(chosen_by, 2))
    stored = {part: np.round(losses.astype(float), 4).tolist() for part, losses in found.items()}
    stored |= {"cheating": np.round(cheated.astype(float), 4).tolist()}
    text = json.dumps({"losses": stored, "rates": [RATES[i] for i in best]}, indent=1)
    (STORE / "switched_off.json").write_text(text + "\n", "utf-8")


if __name__ == "__main__":
    main()
