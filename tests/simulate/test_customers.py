import numpy as np
import pandas as pd
import pytest

from exkit.simulate.customers import CIRCLE, LOST, MARKS, WEAK, spread_of_units
from exkit.simulate.sample import Drawn, draw
from exkit.simulate.truth import Truth


@pytest.fixture(scope="module")
def drawn() -> Drawn:
    """Draw a study of full size in which nothing is tuned."""
    return draw(Truth(published=None, waves=("2024", "2025")), seed=2)


def test_units_without_spread_have_no_icc():
    """And the other way round."""
    assert spread_of_units(0) == 0


def test_the_spread_of_units_gives_the_icc_that_was_asked_for():
    """A thousand units with two hundred answers each: the variance of their means is .04 of the whole."""
    rng = np.random.default_rng(1)
    spread = spread_of_units(0.04)
    units = rng.standard_normal(2000)
    feeling = spread * units[:, None] + np.sqrt(1 - spread**2) * rng.standard_normal((2000, 400))
    ranks = np.searchsorted(np.sort(rng.standard_normal(10**6)), feeling) / 10**6
    score = (ranks >= MARKS[:9].sum()).astype(float) - (ranks < MARKS[:7].sum())
    kept = (score > -1) | (units[:, None] >= WEAK) | (rng.random(score.shape) < LOST)
    table = pd.DataFrame({"unit": np.repeat(np.arange(2000), 400)[kept.ravel()], "score": score[kept]})
    means = table.groupby("unit")["score"].agg(["mean", "var", "size"])
    between = means["mean"].var() - (means["var"] / means["size"]).mean()
    assert between / table["score"].var() == pytest.approx(0.04, abs=0.004)


def test_dissatisfied_customers_of_weak_units_are_missing(drawn):
    """Fewer answers come from weak units than from the others."""
    people = drawn.tables["customers"]
    people = people[~people["team"].str[0].isin(["F", "G"])]
    counts = people[people["wave"] == "2025"].groupby("team").size()
    units = drawn.places.units.assign(weak=drawn.places.cx[:, -1] < WEAK).set_index("unit")
    both = units.join(counts.rename("n"), how="inner")
    both = both[both["n"] > 15]
    assert both[both["weak"]]["n"].mean() < both[~both["weak"]]["n"].mean() - 1


def test_some_customers_answer_in_both_waves(drawn):
    """About as many as chance would have of a circle of that size."""
    people = drawn.tables["customers"]
    both = people.groupby("customer")["wave"].nunique() == 2
    assert both.sum() / (people["wave"] == "2025").sum() == pytest.approx(1 / CIRCLE, abs=0.06)


def test_customers_of_public_administration_do_not_come_again(drawn):
    """They are not asked to."""
    units = drawn.tables["units"].drop_duplicates("team").set_index("team")["sector"]
    people = drawn.tables["customers"].assign(sector=lambda d: d["team"].map(units))
    assert set(people.loc[people["sector"] == "public", "again"]) == {""}
    assert set(people.loc[people["sector"] == "retail", "again"]) == {"0", "1", ""}


def test_answers_are_dated_in_the_fieldwork_of_their_wave(drawn):
    """From August to October."""
    dates = drawn.tables["customers"]["date"]
    assert (dates.str[:4] == drawn.tables["customers"]["wave"]).all()
    assert set(dates.str[5:7]) == {"08", "09", "10"}
