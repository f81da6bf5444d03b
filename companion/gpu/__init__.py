"""What this machine computes with: one readable report, settings, a strategy, a self-test."""

from companion.gpu.machine import cores, memory, report, setup
from companion.gpu.speed import Speed, self_test
from companion.gpu.spread import strategy
