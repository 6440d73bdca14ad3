"""Intervals: the textbook values, and exact coverage by enumeration."""

import numpy as np
import pytest
from scipy import stats

from exkit.measures.intervals import adjusted_wald, clopper_pearson, mover, quantile, wilson

Z = stats.norm.ppf(0.975)
PROMISED = {10: 0.87, 20: 0.90, 30: 0.92, 50: 0.92, 100: 0.93}
"""Least coverage at any mix of promoters and detractors, by number of answers."""


def coverage(n: int) -> np.ndarray:
    """Compute the exact coverage of the NPS interval for every mix of promoters and detractors in steps of .05."""
    promoters, detractors = (grid.ravel() for grid in np.meshgrid(np.arange(n + 1), np.arange(n + 1)))
    possible = promoters + detractors <= n
    promoters, detractors = promoters[possible], detractors[possible]
    low, high = adjusted_wald(promoters / n, detractors / n, n=n, q=Z)
    counts = np.column_stack([promoters, detractors, n - promoters - detractors])
    covered = []
    for p in np.arange(0, 20.5) * 0.05:
        for d in np.arange(0, round((1 - p) / 0.05) + 0.5) * 0.05:
            chance = stats.multinomial.pmf(counts, n, [p, d, max(1 - p - d, 0)])
            truth = 100 * (p - d)
            covered.append(chance[(low <= truth + 1e-9) & (truth - 1e-9 <= high)].sum())
    return np.array(covered)


@pytest.mark.parametrize("n", PROMISED)
def test_the_interval_of_an_nps_covers_as_promised(n: int):
    """Mean coverage is at least .945, and nowhere below what the method page prints."""
    exact = coverage(n)
    assert exact.mean() >= 0.945
    assert exact.min() >= PROMISED[n]


@pytest.mark.parametrize(("promoters", "detractors"), [(0, 0), (1, 0), (0, 1), (0.5, 0.5)])
def test_the_interval_of_an_nps_has_width_and_stays_on_the_scale(promoters: float, detractors: float):
    """Even where everybody agrees there is uncertainty, and no score lies beyond 100."""
    low, high = adjusted_wald(promoters, detractors, n=10, q=Z)
    assert -100 <= low < high <= 100


@pytest.mark.parametrize("n", [1, 1.04, 1.5, 3])
def test_the_interval_of_an_nps_holds_its_estimate(n: float):
    """Also where weights leave little more than one answer in effect."""
    low, high = adjusted_wald([1, 0, 0], [0, 1, 0], n=n, q=Z)
    assert (low <= [100, -100, 0]).all()
    assert (high >= [100, -100, 0]).all()


def test_the_adjusted_wald_interval_is_the_one_calculated_by_hand():
    """Six promoters, one detractor and three passives: (6.75 - 1.75) / 13 = .3846; variance .5118 / 13 = .0394."""
    low, high = adjusted_wald(0.6, 0.1, n=10, q=2)
    assert (low + high) / 2 == pytest.approx(100 * 5 / 13)
    assert (high - low) / 4 == pytest.approx(100 * np.sqrt((8.5 / 13 - (5 / 13) ** 2) / 13))


def test_wilson_never_leaves_the_scale_and_has_width_at_the_ends():
    """Nobody said yes: the share may still be up to 28%."""
    low, high = wilson([0.0, 1.0], n=10, q=Z)
    assert low[0] == 0
    assert high[0] == pytest.approx(Z**2 / (10 + Z**2))
    assert high[1] == pytest.approx(1)
    assert low[1] == pytest.approx(1 - high[0])


def test_mover_of_two_wilson_intervals_is_newcombes_interval():
    """Newcombe (1998), table II, example (a): 56/70 against 48/80 gives .0524 to .3339."""
    parts = [(x / n, *wilson(x / n, n=n, q=Z)) for x, n in ((56, 70), (48, 80))]
    low, high = mover(*parts)
    assert (round(float(low), 4), round(float(high), 4)) == (0.0524, 0.3339)


def test_mover_narrows_when_the_two_estimates_move_together():
    """Groups that share their clusters differ with less uncertainty."""
    first, second = (10.0, 5.0, 15.0), (4.0, -1.0, 9.0)
    widths = [np.subtract(*mover(first, second, correlation=rho)[::-1]) for rho in (0, 0.5, 0.9)]
    assert widths[0] > widths[1] > widths[2] > 0


def test_the_quantile_is_t_with_clusters_and_z_without():
    """Ten clusters in one stratum leave nine degrees of freedom."""
    with_clusters, without = quantile([9, 9], clustered=[True, False], ci=0.95)
    assert with_clusters == pytest.approx(2.262, abs=1e-3)
    assert without == pytest.approx(1.960, abs=1e-3)


def test_there_is_no_quantile_without_degrees_of_freedom():
    """One cluster in one stratum says nothing of the spread of clusters."""
    assert np.isnan(quantile(0, clustered=True, ci=0.95))


@pytest.mark.parametrize(("yes", "n"), [(0, 12), (1, 12), (7, 30), (12, 12)])
def test_clopper_and_pearsons_interval_is_that_of_scipy(yes: int, n: int):
    """Nobody and everybody included."""
    low, high = clopper_pearson(yes / n, n=n, q=Z)
    wanted = stats.binomtest(yes, n).proportion_ci()
    assert (low, high) == pytest.approx((wanted.low, wanted.high))


def test_clopper_and_pearsons_interval_covers_at_least_as_it_says():
    """Exactly, at every share, as Wilson's does on average."""
    n, shares = 20, np.linspace(0.01, 0.99, 99)
    low, high = clopper_pearson(np.arange(n + 1) / n, n=n, q=Z)
    inside = (low <= shares[:, None]) & (shares[:, None] <= high)
    covered = (stats.binom.pmf(np.arange(n + 1), n, shares[:, None]) * inside).sum(axis=1)
    assert covered.min() >= 0.95


def test_an_unknown_share_has_no_bounds():
    """NaN in, NaN out."""
    assert np.isnan(clopper_pearson(np.nan, n=10, q=Z)).all()
