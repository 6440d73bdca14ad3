"""How strong a link has to be for these units to show it."""

import numpy as np
import pandas as pd
import pytest

from exkit.analysis.power import detectable
from exkit.analysis.quarters import quarters
from exkit.errors import ExkitError
from exkit.result import result


@pytest.mark.parametrize(("n", "r"), [(305, 0.16), (194, 0.20), (70, 0.33)])
def test_independent_units_show_what_the_textbook_says(n: int, r: float):
    """80% power, two-sided .05, with the error that least squares would give."""
    slope = result(
        effect="slope", estimate=0.3, r=0.3, std_error=np.sqrt((1 - 0.3**2) / (n - 2)), df=1e6, n=n, n_smallest=n, at=""
    )
    assert detectable(slope)["estimate"].iloc[0] == pytest.approx(r, abs=0.001)


def test_it_does_not_depend_on_the_link_that_was_found():
    """Weak or strong, on average about the same: .12 in 30 organisations of 20 units."""
    found = []
    for link in (0.0, 0.3):
        for seed in range(8):
            rng = np.random.default_rng(seed)
            x = rng.normal(size=600)
            teams = pd.DataFrame({"organisation": np.repeat(np.arange(30), 20).astype(str), "x": x})
            teams = teams.assign(y=link * x + rng.normal(size=600), unit=teams.index.astype(str))
            found.append((link, detectable(quarters(teams, x="x", y="y", n_boot=2))["estimate"].iloc[0]))
    mean = pd.DataFrame(found, columns=["link", "r"]).groupby("link")["r"].mean()
    assert mean[0.0] == pytest.approx(mean[0.3], abs=0.015)
    assert mean[0.0] == pytest.approx(0.12, abs=0.02)


def test_units_never_count_for_more_than_they_are():
    """Organisations that happen to agree very well."""
    slope = result(effect="slope", estimate=0.3, r=0.3, std_error=0.001, df=10, n=50, n_smallest=50, at="")
    assert detectable(slope)["n_eff"].tolist() == [50]


def test_without_a_slope_there_is_the_slopes_reason():
    """Too few units show nothing."""
    slope = result(effect="slope", reason="too_few_units", r=np.nan, df=np.nan, n_smallest=0, at="")
    assert detectable(slope)[["estimate", "reason"]].isna().sum().tolist() == [1, 0]
    assert detectable(slope)["reason"].tolist() == ["too_few_units"]


def test_another_result_is_refused():
    """It has no slope."""
    with pytest.raises(ExkitError, match="No column 'r' in the result"):
        detectable(result(effect="slope"))


@pytest.mark.parametrize(("n", "r"), [(305, 0.16), (194, 0.20), (70, 0.33)])
def test_a_correlation_of_independent_units_says_the_same(n: int, r: float):
    """Fisher's error, whatever the correlation found; the level goes along."""
    for found in (0.0, 0.6):
        row = {"estimate": found, "std_error": (1 - found**2) / np.sqrt(n - 3), "df": 1e6, "n": n, "level": "pooled"}
        told = detectable(result(effect=["r", "r_corrected"], **row)).iloc[0]
        assert told["estimate"] == pytest.approx(r, abs=0.001)
        assert told[["level", "n", "reason"]].tolist() == ["pooled", n, ""]


def test_organisations_that_differ_in_their_link_make_units_count_for_less():
    """The same correlation with twice the error: a quarter of the units."""
    rows = result(effect="r", estimate=0.2, std_error=[0.05, 0.1], df=40, n=400)
    n_eff = detectable(rows)["n_eff"] - 1
    assert n_eff[0] / n_eff[1] == pytest.approx(4)
