"""From a ratio of quarters to the link behind it, and back."""

import numpy as np
import pandas as pd
import pytest

from exkit.analysis.decoder import ENDLESS, decoder, link_of_ratio, quarter_gap, ratio_of_link
from exkit.errors import ExkitError
from exkit.result import result


@pytest.mark.parametrize(("m", "gap"), [(8, 2.28), (12, 2.36), (20, 2.43), (np.inf, 2.542)])
def test_the_gap_between_quarters_is_as_published(m: float, gap: float):
    """Expected normal order statistics of the units at hand."""
    assert quarter_gap(m) == pytest.approx(gap, abs=0.005)


def test_the_gap_between_quarters_is_found_by_drawing():
    """The two highest of eleven normal scores minus the two lowest, 200,000 times."""
    scores = np.sort(np.random.default_rng(1).normal(size=(200_000, 11)), axis=1)
    drawn = scores[:, -2:].mean(axis=1) - scores[:, :2].mean(axis=1)
    assert quarter_gap(11) == pytest.approx(drawn.mean(), abs=4 * drawn.std() / np.sqrt(200_000))


def test_four_units_have_the_gap_of_the_textbook():
    """The highest of four normal scores is expected at 1.02938 (tables of normal order statistics)."""
    assert quarter_gap(4) == pytest.approx(2 * 1.02938, abs=1e-5)


def test_the_gap_grows_to_that_of_very_many():
    """A thousand units are nearly endless; three have no quarter."""
    gaps = quarter_gap([4000, 3])
    assert gaps[0] == pytest.approx(ENDLESS, abs=0.001)
    assert np.isnan(gaps[1])


@pytest.mark.parametrize(("ratio", "link"), [(1.23, 0.0814), (0.79, -0.093), (0.49, -0.280), (0.22, -0.592)])
def test_the_log_normal_link_of_gallups_ratios_is_as_published(ratio: float, link: float):
    """23% more; 21, 51 and 78% less."""
    assert link_of_ratio(ratio, form="log_normal") == pytest.approx(link, abs=6e-4)
    assert ratio_of_link(link, form="log_normal") == pytest.approx(ratio, abs=0.002)


@pytest.mark.parametrize(("ratio", "link"), [(1.23, 0.081), (1.10, 0.0375)])
def test_the_linear_link_of_gallups_ratios_is_as_published(ratio: float, link: float):
    """23% more profit is r × CV = .081; 10% for customers .0375."""
    assert link_of_ratio(ratio, form="linear") == pytest.approx(link, abs=6e-4)


@pytest.mark.parametrize("form", ["linear", "log_normal"])
def test_there_and_back_is_the_same_ratio(form: str):
    """Also far from 1, and with the gap of twelve units."""
    ratios, gap = np.array([0.05, 0.5, 1.0, 1.23, 8.0]), quarter_gap(12)
    assert ratio_of_link(link_of_ratio(ratios, form=form, gap=gap), form=form, gap=gap) == pytest.approx(ratios)


def test_a_log_normal_outcome_has_the_ratio_of_its_form():
    """A million units whose log outcome correlates .4 with x."""
    rng = np.random.default_rng(2)
    x = rng.normal(size=1_000_000)
    y = np.exp(0.5 * (0.4 * x + np.sqrt(1 - 0.4**2) * rng.normal(size=len(x))))
    low, high = np.quantile(x, [0.25, 0.75])
    assert y[x > high].mean() / y[x < low].mean() == pytest.approx(ratio_of_link(0.2, form="log_normal"), rel=0.005)


@pytest.mark.parametrize("form", ["linear", "log_normal"])
def test_what_is_no_ratio_has_no_link(form: str):
    """Nor has a straight line that would take a quarter below zero a ratio."""
    assert np.isnan(link_of_ratio([0.0, -2.0, np.nan, np.inf], form=form)).all()
    assert np.isnan(ratio_of_link([1.0], form="linear")).all()


def test_an_unknown_form_is_answered_with_the_nearest():
    """As everywhere."""
    with pytest.raises(ExkitError, match="Did you mean 'linear'"):
        link_of_ratio(1.2, form="lineair")


def test_a_ratio_is_decoded_with_its_interval():
    """Both forms, in the order of the rows; a slope is not decoded."""
    ratios = result(
        pd.DataFrame({"sector": ["care", "care", "trade"]}), x="voice", y="profit", effect=["slope", "ratio", "ratio"],
        estimate=[3.0, 1.23, np.nan], conf_low=[2.0, 1.0, np.nan], conf_high=[4.0, 1.5, np.nan],
        n=60, reason=["", "", "base_not_positive"], gap=2.36,
    )  # fmt: skip
    found = decoder(ratios)
    assert found[["sector", "effect"]].to_numpy().tolist() == [
        ["care", "r_cv"], ["trade", "r_cv"], ["care", "rho_sigma"], ["trade", "rho_sigma"],
    ]  # fmt: skip
    first = found.iloc[0]
    assert first["estimate"] == pytest.approx(2 * 0.23 / (2.36 * 2.23))
    assert (first["conf_low"], first["n"], first["ratio"]) == (0, 60, 1.23)
    assert found["reason"].tolist() == ["", "base_not_positive"] * 2


def test_only_quarters_can_be_decoded():
    """Another result has no gap."""
    with pytest.raises(ExkitError, match="No column 'gap' in the result"):
        decoder(result(effect="ratio", estimate=1.2))


def test_links_rest_on_as_few_people_as_their_ratios():
    """What may not be shown of a ratio may not be shown of its link."""
    rows = result(effect="ratio", estimate=1.2, conf_low=1.1, conf_high=1.3, n=12, n_smallest=6, at="2025", gap=2.3)
    assert decoder(rows)["n_smallest"].tolist() == [6, 6]
