"""Run tests with TensorFlow's functions as plain Python, which a coverage tracer can follow."""

from __future__ import annotations

import sys

import pytest

import companion  # noqa: F401 - starts TensorFlow quietly

if __name__ == "__main__":
    import tensorflow as tf

    tf.config.run_functions_eagerly(True)
    raise SystemExit(pytest.main(sys.argv[1:]))
