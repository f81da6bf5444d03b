"""What a training run needs: operations, memory, time, energy, money.

Every formula is one line; runs that others published show how far each can be trusted
(:data:`PUBLISHED_RUNS`, :data:`TIMED_RUNS`). Prices, powers and utilisations change, so they are
inputs, never constants.
"""

from companion.compute.costs import (
    PETAFLOPS_DAY,
    Hardware,
    attention_flops,
    training_flops,
    training_memory,
)
from companion.compute.runs import PUBLISHED_RUNS, TIMED_RUNS, PublishedRun, TimedRun
