"""One side of `decoding`: SmolLM2 as a LiteRT program with int8 weights.

It first says what a story costs, in bits a byte, and what a token reads, in bytes: for the model
before rounding, and for the program.
"""

from __future__ import annotations

import json
import os
import sys

import decode_task as task
from race import say, serve

from benchmarks.int8 import Program, exported
from benchmarks.stored import BOOK
from companion.models import Llama, Scorer, count_parameters
from companion.models.pretrained import smollm2


def main(size: str) -> None:
    model, tokenizer = smollm2()
    prompt, number = task.prompt(model.config.vocab_size, size)[0].tolist(), task.NEW_TOKENS[size]
    story = json.loads((BOOK / "data" / "facts.json").read_text(encoding="utf-8"))["texts"][
        "English"
    ]
    before = Scorer(model).bits_per_byte(story, tokenizer)
    ids = tokenizer.encode(story)
    judged = len(tokenizer.decode(ids[1:]).encode())
    assert isinstance(model, Llama)
    after = Program(exported(model, len(ids))).bits(ids) / judged
    # Every place costs time, filled or not: a program of its own for what is written.
    content = exported(model, len(prompt) + number)
    # The table of tokens stands in it twice; a token looks up one row of one, and reads the other.
    looked_up = model.config.vocab_size * model.config.hidden_dim
    read = [4 * count_parameters(model.config), len(content) - looked_up]
    say(json.dumps({"bits": [before, after], "bytes": read}))
    program = Program(content, os.cpu_count() or 1)

    def write(times: int) -> list[int]:
        for _ in range(times):
            text = program.write(prompt, number)
        return text

    say(write(1))
    serve(write)


main(*sys.argv[1:])
