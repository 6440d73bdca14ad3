"""Do groups of units differ; agreement with R is in `test_agreement`."""

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


def drawn(seed: int, *, sizes: tuple[int, ...] = (12, 15, 9), shift: float = 0.0) -> pd.DataFrame:
    """Draw groups a, b, c of units, each `shift` higher than the one before, and more spread."""
    rng, kind = np.random.default_rng(seed), np.repeat(np.arange(len(sizes)), sizes)
    y = 50 + shift * kind + (1 + kind) * rng.normal(size=len(kind))
    names = np.char.add("u", np.arange(len(kind)).astype(str))
    return pd.DataFrame({"unit": names, "kind": np.array(list("abc"))[kind], "y": y})


def parts(units: pd.DataFrame) -> list[np.ndarray]:
    """Take the values of the groups in their order."""
    return [part["y"].to_numpy() for _, part in units.groupby("kind")]


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


def test_nobody_is_divided_into_one():
    """Nor is what holds text."""
    with pytest.raises(ExkitError, match="two groups or more, not 1"):
        ex.quantile_groups(drawn(1), "y", into=1)
    with pytest.raises(ExkitError, match="'kind' is not a measure of the units"):
        ex.quantile_groups(drawn(1), "kind")


@pytest.mark.parametrize("same", [True, False])
def test_t_is_that_of_scipy(same: bool):
    """Student's and Welch's, with their intervals."""
    units = drawn(2, shift=1)
    row = ex.t_test(units, y="y", **PAIR, equal_variances=same, ci=0.9).iloc[0]
    a, b, _ = parts(units)
    found = stats.ttest_ind(b, a, equal_var=same)
    assert row[["t", "df", "p_value"]].tolist() == pytest.approx([found.statistic, found.df, found.pvalue])
    assert row[["conf_low", "conf_high"]].tolist() == pytest.approx([*found.confidence_interval(0.9)])
    assert row[["level", "reference", "n", "level_n", "n_smallest"]].tolist() == ["b", "a", 27, 15, 12]


def test_what_a_difference_is_counted_in_is_said():
    """Several outcomes have a row each."""
    found = ex.t_test(drawn(2).assign(nps=lambda u: u["y"]), y=["y", "nps"], **PAIR, points=["nps"])
    assert found[["y", "of"]].to_numpy().tolist() == [["y", "amount"], ["nps", "points"]]


def test_g_of_a_known_difference():
    """Means 3 and 1, both SDs 1: d = 2; J of 2 degrees of freedom is 1 / √π, approximately 4/7."""
    units = pd.DataFrame({"kind": list("aabb"), "y": np.array([-1, 1, -1, 1]) / np.sqrt(2) + [1, 1, 3, 3]})
    row = ex.hedges_g(units, y="y", **PAIR).iloc[0]
    assert row[["d", "estimate", "approximate"]].tolist() == pytest.approx([2, 2 / np.sqrt(np.pi), 2 * 4 / 7])


@pytest.mark.parametrize("shift", [0, 1, 40])
def test_the_bounds_of_g_are_those_at_which_t_is_in_its_tails(shift: float):
    """By the noncentral t itself."""
    row = ex.hedges_g(drawn(3, shift=shift), y="y", **PAIR).iloc[0]
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


def test_the_error_of_superiority_is_brunner_and_munzels():
    """Their statistic is the distance from one half in such errors."""
    units = drawn(4, shift=1)
    row, (a, b, _) = ex.mann_whitney(units, y="y", **PAIR).iloc[0], parts(units)
    found = stats.brunnermunzel(a, b)
    assert (row["estimate"] - 0.5) / row["std_error"] == pytest.approx(found.statistic)
    assert 2 * stats.t.sf(abs(found.statistic), row["df"]) == pytest.approx(found.pvalue)


def test_groups_that_do_not_overlap_have_a_test_and_no_interval():
    """All pairs point the same way."""
    row = ex.mann_whitney(drawn(5, shift=100), y="y", **PAIR).iloc[0]
    assert row["reason"] == "perfect"
    assert row[["estimate", "conf_low", "conf_high"]].isna().all()
    assert row["p_value"] < 0.001


def test_the_analysis_of_variance_is_that_of_scipy():
    """F, Welch's F and H, over all groups."""
    units = drawn(6, shift=1)
    f, welch, h = (ask(units, y="y", between="kind").iloc[0] for ask in ALL)
    wanted = [
        stats.f_oneway(*parts(units)),
        stats.f_oneway(*parts(units), equal_var=False),
        stats.kruskal(*parts(units)),
    ]
    got = [f[["f", "p_value"]], welch[["f", "p_value"]], h[["h", "p_value"]]]
    assert [value for row in got for value in row] == pytest.approx([value for one in wanted for value in one])
    assert (f["n"], f["n_groups"], f["df_between"], f["df_within"], h["df"]) == (36, 3, 2, 33, 2)


