"""Train on several processes or machines at once, and go on after one of them dies.

Each worker holds the whole model and a part of each batch; gradients are summed before the step, so
the losses are those of one worker with the whole batch. A supervisor starts the workers; when one
dies, it stops the others and starts all again from the last checkpoint, as cluster launchers do.

On one machine :func:`train_on_workers` supervises. On a cluster ``python -m
companion.training.workers`` is started once a machine: :mod:`companion.training.clusters` finds the
others, told by ``TF_CONFIG``, by Slurm or by an indexed Kubernetes job.
"""

from __future__ import annotations

import argparse
import json
import os
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

from companion.errors import CourseError

BATCH_SIZE = 64
LEARNING_RATE = 1e-3
POLL_SECONDS = 0.1


def worker(
    strategy: Any, steps: int, folder: Path, checkpoint_every: int, die_at: int | None = None
) -> None:
    """Train as one of the workers of a cluster, from the last checkpoint on.

    Args:
        strategy: of ``tf.distribute``, which knows the cluster and this worker's number in it.
        steps: number of the last step.
        folder: where checkpoints and ``losses.jsonl`` go; shared by the workers.
        checkpoint_every: steps between checkpoints.
        die_at: end this process without warning before this step; for the proof.
    """
    import keras
    import tensorflow as tf

    import companion
    from companion.models.mlp import article_mlp

    # In double precision the order in which workers add does not show.
    keras.config.set_floatx("float64")
    companion.seed(0)
    with strategy.scope():
        model, step = article_mlp(), tf.Variable(0, dtype=tf.int64)
        optimizer = keras.optimizers.Adam(LEARNING_RATE)
        optimizer.build(model.trainable_variables)
    cluster = strategy.cluster_resolver
    task = (cluster and cluster.task_id) or 0
    folder.mkdir(parents=True, exist_ok=True)
    saved = tf.train.Checkpoint(step=step, **_named(model, optimizer))
    # Every worker takes part in saving; only the first one's files count.
    manager = tf.train.CheckpointManager(saved, str(folder / f"worker-{task}"), max_to_keep=2)
    saved.restore(tf.train.latest_checkpoint(str(folder / "worker-0")))
    train_step = _compiled_step(strategy, model, optimizer)
    data = strategy.experimental_distribute_dataset(_batches(int(step.numpy()), steps))
    for batch in data:
        if die_at is not None and int(step.numpy()) == die_at:
            os._exit(9)
        loss = float(train_step(batch))
        if task == 0:
            with (folder / "losses.jsonl").open("a", encoding="utf-8") as log:
                log.write(json.dumps([int(step.numpy()), loss]) + "\n")
        step.assign_add(1)
        if int(step.numpy()) % checkpoint_every == 0:
            manager.save(int(step.numpy()))


def train_on_workers(
    workers: int,
    *,
    steps: int,
    folder: Path,
    checkpoint_every: int = 5,
    kill: tuple[int, int] | None = None,
) -> tuple[list[float], int]:
    """Start workers on this machine (loopback only) and see the training through.

    Args:
        workers: number of processes.
        steps: optimizer steps in all.
        folder: for checkpoints and losses; an earlier run there is continued.
        checkpoint_every: steps between checkpoints.
        kill: a worker's number and the step before which it dies, once; for the proof.

    Returns:
        The loss of each step as it counts, and how often the workers had to be started.

    Raises:
        CourseError: fewer than one worker, or workers that keep dying.
    """
    if workers < 1:
        raise CourseError(f"Training needs at least one worker, not {workers}.")
    folder.mkdir(parents=True, exist_ok=True)
    for attempt in range(1, 4):
        if _run_once(workers, steps, folder, checkpoint_every, kill if attempt == 1 else None):
            return _losses(folder, steps), attempt
    raise CourseError("The workers died three times; run one alone to see its message.")


