"""Quarters and published figures, laid out and put into words."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import exkit as ex
from exkit.analysis.multiplicity import adjust
from exkit.errors import ExkitError
from exkit.result import result

CODEBOOK = """\
table,variable,role,type,low,high,per,label_en,label_nl
units,team,unit,text,,,,,
units,heads,,number,,,,Headcount,Aantal medewerkers
units,profit,outcome,number,,,heads,Profit (euro),Winst (euro)
units,again,outcome,whole,0,1,,Came again,Kwam terug
units,nps,outcome,number,,,,Customer NPS,Klant-NPS
"""


@pytest.fixture(autouse=True)
def _study(dataset: Callable[..., Path]) -> None:
    """A study whose codebook knows what the outcomes are."""
    units = {"team": ["a"], "heads": [10], "profit": [50], "again": [1], "nps": [3]}
    ex.open(dataset(codebook=CODEBOOK, units=units))


@pytest.fixture
def quarters() -> pd.DataFrame:
    """Quarters of three outcomes as `ex.quarters` gives them: in euros, a share, and in points."""
    effects, outcomes = ["slope", "ratio", "diff"] * 3, np.repeat(["profit", "again", "nps"], 3)
    return result(
        x="engagement", y=outcomes, effect=effects, of=["amount", "", "amount"] * 2 + ["points", "", "points"],
        estimate=[1960.0, 1.23, 4404.9, 0.0199, 1.099, 0.0554, 2.79, np.nan, 7.32],
        conf_low=[1302.3, 1.14, 2624.0, 0.0117, 1.056, 0.0317, -0.9, np.nan, 2.52],
        conf_high=[2617.9, 1.33, 6185.7, 0.028, 1.145, 0.0791, 4.71, np.nan, 12.13],
        p_value=[1e-6, 1e-6, 1e-6, 1e-5, 1e-5, 1e-5, 0.2, np.nan, 0.004],
        n=[481, 232, 232, 469, 216, 216, 534, 246, 246], power=0.8,
        reason=["", "", "", "", "", "", "", "no_ratio", ""], n_organisations=[42] * 6 + [48] * 3,
        n_left_out=[6] * 6 + [0] * 3, n_without_organisation=0,
        mean_y=[20980.7, None, None, 0.588, None, None, 7.95, None, None],
        median=[None, 1.226, None, None, 1.08, None, None, None, None], at="2025",
        n_median=[None, 42, None, None, 9, None, None, None, None],
        top=[None, None, 23556.4, None, None, 0.613, None, None, 11.18],
        bottom=[None, None, 19151.5, None, None, 0.557, None, None, 3.86],
    )  # fmt: skip


def cells(markup: str, see: Callable) -> str:
    """Read a table as one line."""
    return see(markup).text


def test_each_outcome_is_written_in_its_own_unit(quarters: pd.DataFrame, see: Callable):
    """Euros whole, shares in per cent, points with their word; the ratio as a percentage with its margin."""
    said = cells(ex.quarter_table(quarters, title="Quarters", language="nl"), see).replace("\N{NO-BREAK SPACE}", " ")
    assert "Winst (euro) 23.556 19.152 +23% [14%; 33%] +23% 42 van de 48 232" in said
    assert "Kwam terug 61% 56% +10% [6%; 15%] · 42 van de 48 216" in said
    assert "Klant-NPS +11 +4 +7,3 punten [2,5; 12,1] · 48 246" in said


def test_the_table_says_what_was_divided_left_out_and_withheld(quarters: pd.DataFrame, see: Callable):
    """By headcount; organisations of few teams; units of no organisation; a median of nine organisations."""
    said = cells(ex.quarter_table(quarters.assign(n_without_organisation=84), title="Quarters", language="en"), see)
    assert "Divided by headcount: profit (euro)." in said
    assert "at least eight teams" in said
    assert "their organisation is not known: 84 teams." in said
    assert "The median of few organisations is not shown" in said


def test_a_median_is_one_organisations_own_figure_where_they_are_few(quarters: pd.DataFrame):
    """Nine of them are fewer than ten; also in what is saved."""
    shown = ex.protect(quarters).set_index(["y", "effect"])["median"]
    assert shown.loc["profit", "ratio"] == 1.226
    assert np.isnan(shown.loc["again", "ratio"])


def test_slopes_are_named_by_direction_and_certainty(quarters: pd.DataFrame):
    """Profit goes up, the share comes down, of the NPS nothing is shown."""
    slopes = quarters[quarters["effect"] == "slope"].reset_index(drop=True)
    slopes.loc[1, ["estimate", "conf_low", "conf_high"]] = [-0.02, -0.03, -0.01]
    said = ex.sentence(adjust(slopes), language="en")
    assert said == (
        "Statistically significant association with engagement, after correction for their number (Holm): 2 of 3 "
        "outcomes. Higher where engagement is higher: profit (euro). Lower where engagement is higher: came again. "
        "No association shown: customer NPS."
    )
    assert "bij 2 van de 3 uitkomsten. Hoger bij teams met een hogere score op engagement: winst (euro)." in (
        ex.sentence(adjust(slopes), language="nl")
    )


def test_a_slope_stands_beside_the_mean_it_starts_from(quarters: pd.DataFrame, see: Callable):
    """Each in the outcome's own unit, with decimals that its margin deserves."""
    slopes = adjust(quarters[quarters["effect"] == "slope"])
    said = cells(ex.table(slopes, title="Slopes", language="nl"), see).replace("\N{NO-BREAK SPACE}", " ")
    assert "Winst (euro) 20.981 +1.960 [1.302; 2.618] < 0,001 481" in said
    assert "Kwam terug 59% +2,0 procentpunt [1,2; 2,8] < 0,001 469" in said


