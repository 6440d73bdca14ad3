import numpy as np
import pytest

from exkit.simulate.places import Places, draw_places
from exkit.simulate.truth import Truth

MANY = Truth(sectors=100, organisations=12, waves=("2023", "2024", "2025"), published=None)


@pytest.fixture(scope="module")
def many() -> Places:
    """Draw so many units that chance hardly counts."""
    return draw_places(MANY, np.random.default_rng(1))


def test_the_truth_of_units_has_the_planted_correlation(many):
    """Over all units, and in both contact groups."""
    contact = many.units["contact"]
    assert np.corrcoef(many.ex[:, -1], many.cx[:, -1])[0, 1] == pytest.approx(MANY.r_units, abs=0.03)
    for group in ("high", "low"):
        its = contact == group
        r = np.corrcoef(many.ex[its, -1], many.cx[its, -1])[0, 1]
        assert r == pytest.approx(getattr(MANY, f"r_{group}"), abs=0.03)


def test_units_have_mean_0_and_variance_1_in_every_wave(many):
    """From the first wave on: the years do not run away."""
    for true in (many.ex, many.cx):
        assert true.mean(axis=0) == pytest.approx(0, abs=0.06)
        assert true.var(axis=0) == pytest.approx(1, abs=0.06)


def test_what_moves_within_units_follows_the_planted_paths(many):
    """The change of a unit against its change the year before, without what is its own for good."""
    x = np.stack([many.ex, many.cx], axis=2)
    # Of three waves the differences from the first share what lasts; least squares on the true within-unit parts is
    # not to be had from outside, so that the covariances of differences stand for it.
    first, second = x[:, 1] - x[:, 0], x[:, 2] - x[:, 1]
    found = np.cov(np.hstack([first, second]).T)[2:, :2]
    within = MANY.part_within * np.array([[1, MANY.r_within], [MANY.r_within, 1]])
    lag1, lag2 = MANY.paths @ within, MANY.paths @ MANY.paths @ within
    assert found == pytest.approx(2 * lag1 - within - lag2, abs=0.02)


def test_most_organisations_have_the_most_units_and_one_the_fewest(many):
    """Eight to twelve."""
    sizes = many.units.groupby("organisation").size()
    assert (sizes.min(), sizes.max()) == MANY.units
    assert (sizes == MANY.units[1]).mean() > 0.6


def test_every_sector_has_as_many_organisations():
    """Six in each of eight."""
    units = draw_places(Truth(), np.random.default_rng(1)).units
    assert units.groupby("sector")["organisation"].nunique().tolist() == [6] * 8
