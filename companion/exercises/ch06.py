"""Chapter 6, applications: rare cases, costs, time; intervals, benefit, groups."""

from __future__ import annotations

import math
from fractions import Fraction
from typing import Any

import numpy as np

from companion.exercises.compare import called, number
from companion.exercises.registry import exercise


@exercise(
    "ch06.base-rate",
    title="How many alarms are right?",
    level=1,
    minutes=8,
    statement="""
        A test raises an alarm for the share `sensitivity` of the bad cases and stays silent for the
        share `specificity` of the good ones. The share `prevalence` of all cases is bad. Write
        `precision(prevalence, sensitivity, specificity)`: the share of the alarms that are right.
        (Chapter 4 asks it of an illness; try it from memory.)
    """,
    stub="""
        def precision(prevalence, sensitivity, specificity):
            return ...  # your code
    """,
    solution="""
        def precision(prevalence, sensitivity, specificity):
            true_alarms = prevalence * sensitivity
            false_alarms = (1 - prevalence) * (1 - specificity)
            return true_alarms / (true_alarms + false_alarms)
    """,
    explanation="""
        Bayes' theorem. Of all cases the share `prevalence * sensitivity` is bad and raises an
        alarm, and `(1 - prevalence) * (1 - specificity)` is good and raises one too. When bad cases
        are rare, the second product wins however good the test is.
    """,
    hints=(
        "Imagine a million cases and count the alarms of both kinds.",
        "Good cases are the share `1 - prevalence`; of them `1 - specificity` raise an alarm.",
    ),
    wrong={
        "no_base_rate": (
            "def precision(prevalence, sensitivity, specificity):\n"
            "    return sensitivity / (sensitivity + 1 - specificity)",
            "as many good cases as bad ones",
        ),
        "specificity_as_alarms": (
            "def precision(prevalence, sensitivity, specificity):\n"
            "    t = prevalence * sensitivity\n"
            "    return t / (t + (1 - prevalence) * specificity)",
            "stay silent",
        ),
        "sensitivity": (
            "def precision(prevalence, sensitivity, specificity):\n    return sensitivity",
            "share of the bad cases that raise an alarm",
        ),
        "accuracy": (
            "def precision(prevalence, sensitivity, specificity):\n"
            "    return prevalence * sensitivity + (1 - prevalence) * specificity",
            "accuracy",
        ),
    },
)
def _base_rate(answer: Any) -> None:
    for bad, good, hit, quiet in ((10, 9990, 9, 9890), (400, 600, 300, 594), (1, 4, 1, 2)):
        found = called(answer, bad / (bad + good), hit / bad, quiet / good, name="precision")
        alarms = hit + good - quiet
        even = Fraction(hit, bad) / (Fraction(hit, bad) + 1 - Fraction(quiet, good))
        number(
            found,
            hit / alarms,
            causes=[
                (float(even), "that holds where there are as many good cases as bad ones."),
                (hit / (hit + quiet), "specificity is the share of good cases that stay silent."),
                (hit / bad, "that is the share of the bad cases that raise an alarm."),
                ((hit + quiet) / (bad + good), "that is the accuracy, over all cases."),
            ],
            name=f"precision for {bad} bad and {good} good cases, {alarms} alarms",
        )


