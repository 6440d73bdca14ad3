"""How far apart two groups of units are; agreement with R is in `test_agreement`."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import exkit as ex

PAIR = {"between": "kind", "level": "b", "against": "a"}


def parts(units: pd.DataFrame) -> list[np.ndarray]:
    """Take the values of the groups in their order."""
    return [part["y"].to_numpy() for _, part in units.groupby("kind")]


@pytest.mark.parametrize("same", [True, False])
def test_t_is_that_of_scipy(same: bool, grouped: Callable):
    """Student's and Welch's, with their intervals."""
    units = grouped(2, shift=1)
    row = ex.t_test(units, y="y", **PAIR, equal_variances=same, ci=0.9).iloc[0]
    a, b, _ = parts(units)
    found = stats.ttest_ind(b, a, equal_var=same)
    assert row[["t", "df", "p_value"]].tolist() == pytest.approx([found.statistic, found.df, found.pvalue])
    assert row[["conf_low", "conf_high"]].tolist() == pytest.approx([*found.confidence_interval(0.9)])
    assert row[["level", "reference", "n", "level_n", "n_smallest"]].tolist() == ["b", "a", 27, 15, 12]


def test_what_a_difference_is_counted_in_is_said(grouped: Callable):
    """Several outcomes have a row each."""
    found = ex.t_test(grouped(2).assign(nps=lambda u: u["y"]), y=["y", "nps"], **PAIR, points=["nps"])
    assert found[["y", "of"]].to_numpy().tolist() == [["y", "amount"], ["nps", "points"]]


def test_g_of_a_known_difference():
    """Means 3 and 1, both SDs 1: d = 2; J of 2 degrees of freedom is 1 / √π, approximately 4/7."""
    units = pd.DataFrame({"kind": list("aabb"), "y": np.array([-1, 1, -1, 1]) / np.sqrt(2) + [1, 1, 3, 3]})
    row = ex.hedges_g(units, y="y", **PAIR).iloc[0]
    assert row[["d", "estimate", "approximate"]].tolist() == pytest.approx([2, 2 / np.sqrt(np.pi), 2 * 4 / 7])


@pytest.mark.parametrize("shift", [0, 1, 40])
def test_the_bounds_of_g_are_those_at_which_t_is_in_its_tails(shift: float, grouped: Callable):
    """By the noncentral t itself."""
    row = ex.hedges_g(grouped(3, shift=shift), y="y", **PAIR).iloc[0]
    scale = np.sqrt(1 / row["level_n"] + 1 / row["reference_n"]) * row["estimate"] / row["d"]
    tails = [stats.nct.cdf(row["t"], row["df"], row[end] / scale) for end in ("conf_low", "conf_high")]
    assert tails == pytest.approx([0.975, 0.025], abs=1e-5)


def test_u_counts_pairs():
    """Of 4 × 3 pairs 8 are above, 1 tied."""
    units = pd.DataFrame({"kind": list("aaabbbb"), "y": [1, 4, 6, 2, 5, 6, 7]})
    row = ex.mann_whitney(units, y="y", **PAIR).iloc[0]
    assert (row["u"], row["estimate"]) == (8.5, 8.5 / 12)
    assert row["p_value"] > row["p_uncorrected"]
    assert 0 < row["conf_low"] < row["estimate"] < row["conf_high"] < 1


def test_the_error_of_superiority_is_brunner_and_munzels(grouped: Callable):
    """Their statistic is the distance from one half in such errors."""
    units = grouped(4, shift=1)
    row, (a, b, _) = ex.mann_whitney(units, y="y", **PAIR).iloc[0], parts(units)
    found = stats.brunnermunzel(a, b)
    assert (row["estimate"] - 0.5) / row["std_error"] == pytest.approx(found.statistic)
    assert 2 * stats.t.sf(abs(found.statistic), row["df"]) == pytest.approx(found.pvalue)


def test_groups_that_do_not_overlap_have_a_test_and_no_interval(grouped: Callable):
    """All pairs point the same way."""
    row = ex.mann_whitney(grouped(5, shift=100), y="y", **PAIR).iloc[0]
    assert row["reason"] == "perfect"
    assert row[["estimate", "conf_low", "conf_high"]].isna().all()
    assert row["p_value"] < 0.001


@pytest.mark.long
@pytest.mark.parametrize("size", [8, 30])
@pytest.mark.parametrize("ask", [ex.hedges_g, ex.mann_whitney], ids=lambda ask: ask.__name__)
def test_intervals_of_two_groups_cover(ask: Callable, size: int, record: Callable[[str, float], None]):
    """Of 2,000 pairs of groups .8 standard deviations apart, at least .94; a perfect order has no interval."""
    rng, names = np.random.default_rng(size), [f"y{i}" for i in range(2000)]
    y = rng.normal(size=(2000, 2 * size)) + 0.8 * (np.arange(2 * size) >= size)
    found = ask(pd.DataFrame(y.T, columns=names).assign(kind=["a"] * size + ["b"] * size), y=names, **PAIR)
    truth = 0.8 if ask is ex.hedges_g else stats.norm.cdf(0.8 / np.sqrt(2))
    given = found[found["reason"] == ""]
    covered = ((given["conf_low"] <= truth) & (truth <= given["conf_high"])).mean()
    record(f"coverage of {ask.__name__}, two groups of {size} units, .8 SD apart, 2,000 replicates", covered)
    assert covered >= 0.94
