"""What this machine computes with: one readable report, settings, a strategy, a self-test."""

from __future__ import annotations

import json
import os
import platform
import time
from typing import NamedTuple

import keras
import numpy as np
import tensorflow as tf

from companion.errors import CourseError

PRECISIONS = ("float32", "mixed_float16", "mixed_bfloat16")
# Rounding of a sum of `size` products in each precision, relative to the largest entry.
TOLERANCE = 1e-3
TRAINING = ("chief", "worker")
BAD_CLUSTER = (
    "TF_CONFIG should be JSON with the addresses of all machines, at most one chief and no "
    'parameter servers, and this machine\'s number: {"cluster": {"chief": ["a:1"], "worker": '
    '["b:1"]}, "task": {"type": "worker", "index": 0}}; correct it or unset it.'
)
WITHOUT_GPU = (
    "No GPU is in use. The course does not need one: its cells are sized for two CPU cores.\n"
    "To use an NVIDIA card on Linux or WSL2, install the driver, then run\n"
    "  pip install 'tensorflow[and-cuda]'\n"
    "TensorFlow has had no GPU build for native Windows since 2.10, and has none for macOS."
)


def report() -> str:
    """Return devices, versions and settings, a line each; nothing is changed."""
    versions = {
        "Python": platform.python_version(),
        "TensorFlow": tf.__version__,
        "Keras": keras.__version__,
        "CUDA": tf.sysconfig.get_build_info().get("cuda_version", "none"),
    }
    threads = tf.config.threading.get_intra_op_parallelism_threads()
    cuda, xla = tf.test.is_built_with_cuda(), tf.config.optimizer.get_jit()
    lines = [
        "Versions   " + "  ".join(f"{name} {version}" for name, version in versions.items()),
        *(f"Device     {_named(device)}" for device in tf.config.list_physical_devices()),
        f"CUDA       {'built in' if cuda else 'not in this build'}",
        f"Precision  {keras.config.dtype_policy().name}",
        f"XLA        {'on for every function' if xla else 'where a function asks for it'}",
        f"Threads    {threads or 'chosen by TensorFlow'}, on {cores()} cores",
        f"Memory     {memory() or '?'} GiB",
    ]
    if not tf.config.list_physical_devices("GPU"):
        lines.append(WITHOUT_GPU)
    return "\n".join(lines)


def cores() -> int:
    """Return the number of processor cores that this process may use."""
    if hasattr(os, "sched_getaffinity"):  # not on macOS and Windows
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def memory() -> int:
    """Return the machine's main memory in GiB; 0 where the system does not tell."""
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)
    except (AttributeError, ValueError, OSError):  # Windows has no sysconf
        return 0


def setup(*, precision: str = "float32", memory_growth: bool = True) -> None:
    """Choose how to compute; call it before the first tensor is made.

    Args:
        precision: ``"float32"``, ``"mixed_bfloat16"`` (recent NVIDIA cards and CPUs), or
            ``"mixed_float16"`` (older NVIDIA cards; Micikevicius et al., 2018).
        memory_growth: take GPU memory as needed; otherwise TensorFlow takes nearly all at once.

    Raises:
        CourseError: an unknown precision, or GPUs already in use.
    """
    if precision not in PRECISIONS:
        raise CourseError(f"precision should be one of {', '.join(PRECISIONS)}, not {precision!r}.")
    try:
        for gpu in tf.config.list_physical_devices("GPU"):
            tf.config.experimental.set_memory_growth(gpu, memory_growth)
    except RuntimeError as error:
        raise CourseError(
            "TensorFlow has already started, so its GPU memory is fixed; restart the kernel and "
            "call setup() first."
        ) from error
    keras.config.set_dtype_policy(precision)


def strategy() -> tf.distribute.Strategy:
    """Return how to spread training over what is there.

    Several machines that train, the chief among them, named in ``TF_CONFIG`` give
    ``MultiWorkerMirroredStrategy``, several GPUs ``MirroredStrategy``, anything less TensorFlow's
    default, which changes nothing. An evaluator is a machine by itself.

    Raises:
        CourseError: ``TF_CONFIG`` is not the JSON that TensorFlow expects, does not list this
            machine, or asks for parameter servers, which are another way to train.
    """
    if _machines() > 1:
        return tf.distribute.MultiWorkerMirroredStrategy()
    if len(tf.config.list_physical_devices("GPU")) > 1:
        return tf.distribute.MirroredStrategy()
    return tf.distribute.get_strategy()


class Speed(NamedTuple):
    """What :func:`self_test` measured on one device.

    Attributes:
        device: its name, such as ``CPU:0``.
        gflops: billions of multiplications and additions a second.
        error: largest difference from NumPy, as a share of the largest entry.
    """

    device: str
    gflops: float
    error: float

    def __str__(self) -> str:
        return f"{self.device:6} {self.gflops:9.0f} GFLOP/s, differs from NumPy by {self.error:.1e}"


def self_test(size: int = 1024, *, repeats: int = 10) -> list[Speed]:
    """Multiply two matrices on each device and compare with NumPy.

    Args:
        size: rows and columns of both matrices.
        repeats: products timed together.

    Returns:
        One measurement a device.

    Raises:
        CourseError: a device computes something else than NumPy.
    """
    a, b = np.random.default_rng(0).standard_normal((2, size, size)).astype(np.float32)
    exact, speeds = a @ b, []
    for device in tf.config.list_logical_devices():
        name = f"{device.device_type}:{_number(device)}"
        with tf.device(device.name):
            product, seconds = _timed(tf.constant(a), tf.constant(b), repeats)
        error = float(np.max(np.abs(product - exact)) / np.max(np.abs(exact)))
        if not error < TOLERANCE:
            raise CourseError(
                f"{name} multiplies matrices wrongly (it differs from NumPy by {error:.1e}); "
                "update its driver, or hide it with CUDA_VISIBLE_DEVICES=''."
            )
        speeds.append(Speed(name, 2 * size**3 / seconds / 1e9, error))
    return speeds


def _timed(x: tf.Tensor, y: tf.Tensor, repeats: int) -> tuple[np.ndarray, float]:
    """Return the product and the seconds that one takes."""
    product = tf.matmul(x, y)
    # Reading one number waits for the device; without that only the queueing is timed.
    float(product[0, 0])
    start = time.perf_counter()
    for _ in range(repeats):
        product = tf.matmul(x, y)
    float(product[0, 0])
    return product.numpy(), (time.perf_counter() - start) / repeats


def _number(device: tf.config.PhysicalDevice | tf.config.LogicalDevice) -> str:
    return device.name.rsplit(":", 1)[-1]


def _named(device: tf.config.PhysicalDevice) -> str:
    details = tf.config.experimental.get_device_details(device)
    return f"{device.device_type} {_number(device)} {details.get('device_name', '')}".rstrip()


def _machines() -> int:
    """Return how many machines train together with this one; an evaluator works alone."""
    text = os.environ.get("TF_CONFIG", "").strip()
    if not text:
        return 1
    try:
        content = json.loads(text)
        cluster = tf.train.ClusterSpec(content["cluster"]).as_dict()
        role, number = content["task"]["type"], content["task"]["index"]
        known = cluster.keys() <= {*TRAINING, "evaluator"} and len(cluster.get("chief", ())) <= 1
        if not (known and (role == "evaluator" or 0 <= number < len(cluster[role]))):
            raise ValueError(text)
    except (ValueError, KeyError, TypeError) as error:
        raise CourseError(BAD_CLUSTER) from error
    return 1 if role == "evaluator" else sum(len(cluster.get(r, ())) for r in TRAINING)
