"""Trials: intervals cover at their rate, controls that fail are refused, and optima at an edge."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats
from sklearn.metrics import roc_auc_score
from statsmodels.stats.proportion import proportion_confint

from companion.errors import CourseError
from companion.trial import (
    Interval,
    bootstrap_interval,
    controls,
    mean_interval,
    paired_difference,
    repeated,
    share_interval,
    shuffled,
    tuned,
)

RNG = np.random.default_rng(0)
GAIN = Interval("A - B", 3.2, 1.1, 5.3, 0.95, 5, "pairs")


def lognormal(rng: np.random.Generator, n: int) -> np.ndarray:
    return rng.lognormal(size=n) - math.exp(0.5)


DRAWS: dict[str, Callable[[np.random.Generator, int], np.ndarray]] = {
    "normal": lambda rng, n: rng.standard_normal(n),
    "symmetric, heavy tails": lambda rng, n: rng.laplace(size=n),
    "exponential": lambda rng, n: rng.standard_exponential(n) - 1,
    "log-normal": lognormal,
}


@pytest.mark.parametrize(
    ("kind", "pairs", "coverage"),
    [
        ("normal", 5, 0.95),
        ("normal", 10, 0.95),
        ("symmetric, heavy tails", 5, 0.95),
        ("symmetric, heavy tails", 10, 0.95),
        # What the docstring says of skewed differences.
        ("exponential", 5, 0.89),
        ("exponential", 10, 0.90),
        ("log-normal", 5, 0.82),
        ("log-normal", 10, 0.84),
    ],
)
def test_paired_difference_covers_at_its_rate(kind: str, pairs: int, coverage: float) -> None:
    rng, trials, inside = np.random.default_rng(1), 1500, 0
    for _ in range(trials):
        seed_effect = 10 * rng.standard_normal(pairs)  # falls out of the difference
        inside += 0 in paired_difference(seed_effect + DRAWS[kind](rng, pairs), seed_effect)
    allowed = 3 * math.sqrt(coverage * (1 - coverage) / trials) + 0.01
    assert inside / trials == pytest.approx(coverage, abs=allowed)


def test_another_coverage_is_kept_too() -> None:
    rng = np.random.default_rng(2)
    inside = sum(0 in mean_interval(rng.standard_normal(5), coverage=0.8) for _ in range(1500))
    assert inside / 1500 == pytest.approx(0.8, abs=0.03)


def test_paired_difference_by_hand() -> None:
    gain = paired_difference([2, 4, 9], [1, 2, 3], ("new", "old"))
    half = stats.t.ppf(0.975, 2) * np.std([1, 2, 6], ddof=1) / math.sqrt(3)
    assert gain.name == "new - old"
    assert (gain.value, *gain.ends) == pytest.approx((3, 3 - half, 3 + half))


def test_splits_of_one_table_share_rows_and_the_wider_interval_covers_more() -> None:
    """Is the mean of 40 rows a better guess for others than nought? On average by 0.09 - 1/40."""
    rng, tables, truth = np.random.default_rng(3), 400, 0.3**2 - 1 / 40
    naive = wide = 0
    for _ in range(tables):
        y = 0.3 + rng.standard_normal(50)
        judge = np.array([rng.permutation(50)[:10] for _ in range(10)])
        mean = (y.sum() - y[judge].sum(axis=1)) / 40
        errors = (y[judge] ** 2).mean(axis=1), ((y[judge] - mean[:, None]) ** 2).mean(axis=1)
        naive += truth in paired_difference(*errors)
        wide += truth in paired_difference(*errors, shared=10 / 40)
    assert naive / tables == pytest.approx(0.67, abs=0.07)  # as the docstring says
    assert wide / tables == pytest.approx(0.88, abs=0.05)


def test_shared_rows_by_the_published_formula() -> None:
    values = np.array([2.0, 4, 9, 3])
    one = mean_interval(values, shared=0.25)
    half = stats.t.ppf(0.975, 3) * math.sqrt((1 / 4 + 0.25) * values.var(ddof=1))
    assert one.ends == pytest.approx((values.mean() - half, values.mean() + half))
    with pytest.raises(CourseError, match="ratio of rows"):
        mean_interval(values, shared=-0.1)


@pytest.mark.parametrize("values", [[1.0], [], [1.0, math.nan], [[1.0, 2.0]]])
def test_no_interval_from_less_than_two_numbers(values: list[float]) -> None:
    with pytest.raises(CourseError, match="two or more"):
        mean_interval(values)


def test_runs_that_are_copies_are_refused() -> None:
    with pytest.raises(CourseError, match="spread"):
        paired_difference([1.0, 2.0], [1.0, 2.0])
    with pytest.raises(CourseError, match=r"\(3,\)"):
        paired_difference([1.0, 2.0, 3.0], [[1.0], [2.0], [3.0]])


@pytest.mark.parametrize(("k", "n"), [(0, 7), (7, 7), (81, 85), (500, 1000)])
@pytest.mark.parametrize("coverage", [0.8, 0.95])
def test_share_interval_equals_statsmodels(k: int, n: int, coverage: float) -> None:
    right = proportion_confint(k, n, alpha=1 - coverage, method="wilson")
    assert share_interval(k, n, coverage=coverage).ends == pytest.approx(right, abs=1e-12)


@pytest.mark.parametrize("n", [10, 50, 200])
def test_share_interval_covers_on_average_over_shares(n: int) -> None:
    """Exact, by the binomial distribution, for shares from 0.5 to 99.5 %."""
    shares, k = np.linspace(0.005, 0.995, 199)[:, None], np.arange(n + 1)
    low, high = np.array([share_interval(i, n).ends for i in range(n + 1)]).T
    covered = (stats.binom.pmf(k, n, shares) * ((low <= shares) & (shares <= high))).sum(axis=1)
    assert covered.mean() == pytest.approx(0.95, abs=0.005)
    assert covered.min() > 0.85


@pytest.mark.parametrize(("k", "n"), [(1, 0), (3, 2), (-1, 5)])
def test_no_share_of_nothing(k: int, n: int) -> None:
    with pytest.raises(CourseError, match=f"{k} of {n}"):
        share_interval(k, n)


def by_hand(values: np.ndarray, draws: int, seed: int) -> np.ndarray:
    rows = np.random.default_rng(seed).integers(len(values), size=(draws, len(values)))
    return np.quantile(values[rows].mean(axis=1), [0.025, 0.975])


def test_bootstrap_of_a_mean_is_the_plain_one_and_near_the_normal_interval() -> None:
    values = RNG.standard_normal(2000)
    half = 1.96 * values.std() / np.sqrt(2000)
    found = bootstrap_interval(values)
    assert found.ends == pytest.approx(by_hand(values, 2000, seed=0), rel=1e-12)
    assert found.low == pytest.approx(values.mean() - half, abs=0.1 * half)
    assert found.high == pytest.approx(values.mean() + half, abs=0.1 * half)
    assert (found.value, found.count) == (values.mean(), 2000)


@pytest.mark.parametrize(("rows", "coverage"), [(4, 0.81), (10, 0.90)])
def test_bootstrap_of_few_rows_covers_less_as_its_docstring_says(
    rows: int, coverage: float
) -> None:
    rng = np.random.default_rng(3)
    inside = sum(
        0 in bootstrap_interval(rng.standard_normal(rows), draws=100, seed=seed)
        for seed in range(200)
    )
    assert inside / 200 == pytest.approx(coverage, abs=0.07)


P = RNG.beta(0.6, 2.5, 4000)
Y = (RNG.random(4000) < P).astype(int)


def test_classes_are_redrawn_each_by_itself() -> None:
    def sensitivity(y: np.ndarray, alarm: np.ndarray) -> float:
        assert y.sum() == Y.sum()
        return float(alarm[y == 1].mean())

    found = bootstrap_interval(Y, P > 0.3, statistic=sensitivity, classes=Y, draws=1000)
    share, n = (P > 0.3)[Y == 1].mean(), Y.sum()
    half = 1.96 * np.sqrt(share * (1 - share) / n)
    assert found.ends == pytest.approx((share - half, share + half), abs=0.15 * half)


def auc(y: np.ndarray, p: np.ndarray) -> float:
    """Return the area under the ROC curve, quicker than scikit-learn."""
    good, bad = np.sort(p[y == 0]), p[y == 1]
    return float(np.searchsorted(good, bad).mean() / len(good))


@pytest.mark.parametrize("method", ["percentile", "BCa"])
def test_bootstrap_of_the_auc_covers_at_its_rate(method: str) -> None:
    truth = roc_auc_score(Y, P)
    assert auc(Y, P) == pytest.approx(truth)
    inside, trials = 0, 40 if method == "percentile" else 15
    for seed in range(trials):
        rows = np.random.default_rng(seed).choice(4000, 300)
        y = Y[rows]
        inside += truth in bootstrap_interval(
            y, P[rows], statistic=auc, classes=y, draws=100, seed=seed, method=method
        )
    assert inside >= 0.85 * trials


def test_columns_and_classes_that_cannot_be_redrawn_are_refused() -> None:
    with pytest.raises(CourseError, match=r"\[3, 2\]"):
        bootstrap_interval([1, 2, 3], [1, 2])
    with pytest.raises(CourseError, match=r"\[3, 1\]"):
        bootstrap_interval([1, 2, 3, 4], classes=[0, 0, 0, 1])
    with pytest.raises(CourseError, match="two or more"):
        bootstrap_interval([])


def test_an_interval_is_one_readable_line() -> None:
    assert str(GAIN) == f"{GAIN}" == "A - B = 3.2 [1.1, 5.3] (95 %, 5 pairs)"
    assert f"{GAIN:.0f}" == "A - B = 3 [1, 5] (95 %, 5 pairs)"
    share = Interval("right", 0.91234, 0.9012, 0.9233, 0.99, 500, "rows")
    assert str(share) == "right = 0.912 [0.901, 0.923] (99 %, 500 rows)"
    assert f"{share:.1%}" == "right = 91.2% [90.1%, 92.3%] (99 %, 500 rows)"
    big = Interval("price", 123_456.0, 120_000.0, 130_000.0, 0.95, 5, "runs")
    assert str(big).startswith("price = 123456 [")
    assert 0 not in GAIN
    assert all(inside in GAIN for inside in (1.1, 3, 5.3))


def test_repeated_stacks_what_the_runs_return() -> None:
    ours, rival = repeated(lambda seed: [seed, 2 * seed], range(3)).T
    np.testing.assert_array_equal(ours, [0, 1, 2])
    np.testing.assert_array_equal(rival, [0, 2, 4])
    assert repeated(float, [7, 3]).tolist() == [7, 3]
    for seeds in ([], [1, 2, 1]):
        with pytest.raises(CourseError, match="different"):
            repeated(float, seeds)


def test_shuffled_labels_give_chance_and_its_p_value() -> None:
    rng = np.random.default_rng(4)
    labels = rng.permutation(np.repeat(["a", "b"], 30))
    right, blind = labels.copy(), rng.permutation(labels)
    chance, p = shuffled(lambda y: float((y == right).mean()), labels)
    assert 0.5 in chance
    assert (chance.count, p) == (99, 0.01)
    _, p = shuffled(lambda y: float((y == blind).mean()), labels)
    assert p > 0.05


def test_shuffled_is_calibrated_where_labels_mean_nothing() -> None:
    rng = np.random.default_rng(5)
    p = []
    for seed in range(200):
        guess, labels = rng.standard_normal((2, 20))
        p.append(shuffled(lambda y, g=guess: float(g @ y), labels, draws=19, seed=seed)[1])  # type: ignore[misc]
    assert np.mean(np.array(p) <= 0.05) == pytest.approx(0.05, abs=0.045)
    assert np.mean(p) == pytest.approx(0.525, abs=0.06)


def test_controls_show_both_or_refuse() -> None:
    nothing = Interval("A - B", 0.1, -0.4, 0.6, 0.95, 5, "pairs")
    assert controls(negative=nothing, positive=GAIN).splitlines() == [
        f"nothing planted: {nothing}",
        f"fault planted:   {GAIN}",
    ]
    with pytest.raises(CourseError, match="negative control"):
        controls(negative=GAIN, positive=GAIN)
    with pytest.raises(CourseError, match="positive control"):
        controls(negative=nothing, positive=nothing)
    assert controls(negative=GAIN, positive=nothing, nothing=3)


def bowl(rate: float, width: int = 8, kind: str = "relu") -> float:
    return 1 - (math.log10(rate) + 2) ** 2 - (width - 16) ** 2 - (kind == "tanh")


def test_tuned_finds_the_inside_optimum() -> None:
    grid = {"rate": [0.1, 0.01, 0.001], "width": [8, 16, 32], "kind": ["tanh", "relu"]}
    best = tuned(bowl, grid)
    assert best.best == {"rate": 0.01, "width": 16, "kind": "relu"}
    assert best.scores.shape == (3, 3, 2)
    assert best.scores[1, 1, 1] == best.score == 1
    assert str(best) == "best of 18: rate = 0.01, width = 16, kind = relu (score 1)"
    assert tuned(lambda **s: -bowl(**s), grid, minimise=True).best == best.best


def test_an_optimum_at_the_edge_is_named() -> None:
    with pytest.raises(CourseError, match=r"rate = 0.1 \(smallest"):
        tuned(bowl, {"rate": [1.0, 0.1, 10.0], "kind": ["tanh", "relu"]})
    with pytest.raises(CourseError, match=r"rate = 0.01 \(largest tried\), width = 8 \(largest"):
        tuned(bowl, {"rate": [0.01, 0.001], "width": list(np.array([4, 8]))})
    ends = {"width": [8]}
    assert tuned(bowl, {"rate": [0.1, 0.01, 0.001], "width": [4, 8]}, ends=ends).best["width"] == 8


def test_a_single_value_and_a_choice_have_no_edge() -> None:
    assert tuned(bowl, {"rate": [0.5]}).best == {"rate": 0.5}
    widths = [[8], [8, 8], [8, 8, 8]]
    assert tuned(lambda widths: len(widths), {"widths": widths}).best["widths"] == [8, 8, 8]
    assert tuned(lambda bias: float(bias), {"bias": [False, True]}).best == {"bias": True}


def test_of_equal_scores_one_inside_is_taken_and_nan_never() -> None:
    scores = {1: 0.9, 2: 0.9, 3: math.nan}
    assert tuned(lambda depth: scores[depth], {"depth": [1, 2, 3]}).best == {"depth": 2}
    assert tuned(lambda depth: scores[depth], {"depth": [1, 2, 3]}, minimise=True).score == 0.9
    with pytest.raises(CourseError, match="finite"):
        tuned(lambda depth: math.inf, {"depth": [1, 2]}, minimise=True)
