"""What separates the top quarter from the bottom quarter."""

from collections.abc import Callable
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy import stats

from exkit.analysis.decoder import quarter_gap
from exkit.analysis.quarters import quarters
from exkit.errors import ExkitError

SHARED = Path(__file__).parents[3] / "shared"
SCHOOLS = SHARED / "real" / "nyc_schools_2011.csv"


def benchmark(rng: np.random.Generator, *, organisations: int, link: float = 0.08, spread: float = 0.5) -> pd.DataFrame:
    """Draw organisations of 8 to 12 units whose log outcome rises by `link` per SD of x, not everywhere alike."""
    home = np.repeat(np.arange(organisations), rng.integers(8, 13, organisations))
    x, own = rng.normal(size=len(home)), link * (1 + 0.5 * rng.normal(size=organisations))
    level = rng.normal(0, 0.3, organisations)
    y = np.exp(level[home] + own[home] * x + np.sqrt(spread**2 - link**2) * rng.normal(size=len(home)))
    names, units = np.char.add("org", home.astype(str)), np.char.add("u", np.arange(len(home)).astype(str))
    return pd.DataFrame({"organisation": names, "unit": units, "x": x, "y": y})


def rows(units: pd.DataFrame, **asked: object) -> pd.DataFrame:
    """Take the rows of one pair by effect."""
    return quarters(units, **{"x": "x", "y": "y", **asked}).set_index("effect")


@pytest.fixture
def two() -> pd.DataFrame:
    """Two organisations of eight units: quarters of two."""
    a, b = [2, 4, 5, 5, 5, 5, 6, 12], [10, 20, 1, 2, 3, 4, 30, 30]
    return pd.DataFrame(
        {"organisation": list("A" * 8 + "B" * 8), "unit": list("abcdefghijklmnop"), "x": [*range(8)] * 2, "y": a + b}
    )


def test_three_rows_and_the_slope_comes_first(two: pd.DataFrame):
    """Whatever the data."""
    assert list(quarters(two, x="x", y="y")["effect"]) == ["slope", "ratio", "diff"]


def test_difference_and_ratio_are_of_all_top_and_bottom_units(two: pd.DataFrame):
    """Top 6, 12, 30, 30 (mean 19.5); bottom 2, 4, 10, 20 (mean 9).

    With one more for everybody, in seven organisations like each, the median lies between 20 / 8 and 62 / 32.
    """
    found = rows(two)
    assert found.loc["diff", ["estimate", "top", "bottom", "n"]].tolist() == [10.5, 19.5, 9, 8]
    assert found.at["diff", "n_units"] == 16
    sure = rows(pd.concat([two.assign(organisation=two["organisation"] + i, y=two["y"] + 1) for i in "1234567"]))
    assert sure.at["ratio", "estimate"] == pytest.approx(20.5 / 10)
    assert sure.at["ratio", "median"] == pytest.approx((20 / 8 + 62 / 32) / 2)


def test_the_slope_is_that_of_dummies_for_organisations():
    """Least squares with an indicator per organisation; its error that of statsmodels' clusters."""
    import statsmodels.formula.api as smf

    units = benchmark(np.random.default_rng(1), organisations=9, link=0.3)
    model = smf.ols("y ~ x + organisation", units)
    groups = units["organisation"].astype("category").cat.codes
    fit = model.fit(cov_type="cluster", cov_kwds={"groups": groups, "use_correction": False})
    row = rows(units).loc["slope"]
    assert row["estimate"] / row["sd_x"] == pytest.approx(fit.params["x"])
    assert row["std_error"] / row["sd_x"] == pytest.approx(fit.bse["x"] * np.sqrt(9 / 8))
    assert row["conf_high"] - row["estimate"] == pytest.approx(stats.t.ppf(0.975, 8) * row["std_error"])