@exercise(
    "ch06.cheapest-threshold",
    title="The cheapest threshold",
    level=2,
    minutes=15,
    statement="""
        `y` is 1 for fraud, `scores` are larger for more suspicious payments. A call costs `price`,
        a fraud without a call costs its `amount` (an array). Write
        `cheapest(y, scores, amount, price)`: the threshold among the scores for which calling
        every payment *at or above it* costs least in total.
    """,
    stub="""
        def cheapest(y, scores, amount, price):
            return ...  # your code
    """,
    solution="""
        def cheapest(y, scores, amount, price):
            thresholds = np.unique(scores)
            called = scores >= thresholds[:, None]
            missed = ~called @ (y * amount)
            return thresholds[np.argmin(price * called.sum(axis=1) + missed)]
    """,
    explanation="""
        Each threshold has a bill: all calls, and the frauds that pass. True alarms are called too,
        and each call is paid. Only the order of the scores matters, so this also works for scores
        that are no probabilities. Choose on past payments, judge on later ones.
    """,
    hints=(
        "Compute the bill for one threshold first: `price * calls + amounts of missed frauds`.",
        "`np.unique(scores)` lists the thresholds to try.",
    ),
    wrong={
        "strictly_above": (
            "def cheapest(y, scores, amount, price):\n"
            "    t = np.unique(scores)\n"
            "    c = scores > t[:, None]\n"
            "    return t[np.argmin(price * c.sum(1) + (~c * (y * amount)).sum(1))]",
            "at or above",
        ),
        "false_alarms_only": (
            "def cheapest(y, scores, amount, price):\n"
            "    t = np.unique(scores)\n"
            "    c = scores >= t[:, None]\n"
            "    return t[np.argmin(price * (c & (y == 0)).sum(1) + (~c * (y * amount)).sum(1))]",
            "right alarms cost a call too",
        ),
        "count_of_misses": (
            "def cheapest(y, scores, amount, price):\n"
            "    t = np.unique(scores)\n"
            "    c = scores >= t[:, None]\n"
            "    return t[np.argmin(price * c.sum(1) + (~c & (y == 1)).sum(1))]",
            "a missed fraud costs its amount",
        ),
    },
)
def _cheapest(answer: Any) -> None:
    def best(y: Any, scores: Any, price: float, right: float, loss: Any, strict: bool) -> float:
        bills: dict[float, float] = {}
        for threshold in sorted(set(scores.tolist())):
            bill = 0.0
            for truth, score, cost in zip(y, scores, loss, strict=True):
                alarm = score > threshold if strict else score >= threshold
                bill += (right if truth else price) if alarm else truth * cost
            bills[threshold] = bill
        return min(bills, key=lambda t: bills[t])

    rng = np.random.default_rng(3)
    for n, price in ((40, 5.0), (60, 20.0), (30, 1.0), (50, 12.0), (45, 8.0)):
        y = (rng.random(n) < 0.3).astype(int)
        scores = np.round(y * 0.3 + rng.random(n), 2)
        amount = rng.uniform(1, 60, n)
        ones = np.ones(n)
        number(
            called(answer, y, scores, amount, price, name="cheapest"),
            best(y, scores, price, price, amount, False),
            causes=[
                (best(y, scores, price, price, amount, True), "call those at or above it."),
                (best(y, scores, price, 0.0, amount, False), "right alarms cost a call too."),
                (best(y, scores, price, price, ones, False), "a missed fraud costs its amount."),
            ],
            name=f"The cheapest threshold for {n} payments and calls of {price:.0f} dollars",
        )


@exercise(
    "ch06.last-training-row",
    title="Where the past ends",
    level=2,
    minutes=10,
    statement="""
        Rows are days, counted from 0. The target of row `t` is the return over the days `t + 1` to
        `t + horizon`. In the evening of day `test_start` the first test forecast is made. Write
        `last_training_row(test_start, horizon)`: the last row whose target is fully known by then.
    """,
    stub="""
        def last_training_row(test_start, horizon):
            return ...  # your code
    """,
    solution="""
        def last_training_row(test_start, horizon):
            return test_start - horizon
    """,
    explanation="""
        The target of row `t` ends on day `t + horizon`, and that day must not be later than
        `test_start`. So `horizon - 1` rows between training and test stay unused: the gap of
        `walk_forward`. Leave it out, and training targets contain days of the test.
    """,
    hints=("On which day does the target of row `t` become known?",),
    wrong={
        "no_gap": (
            "def last_training_row(test_start, horizon):\n    return test_start - 1",
            "not known yet",
        ),
        "one_wasted": (
            "def last_training_row(test_start, horizon):\n    return test_start - horizon - 1",
            "one more row",
        ),
        "one_too_many": (
            "def last_training_row(test_start, horizon):\n    return test_start - horizon + 1",
            "not known yet",
        ),
    },
)
def _last_training_row(answer: Any) -> None:
    for start, horizon in ((100, 20), (50, 1), (37, 5), (300, 60)):
        known = [t for t in range(start) if max(range(t + 1, t + horizon + 1)) <= start]
        late = f"its target is not known yet on day {start}."
        causes = [(t, late) for t in range(len(known), start + 1)]
        causes.append((len(known) - 2, "one more row is known; nothing forbids to use it."))
        number(
            called(answer, start, horizon, name="last_training_row"),
            known[-1],
            causes=causes,
            name=f"The last row before day {start} for a horizon of {horizon}",
        )


