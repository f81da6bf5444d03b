"""Companion package of the course *Large models, small machine*.

``import companion`` is cheap: it loads no TensorFlow, only tells it to start silently.
Everything heavy is imported by the module that needs it.
"""

import logging
import os
import random
import sys

from companion.quiet import QuietTensorFlow

__version__ = "0.2.0"
__all__ = ["__version__", "seed"]

# TensorFlow reads these once, at its own import, so they must be set before any module of the
# course imports it. `setdefault` leaves a reader who wants the messages in charge.
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
os.environ.setdefault("KERAS_BACKEND", "tensorflow")
# Its warnings about retracing are false alarms where a page trains many models, each compiled once.
logging.getLogger("tensorflow").setLevel(logging.ERROR)
if "tensorflow" not in sys.modules and not any(
    isinstance(f, QuietTensorFlow) for f in sys.meta_path
):
    sys.meta_path.insert(0, QuietTensorFlow())


def seed(value: int) -> None:
    """Make the run repeatable: seed Python, NumPy and Keras.

    Keras is not imported for it: where nobody has yet, all are seeded again when somebody does. On
    a CPU that is enough. On a GPU call ``tf.config.experimental.enable_op_determinism()`` as well,
    which nothing in TensorFlow's public interface switches off again.

    Args:
        value: any integer from 0 to 2**32 - 1.
    """
    import numpy as np
    from wrapt import register_post_import_hook

    random.seed(value)
    np.random.seed(value)
    register_post_import_hook(lambda keras: keras.utils.set_random_seed(value), "keras")