def test_within_one_organisation_it_is_lm_and_welch():
    """Units are the sample there, and the row says so."""
    units = benchmark(np.random.default_rng(2), organisations=1, link=0.3)
    found, line = rows(units), stats.linregress(units["x"], units["y"])
    k = len(units) // 4
    ranked = units.sort_values("x")["y"]
    welch = stats.ttest_ind(ranked.tail(k), ranked.head(k), equal_var=False)
    assert found.at["slope", "p_value"] == pytest.approx(line.pvalue)
    assert found.at["slope", "std_error"] / found.at["slope", "sd_x"] == pytest.approx(line.stderr)
    assert found.at["diff", "p_value"] == pytest.approx(welch.pvalue)
    assert set(found["cluster"]) == {"unit"}


def test_the_slope_times_the_gap_is_the_difference_to_be_expected():
    """On a straight line with normal scores, over 2,000 organisations."""
    units = benchmark(np.random.default_rng(3), organisations=2000)
    found = rows(units.assign(y=10 + 2 * units["x"] + np.random.default_rng(4).normal(size=len(units))))
    expected = found.at["slope", "estimate"] * found.at["slope", "gap"]
    assert found.at["diff", "estimate"] == pytest.approx(expected, rel=0.02)
    sizes = units.groupby("organisation").size()
    assert found.at["diff", "gap"] == pytest.approx(np.average(quarter_gap(sizes), weights=sizes // 4))


def test_a_planted_ratio_is_recovered():
    """A log outcome that rises .08 per SD: the interval of 400 organisations holds the ratio of very many."""
    truth = true_figures(0.08, 0.5)["ratio"]
    row = rows(benchmark(np.random.default_rng(5), organisations=400)).loc["ratio"]
    assert row["conf_low"] < truth < row["conf_high"]
    assert row["std_error"] < 0.04


def test_outcomes_may_be_several(two: pd.DataFrame):
    """Each has its own units: those with an answer."""
    found = quarters(two.assign(z=two["y"].where(two["organisation"] == "A")), x="x", y=["y", "z"], by=[])
    assert found.groupby("y", sort=False)["n_organisations"].first().to_dict() == {"y": 2, "z": 1}


def test_groups_stand_in_front():
    """One set of rows per sector, each on its own organisations."""
    units = benchmark(np.random.default_rng(6), organisations=6)
    units["sector"] = np.where(units["organisation"] < "org3", "care", "trade")
    found = quarters(units, x="x", y="y", by=["sector"])
    assert found.columns[0] == "sector"
    alone = quarters(units[units["sector"] == "care"], x="x", y="y")
    assert found["estimate"].head(3).tolist() == alone["estimate"].tolist()


def test_a_loss_at_the_bottom_has_no_ratio(two: pd.DataFrame):
    """Ten less for everybody: the difference stays as it was."""
    found = rows(two.assign(y=two["y"] - 10))
    assert found.loc["ratio", ["reason"]].item() == "base_not_positive"
    assert np.isnan(found.at["ratio", "estimate"])
    assert found.at["diff", "estimate"] == 10.5


def test_a_bottom_that_may_be_zero_has_no_ratio(two: pd.DataFrame):
    """Its mean is 9, but two organisations leave it wide open."""
    assert rows(two).at["ratio", "reason"] == "base_not_positive"


def test_a_top_without_exits_has_no_ratio():
    """Nobody left a top unit: 100% less, with no interval on the log scale."""
    units = benchmark(np.random.default_rng(7), organisations=25)
    top = units.groupby("organisation")["x"].rank(ascending=False) <= 3
    assert rows(units.assign(y=units["y"].mask(top, 0.0))).at["ratio", "reason"] == "top_not_positive"


def test_points_never_have_a_ratio():
    """However positive the NPS is."""
    units = benchmark(np.random.default_rng(8), organisations=25)
    found = rows(units.assign(y=50 + units["y"]), points=["y"])
    assert found["reason"].tolist() == ["", "no_ratio", ""]


def test_a_misspelt_measure_of_points_is_not_passed_over(two: pd.DataFrame):
    """It would get a ratio."""
    with pytest.raises(ExkitError, match="No column 'npz' in the units"):
        quarters(two, x="x", y="y", points=["npz"])


def test_organisations_without_a_positive_quarter_have_no_ratio_of_their_own():
    """The median is over the others, who are counted."""
    units = benchmark(np.random.default_rng(9), organisations=25)
    found = rows(units.assign(y=units["y"].mask(units["organisation"] == "org3", -0.1)))
    assert found.loc["ratio", ["n_median", "n_organisations"]].tolist() == [24, 25]


def test_organisations_that_all_show_the_same_have_no_interval(two: pd.DataFrame):
    """Nothing varies that a margin could rest on, so that there is no estimate either."""
    same = pd.concat([two.iloc[:8], two.iloc[:8].assign(organisation="C")])
    found = rows(same)
    assert found["reason"].tolist() == ["not_identifiable"] * 3
    assert found["estimate"].isna().all()


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (lambda u: u.assign(x=3.0), "constant"),
        (lambda u: u.assign(y=3.0), "constant"),
        (lambda u: u.assign(y=np.nan), "no_answers"),
        (lambda u: u.assign(y=np.inf), "no_answers"),
        (lambda u: u.head(1), "too_few_units"),
        (lambda u: u.groupby("organisation").head(7), "too_few_units"),
        (lambda u: u.assign(wave=["2024", "2025"] * 8), "several_waves"),
        (lambda u: u.iloc[:0], "no_answers"),
    ],
    ids=["constant x", "constant y", "missing", "infinite", "one unit", "seven units", "waves", "nobody"],
)
def test_hostile_data_give_three_reasons_and_no_number(two: pd.DataFrame, change: Callable, reason: str):
    """Never a traceback, never a number without a ground."""
    found = quarters(change(two), x="x", y="y")
    assert found["reason"].tolist() == [reason] * 3
    assert found[["estimate", "conf_low", "conf_high", "std_error", "p_value"]].isna().all(axis=None)
    assert found["n"].tolist() == [0, 0, 0] or reason == "constant"


