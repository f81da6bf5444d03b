"""Several copies of a small network, trained side by side in NumPy: no graph, nothing to compile.

For a network this small, compiling costs more than training. The copies differ in their first
weights and in the batches they see, so that their spread is an interval over seeds. The clients of
:mod:`companion.training.federated` are such copies, with all weights of one in a vector.

Letters in the shapes: S copies, B examples, d inputs or units, K classes. An axis of copies may be
left out, or be several; numbers stay as precise as the weights are.
"""

from companion.training.small.learning import Adam, learn
from companion.training.small.network import (
    Layers,
    backward,
    cross_entropy,
    forward,
    gradients,
    size,
    start,
)
