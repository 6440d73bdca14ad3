import numpy as np
import pytest

from exkit.simulate.places import Places, draw_places
from exkit.simulate.staff import ANSWERING, draw_staff, much_turnover
from exkit.simulate.truth import Truth

ALL = Truth(published=None)


@pytest.fixture(scope="module")
def places() -> Places:
    """Draw the places of a study of full size."""
    return draw_places(ALL, np.random.default_rng(1))


def test_much_turnover_is_found_in_some_sectors_only(places):
    """Hospitality, most of retail, some of health care."""
    busy = places.units[much_turnover(places)].groupby("sector")["organisation"].nunique()
    assert busy.to_dict() == {"health": 2, "hospitality": 6, "retail": 4}


def answering(places: Places, told: float) -> np.ndarray:
    """Draw the staff after years in which a share of feedback was told back; give who answers, per wave."""
    shares = np.full(places.ex.shape, told)
    shares[0] = 1 - told  # so that the mean of all is not the share itself
    roster = draw_staff(ALL, places, shares, np.random.default_rng(2)).roster
    return roster[roster["present"]].groupby("wave")["answers"].mean().to_numpy()


def test_about_as_many_answer_as_were_planted(places):
    """Over all waves."""
    assert answering(places, 0.4).mean() == pytest.approx(ANSWERING, abs=0.03)


def test_the_young_answer_less(places):
    """So that answers must be weighted."""
    roster = draw_staff(ALL, places, np.full(places.ex.shape, 0.4), np.random.default_rng(2)).roster
    rate = roster[roster["present"]].groupby("age")["answers"].mean()
    assert rate["under30"] < rate["30to44"] - 0.1


def test_whoever_leaves_is_replaced(places):
    """Units keep their size, and more people come and go where turnover is much."""
    staff = draw_staff(ALL, places, np.full(places.ex.shape, 0.4), np.random.default_rng(2))
    counts = staff.roster.groupby(["at", "wave"]).size().to_numpy().reshape(places.ex.shape)
    assert (counts == staff.headcount).all()
    new = staff.roster.groupby("at")["number"].nunique() / staff.headcount[:, 0]
    much = much_turnover(places)
    assert new[much].mean() > new[~much].mean() + 0.5
