"""Where the other workers are: told by ``TF_CONFIG``, by Slurm, or by a Kubernetes job.

TensorFlow has resolvers of its own, and each has a gap. Slurm's fails where there is no GPU;
Kubernetes' gives the addresses of the machines instead of the pods', sorts the tenth worker before
the second, and does not know which worker it is. So here the Kubernetes job names its pods itself.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Mapping
from typing import Any

from companion.errors import CourseError

FIRST_PORT = 8888


def resolver(environment: Mapping[str, str] = os.environ) -> Any:
    """Return TensorFlow's view of the cluster that this process was started in.

    Args:
        environment: variables of the process; for Slurm TensorFlow reads the process's own.
            ``FIRST_PORT`` is that of the first worker on each Slurm node; a second takes the next.

    Returns:
        A ``tf.distribute.cluster_resolver.ClusterResolver`` that knows its own task.

    Raises:
        CourseError: an indexed Kubernetes job without the addresses of its workers.
    """
    import tensorflow as tf

    kinds = tf.distribute.cluster_resolver
    if "TF_CONFIG" in environment:
        return kinds.TFConfigClusterResolver()
    if "SLURM_PROCID" in environment:
        return _slurm(kinds, int(environment.get("FIRST_PORT", FIRST_PORT)))
    if "JOB_COMPLETION_INDEX" in environment:
        return _kubernetes(kinds, environment)
    return kinds.TFConfigClusterResolver()


def _slurm(kinds: Any, first_port: int) -> Any:
    """Return Slurm's resolver, also for nodes without a GPU."""
    if shutil.which("nvidia-smi"):
        return kinds.SlurmClusterResolver(port_base=first_port)
    # Left alone it calls nvidia-smi, and told that there are no GPUs it counts in steps of zero.
    # One made-up GPU a task, which nobody sets, gives the right addresses.
    tasks = int(os.environ["SLURM_STEP_NUM_TASKS"])
    return kinds.SlurmClusterResolver(
        port_base=first_port, gpus_per_node=tasks, gpus_per_task=1, auto_set_gpu=False
    )


def _kubernetes(kinds: Any, environment: Mapping[str, str]) -> Any:
    """Return the resolver of an indexed job: ``WORKERS`` names all pods, the index this one."""
    import tensorflow as tf

    index, addresses = int(environment["JOB_COMPLETION_INDEX"]), environment.get("WORKERS", "")
    workers = [address for address in addresses.split(",") if address]
    if index >= len(workers):
        raise CourseError(
            f"WORKERS names {len(workers)} pods and this one has the index {index}; set it to the "
            "addresses of all, such as train-0.train:2222,train-1.train:2222."
        )
    spec = tf.train.ClusterSpec({"worker": workers})
    return kinds.SimpleClusterResolver(spec, task_type="worker", task_id=index, rpc_layer="grpc")
