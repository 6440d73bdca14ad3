import pytest

from exkit.simulate.sample import draw
from exkit.simulate.truth import Truth


@pytest.fixture(scope="module")
def tables():
    """Draw a study of full size in which nothing is tuned."""
    return draw(Truth(published=None, waves=("2024", "2025")), seed=2).tables


def test_nobody_leaves_twice(tables):
    """Exits never exceed the headcount, and are some of it."""
    units = tables["units"]
    assert (units["exits"] <= units["headcount"]).all()
    assert 0.1 < units["exits"].sum() / units["headcount"].sum() < 0.4


def test_public_administration_has_no_revenue(tables):
    """Left open, not zero."""
    units = tables["units"]
    public = units["sector"] == "public"
    assert units.loc[public, ["revenue", "profit"]].isna().all(axis=None)
    assert (units.loc[~public, "revenue"] > 0).all()


def test_feedback_gets_fewer_at_every_step(tables):
    """Received, acted on, told back."""
    actions = tables["actions"]
    assert (actions["received"] >= actions["acted_on"]).all()
    assert (actions["acted_on"] >= actions["told_back"]).all()
    assert (actions["acted_on"] >= actions["co_created"]).all()


def test_organisations_answer_every_item_in_every_wave(tables):
    """Ten blocks and practices of three items from 1 to 5."""
    organisations = tables["organisations"]
    items = [name for name in organisations if name[-2:] in ("_1", "_2", "_3")]
    assert len(items) == 30
    assert organisations[items].isin(list("12345")).all(axis=None)


def test_sickness_is_near_five_per_cent(tables):
    """Of the days that could be worked."""
    units = tables["units"]
    assert units["absence_days"].sum() / units["headcount"].sum() / 225 == pytest.approx(0.05, abs=0.005)
