"""A trained model as a service: one file, one small HTTP server, on this machine only.

``export`` turns a Keras model into a LiteRT file; ``model`` reads such a file without TensorFlow;
``batching`` groups requests that come close together; ``service`` says what a request may be, and
``app`` on which paths; ``server`` sees to slow clients and to a stop that loses nothing;
``process`` starts it all as a process of its own. ``python -m companion.serve --help`` lists the
options.
"""

from companion.lazy import attach

__getattr__, __all__ = attach(
    __name__,
    {"export": "save to_litert", "model": "ServedModel to_units", "process": "ServerProcess"},
)
