"""Groups of units, and what every question about them shares; each question has tests of its own."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import exkit as ex
from exkit.errors import ExkitError

PAIR = {"between": "kind", "level": "b", "against": "a"}
TWO = [ex.t_test, ex.hedges_g, ex.mann_whitney]
ALL = [ex.anova, ex.welch_anova, ex.kruskal_wallis]
EVERY = [(ask, PAIR) for ask in TWO] + [(ask, {"between": "kind"}) for ask in ALL]

every = pytest.mark.parametrize(("ask", "asked"), EVERY, ids=[ask.__name__ for ask, _ in EVERY])


def test_units_are_divided_at_the_quantiles():
    """As numpy has them; a unit on the cut is below it, one without a value in no group."""
    units = pd.DataFrame({"x": [1.0, 2, 3, 4, 5, np.nan, 6, 7]})
    found = ex.quantile_groups(units, "x", into=3)
    assert np.quantile(range(1, 8), [1 / 3, 2 / 3]).tolist() == [3, 5]
    assert found["x_group"].tolist() == [1, 1, 1, 2, 2, 3, 3]
    assert "x_group" not in units


def test_ties_leave_a_group_smaller_and_its_comparison_says_so():
    """Nobody is placed by name: half of the units share the highest value, and no unit is above it."""
    units = pd.DataFrame({"x": [1, 2, 3, 4, 9, 9, 9, 9], "y": range(8)})
    found = ex.quantile_groups(units, "x")
    assert found["x_group"].value_counts(sort=False).tolist() == [2, 2, 4, 0]
    row = ex.t_test(found, y="y", between="x_group", level=4, against=1).iloc[0]
    assert (row["reason"], np.isnan(row["estimate"])) == ("too_few_units", True)
    assert ex.anova(found, y="y", between="x_group")["n_groups"].tolist() == [3]


def test_nobody_is_divided_into_one(grouped: Callable):
    """Nor is what holds text."""
    with pytest.raises(ExkitError, match="two groups or more, not 1"):
        ex.quantile_groups(grouped(1), "y", into=1)
    with pytest.raises(ExkitError, match="'kind' is not a measure of the units"):
        ex.quantile_groups(grouped(1), "kind")


@pytest.mark.parametrize(
    ("ask", "truth"), [(ex.hedges_g, 0.8), (ex.mann_whitney, stats.norm.cdf(0.8 / np.sqrt(2))), (ex.anova, 0.16 / 1.16)]
)
def test_intervals_cover(ask: Callable, truth: float):
    """Of 400 samples of 40 units, .95 within four Monte Carlo errors, or a little more."""
    rng, asked = np.random.default_rng(9), {"between": "kind"} if ask is ex.anova else PAIR
    y = rng.normal(size=(400, 40)) + 0.8 * (np.arange(40) >= 20)
    units = pd.DataFrame(y.T, columns=(names := [f"y{i}" for i in range(400)])).assign(kind=list("a" * 20 + "b" * 20))
    found = ask(units, y=names, **asked)
    covered = ((found["conf_low"] <= truth) & (truth <= found["conf_high"])).mean()
    assert 0.95 - 4 * np.sqrt(0.95 * 0.05 / 400) < covered < 0.995


@every
def test_every_question_is_one_row(ask: Callable, asked: dict, grouped: Callable):
    """Of the units that have the outcome, at their wave; the caller's frame stays as it is."""
    units = grouped(10, shift=1).assign(wave="2025", organisation="A")
    units.loc[0, "y"] = np.nan
    before = units.copy()
    row = ask(units, y="y", **asked).iloc[0]
    assert row[["x", "y", "between", "at", "cluster", "n_organisations"]].tolist() == [
        "kind",
        "y",
        "kind",
        "2025",
        "unit",
        1,
    ]
    assert row["n"] == (26 if ask in TWO else 35)
    assert np.isfinite(row[["estimate", "p_value"]].astype(float)).all()
    assert row["reason"] == ("no_interval" if ask in (ex.welch_anova, ex.kruskal_wallis) else "")
    pd.testing.assert_frame_equal(units, before)


