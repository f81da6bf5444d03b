"""What this machine computes with: one readable report, settings, a strategy, a self-test."""

from __future__ import annotations

import json
import os
import platform
import time
from dataclasses import dataclass

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


@dataclass(frozen=True)
class Report:
    """What :func:`report` found; ``print`` it.

    Attributes:
        devices: one line a device: kind, name.
        versions: versions by name.
        built_with_cuda: whether this TensorFlow could use an NVIDIA card at all.
        precision: Keras' dtype policy.
        xla: whether TensorFlow compiles every function with XLA by default.
        threads: threads within an operation; 0 lets TensorFlow choose.
        cores: processor cores that this process may use.
        memory: the machine's main memory in GiB; 0 where the system does not tell.
    """

    devices: tuple[str, ...]
    versions: dict[str, str]
    built_with_cuda: bool
    precision: str
    xla: bool
    threads: int
    cores: int
    memory: int

    def __str__(self) -> str:
        names = "  ".join(f"{name} {version}" for name, version in self.versions.items())
        lines = [
            f"Versions   {names}",
            *(f"Device     {device}" for device in self.devices),
            f"CUDA       {'built in' if self.built_with_cuda else 'not in this build'}",
            f"Precision  {self.precision}",
            f"XLA        {'on for every function' if self.xla else 'where a function asks for it'}",
            f"Threads    {self.threads or 'chosen by TensorFlow'}, on {self.cores} cores",
            f"Memory     {self.memory or '?'} GiB",
        ]
        if not any(device.startswith("GPU") for device in self.devices):
            lines.append(WITHOUT_GPU)
        return "\n".join(lines)


def report() -> Report:
    """Look at devices, versions and settings; nothing is changed."""
    return Report(
        devices=tuple(_line(device) for device in tf.config.list_physical_devices()),
        versions={
            "Python": platform.python_version(),
            "TensorFlow": tf.__version__,
            "Keras": keras.__version__,
            "CUDA": tf.sysconfig.get_build_info().get("cuda_version", "none"),
        },
        built_with_cuda=tf.test.is_built_with_cuda(),
        precision=keras.config.dtype_policy().name,
        xla=bool(tf.config.optimizer.get_jit()),
        threads=tf.config.threading.get_intra_op_parallelism_threads(),
        cores=_cores(),
        memory=_memory(),
    )


def setup(
    *, precision: str = "float32", memory_growth: bool = True, threads: int | None = None
) -> None:
    """Choose how to compute; call it before the first tensor is made.

    Args:
        precision: ``"float32"``, ``"mixed_bfloat16"`` (recent NVIDIA cards and CPUs), or
            ``"mixed_float16"`` (older NVIDIA cards; Micikevicius et al., 2018).
        memory_growth: take GPU memory as needed; otherwise TensorFlow takes nearly all at once.
        threads: threads within an operation; ``None`` leaves TensorFlow's choice.

    Raises:
        CourseError: an unknown precision, a thread count below 1, or TensorFlow already running.
    """
    if precision not in PRECISIONS:
        raise CourseError(f"precision should be one of {', '.join(PRECISIONS)}, not {precision!r}.")
    if threads is not None and threads < 1:
        raise CourseError(
            f"threads should be at least 1, or None to let TensorFlow choose: {threads}."
        )
    try:
        for gpu in tf.config.list_physical_devices("GPU"):
            tf.config.experimental.set_memory_growth(gpu, memory_growth)
        if threads is not None:
            tf.config.threading.set_intra_op_parallelism_threads(threads)
    except RuntimeError as error:
        raise CourseError(
            "TensorFlow has already started, so memory and threads are fixed; restart the kernel "
            "and call setup() first."
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
    if _workers() > 1:
        return tf.distribute.MultiWorkerMirroredStrategy()
    if len(tf.config.list_physical_devices("GPU")) > 1:
        return tf.distribute.MirroredStrategy()
    return tf.distribute.get_strategy()


@dataclass(frozen=True)
class Speed:
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
    exact = a @ b
    return [_measure(device, a, b, exact, repeats) for device in tf.config.list_logical_devices()]


def _measure(
    device: tf.config.LogicalDevice, a: np.ndarray, b: np.ndarray, exact: np.ndarray, repeats: int
) -> Speed:
    name = f"{device.device_type}:{device.name.rsplit(':', 1)[-1]}"
    with tf.device(device.name):
        x, y = tf.constant(a), tf.constant(b)
        product = tf.matmul(x, y)
        # Reading one number waits for the device; without that only the queueing is timed.
        float(product[0, 0])
        start = time.perf_counter()
        for _ in range(repeats):
            product = tf.matmul(x, y)
        float(product[0, 0])
        seconds = (time.perf_counter() - start) / repeats
    error = float(np.max(np.abs(product.numpy() - exact)) / np.max(np.abs(exact)))
    if not error < TOLERANCE:
        raise CourseError(
            f"{name} multiplies matrices wrongly (it differs from NumPy by {error:.1e}); update "
            "its driver, or hide it with CUDA_VISIBLE_DEVICES=''."
        )
    return Speed(name, 2 * len(a) ** 3 / seconds / 1e9, error)


def _line(device: tf.config.PhysicalDevice) -> str:
    details = tf.config.experimental.get_device_details(device)
    name = details.get("device_name", "")
    number = device.name.rsplit(":", 1)[-1]
    return " ".join(filter(None, [device.device_type, number, name]))


def _cores() -> int:
    if hasattr(os, "sched_getaffinity"):  # not on macOS and Windows
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _memory() -> int:
    try:
        return round(os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30)
    except (AttributeError, ValueError, OSError):  # Windows has no sysconf
        return 0


def _workers() -> int:
    """Return how many machines train together with this one; an evaluator works alone."""
    text = os.environ.get("TF_CONFIG", "").strip()
    if not text:
        return 1
    try:
        content = json.loads(text)
        cluster, role, number = (
            content["cluster"],
            content["task"]["type"],
            content["task"]["index"],
        )
        lists = all(isinstance(v, list) and set(map(type, v)) <= {str} for v in cluster.values())
        known = cluster.keys() <= {*TRAINING, "evaluator"} and len(cluster.get("chief", ())) <= 1
        own = role == "evaluator" or 0 <= number < len(cluster[role])
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise CourseError(BAD_CLUSTER) from error
    if not (lists and known and own):
        raise CourseError(BAD_CLUSTER)
    return 1 if role == "evaluator" else sum(len(cluster.get(r, ())) for r in TRAINING)
