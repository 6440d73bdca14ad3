"""What team scores are worth, in tables and in a curve."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

import exkit as ex
from exkit.errors import ExkitError
from exkit.result import result


def cells(markup: str, see: Callable) -> str:
    """Read a table as one line."""
    return see(markup).text.replace("\N{NO-BREAK SPACE}", " ")


def reliability(**told: object) -> pd.DataFrame:
    """Make reliabilities of two measures."""
    usual = {
        "x": np.repeat(["engagement", "pride"], 2), "effect": ["icc1", "icc2"] * 2, "n": 8193, "n_units": 548,
        "estimate": [0.0859, 0.58, 0.048, 0.43], "conf_low": 0.05, "conf_high": 0.8, "k": 14.95, "n0": 13.04,
        "at_n0": [0.0971, 0.58, 0.055, 0.43], "at": "2025",
    }  # fmt: skip
    return result(**usual | told)


def agreement(**told: object) -> pd.DataFrame:
    """Make the agreement on a scale of five answers, and on a mark from 0 to 10."""
    usual = {
        "x": ["engagement"] * 4 + ["recommend"] * 3,
        "effect": ["r_wg_j", "r_wg_j", "a_wg", "ad", "r_wg", "a_wg", "ad"],
        "null": ["uniform", "slightly_skewed", "", "", "uniform", "", ""],
        "estimate": [0.89, 0.81, 0.74, 0.57, 0.67, 0.66, 1.36], "conf_low": 0.5, "conf_high": 0.9, "n": 900,
        "share_high": 0.48, "share_zero": 0.021, "n_units": 60, "n_alone": 3, "at": "2025",
    }  # fmt: skip
    return result(**usual | told)


def verdicts(**told: object) -> pd.DataFrame:
    """Make the verdict on two measures; the second rests on no agreement."""
    usual = {
        "x": ["engagement", "recommend"], "effect": "icc2", "estimate": [0.58, 0.6], "conf_low": 0.53,
        "conf_high": 0.63, "n": 8193, "n_units": 548, "k": 14.95, "verdict": ["weak", "weak"],
        "icc1": 0.086, "icc1_low": 0.07, "icc1_high": 0.104, "agreement": [0.81, np.nan],
        "agreement_low": [0.8, np.nan], "agreement_high": [0.82, np.nan], "null": ["slightly_skewed", ""],
    }  # fmt: skip
    return result(**usual | told)


def test_a_score_stands_beside_the_answers_it_rests_on(see: Callable):
    """Both ICCs with their margins, answers per team, teams, people."""
    said = cells(ex.reliability_table(reliability(), title="Reliability", language="nl"), see)
    assert "engagement 0,086 [0,050; 0,800] 0,58 [0,05; 0,80] 15,0 548 8.193" in said


def test_both_conventions_of_group_size_stand_side_by_side(see: Callable):
    """The mean number of answers, and the one that allows for unequal teams."""
    said = cells(ex.sizes_table(reliability(), title="Sizes", language="en"), see)
    assert "engagement 15.0 0.086 0.58 13.0 0.097 0.58" in said


def test_agreement_is_told_under_both_nulls_where_both_exist(see: Callable):
    """A mark from 0 to 10 has no slightly skewed null: a dot. AD around the median was not asked for."""
    said = cells(ex.agreement_table(agreement(), title="Agreement", language="en"), see)
    assert "engagement 0.89 [0.50, 0.90] 48% 2% 0.81 0.74 0.57 · 60" in said
    assert "Recommendation by customers 0.67 [0.50, 0.90] 48% 2% · 0.66 1.36 · 60" in said
    assert "Left out: 3 teams in which only one person answered." in said


def test_agreement_without_answers_of_people_says_so(see: Callable):
    """Summed up by team."""
    nothing = {"estimate": np.nan, "conf_low": np.nan, "conf_high": np.nan, "n": 0, "share_high": np.nan}
    unknown = agreement(**nothing, share_zero=np.nan, n_units=0, reason="reliability_unknown")
    assert "engagement reliability unknown ·" in cells(ex.agreement_table(unknown, title="A", language="en"), see)


def test_a_verdict_stands_beside_what_it_rests_on(see: Callable):
    """And beside the answers it would take; agreement that is not asked for is a dot."""
    needed = ex.raters_needed(reliability(x=np.repeat(["engagement", "recommend"], 2)))
    said = cells(ex.aggregation_table(verdicts(), needed=needed, title="Verdict", language="nl"), see)
    assert "Nodig voor 0,70" in said
    assert "engagement zwakke basis 0,58 [0,53; 0,63] 0,81 15,0 25 [1; 45]" in said
    assert "Aanbeveling door klanten zwakke basis 0,60 [0,53; 0,63] · 15,0 47 [1; 45]" in said


def test_a_curve_is_drawn_as_it_is_printed():
    """Two decimals; a dot where these teams stand."""
    ax = ex.plot_reliability(ex.reliability_at(reliability(), sizes=[5, 10, 20]), language="en")
    assert all(round(value, 2) == value for line in ax.lines for value in line.get_ydata())
    dots = [line for line in ax.lines if line.get_marker() == "o"]
    assert [dot.get_xdata()[0] for dot in dots] == [15, 15]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == [
        "engagement (now 15 answers per team)",
        "pride (now 15 answers per team)",
    ]


def test_another_result_has_no_verdict():
    """The message names the column."""
    with pytest.raises(ExkitError, match="No column 'verdict' in the result"):
        ex.aggregation_table(reliability(), needed=ex.raters_needed(reliability()), title="Verdict")


@pytest.mark.parametrize("sizes", [[5, 10], [2, 30, 100]])
def test_the_dot_of_these_teams_is_on_the_curve_wherever_it_is_drawn(sizes: list[int]):
    """Beyond the sizes that were asked for, and far between two of them."""
    ax = ex.plot_reliability(ex.reliability_at(reliability(), sizes=sizes), language="en")
    found = [line.get_ydata()[0] for line in ax.lines if line.get_marker() == "o"]
    assert found == ex.reliability_at(reliability(), sizes=[15])["estimate"].round(2).tolist()