@exercise(
    "ch06.interval",
    title="An interval for a share",
    level=2,
    minutes=15,
    statement=r"""
        A model finds `found` of `sick` patients. Write `interval(found, sick)`: the lower and upper
        end of the Wilson interval for its sensitivity, the two shares $p$ that solve
        $|p - \mathrm{found}/\mathrm{sick}| = 1.96 \sqrt{p (1 - p)/\mathrm{sick}}$. It has to work
        for `found == sick`, where the textbook's "share plus or minus" has no width.
    """,
    stub="""
        def interval(found, sick):
            return ...  # lower end, upper end
    """,
    solution="""
        def interval(found, sick):
            share, z2 = found / sick, 1.96**2
            middle = share + z2 / (2 * sick)
            half = np.sqrt(z2 * share * (1 - share) / sick + (z2 / (2 * sick)) ** 2)
            return (middle - half) / (1 + z2 / sick), (middle + half) / (1 + z2 / sick)
    """,
    explanation=r"""
        Square both sides: a quadratic equation in $p$. Its two roots are the ends. The noise is
        computed from the share $p$ that might be true, and not from the one observed. So 85 of 85
        does not mean a sensitivity of one: the interval begins near 96 %.
    """,
    hints=(
        "Square both sides and sort by powers of p.",
        "The quadratic is (1 + z²/n) p² − (2 share + z²/n) p + share² = 0.",
    ),
    wrong={
        "plus_minus": (
            "def interval(found, sick):\n"
            "    s = found / sick\n"
            "    h = 1.96 * np.sqrt(s * (1 - s) / sick)\n"
            "    return s - h, s + h",
            "has no width",
        ),
        "ninety_percent": (
            "def interval(found, sick):\n"
            "    s, z2 = found / sick, 1.645**2\n"
            "    m = s + z2 / (2 * sick)\n"
            "    h = np.sqrt(z2 * s * (1 - s) / sick + (z2 / (2 * sick)) ** 2)\n"
            "    return (m - h) / (1 + z2 / sick), (m + h) / (1 + z2 / sick)",
            "90 %",
        ),
        "not_divided": (
            "def interval(found, sick):\n"
            "    s, z2 = found / sick, 1.96**2\n"
            "    m = s + z2 / (2 * sick)\n"
            "    h = np.sqrt(z2 * s * (1 - s) / sick + (z2 / (2 * sick)) ** 2)\n"
            "    return m - h, m + h",
            "divide",
        ),
    },
)
def _interval(answer: Any) -> None:
    for found, sick in ((84, 85), (85, 85), (0, 12), (50, 100), (3, 7)):
        result = called(answer, found, sick, name="interval")
        for k, end in enumerate(("lower", "upper")):
            share = found / sick
            plain = 1.96 * math.sqrt(share * (1 - share) / sick)
            right = _wilson_end(found, sick, 1.96, k)
            number(
                result[k] if np.shape(result) == (2,) else result,
                right,
                rtol=1e-5,
                causes=[
                    (
                        share + (plain, -plain)[1 - k],
                        "that is share ± 1.96 · error, which has no width for 85 of 85.",
                    ),
                    (_wilson_end(found, sick, 1.645, k), "that is the interval for 90 %."),
                    (right * (1 + 1.96**2 / sick), "divide both ends by 1 + z²/n."),
                ],
                atol=1e-6,
                name=f"The {end} end for {found} of {sick}",
            )


def _wilson_end(found: int, sick: int, z: float, upper: int) -> float:
    """Find the end by halving: on which side of it is the observed share too surprising?"""
    share = found / sick
    inside, outside = share, float(upper)
    for _ in range(80):
        middle = (inside + outside) / 2
        surprising = abs(middle - share) > z * math.sqrt(middle * (1 - middle) / sick)
        inside, outside = (inside, middle) if surprising else (middle, outside)
    return inside


