"""One side of `decoding`: the course's compiled loop with its key-value cache."""

from __future__ import annotations

import sys
from pathlib import Path

import decode_task as task
import numpy as np
from race import say, serve

import companion
from companion.models import wheels
from companion.models.causal import CausalModel
from companion.models.config import GPT2Config
from companion.models.generate import Generator
from companion.models.gpt import GPT2
from companion.models.pretrained import SMOLLM2, SMOLLM2_FILE, smollm2
from companion.models.weights import save_pretrained


def made(folder: str, size: str) -> CausalModel:
    """Return the model, and leave a file of it that the other side reads."""
    if size.startswith(task.SMOLLM2):
        content = wheels.read(SMOLLM2, SMOLLM2_FILE)[0]
        Path(folder, "model.gguf").write_bytes(content)
        return smollm2()[0]
    model = GPT2(GPT2Config(**task.SIZES[size]))
    # Fresh weights repeat one token for ever; these do not, and leave no near ties.
    rng = np.random.default_rng(0)
    for weight in model.weights:
        weight.assign_add(0.1 * rng.standard_normal(weight.shape, dtype=np.float32))
    save_pretrained(model, folder)
    return model


def main(folder: str, size: str) -> None:
    companion.seed(0)
    model = made(folder, size)
    say("saved")
    generator = Generator(model)
    prompt, number = task.prompt(model.config.vocab_size, size), task.NEW_TOKENS[size]

    def write(times: int) -> list[int]:
        for _ in range(times):
            text = generator(prompt, number)
        return text[0].tolist()

    write(1)  # compiles
    say(write(1))
    serve(write)


main(*sys.argv[1:])
