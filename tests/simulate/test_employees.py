import numpy as np
import pandas as pd
import pytest

from exkit.simulate.employees import SPREAD, _asked
from exkit.simulate.sample import draw
from exkit.simulate.truth import Truth


@pytest.fixture(scope="module")
def answers() -> pd.DataFrame:
    """Draw the employees of a study of full size in which nothing is tuned."""
    return draw(Truth(published=None, waves=("2024", "2025")), seed=2).tables["employees"]


def test_three_items_have_the_mean_that_was_drawn():
    """As near as whole answers can come: within a sixth of a point, where nothing was left open."""
    feeling = np.random.default_rng(1).standard_normal(5000).clip(-2, 2)
    scale = _asked(feeling, np.random.default_rng(2))
    complete = (scale.items != "").all(axis=1)
    assert np.abs(scale.score - feeling)[complete].max() <= 1 / 6 / SPREAD + 1e-9


def test_the_third_item_is_reversed(answers):
    """It runs against the first two."""
    items = answers[["engagement_1", "engagement_2", "engagement_3"]].replace("", None).astype(float)
    assert items.corr().loc["engagement_1", "engagement_2"] > 0.3
    assert items.corr().loc["engagement_1", "engagement_3"] < -0.3


def test_answers_are_what_the_codebook_allows(answers):
    """Marks from 0 to 10, 99 for no opinion, or nothing."""
    marks = {*map(str, range(11)), "99", ""}
    assert set(answers["recommend_work"]) <= marks
    assert set(answers["recommend_to_customers"]) == {"0", "1", "9"}
    assert set(answers["leave"]) <= {"1", "2", "3", "4", "5", ""}


def test_untuned_shares_come_near_those_of_the_population(answers):
    """31% promoters, give or take what organisations differ."""
    last = answers[answers["wave"] == "2025"]
    marks = pd.to_numeric(last["recommend_work"].replace({"": None, "99": None}))
    assert (marks.dropna() >= 9).mean() == pytest.approx(0.31, abs=0.04)


def test_few_units_are_below_the_minimum(answers):
    """Some are, so that a report has something to withhold."""
    sizes = answers.groupby(["wave", "team"]).size()
    assert 0.01 < (sizes < 10).mean() < 0.2
