"""The statistics of a trial: repeated runs, intervals that keep their promise, controls, tuning.

Arms are compared on the same seeds or rows, so that what these do to both falls out of the
difference. Which interval is right depends on what was repeated: a few runs, each a number
(:func:`mean_interval`, :func:`paired_difference`); rows that are right or wrong
(:func:`share_interval`); many rows and any statistic of them (:func:`bootstrap_interval`). Of k
comparisons in one table, ask each for a coverage of ``1 - 0.05 / k`` (Bonferroni).
"""

from companion.trial.intervals import Interval, mean_interval, paired_difference, share_interval
from companion.trial.resampling import bootstrap_interval, controls, shuffled
from companion.trial.runs import Tuned, repeated, tuned
