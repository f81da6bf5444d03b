"""The other side of `gpt_training`: the same GPT in eager PyTorch, in the manner of nanoGPT.

What makes it fast: one matrix for queries, keys and values, fused attention, fused AdamW, gradients
set to None.
"""

from __future__ import annotations

import sys

import gpt_task as task
import torch
import torch.nn.functional as F  # noqa: N812
from race import say, serve
from safetensors.torch import load_file
from torch import Tensor, nn


class Block(nn.Module):
    """Attention, then a perceptron; both are added to what came in."""

    def __init__(self) -> None:
        super().__init__()
        d = task.WIDTH
        self.ln_1, self.ln_2 = nn.LayerNorm(d), nn.LayerNorm(d)
        self.c_attn, self.attn_proj = nn.Linear(d, 3 * d), nn.Linear(d, d)
        self.c_fc, self.mlp_proj = nn.Linear(d, 4 * d), nn.Linear(4 * d, d)

    def forward(self, x: Tensor) -> Tensor:
        """Map ``(B, T, d)`` to ``(B, T, d)``."""
        B, T, d = x.shape
        qkv = self.c_attn(self.ln_1(x)).split(d, dim=2)
        q, k, v = (z.view(B, T, task.HEADS, d // task.HEADS).transpose(1, 2) for z in qkv)
        attended = F.scaled_dot_product_attention(q, k, v, is_causal=True)
        x = x + self.attn_proj(attended.transpose(1, 2).reshape(B, T, d))
        return x + self.mlp_proj(F.gelu(self.c_fc(self.ln_2(x)), approximate="tanh"))


class GPT(nn.Module):
    """GPT-2 with its output layer tied to the token table."""

    def __init__(self, vocab_size: int) -> None:
        super().__init__()
        self.wte = nn.Embedding(vocab_size, task.WIDTH)
        self.wpe = nn.Embedding(task.BLOCK, task.WIDTH)
        self.h = nn.ModuleList(Block() for _ in range(task.LAYERS))
        self.ln_f = nn.LayerNorm(task.WIDTH)

    def forward(self, ids: Tensor) -> Tensor:
        """Map tokens ``(B, T)`` to logits ``(B, T, V)``."""
        x = self.wte(ids) + self.wpe.weight[: ids.shape[1]]
        for block in self.h:
            x = block(x)
        return F.linear(self.ln_f(x), self.wte.weight)


def load(model: GPT, path: str) -> None:
    """Take the weights that the other side saved in GPT-2's layout."""
    state = {}
    for name, weight in load_file(path).items():
        short = name.removeprefix("transformer.").replace("attn.c_attn", "c_attn")
        short = short.replace("attn.c_proj", "attn_proj").replace("mlp.c_proj", "mlp_proj")
        short = short.replace("mlp.c_fc", "c_fc")
        in_out = short.startswith("h.") and weight.ndim == 2  # GPT-2 stores (in, out)
        state[short] = weight.T.contiguous() if in_out else weight
    model.load_state_dict({name: state[name] for name in model.state_dict()})


def main(folder: str) -> None:
    X, y, vocab_size = task.batches()
    inputs, targets = torch.tensor(X).long(), torch.tensor(y).long()
    model = GPT(vocab_size)
    load(model, f"{folder}/model.safetensors")
    optimizer = torch.optim.AdamW(
        model.parameters(),
        lr=task.RATE,
        betas=task.BETAS,
        eps=task.EPSILON,
        weight_decay=task.DECAY,
        fused=True,
    )
    place = 0

    def steps(number: int) -> float:
        nonlocal place
        total = torch.zeros(())
        for _ in range(number):
            rows = slice(place, place + task.BATCH)
            place = (place + task.BATCH) % len(inputs)
            logits = model(inputs[rows])
            loss = F.cross_entropy(logits.flatten(0, 1), targets[rows].flatten())
            optimizer.zero_grad(set_to_none=True)
            loss.backward()
            nn.utils.clip_grad_norm_(model.parameters(), task.CLIP)
            optimizer.step()
            total += loss.detach()
        return float(total) / number

    say(" ".join(str(steps(1)) for _ in range(task.CHECKED_STEPS)))
    steps(task.TIMED_STEPS)
    say("ready")
    serve(steps)


if __name__ == "__main__":
    main(sys.argv[1])
