"""The GPU benchmark on Keras' JAX backend, at tiny size on the processor, without TensorFlow.

Its attention, its scores and its loss with its slope are the plain ones.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
CODE = """
import json, sys
sys.modules["tensorflow"] = None  # importing it fails, as beside a card with JAX alone
sys.path.insert(0, "benchmarks")
import gpt2_gpu_jax as task
import jax, jax.numpy as jnp, keras, numpy as np
from companion.models.attention import SelfAttention
from companion.models.config import GPT2Config
from companion.models.gpt import GPT2
sizes = dict(num_layers=2, num_heads=2, hidden_dim=16, intermediate_dim=32, vocab_size=11)
model = GPT2(GPT2Config(**sizes, max_sequence_length=8, dropout=0.0))
rng = np.random.default_rng(0)
for weight in model.weights:
    weight.assign(rng.normal(0, 0.3, weight.shape))
ids = rng.integers(0, 11, (4, 9))
plain = np.asarray(model(ids[:, :-1]))
SelfAttention.call, keras.layers.ReversibleEmbedding.call = task.fused, task.wide
scores = model(ids[:, :-1])
assert scores.shape == (4, 8, 128)
apart = float(np.abs(np.asarray(scores)[..., :11] - plain).max())


def published(logits):
    right = jnp.take_along_axis(jax.nn.log_softmax(logits), ids[:, 1:, None], axis=-1)
    return -right.mean()


mine = jax.value_and_grad(lambda x: task.cross_entropy(x, ids[:, 1:], 11))(scores)
theirs = jax.value_and_grad(lambda x: published(x[..., :11]))(scores)
apart = max([apart, *(float(jnp.abs(a - b).max()) for a, b in zip(mine, theirs))])
trainer = task.Trainer(model)
state, losses = trainer.run(trainer.state(), jnp.asarray(np.stack([ids] * 300)))
speed = task.tokens_a_second(GPT2Config(**sizes, max_sequence_length=8, dropout=0.0), 2, 2, 1)
print(json.dumps([apart, float(losses[0]), float(losses[-1]), speed]))
task.main()
"""


def test_fused_attention_is_the_course_s_and_a_step_learns() -> None:
    pytest.importorskip("jax")
    environment = os.environ | {"KERAS_BACKEND": "jax", "PYTHONPATH": str(ROOT)}
    run = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", CODE],
        capture_output=True,
        text=True,
        cwd=ROOT,
        env=environment,
    )
    assert run.returncode == 0, run.stderr
    first, last = run.stdout.splitlines()
    apart, before, after, speed = json.loads(first)
    assert apart < 1e-5
    assert after < 0.8 * before
    assert speed > 0
    assert last.startswith("skipped")