def test_each_wave_can_be_asked_for(two: pd.DataFrame):
    """Then several in the frame are no hindrance, and each row says its wave."""
    both = pd.concat([two.assign(wave=w) for w in ("2024", "2025")])
    found = quarters(both, x="x", y="y", by=["wave"])
    assert found["at"].tolist() == ["2024"] * 3 + ["2025"] * 3
    assert not set(found["reason"]) & {"several_waves"}


def test_the_same_call_gives_the_same_numbers():
    """Resamples have a seed, and the order of the rows plays no part."""
    units = benchmark(np.random.default_rng(10), organisations=25)
    again = quarters(units.sample(frac=1, random_state=1), x="x", y="y")
    pd.testing.assert_frame_equal(quarters(units, x="x", y="y"), again)


def test_the_callers_frame_is_not_changed(two: pd.DataFrame):
    """Neither its columns nor its order."""
    before = two.copy()
    quarters(two, x="x", y="y")
    pd.testing.assert_frame_equal(before, two)


def test_of_several_organisations_a_single_one_is_not_shown_as_if_it_were_all():
    """The other has seven units; whoever wants the one takes its units, and has its figures."""
    units = benchmark(np.random.default_rng(7), organisations=2)
    kept = units[(units["organisation"] == "org0") | (units.groupby("organisation").cumcount() < 7)]
    assert set(quarters(kept, x="x", y="y")["reason"]) == {"one_organisation"}
    alone = quarters(kept[kept["organisation"] == "org0"], x="x", y="y")
    assert set(alone["cluster"]) == {"unit"}
    assert alone.set_index("effect").loc[["slope", "diff"], "estimate"].notna().all()


def test_the_people_in_the_smaller_quarter_count(two: pd.DataFrame):
    """Eight units in the quarters of two organisations: one answer each at the bottom, and two at the top."""
    top = two["x"] >= 6
    found = quarters(two.assign(y_n=1.0 + top, x_n=30.0), x="x", y="y")
    assert found.set_index("effect")["n_smallest"].to_dict() == {"slope": 4, "ratio": 4, "diff": 4}
    assert quarters(two, x="x", y="y")["n_smallest"].tolist() == [16, 8, 8]


def test_a_result_has_all_its_columns_where_nothing_could_be_calculated():
    """Five units: no row has a figure, and each has a reason."""
    few = pd.DataFrame({"unit": list("abcde"), "x": range(5), "y": range(5)})
    found = quarters(few, x="x", y="y", points=["y"])
    assert {"sd_x", "mean_y", "r", "median", "n_median", "top", "bottom", "df"} <= set(found)
    assert set(found["reason"]) == {"too_few_units"}
    assert found["of"].tolist() == ["points", "", "points"]


