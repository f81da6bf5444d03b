"""One side of `decoding`: SmolLM2 as a LiteRT program with int8 weights.

It first says what a story costs it, and what it costs the model before rounding, in bits a byte.
"""

from __future__ import annotations

import json
import os
import sys

import decode_task as task
from race import say, serve

from benchmarks.int8 import Program, exported
from benchmarks.stored import BOOK
from companion.models import Llama, Scorer
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
    room = max(len(prompt) + number, len(ids))
    assert isinstance(model, Llama)
    program = Program(exported(model, room), os.cpu_count() or 1)
    say(json.dumps([before, program.bits(ids) / judged]))

    def write(times: int) -> list[int]:
        for _ in range(times):
            text = program.write(prompt, number)
        return text

    say(write(1))
    serve(write)


main(*sys.argv[1:])
