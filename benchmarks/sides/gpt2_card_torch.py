"""GPT-2 small on a GPU in PyTorch as nanoGPT trains it: the rival of ``gpt2_gpu_jax.py``.

Compiled, in bfloat16 by autocast, attention and AdamW fused, the table of 50,257 tokens made one of
50,304 rows. Operations are counted as for the other side, without the added rows.
"""

from __future__ import annotations

import os
import time

import gpt_task as task
import numpy as np
import torch
import torch.nn.functional as F  # noqa: N812
from gpt2_card import operations_a_token, shares
from gpt_torch import GPT

from companion.models.config import GPT2Config

BATCH = int(os.environ.get("BATCH", "64"))
STEPS, ROUNDS, MATRIX = 10, 5, 8192


def tokens_a_second(config: GPT2Config, batch: int, steps: int, rounds: int) -> float:
    """Train on random tokens in mixed precision; return the median speed, without compiling."""
    task.LAYERS, task.HEADS = config.num_layers, config.num_heads
    task.WIDTH, task.BLOCK = config.hidden_dim, config.max_sequence_length
    device = torch.device("cuda" if torch.cuda.is_available() else "cpu")
    model = GPT(config.vocab_size + -config.vocab_size % 128).to(device)
    for weight in model.parameters():
        torch.nn.init.normal_(weight, std=0.02)
    fast = torch.compile(model) if device.type == "cuda" else model
    adamw = torch.optim.AdamW(model.parameters(), 6e-4, weight_decay=0.1, fused=True)
    rng = np.random.default_rng(0)
    shape = (steps, batch, config.max_sequence_length + 1)
    batches, seconds = torch.tensor(rng.integers(0, config.vocab_size, shape)).to(device), []
    for _ in range(rounds + 1):
        start = time.perf_counter()
        for ids in batches:
            with torch.autocast(device.type, torch.bfloat16):
                logits = fast(ids[:, :-1])
                loss = F.cross_entropy(logits.flatten(0, 1), ids[:, 1:].flatten())
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
            adamw.step()
            adamw.zero_grad(set_to_none=True)
        loss.item()  # waits for the device
        seconds.append(time.perf_counter() - start)
    return steps * batch * config.max_sequence_length / float(np.median(seconds[1:]))


def matmul_speed(size: int) -> float:
    """Return operations a second of one large bfloat16 product: what the card gives in practice."""
    a = torch.randn(size, size, dtype=torch.bfloat16, device="cuda")
    for _ in range(2):  # the first time warms up
        torch.cuda.synchronize()
        start, x = time.perf_counter(), a
        for _ in range(20):
            x = x @ a / size
        float(x[0, 0])
        seconds = time.perf_counter() - start
    return 20 * 2 * size**3 / seconds


def main() -> None:
    """Print the speed and the shares, or that there is no GPU."""
    if not torch.cuda.is_available():
        print("skipped: needs a GPU that PyTorch sees.")
        return
    config = GPT2Config(dropout=0.0)
    speed = tokens_a_second(config, BATCH, STEPS, ROUNDS)
    used = speed * operations_a_token(config, config.max_sequence_length)
    card = torch.cuda.get_device_name()
    print(f"{card}: {speed:,.0f} tokens/s, batches of {BATCH} x {config.max_sequence_length}")
    print(shares(card, used, matmul_speed(MATRIX)))


if __name__ == "__main__":
    main()