@exercise(
    "ch06.net-benefit",
    title="Is it worth using the model?",
    level=2,
    minutes=12,
    statement=r"""
        Write `net_benefit(y, p, threshold)`. `y` is 1 for the sick, `p` holds stated probabilities,
        and everyone with `p >= threshold` is treated. The net benefit is the number of sick people
        treated, minus the number of healthy people treated times
        $\mathrm{threshold}/(1 - \mathrm{threshold})$, divided by the number of *all* people.
    """,
    stub="""
        def net_benefit(y, p, threshold):
            return ...  # your code
    """,
    solution="""
        def net_benefit(y, p, threshold):
            treated = p >= threshold
            weight = threshold / (1 - threshold)
            return np.mean(treated * (y - weight * (1 - y)))
    """,
    explanation="""
        Who treats from a risk of 10 % on accepts nine needless treatments for one that helps: the
        weight is one ninth. In this currency a model can be compared with treating everyone and
        with treating no one, whose net benefit is 0.
    """,
    hints=(
        "Count the treated sick and the treated healthy.",
        "Divide by `len(y)`, also those who are not treated.",
    ),
    wrong={
        "no_weight": (
            "def net_benefit(y, p, threshold):\n"
            "    t = p >= threshold\n    return np.mean(t * (y - (1 - y)))",
            "weight",
        ),
        "odds_turned": (
            "def net_benefit(y, p, threshold):\n"
            "    t = p >= threshold\n"
            "    return np.mean(t * (y - (1 - threshold) / threshold * (1 - y)))",
            "upside down",
        ),
        "per_treated": (
            "def net_benefit(y, p, threshold):\n"
            "    t = p >= threshold\n"
            "    return np.mean((y - threshold / (1 - threshold) * (1 - y))[t])",
            "all people",
        ),
    },
)
def _net_benefit(answer: Any) -> None:
    rng = np.random.default_rng(5)
    for n, threshold in ((50, 0.1), (80, 0.3), (30, 0.05)):
        p = np.round(rng.random(n), 2)
        p[0] = threshold  # who states exactly the threshold is treated
        y = (rng.random(n) < 0.3).astype(int)
        y[0] = 1
        sick = sum(1 for truth, stated in zip(y, p, strict=True) if truth and stated >= threshold)
        treated = sum(1 for stated in p if stated >= threshold)
        healthy, odds = treated - sick, Fraction(str(threshold)) / (1 - Fraction(str(threshold)))
        value = float(sick - odds * healthy)
        number(
            called(answer, y, p, threshold, name="net_benefit"),
            value / n,
            causes=[
                (
                    (sick - healthy) / n,
                    "a treated healthy person weighs threshold/(1 - threshold);"
                    " the weight is missing.",
                ),
                (float(sick - healthy / odds) / n, "the weight stands upside down."),
                (value / treated, "divide by the number of all people, not of the treated."),
            ],
            name=f"The net benefit at {threshold:.0%} for {n} people",
        )


@exercise(
    "ch06.straddling",
    title="Who is on both sides?",
    level=1,
    minutes=8,
    statement="""
        Each row belongs to a group: a patient, a scaffold, a customer. Write
        `straddling(train_groups, test_groups)`: the share of the *test rows* whose group also
        occurs among the training rows. For a split by groups it is 0.
    """,
    stub="""
        def straddling(train_groups, test_groups):
            return ...  # your code
    """,
    solution="""
        def straddling(train_groups, test_groups):
            return np.mean(np.isin(test_groups, train_groups))
    """,
    explanation="""
        A test row whose group was seen in training asks "do you remember this group?" and not "what
        will you say about a new one?". Compute this share before you believe a score.
    """,
    hints=("`np.isin(a, b)` tells for each value of `a` whether it occurs in `b`.",),
    wrong={
        "turned": (
            "def straddling(train_groups, test_groups):\n"
            "    return np.mean(np.isin(train_groups, test_groups))",
            "share of the training rows",
        ),
        "groups_not_rows": (
            "def straddling(train_groups, test_groups):\n"
            "    return np.mean(np.isin(np.unique(test_groups), train_groups))",
            "share of the groups",
        ),
        "a_count": (
            "def straddling(train_groups, test_groups):\n"
            "    return float(np.sum(np.isin(test_groups, train_groups)))",
            "a number of rows",
        ),
        "clean_ones": (
            "def straddling(train_groups, test_groups):\n"
            "    return np.mean(~np.isin(test_groups, train_groups))",
            "share that is new",
        ),
    },
)
def _straddling(answer: Any) -> None:
    for train, test in (
        ([1, 2, 2, 3, 5, 5, 5], [1, 1, 1, 4, 6]),
        ([1, 2, 3, 3, 9], [4, 4, 4, 2, 5, 6]),
        ([7, 7], [8, 9, 9]),
    ):
        seen, met = set(train), set(test)
        both = [row for row in test if row in seen]
        share = len(both) / len(test)
        number(
            called(answer, np.array(train), np.array(test), name="straddling"),
            share,
            causes=[
                (
                    sum(row in met for row in train) / len(train),
                    "that is the share of the training rows; the question is about test rows.",
                ),
                (len(seen & met) / len(met), "that is the share of the groups; count rows."),
                (float(len(both)), "that is a number of rows, not a share."),
                (1 - share, "that is the share that is new to the model."),
            ],
            name=f"straddling({train}, {test})",
        )
