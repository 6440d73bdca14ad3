"""Quantiles over organisations."""

import numpy as np
import pandas as pd
import pytest

from exkit.analysis.benchmark import quantiles
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
