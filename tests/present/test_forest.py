"""The link in each organisation: none named, and no more said of all than holds."""

import re
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

import exkit as ex
from exkit.present.show import figure
from exkit.result import result

EFFECTS = ["r_mean", "tau", "r_predicted", "p_positive", "share_positive", "share_expected"]


def consistency(*, predicted: tuple[float, float] = (-0.23, 0.46), **told: object) -> pd.DataFrame:
    """Make twelve organisations and what holds for all, as `ex.consistency` gives them; two have few teams."""
    own = result(
        pd.DataFrame({"organisation": [f"Bakery {i}" for i in range(12)]}), x="voice", y="csat", effect="r",
        estimate=np.linspace(0.6, -0.3, 12), conf_low=np.linspace(0.1, -0.7, 12), conf_high=np.linspace(0.8, 0.2, 12),
        n=[9, 9] + [10] * 10, n_organisations=0,
    )  # fmt: skip
    low, high = predicted
    numbers = {
        "estimate": [0.13, 0.12, 0.13, 0.88, 0.63, 0.65],
        "conf_low": [0.03, 0.0, low, 0.56, 0.48, 0.53],
        "conf_high": [0.24, 0.31, high, 1.0, 0.75, 0.75],
    }
    every = result(
        pd.DataFrame({"organisation": [""] * 6}), x="voice", y="csat", effect=EFFECTS, n=[118] * 4 + [12] * 2,
        n_organisations=12, p_value=[0.01, 0.27] + [np.nan] * 4, **numbers | told,
    )  # fmt: skip
    return pd.concat([own, every], ignore_index=True)


def test_a_prediction_interval_with_zero_in_it_is_not_consistent():
    """The mean is clear, and yet a next organisation may have no link, or another one."""
    assert ex.sentence(consistency(), language="en") == (
        "Over 12 organisations the mean of their own links is 0.13 (margin 0.03 to 0.24). It cannot be called "
        "consistent: the true one of a next organisation is expected from −0.23 to 0.46, zero included. A positive "
        "link shows in 63% of the organisations; were the true link the same in all of them, it would in 65%. The "
        "true link is estimated to be above zero in 88% of organisations (margin 56% to 100%)."
    )
    assert "Consistent is de samenhang niet te noemen" in ex.sentence(consistency(), language="nl")


@pytest.mark.parametrize("predicted", [(0.02, 0.4), (-0.5, -0.1)])
def test_a_prediction_interval_on_one_side_of_zero_is_consistent(predicted: tuple[float, float]):
    """Either side."""
    assert "The link is consistent: " in ex.sentence(consistency(predicted=predicted), language="en")


def test_where_nothing_is_seen_of_a_spread_only_its_bounds_are_told():
    """The share of true links above zero would be 0 or 1, and is not said to be."""
    found = consistency(estimate=[0.13, 0.0, 0.13, np.nan, 0.63, 0.65], reason=["", "", "", "no_spread", "", ""])
    said = ex.sentence(found, language="en")
    assert "Nothing was seen of true links that differ; they may be above zero in 56% to 100% of organisations." in said
    none = ex.sentence(found.assign(conf_low=0.0, conf_high=0.001), language="en")
    assert "they may be above zero in 0% of organisations." in none


def test_too_few_organisations_take_one_sentence():
    """With the reason."""
    none = consistency(estimate=np.nan, conf_low=np.nan, conf_high=np.nan, reason="too_few_organisations")
    assert ex.sentence(none, language="en") == (
        "Whether the link is there in one organisation after the other cannot be told: too few organisations to "
        "calculate."
    )


def test_no_organisation_is_named_in_picture_words_or_table():
    """They are dots from the strongest link to the weakest."""
    found = consistency()
    alt, laid = ex.describe(found, language="en"), ex.consistency_table(found, title="Links", language="en")
    page = figure(ex.plot_forest(found), title="Links", alt=alt, table=laid, language="en")
    assert "Bakery" not in page
    assert alt.startswith("10 organisations are drawn, without names; 2 with too few teams are not. Over 12")


def test_few_teams_are_not_drawn_and_places_are_rounded():
    """Ten of twelve; two decimals, as printed."""
    dots = ex.plot_forest(consistency()).get_lines()[1]
    drawn = dots.get_xdata()
    assert len(drawn) == 10
    assert np.allclose(drawn, drawn.round(2), atol=1e-12)
    assert drawn.tolist() == sorted(drawn)


def test_the_prediction_interval_has_no_estimate_of_its_own(see: Callable):
    """It is the mean's, and a range is what it says."""
    said = see(ex.consistency_table(consistency(), title="Links", language="en")).text.replace(
        "\N{NO-BREAK SPACE}", " "
    )
    assert "A next organisation (prediction interval) · [−0.23, 0.46] · 12" in said
    assert re.search(r"Spread of true links \(standard deviation\) 0\.12 \[0\.00, 0\.31\] 0\.270 12", said)


def test_few_organisations_are_not_drawn_one_by_one():
    """Three dots without a name are known to whoever took part; nothing is said of all of them either."""
    none = dict.fromkeys(["estimate", "conf_low", "conf_high"], [np.nan] * 6)
    few = consistency(**none, reason="too_few_organisations")
    assert not any(line.get_xdata().size for line in ex.plot_forest(few).get_lines() if line.get_marker() == "o")
    assert ex.describe(few, language="en") == ex.sentence(few, language="en")
