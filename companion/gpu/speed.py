"""A self-test of each device: how fast it multiplies, and whether it does so rightly."""

import time
from typing import NamedTuple

import numpy as np
import tensorflow as tf

from companion.errors import CourseError
from companion.gpu.machine import number

# Rounding of a sum of `size` products in each precision, relative to the largest entry.
TOLERANCE = 1e-3


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
    """Multiply two matrices on each device, measure, and compare with NumPy.

    Args:
        size: rows and columns of both matrices.
        repeats: products timed together.

    Raises:
        CourseError: a device computes something else than NumPy.
    """
    a, b = np.random.default_rng(0).standard_normal((2, size, size)).astype(np.float32)
    exact, speeds = a @ b, []
    for device in tf.config.list_logical_devices():
        name = f"{device.device_type}:{number(device)}"
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