def test_ratios_are_said_from_the_lowest_to_the_highest(quarters: pd.DataFrame):
    """With margin and teams; what has no percentage is named."""
    said = ex.sentence(quarters[quarters["effect"] == "ratio"], language="en").replace("\N{NO-BREAK SPACE}", " ")
    assert said == (
        "Top against bottom quarter of engagement, within the same organisations: from +10% (margin 6% to 15%, "
        "n = 216) for came again to +23% (margin 14% to 33%, n = 232) for profit (euro). "
        "Without a percentage: customer NPS (no ratio of a score in points)."
    )


def test_a_single_outcome_is_named(quarters: pd.DataFrame, see: Callable):
    """A table of one row says what it is of."""
    one = quarters[(quarters["effect"] == "ratio") & (quarters["y"] == "profit")]
    assert "Profit (euro) +23%" in cells(ex.table(one, title="Ratio", language="en"), see)
    assert ex.sentence(one, language="en").endswith("for profit (euro).")


def profitability(n: int) -> pd.DataFrame:
    """Make a ratio of ours under the published name."""
    groups = pd.DataFrame({"outcome": ["profitability"]})
    return result(groups, effect="ratio", estimate=1.1, conf_low=1.0, conf_high=1.2, n=n)


def test_published_figures_keep_their_tags_and_gaps(see: Callable):
    """An outcome of ours beside each edition; the others are not in these data, and nothing stands empty."""
    said = cells(
        ex.beside(profitability(99), ex.published("gallup"), value="ratio", title="Beside", language="nl"), see
    )
    said = said.replace("\N{NO-BREAK SPACE}", " ")
    assert "Winstgevendheid +22% (F) +21% (F) +23% (F/S) +10% [0%; 20%] 99" in said
    assert "Productiviteit, productiecijfers niet gepubliceerd +17% (F) +14% (F/S) niet in deze gegevens · ·" in said


def test_a_withheld_figure_is_not_called_absent(see: Callable):
    """Our data have it, and too few answered."""
    said = cells(ex.beside(profitability(9), ex.published("gallup"), value="ratio", title="Beside", language="en"), see)
    assert "Profitability +22% (F) +21% (F) +23% (F/S) not shown · ·" in said.replace("\N{NO-BREAK SPACE}", " ")


def test_what_can_be_detected_is_said_for_the_best_and_the_worst_known_outcome():
    """One figure where they are the same."""
    told = {"x": "engagement", "effect": "r_detectable", "n": 400, "power": 0.8}
    rows = result(y=["profit", "again"], estimate=[0.168, 0.12], **told)
    assert ex.sentence(rows, language="en") == (
        "A correlation within organisations is found with a chance of 80% if it is 0.12 or stronger, and for profit "
        "(euro), on which these data are least precise, if it is 0.17 or stronger."
    )
    assert ex.sentence(rows.iloc[:1], language="en").endswith("with a chance of 80% if it is 0.17 or stronger.")


def test_what_could_not_be_calculated_is_named_with_its_reason():
    """No organisation has eight teams."""
    none = result(x="engagement", y=["profit", "again"], effect="slope", reason="too_few_units")
    assert ex.sentence(adjust(none), language="en") == (
        "Not calculated: profit (euro), came again (too few teams to calculate)."
    )


def test_another_result_is_no_quarters():
    """The message names the column."""
    with pytest.raises(ExkitError, match="No column 'top' in the result"):
        ex.quarter_table(result(effect="nps", estimate=3.0, n=40), title="Quarters")
