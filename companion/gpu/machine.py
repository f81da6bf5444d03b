"""What this machine has, as one readable report, and how it should compute."""

import os
import platform

import keras
import tensorflow as tf

from companion.errors import CourseError

PRECISIONS = ("float32", "mixed_float16", "mixed_bfloat16")
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


def _named(device: tf.config.PhysicalDevice) -> str:
    details = tf.config.experimental.get_device_details(device)
    return f"{device.device_type} {number(device)} {details.get('device_name', '')}".rstrip()


def number(device: tf.config.PhysicalDevice | tf.config.LogicalDevice) -> str:
    """Return the last part of a device's name."""
    return device.name.rsplit(":", 1)[-1]