@pytest.mark.skipif(not SCHOOLS.exists(), reason="the folder with real data, shared/real, is not beside the project")
def test_schools_are_contrasted_within_boroughs():
    """New York 2011: 290 schools in five boroughs; the 84 without a borough are counted. Recomputed in plain pandas."""
    schools = pd.read_csv(SCHOOLS).rename(columns={"dbn": "unit", "boro": "organisation"})
    schools["staff"], schools["parents"] = (
        schools.filter(regex=f"_{who}_11$").mean(axis="columns", skipna=False) for who in "tp"
    )
    found = quarters(schools, x="staff", y=["parents", "dropout_percent"])
    first = found.iloc[0]
    assert first[["n_units", "n_organisations", "n_left_out", "n_without_organisation"]].tolist() == [290, 5, 0, 84]
    assert first["reason"] == ""
    placed = schools.dropna(subset=["staff", "parents", "organisation"]).sort_values(["staff", "unit"])
    parts = [(part.tail(len(part) // 4), part.head(len(part) // 4)) for _, part in placed.groupby("organisation")]
    top, bottom = (pd.concat(side)["parents"] for side in zip(*parts, strict=True))
    ratio, diff = found.iloc[1], found.iloc[2]
    assert (ratio["n"], ratio["estimate"]) == (len(top) + len(bottom), pytest.approx(top.mean() / bottom.mean()))
    assert diff["estimate"] == pytest.approx(top.mean() - bottom.mean())
    assert ratio["median"] == pytest.approx(np.median([a["parents"].mean() / b["parents"].mean() for a, b in parts]))
    assert 1 < ratio["conf_low"] < ratio["conf_high"]


@cache
def true_figures(link: float, spread: float) -> dict[str, float]:
    """Work out ratio, difference and slope in very many organisations, by drawing a great many."""
    units = benchmark(np.random.default_rng(99), organisations=30_000, link=link, spread=spread)
    found = rows(units, n_boot=2)
    return found["estimate"].to_dict()


def coverage(replicates: int, *, organisations: int, link: float, spread: float) -> tuple[pd.Series, pd.Series]:
    """Count how often each interval holds the truth, and how often there is a figure at all."""
    truth, hits, there = true_figures(link, spread), [], []
    for seed in range(replicates):
        units = benchmark(np.random.default_rng(seed), organisations=organisations, link=link, spread=spread)
        found = rows(units, n_boot=1000)
        hits.append((found["conf_low"] <= pd.Series(truth)) & (pd.Series(truth) <= found["conf_high"]))
        there.append(found["estimate"].notna())
    return pd.DataFrame(hits).sum() / pd.DataFrame(there).sum(), pd.DataFrame(there).mean()


def test_the_intervals_cover():
    """Of 100 benchmarks of 20 organisations, within four Monte Carlo errors of 95%."""
    covered, _ = coverage(100, organisations=20, link=0.08, spread=0.5)
    assert (abs(covered - 0.95) < 4 * np.sqrt(0.95 * 0.05 / 100)).all()


@pytest.mark.long
@pytest.mark.parametrize(
    ("organisations", "link", "spread"), [(5, 0.08, 0.5), (20, 0.08, 0.5), (48, 0.08, 0.5), (20, 0.25, 1.0)]
)
def test_the_intervals_cover_in_the_long_run(
    organisations: int, link: float, spread: float, record: Callable[[str, float], None]
):
    """92 to 98% of 2,000 benchmarks, also where few units earn most of the profit."""
    covered, there = coverage(2000, organisations=organisations, link=link, spread=spread)
    for effect in ("slope", "ratio", "diff"):
        of = f"{effect} of quarters, log outcome {link:+.2f} per SD and SD {spread:g}, {organisations} organisations"
        record(f"coverage of the {of}, 2,000 replicates", covered[effect])
    assert there.min() > 0.9
    assert covered.between(0.92, 0.98).all()
