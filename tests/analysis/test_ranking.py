"""Places of organisations, and how sure they are."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest
from scipy import stats

import exkit as ex
from exkit.result import result


def figures(
    values: list[float] | np.ndarray, *, error: float = 1.0, sectors: int = 1, **extras: object
) -> pd.DataFrame:
    """Give each organisation a figure, as `standing` does."""
    k = len(values)
    keys = pd.DataFrame(
        {"sector": [f"S{o % sectors}" for o in range(k)], "organisation": [f"O{o:03d}" for o in range(k)]}
    )
    told = {"estimate": values, "std_error": error, "n": 100, "df": 11, "deff_kish": 1.0, **extras}
    return result(keys.assign(wave="2025"), x="enps", effect="nps", **told)


def test_the_highest_is_first_and_equals_share_the_better_place():
    """Of 24 organisations; the others with a lower figure are counted without oneself, and without one's equals."""
    found = ex.ranks(figures([30, 10, 20, 20, *range(-20, 0)]))
    rank = found[(found["effect"] == "rank") & (found["against"] == "all")].set_index("organisation")
    assert rank["estimate"].head(4).tolist() == [1, 4, 2, 2]
    assert rank["n_organisations"].eq(24).all()
    above = found[(found["effect"] == "percentile") & (found["against"] == "all")].set_index("organisation")
    assert above["estimate"].head(4).tolist() == pytest.approx([1, 20 / 23, 21 / 23, 21 / 23])
    assert (above["conf_low"] <= above["estimate"]).all()
    assert (above["estimate"] <= above["conf_high"]).all()


def test_teams_that_agree_by_luck_do_not_cost_a_place():
    """Errors are pooled, so that an organisation of which no spread is seen has one like the others."""
    found = ex.ranks(figures(np.arange(30) * 1.0, error=np.where(np.arange(30) == 3, 0.0, 1.0)))
    assert found["reason"].eq("").all()
    assert found["n_organisations"].eq(30).all()
    none = ex.ranks(figures(np.arange(30) * 1.0, error=0.0))
    assert none["estimate"].isna().all()


def test_a_place_is_within_its_margin_and_on_the_list():
    """Wherever it was seen."""
    found = ex.ranks(figures(np.random.default_rng(1).normal(0, 1, 30))).query("effect == 'rank' and against == 'all'")
    assert (found["conf_low"] <= found["estimate"]).all()
    assert (found["estimate"] <= found["conf_high"]).all()
    assert (found["conf_low"].min(), found["conf_high"].max()) == (1, 30)


def test_figures_without_error_have_sure_places():
    """Far apart and all but exact, each has the place that it has."""
    found = ex.ranks(figures(np.arange(30) * 10.0, error=0.01)).query("effect == 'rank' and against == 'all'")
    assert (found["conf_low"] == found["conf_high"]).all()


def test_figures_that_differ_by_chance_have_any_place():
    """Equal in truth, hardly a place is ruled out."""
    found = ex.ranks(figures(np.random.default_rng(2).normal(0, 1, 30))).query("effect == 'rank' and against == 'all'")
    assert (found["conf_high"] - found["conf_low"]).mean() > 24


@pytest.mark.parametrize(
    ("k", "rank", "percentile"), [(5, False, False), (6, True, False), (19, True, False), (20, True, True)]
)
def test_few_organisations_have_no_place(k: int, rank: bool, percentile: bool):
    """Six make a place, twenty a percentile."""
    found = ex.ranks(figures(np.arange(k) * 1.0)).query("against == 'all'").set_index("effect")
    assert found.loc["rank", "estimate"].notna().all() == rank
    assert found.loc["percentile", "estimate"].notna().all() == percentile
    assert found["reason"].isin(["", "too_few_organisations"]).all()


def test_what_is_not_shown_has_no_place_and_takes_none():
    """A withheld organisation is not among those that are counted; nor has an indicative one a place."""
    few = figures(np.arange(24) * 3.0).assign(conf_low=0.0, conf_high=10.0)
    few.loc[0, "n"] = 4
    few.loc[1, "conf_high"] = 100.0
    found = ex.ranks(ex.protect(few)).query("effect == 'rank' and against == 'all'").set_index("organisation")
    assert found["reason"].head(3).tolist() == ["withheld", "too_wide", ""]
    assert found["estimate"].head(2).isna().all()
    assert found["n_organisations"].eq(23).all()


