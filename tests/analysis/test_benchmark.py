"""Quantiles over organisations."""

import numpy as np
import pandas as pd
import pytest

from exkit.analysis.benchmark import harrell_davis, quantiles, spread
from exkit.result import result


def figures(values: list[float]) -> pd.DataFrame:
    """Give each organisation a figure."""
    groups = pd.DataFrame({"organisation": range(len(values))})
    return result(groups, x="enps", effect="nps", estimate=values, n=50)


def test_a_median_is_over_organisations_with_a_figure():
    """A withheld organisation does not count."""
    row = quantiles(figures([10, 30, np.nan, 20]), at=[0.5]).iloc[0]
    assert (row["estimate"], row["n"], row["of"]) == (20, 3, "nps")


def test_the_interval_of_a_median_is_between_order_statistics():
    """Of ten values the second and the ninth bracket the median with 97.9%, the textbook's first above 95%."""
    row = quantiles(figures([float(v) for v in range(1, 11)]), at=[0.5]).iloc[0]
    assert (row["conf_low"], row["conf_high"]) == (2, 9)


def test_an_extreme_quantile_of_few_has_no_interval():
    """Five organisations cannot bracket their lowest tenth."""
    assert quantiles(figures([1, 2, 3, 4, 5]), at=[0.1])["reason"].tolist() == ["too_few"]


def test_a_quantile_is_as_small_as_its_smallest_group():
    """It may be that group's own figure, so that the door must know."""
    row = quantiles(figures([10, 20, 30]).assign(n=[50, 4, 50]), at=[0.5]).iloc[0]
    assert row["n_smallest"] == 4


def test_no_figures_give_a_reason():
    """All withheld."""
    assert quantiles(figures([np.nan, np.nan]), at=[0.5])["reason"].tolist() == ["no_answers"]


def test_the_interval_of_a_median_covers():
    """Of 400 sets of 25 organisations at least 95%, less four Monte Carlo errors: it is conservative."""
    rng, hits = np.random.default_rng(1), 0
    for _ in range(400):
        row = quantiles(figures(list(rng.normal(size=25))), at=[0.5]).iloc[0]
        hits += row["conf_low"] <= 0 <= row["conf_high"]
    assert hits / 400 >= 0.95 - 4 * np.sqrt(0.95 * 0.05 / 400)
    assert hits / 400 == pytest.approx(0.96, abs=0.04)


def standings(values: list[float], *, sectors: int = 1) -> pd.DataFrame:
    """Give each organisation a figure in two waves, as `standing` does; of the last one the values."""
    k = len(values)
    keys = pd.DataFrame({"sector": [f"S{o % sectors}" for o in range(k)], "organisation": [f"O{o}" for o in range(k)]})
    waves = [keys.assign(wave="2024"), keys.assign(wave="2025")]
    both = [
        result(its, x="enps", effect="nps", estimate=v, n=50) for its, v in zip(waves, [[0.0] * k, values], strict=True)
    ]
    return pd.concat(both, ignore_index=True)


def test_organisations_are_spread_by_quantiles_of_the_last_wave():
    """Of all together, and of each sector, each organisation counting once."""
    found = spread(standings([float(v) for v in range(40)], sectors=2)).set_index(["sector", "y"])["estimate"]
    assert found["", "p50"] == pytest.approx(19.5)
    assert found["S1", "p50"] == pytest.approx(20)
    assert found["", "p25"] == pytest.approx(9.6, abs=0.3)


def test_a_quantile_is_nobodys_own_figure():
    """Not even where a plain median would be that of the middle one."""
    values = list(np.random.default_rng(2).normal(0, 10, 41))
    found = spread(standings(values)).query("sector == ''")["estimate"].to_numpy()
    assert np.abs(found[:, None] - np.array(values)).min() > 1e-6


def test_quantiles_are_those_of_harrell_and_davis():
    """As scipy has them."""
    from scipy.stats.mstats import hdquantiles

    values = np.sort(np.random.default_rng(3).normal(size=23))
    assert [harrell_davis(values, p) for p in (0.1, 0.5, 0.9)] == pytest.approx(
        list(hdquantiles(values, [0.1, 0.5, 0.9]))
    )


@pytest.mark.parametrize(
    ("k", "told"), [(5, []), (6, ["p50"]), (19, ["p50"]), (20, ["p10", "p25", "p50", "p75", "p90"])]
)
def test_few_organisations_have_few_quantiles(k: int, told: list[str]):
    """Six make a median, twenty the rest."""
    found = spread(standings([float(v) for v in range(k)])).query("sector == ''")
    assert found.dropna(subset="estimate")["y"].tolist() == told
    assert (found["reason"] == "too_few_organisations").sum() == 5 - len(told)


def test_without_organisations_there_is_no_spread():
    """One row says so."""
    assert spread(standings([1.0]).assign(organisation=""))["reason"].tolist() == ["not_asked"]