def test_eta_squared_is_the_square_of_a_correlation_of_two_groups():
    """The part of the variance that lies between them."""
    units = drawn(7, sizes=(8, 10), shift=1)
    row = ex.anova(units, y="y", between="kind").iloc[0]
    assert row["estimate"] == pytest.approx(np.corrcoef(units["kind"] == "b", units["y"])[0, 1] ** 2)


def test_epsilon_squared_is_eta_squared_of_the_ranks():
    """Without ties or with them."""
    units = drawn(8, shift=1).round(0)
    ranked = units.assign(y=units["y"].rank())
    row = ex.kruskal_wallis(units, y="y", between="kind").iloc[0]
    assert row["estimate"] == pytest.approx(ex.anova(ranked, y="y", between="kind")["estimate"].iloc[0])


@pytest.mark.parametrize("shift", [0.0, 0.5, 2.0])
def test_the_interval_of_eta_squared_holds_it(shift: float):
    """Also where groups lie closer together than chance would have them."""
    found = pd.concat(ex.anova(drawn(s, shift=shift), y="y", between="kind") for s in range(20))
    assert (found["conf_low"] <= found["estimate"]).all()
    assert (found["estimate"] <= found["conf_high"]).all()
    assert ((found["conf_low"] == 0) == (found["p_value"] > 0.025)).all()


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
def test_every_question_is_one_row(ask: Callable, asked: dict):
    """Of the units that have the outcome, at their wave; the caller's frame stays as it is."""
    units = drawn(10, shift=1).assign(wave="2025", organisation="A")
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
def test_several_waves_are_refused(ask: Callable, asked: dict):
    """A unit counts once."""
    units = pd.concat([drawn(11).assign(wave=wave) for wave in ("2024", "2025")])
    row = ask(units, y="y", **asked).iloc[0]
    assert (row["reason"], row["n"], np.isnan(row["estimate"])) == ("several_waves", 0, True)


@every
def test_what_cannot_be_compared_says_why(ask: Callable, asked: dict):
    """No value, one unit in a group, no two groups, nothing that varies."""
    units = drawn(12)
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


def test_only_the_groups_compared_are_counted():
    """Units and organisations of other groups, or of none, have no part."""
    units = drawn(16).assign(organisation=lambda u: u["kind"])
    units.loc[0, "kind"] = None
    assert ex.t_test(units, y="y", **PAIR)[["n", "n_organisations"]].iloc[0].tolist() == [26, 2]
    assert ex.anova(units, y="y", between="kind")[["n", "n_organisations"]].iloc[0].tolist() == [35, 3]


def test_one_group_is_no_comparison():
    """Whatever its size."""
    assert ex.anova(drawn(13, sizes=(20,)), y="y", between="kind")["reason"].tolist() == ["too_few_units"]


def test_a_misspelt_column_or_group_is_answered():
    """With the nearest there is."""
    with pytest.raises(ExkitError, match=r"No column 'knd' in the units\. Did you mean 'kind'\?"):
        ex.anova(drawn(1), y="y", between="knd")
    with pytest.raises(ExkitError, match="No kind 'd'"):
        ex.t_test(drawn(1), y="y", between="kind", level="d", against="a")
    with pytest.raises(ExkitError, match="'unit' is not a measure"):
        ex.hedges_g(drawn(1), y="unit", **PAIR)


def test_the_people_of_a_group_are_counted_where_they_are_known():
    """The smaller group decides what may be shown; never more than there are units."""
    units = drawn(14, sizes=(12, 15)).assign(y_n=1)
    assert ex.t_test(units, y="y", **PAIR)["n_smallest"].tolist() == [12]
    assert ex.t_test(units.assign(y_n=20), y="y", **PAIR)["n_smallest"].tolist() == [27]
    small = ex.t_test(units.groupby("kind").head(4), y="y", **PAIR)
    assert ex.protect(small)["reason"].tolist() == ["withheld"]


def test_each_can_be_shown():
    """With a name and its decimals."""
    found = pd.concat([ask(drawn(15, shift=1), y="y", **asked) for ask, asked in EVERY if ask is not ex.t_test])
    said = ex.describe(found.drop(columns=["level", "reference"]), language="nl")
    assert all(name in said for name in ("Hedges' g", "Kans om hoger uit te komen", "Deel tussen groepen (η²)", "(ε²)"))


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
