"""One side of `gpt_training`: the course's GPT and its compiled loop."""

from __future__ import annotations

import sys

import gpt_task as task
import keras
import numpy as np
from race import say, serve

import companion
from companion.models.config import GPT2Config
from companion.models.gpt import GPT2
from companion.models.weights import save_pretrained
from companion.training.loop import Runner


def cross_entropy(y: object, logits: object) -> object:
    return keras.losses.sparse_categorical_crossentropy(y, logits, from_logits=True)


def main(folder: str) -> None:
    companion.seed(0)
    X, y, vocab_size = task.batches()
    model = GPT2(
        GPT2Config(
            num_layers=task.LAYERS,
            num_heads=task.HEADS,
            hidden_dim=task.WIDTH,
            intermediate_dim=4 * task.WIDTH,
            vocab_size=vocab_size,
            max_sequence_length=task.BLOCK,
            dropout=0.0,
        )
    )
    # Fresh weights are so small that one form of GELU looks like another; these are not.
    rng = np.random.default_rng(0)
    for weight in model.weights:
        weight.assign_add(0.1 * rng.standard_normal(weight.shape, dtype=np.float32))
    save_pretrained(model, folder)
    say("saved")
    optimizer = keras.optimizers.AdamW(
        task.RATE,
        weight_decay=task.DECAY,
        beta_1=task.BETAS[0],
        beta_2=task.BETAS[1],
        epsilon=task.EPSILON,
        global_clipnorm=task.CLIP,
    )
    runner = Runner(model, X, y, optimizer, cross_entropy, True)
    place = 0

    def steps(number: int) -> float:
        nonlocal place
        rows = np.arange(place, place + number * task.BATCH) % len(X)
        place += number * task.BATCH
        return runner.epoch(rows, task.BATCH, 0)

    say(" ".join(str(steps(1)) for _ in range(task.CHECKED_STEPS)))
    steps(task.TIMED_STEPS)  # another shape than one step's: it is compiled here
    say("ready")
    serve(steps)


main(sys.argv[1])
