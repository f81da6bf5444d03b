"""The other side of `decoding`: `transformers.generate`, greedy, with its own cache."""

from __future__ import annotations

import sys

import decode_task as task
import torch
from race import say, serve
from transformers import AutoModelForCausalLM
from transformers.utils import logging

logging.set_verbosity_error()
logging.disable_progress_bar()


def main(folder: str, size: str, kind: str = "float32") -> None:
    file = {"gguf_file": "model.gguf"} if size.startswith(task.SMOLLM2) else {}
    model = AutoModelForCausalLM.from_pretrained(folder, **file).eval()
    if kind == "int8":  # its products round their inputs as they come, as LiteRT's do
        model = torch.ao.quantization.quantize_dynamic(model, {torch.nn.Linear}, torch.qint8)
    prompt = torch.tensor(task.prompt(model.config.vocab_size, size))
    mask = torch.ones_like(prompt)

    @torch.inference_mode()
    def write(times: int) -> list[int]:
        for _ in range(times):
            text = model.generate(
                prompt,
                attention_mask=mask,
                max_new_tokens=task.NEW_TOKENS[size],
                do_sample=False,
                use_cache=True,
                eos_token_id=None,
                pad_token_id=0,
            )
        return text[0].tolist()

    write(1)
    say(write(1))
    serve(write)


main(*sys.argv[1:])
