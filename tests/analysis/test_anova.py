"""Do several groups of units differ; agreement with R is in `test_agreement`."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import exkit as ex

ALL = [ex.anova, ex.welch_anova, ex.kruskal_wallis]


def parts(units: pd.DataFrame) -> list[np.ndarray]:
    """Take the values of the groups in their order."""
    return [part["y"].to_numpy() for _, part in units.groupby("kind")]


def test_the_analysis_of_variance_is_that_of_scipy(grouped: Callable):
    """F, Welch's F and H, over all groups."""
    units = grouped(6, shift=1)
    f, welch, h = (ask(units, y="y", between="kind").iloc[0] for ask in ALL)
    wanted = [
        stats.f_oneway(*parts(units)),
        stats.f_oneway(*parts(units), equal_var=False),
        stats.kruskal(*parts(units)),
    ]
    got = [f[["f", "p_value"]], welch[["f", "p_value"]], h[["h", "p_value"]]]
    assert [value for row in got for value in row] == pytest.approx([value for one in wanted for value in one])
    assert (f["n"], f["n_groups"], f["df_between"], f["df_within"], h["df"]) == (36, 3, 2, 33, 2)


def test_eta_squared_is_the_square_of_a_correlation_of_two_groups(grouped: Callable):
    """The part of the variance that lies between them."""
    units = grouped(7, sizes=(8, 10), shift=1)
    row = ex.anova(units, y="y", between="kind").iloc[0]
    assert row["estimate"] == pytest.approx(np.corrcoef(units["kind"] == "b", units["y"])[0, 1] ** 2)


def test_epsilon_squared_is_eta_squared_of_the_ranks(grouped: Callable):
    """Without ties or with them."""
    units = grouped(8, shift=1).round(0)
    ranked = units.assign(y=units["y"].rank())
    row = ex.kruskal_wallis(units, y="y", between="kind").iloc[0]
    assert row["estimate"] == pytest.approx(ex.anova(ranked, y="y", between="kind")["estimate"].iloc[0])


@pytest.mark.parametrize("shift", [0.0, 0.5, 2.0])
def test_the_interval_of_eta_squared_holds_it(shift: float, grouped: Callable):
    """Also where groups lie closer together than chance would have them."""
    found = pd.concat(ex.anova(grouped(s, shift=shift), y="y", between="kind") for s in range(20))
    assert (found["conf_low"] <= found["estimate"]).all()
    assert (found["estimate"] <= found["conf_high"]).all()
    assert ((found["conf_low"] == 0) == (found["p_value"] > 0.025)).all()


def test_one_group_is_no_comparison(grouped: Callable):
    """Whatever its size."""
    assert ex.anova(grouped(13, sizes=(20,)), y="y", between="kind")["reason"].tolist() == ["too_few_units"]
