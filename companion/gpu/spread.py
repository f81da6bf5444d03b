"""How to spread training over the devices and machines that are there."""

import json
import os

import tensorflow as tf

from companion.errors import CourseError

TRAINING = ("chief", "worker")
BAD_CLUSTER = (
    "TF_CONFIG should be JSON with the addresses of all machines, at most one chief and no "
    'parameter servers, and this machine\'s number: {"cluster": {"chief": ["a:1"], "worker": '
    '["b:1"]}, "task": {"type": "worker", "index": 0}}; correct it or unset it.'
)


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