def test_a_place_in_the_sector_is_among_its_own():
    """Twelve in each of two sectors."""
    found = ex.ranks(figures(np.arange(24) * 1.0, sectors=2)).query("effect == 'rank' and against == 'sector'")
    assert found.groupby("sector")["estimate"].apply(sorted).tolist() == [list(range(1, 13))] * 2


def test_no_organisations_have_no_places():
    """One row says so."""
    row = figures([1.0]).assign(organisation="")
    assert ex.ranks(row)["reason"].tolist() == ["not_asked"]
    assert ex.true_spread(row)["reason"].tolist() == ["not_asked"]


def test_the_spread_of_true_scores_is_less_than_that_of_the_figures():
    """A planted spread of 8 with errors of 6 shows as one of 10; the interval holds it."""
    rng = np.random.default_rng(3)
    row = ex.true_spread(figures(rng.normal(0, 8, 300) + rng.normal(0, 6, 300), error=6.0)).iloc[0]
    assert row["seen"] == pytest.approx(10, abs=1)
    assert row["estimate"] == pytest.approx(8, abs=1)
    assert row["conf_low"] < 8 < row["conf_high"]
    assert row["share"] == pytest.approx(0.64, abs=0.08)
    assert row["p_value"] < 0.001


def test_a_small_error_by_luck_makes_no_sure_place():
    """Errors are pooled: that of few teams is not taken for known."""
    rng = np.random.default_rng(4)
    values = rng.normal(0, 1, 30)
    lucky = np.where(np.arange(30) == 3, 0.01, 1.0)
    found = ex.ranks(figures(values, error=lucky)).query("effect == 'rank' and against == 'all'")
    assert found["conf_high"].iloc[3] - found["conf_low"].iloc[3] > 10


def covered(replicates: int, *, k: int, spread: float, n_draws: int) -> tuple[float, float]:
    """Simulate how often the margin of a place holds the true one: over all, and for the one that came out first."""
    rng, hits, first = np.random.default_rng(5), [], []
    people = np.linspace(60, 240, k).round()
    for seed in range(replicates):
        true = rng.normal(0, spread, k)
        noise = 60 / np.sqrt(people)
        seen = true + noise * rng.normal(size=k)
        error = noise * np.sqrt(rng.chisquare(11, k) / 11)
        found = ex.ranks(figures(seen, error=error, n=people.astype(int)), n_draws=n_draws, seed=seed)
        its = found[(found["effect"] == "rank") & (found["against"] == "all")]
        place = stats.rankdata(-true)
        held = ((its["conf_low"] <= place) & (place <= its["conf_high"])).to_numpy()
        hits.append(held.mean())
        first.append(held[its["estimate"].to_numpy().argmin()])
    return float(np.mean(hits)), float(np.mean(first))


def test_the_margin_of_a_place_holds_the_true_one():
    """On average over the organisations of forty benchmarks."""
    assert covered(40, k=24, spread=6.0, n_draws=1000)[0] == pytest.approx(0.95, abs=0.03)


@pytest.mark.long
@pytest.mark.parametrize(("k", "spread"), [(8, 6.0), (20, 6.0), (48, 0.0), (48, 3.0), (48, 6.0), (48, 12.0)])
def test_the_margin_of_a_place_holds_the_true_one_in_the_long_run(
    k: int, spread: float, record: Callable[[str, float], None]
):
    """94 to 99% over the organisations of 1,000 benchmarks; it is wide where there is nothing to tell apart."""
    every, first = covered(1000, k=k, spread=spread, n_draws=1000)
    of = f"the margin of a place, {k} organisations, true spread {spread:g}, errors 4 to 8, 1,000 replicates"
    record(f"coverage of {of}", every)
    record(f"coverage of {of}, for who came out first", first)
    assert 0.94 <= every <= 1.0
    assert first >= 0.90