@every
def test_several_waves_are_refused(ask: Callable, asked: dict, grouped: Callable):
    """A unit counts once."""
    units = pd.concat([grouped(11).assign(wave=wave) for wave in ("2024", "2025")])
    row = ask(units, y="y", **asked).iloc[0]
    assert (row["reason"], row["n"], np.isnan(row["estimate"])) == ("several_waves", 0, True)


@every
def test_what_cannot_be_compared_says_why(ask: Callable, asked: dict, grouped: Callable):
    """No value, one unit in a group, no two groups, nothing that varies."""
    units = grouped(12)
    cases = {
        "no_answers": units.assign(y=np.nan),
        "too_few_units": units.drop(units.index[units["kind"].eq("b")][1:]),
        "constant": units.assign(y=0.1 + 0.2),
        "not_asked": units,
    }
    for reason, case in cases.items():
        row = ask(case, y="y", **asked | ({"between": "sector"} if reason == "not_asked" else {})).iloc[0]
        assert row["reason"] == reason
        assert row[["estimate", "conf_low", "conf_high", "p_value"]].isna().all()


def test_groups_without_spread():
    """Two groups of equals have no t, no g and no F; pairs can still be counted, and ranks."""
    units = pd.DataFrame({"kind": list("aaabbb"), "y": [1.0] * 3 + [2.0] * 3})
    reasons = [ask(units, y="y", **asked)["reason"].iloc[0] for ask, asked in EVERY]
    assert reasons == ["constant", "constant", "perfect", "perfect", "not_identifiable", "no_interval"]


def test_only_the_groups_compared_are_counted(grouped: Callable):
    """Units and organisations of other groups, or of none, have no part."""
    units = grouped(16).assign(organisation=lambda u: u["kind"])
    units.loc[0, "kind"] = None
    assert ex.t_test(units, y="y", **PAIR)[["n", "n_organisations"]].iloc[0].tolist() == [26, 2]
    assert ex.anova(units, y="y", between="kind")[["n", "n_organisations"]].iloc[0].tolist() == [35, 3]


def test_a_misspelt_column_or_group_is_answered(grouped: Callable):
    """With the nearest there is."""
    with pytest.raises(ExkitError, match=r"No column 'knd' in the units\. Did you mean 'kind'\?"):
        ex.anova(grouped(1), y="y", between="knd")
    with pytest.raises(ExkitError, match="No kind 'd'"):
        ex.t_test(grouped(1), y="y", between="kind", level="d", against="a")
    with pytest.raises(ExkitError, match="'unit' is not a measure"):
        ex.hedges_g(grouped(1), y="unit", **PAIR)


def test_the_people_of_a_group_are_counted_where_they_are_known(grouped: Callable):
    """The smaller group decides what may be shown; never more than there are units."""
    units = grouped(14, sizes=(12, 15)).assign(y_n=1)
    assert ex.t_test(units, y="y", **PAIR)["n_smallest"].tolist() == [12]
    assert ex.t_test(units.assign(y_n=20), y="y", **PAIR)["n_smallest"].tolist() == [27]
    small = ex.t_test(units.groupby("kind").head(4), y="y", **PAIR)
    assert ex.protect(small)["reason"].tolist() == ["withheld"]


def test_each_can_be_shown(grouped: Callable):
    """With a name and its decimals."""
    found = pd.concat([ask(grouped(15, shift=1), y="y", **asked) for ask, asked in EVERY if ask is not ex.t_test])
    said = ex.describe(found.drop(columns=["level", "reference"]), language="nl")
    assert all(name in said for name in ("Hedges' g", "Kans om hoger uit te komen", "Deel tussen groepen (η²)", "(ε²)"))