def _run_once(
    workers: int, steps: int, folder: Path, every: int, kill: tuple[int, int] | None
) -> bool:
    """Start all workers; return whether all ended well. One that dies takes the others along."""
    addresses = [f"127.0.0.1:{port}" for port in _free_ports(workers)]
    running: list[subprocess.Popen[bytes]] = []
    try:
        for task in range(workers):
            cluster = {"cluster": {"worker": addresses}, "task": {"type": "worker", "index": task}}
            command = [sys.executable, "-m", "companion.training.workers"]
            command += ["--steps", str(steps), "--folder", str(folder), "--every", str(every)]
            if kill is not None and kill[0] == task:
                command += ["--die-at", str(kill[1])]
            environment = {**os.environ, "TF_CONFIG": json.dumps(cluster)}
            running.append(subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL))
        while any(process.poll() is None for process in running):
            if any(process.poll() not in (None, 0) for process in running):
                break
            time.sleep(POLL_SECONDS)
    finally:  # also where the reader stops it
        for process in running:
            process.kill()
            process.wait()
    return all(process.returncode == 0 for process in running)


def _losses(folder: Path, steps: int) -> list[float]:
    """Return the loss of each step; a step done again after a restart counts once, its last."""
    lines = (folder / "losses.jsonl").read_text(encoding="utf-8").splitlines()
    last: dict[int, float] = {int(step): loss for step, loss in map(json.loads, lines)}
    return [last[step] for step in range(steps)]


def _named(model: Any, optimizer: Any) -> dict[str, Any]:
    """Return all variables by a name that stays the same, for the checkpoint."""
    variables = [*model.variables, *optimizer.variables]
    return {f"v{i}": variable.value for i, variable in enumerate(variables)}


def _batches(first: int, steps: int) -> Any:
    """Return the batches from step ``first`` on; each depends on its number alone."""
    import numpy as np
    import tensorflow as tf

    from companion.data import house_prices

    table = house_prices()
    X = (table.X - table.X.mean(0)) / table.X.std(0)
    y = ((table.y - table.y.mean()) / table.y.std())[:, None]
    order = np.random.default_rng(0).integers(len(X), size=(steps, BATCH_SIZE))
    rows = order[first:].reshape(-1)
    options = tf.data.Options()
    options.experimental_distribute.auto_shard_policy = tf.data.experimental.AutoShardPolicy.DATA
    data = tf.data.Dataset.from_tensor_slices((X[rows], y[rows])).batch(BATCH_SIZE)
    return data.with_options(options)


def _compiled_step(strategy: Any, model: Any, optimizer: Any) -> Any:
    """Return a function of one distributed batch: step, and the mean loss over the whole batch."""
    import tensorflow as tf

    def step(X: Any, y: Any) -> Any:
        with tf.GradientTape() as tape:
            loss = tf.reduce_sum((model(X, training=True) - y) ** 2) / BATCH_SIZE
        gradients = tape.gradient(loss, model.trainable_variables)
        # Keras' optimizer sums the workers' gradients itself; a second sum would double them, and
        # Adam, which forgets their scale, would hide that but for its epsilon.
        optimizer.apply(gradients, model.trainable_variables)
        return loss

    @tf.function
    def distributed(batch: Any) -> Any:
        losses = strategy.run(step, args=batch)
        return strategy.reduce(tf.distribute.ReduceOp.SUM, losses, axis=None)

    return distributed


def _free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [int(probe.getsockname()[1]) for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def main() -> None:
    """Be one worker of the cluster that this process was started in."""
    import tensorflow as tf

    from companion.training.clusters import resolver

    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--steps", type=int, default=20)
    parser.add_argument("--folder", type=Path, default=Path(".course/workers"))
    parser.add_argument("--every", type=int, default=5, help="steps between checkpoints")
    parser.add_argument("--die-at", type=int, help=argparse.SUPPRESS)
    chosen = parser.parse_args()
    strategy = tf.distribute.MultiWorkerMirroredStrategy(cluster_resolver=resolver())
    worker(strategy, chosen.steps, chosen.folder, chosen.every, chosen.die_at)


if __name__ == "__main__":
    main()
