"""Correlations in resamples of clusters, against the slow way: drawn rows laid out and correlated."""

import tracemalloc

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from exkit.analysis.coefficients import coefficients

COUNTS = np.array([[1, 1, 1, 1, 1], [2, 0, 1, 1, 1], [0, 3, 2, 0, 0]], float)


def drawn(seed: int, *, columns: int = 2, each: int = 11) -> tuple[np.ndarray, np.ndarray]:
    """Draw rows in five clusters, rounded so that there are ties."""
    rng = np.random.default_rng(seed)
    rows = rng.normal(size=(5 * each, columns)) + rng.normal(size=(5 * each, 1))
    return rows.round(1), np.repeat(np.arange(5), each)


def laid_out(rows: np.ndarray, cluster: np.ndarray, counts: np.ndarray) -> pd.DataFrame:
    """Lay the rows of one resample out."""
    return pd.DataFrame(rows[np.repeat(np.arange(len(rows)), counts[cluster].astype(int))])


def residuals(frame: pd.DataFrame, side: int) -> np.ndarray:
    """Take the controls, columns 2 and on, out of a column."""
    controls = np.column_stack([np.ones(len(frame)), frame.iloc[:, 2:]])
    return frame[side] - controls @ np.linalg.lstsq(controls, frame[side], rcond=None)[0]


@pytest.mark.parametrize("method", ["pearson", "spearman", "kendall"])
def test_resampling_sums_is_resampling_rows(method: str):
    """For each of the three coefficients."""
    rows, cluster = drawn(1)
    fast = coefficients(rows, cluster, COUNTS, weight=np.ones(len(rows)), method=method)
    slow = [laid_out(rows, cluster, counts).corr(method=method).iloc[0, 1] for counts in COUNTS]
    assert fast == pytest.approx(slow, rel=1e-12)


@pytest.mark.parametrize(("out_of", "sides"), [("xy", (True, True)), ("y", (False, True)), ("x", (True, False))])
def test_controls_are_taken_out_of_the_side_that_is_asked(out_of: str, sides: tuple[bool, bool]):
    """As residuals of a regression have it, in every resample."""
    rows, cluster = drawn(2, columns=4)
    fast = coefficients(rows, cluster, COUNTS, weight=np.ones(len(rows)), out_of=out_of)
    for r, counts in zip(fast, COUNTS, strict=True):
        frame = laid_out(rows, cluster, counts)
        x, y = (residuals(frame, side) if taken else frame[side] for side, taken in enumerate(sides))
        assert r == pytest.approx(np.corrcoef(x, y)[0, 1], rel=1e-9)


@pytest.mark.parametrize("method", ["pearson", "spearman"])
def test_a_weight_of_two_is_a_row_that_is_there_twice(method: str):
    """Ranks included."""
    rows, cluster = drawn(3)
    weight = np.random.default_rng(4).integers(1, 5, size=len(rows))
    fast = coefficients(rows, cluster, np.ones((1, 5)), weight=weight, method=method)[0]
    twice = pd.DataFrame(np.repeat(rows, weight, axis=0))
    assert fast == pytest.approx(twice.corr(method=method).iloc[0, 1], rel=1e-12)


def test_a_weighted_r_is_that_of_weighted_moments():
    """As R's cov.wt and numpy have it."""
    rows, cluster = drawn(5)
    weight = np.random.default_rng(6).uniform(1, 30, size=len(rows))
    cov = np.cov(rows.T, aweights=weight)
    fast = coefficients(rows, cluster, np.ones((1, 5)), weight=weight)[0]
    assert fast == pytest.approx(cov[0, 1] / np.sqrt(cov[0, 0] * cov[1, 1]), rel=1e-12)


def test_what_binary_fractions_leave_is_no_rank():
    """Values that are equal but for the sixteenth digit are tied."""
    rows = np.array([[0.3, 1.0], [0.1 + 0.2, 2.0], [0.5, 1.5], [0.7, 4.0]])
    for method, want in {"spearman": stats.spearmanr, "kendall": stats.kendalltau}.items():
        found = coefficients(rows, np.arange(4), np.ones((1, 4)), weight=np.ones(4), method=method)[0]
        assert found == pytest.approx(want(rows[:, 0].round(9), rows[:, 1]).statistic, rel=1e-12)


@pytest.mark.parametrize("method", ["pearson", "spearman", "kendall"])
def test_what_does_not_vary_has_no_correlation(method: str):
    """In those resamples alone in which it does not."""
    rows, cluster = drawn(7)
    rows[cluster > 0, 0] = 1.0
    found = coefficients(rows, cluster, COUNTS, weight=np.ones(len(rows)), method=method)
    assert np.isfinite(found).tolist() == [True, True, False]


@pytest.mark.parametrize("method", ["spearman", "kendall"])
def test_resamples_of_ranks_take_little_memory(method: str):
    """Of 3,000 units in 60 organisations 2,000 times; their ranks laid out would be 96 MB, and are never all there."""
    rng = np.random.default_rng(8)
    rows, cluster = rng.normal(size=(3000, 2)), np.repeat(np.arange(60), 50)
    counts = rng.multinomial(60, np.full(60, 1 / 60), size=2000).astype(float)
    tracemalloc.start()
    coefficients(rows, cluster, counts, weight=np.ones(3000), method=method)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 90e6
