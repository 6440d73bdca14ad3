"""Jonckheere's trend over quarters."""

from itertools import permutations

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from exkit.analysis.trend import jonckheere


def benchmark(seed: int, *, organisations: int, slope: float) -> pd.DataFrame:
    """Draw organisations of 8 to 12 units."""
    rng = np.random.default_rng(seed)
    home = np.repeat(np.arange(organisations), rng.integers(8, 13, organisations))
    x = rng.normal(size=len(home))
    y = 5 * rng.normal(size=organisations)[home] + slope * x + rng.normal(size=len(home))
    names, units = pd.Series(home).astype(str), pd.Series(np.arange(len(home))).astype(str)
    return pd.DataFrame({"organisation": names, "unit": units, "x": x, "y": y})


def test_pairs_are_counted_by_hand():
    """Eight units in quarters of two: 24 pairs, of which one tie and two against."""
    units = pd.DataFrame({"unit": list("abcdefgh"), "x": range(8), "y": [1, 4, 3, 4, 5, 6, 7, 8]})
    row = jonckheere(units, x="x", y="y").iloc[0]
    assert (row["jt"], row["jt_mean"], row["estimate"]) == (22.5, 12, 22.5 / 24)


def test_organisations_are_added_up_and_never_compared():
    """Means, variances and counts are sums; an organisation that is higher throughout changes nothing."""
    units = benchmark(3, organisations=3, slope=0.5)
    together = jonckheere(units, x="x", y="y").iloc[0]
    each = jonckheere(units, x="x", y="y", by=["organisation"])
    for name in ("jt", "jt_mean", "jt_variance"):
        assert together[name] == pytest.approx(each[name].sum())
    lifted = units.assign(y=units["y"] + 100 * (units["organisation"] == "1"))
    assert jonckheere(lifted, x="x", y="y").iloc[0]["estimate"] == together["estimate"]


def test_the_variance_with_ties_is_that_of_all_orders():
    """Half of the answers tied, in 20,000 random orders."""
    rng, y = np.random.default_rng(4), np.array([1.0, 1, 1, 2, 2, 2, 3, 4, 5, 6, 7, 8])
    units = pd.DataFrame({"unit": list("abcdefghijkl"), "x": np.arange(12), "y": rng.permutation(y)})
    quarter = np.repeat([0, 1, 2, 3], 3)
    orders = rng.permuted(np.tile(y, (20_000, 1)), axis=1)
    higher = (np.sign(orders[:, None, :] - orders[:, :, None]) + 1) / 2
    counts = (higher * (quarter[None, :] > quarter[:, None])).sum(axis=(1, 2))
    row = jonckheere(units, x="x", y="y").iloc[0]
    assert row["jt_variance"] == pytest.approx(counts.var(), rel=0.04)
    assert row["jt_mean"] == pytest.approx(counts.mean(), abs=0.3)


def test_false_alarms_are_one_in_twenty():
    """Of 150 benchmarks without a link, within four Monte Carlo errors."""
    p = [jonckheere(benchmark(s, organisations=6, slope=0), x="x", y="y")["p_value"].iloc[0] for s in range(150)]
    assert abs(np.mean(np.array(p) < 0.05) - 0.05) < 4 * np.sqrt(0.05 * 0.95 / 150)


def test_the_interval_covers():
    """Of 100 benchmarks with a link, against the part of pairs in a very large one."""
    truth = jonckheere(benchmark(1, organisations=600, slope=0.4), x="x", y="y")["estimate"].iloc[0]
    rows = pd.concat(jonckheere(benchmark(s, organisations=15, slope=0.4), x="x", y="y") for s in range(100))
    covered = ((rows["conf_low"] <= truth) & (truth <= rows["conf_high"])).mean()
    assert abs(covered - 0.95) < 4 * np.sqrt(0.95 * 0.05 / 100)


def test_the_permuted_p_value_is_that_of_all_orders():
    """Eight values in quarters of two: of their 40,320 orders, counted one by one, and of 20,000 shuffles."""
    y = np.array([1.0, 2, 4, 3, 3, 7, 6, 8])
    units = pd.DataFrame({"unit": list("abcdefgh"), "x": range(8), "y": y})
    orders = np.array(list(permutations(y)))
    below = np.repeat([0, 1, 2, 3], 2)[:, None] < np.repeat([0, 1, 2, 3], 2)
    counts = ((np.sign(orders[:, None, :] - orders[:, :, None]) + 1) / 2 * below).sum(axis=(1, 2))
    row = jonckheere(units, x="x", y="y", n_perm=20_000).iloc[0]
    exact = (abs(counts - 12) >= row["jt"] - 12).mean()
    assert abs(row["p_permuted"] - exact) < 4 * np.sqrt(exact * (1 - exact) / 20_000)


def test_y_is_shuffled_within_organisations_only():
    """That one organisation is higher throughout says nothing of its quarters."""
    units = benchmark(7, organisations=4, slope=0.3)
    lifted = units.assign(y=units["y"] + 100 * (units["organisation"] == "1"))
    one, other = (jonckheere(u, x="x", y="y", n_perm=200)["p_permuted"].iloc[0] for u in (units, lifted))
    assert one == other


def test_nothing_is_shuffled_unless_asked():
    """Tied values are counted within organisations."""
    units = pd.DataFrame({"unit": list("abcdefgh") * 2, "x": [*range(8)] * 2, "y": [1, 1, 2, 3, 3, 4, 5, 6] * 2})
    row = jonckheere(units.assign(organisation=list("A" * 8 + "B" * 8)), x="x", y="y").iloc[0]
    assert (row["tied_values"], np.isnan(row["p_permuted"])) == (4, True)


def test_one_outlying_unit_makes_no_trend():
    """A thousandfold profit counts as the highest, no more."""
    units = benchmark(5, organisations=1, slope=0.5)
    outlying = units.assign(y=units["y"].where(units["y"] < units["y"].max(), 1e9))
    pd.testing.assert_frame_equal(jonckheere(outlying, x="x", y="y"), jonckheere(units, x="x", y="y"))


def test_a_perfect_order_has_no_interval():
    """Nothing varies that an interval could rest on; the test stands."""
    units = pd.DataFrame({"unit": list("abcdefgh"), "x": range(8), "y": range(8)})
    row = jonckheere(units, x="x", y="y").iloc[0]
    assert (row["reason"], row["jt"], np.isnan(row["estimate"])) == ("perfect", 24, True)
    assert row["p_value"] < 0.01


def test_what_has_no_quarters_says_why():
    """As quarters do."""
    units = pd.DataFrame({"unit": list("abc"), "x": range(3), "y": range(3)})
    row = jonckheere(units, x="x", y="y").iloc[0]
    assert (row["reason"], row["n"], row["effect"]) == ("too_few_units", 0, "trend")


def test_it_adds_up_mann_and_whitneys_u_of_all_pairs_of_quarters():
    """As scipy counts it."""
    rng = np.random.default_rng(6)
    units = pd.DataFrame({"unit": list("abcdefgh"), "x": range(8), "y": rng.normal(size=8)})
    quarter = np.repeat([1, 2, 3, 4], 2)
    pairs = [(i, j) for i in range(1, 5) for j in range(i + 1, 5)]
    wanted = sum(stats.mannwhitneyu(units["y"][quarter == j], units["y"][quarter == i]).statistic for i, j in pairs)
    assert jonckheere(units, x="x", y="y").iloc[0]["jt"] == wanted
