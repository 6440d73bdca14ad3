"""All teams from the lowest to the highest mean, none of them named."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

import exkit as ex
from exkit.result import result


def teams(j: int = 40, **told: object) -> pd.DataFrame:
    """Make the means of teams from 2 to 4, half a point of margin either way, each drawn halfway to 3."""
    raw = np.linspace(2, 4, j)
    groups = pd.DataFrame({"organisation": "Acme", "unit": [f"Secret {i}" for i in range(j)]})
    usual = {
        "x": "engagement", "effect": "mean", "estimate": 3 + (raw - 3) / 2, "conf_low": 2.0, "conf_high": 4.0, "n": 20,
        "raw": raw, "raw_low": raw - 0.5, "raw_high": raw + 0.5, "target": 3.0, "at": "2025",
    }  # fmt: skip
    return result(groups, **usual | told)


def test_teams_are_counted_beside_what_chance_would_give():
    """Twenty of forty lie more than half a point from the mean; one in twenty would by chance."""
    assert ex.sentence(teams(), language="en") == (
        "Of 40 teams, 20 can be told from the mean of all teams on engagement: their margin leaves it out. If teams "
        "did not differ at all, chance alone would set about 2 apart. The means of teams run from 2.0 to 4.0; adjusted "
        "for the number of answers they run from 2.5 to 3.5."
    )


def test_nothing_left_of_differences_is_said_so():
    """All adjusted means are the same."""
    said = ex.sentence(teams(estimate=3.0, reason="no_signal"), language="en")
    assert said.endswith("run from 2.0 to 4.0; adjusted for the number of answers, nothing is left of that.")


def test_small_teams_are_counted_and_not_drawn():
    """Two of forty have nine answers."""
    few = teams(n=[9, 9, *[20] * 38])
    assert ex.sentence(few, language="nl").endswith("Afgeschermd: 2 teams met te weinig antwoorden.")
    ax = ex.plot_teams(few, language="en")
    assert ax.get_xlabel().startswith("38 teams")


def test_few_teams_are_not_shown_since_each_would_be_known(see: Callable):
    """Nine teams of twenty people."""
    said = ex.sentence(teams(9), language="en")
    assert said == "With fewer than 10 teams, single teams are not shown."
    ax = ex.plot_teams(teams(9), language="en")
    assert not [value for line in ax.lines for value in line.get_ydata() if value == value]
    laid = see(ex.team_table(teams(9), title="Teams", language="en")).text
    assert "All teams 0 0% · ·" in laid


@pytest.mark.parametrize("show", [ex.sentence, ex.describe])
def test_words_name_no_team(show: Callable):
    """Neither the finding nor the description of the picture."""
    assert "Secret" not in show(teams(), language="en")
    assert "Acme" not in show(teams(), language="en")


def test_the_table_counts_teams_on_either_side(see: Callable):
    """Ten below, twenty that hold the mean, ten above; none by name."""
    said = see(ex.team_table(teams(), title="Teams", language="nl")).text
    assert "Marge onder het gemiddelde van alle teams 10 25% 2,0 tot 2,5 2,5 tot 2,7" in said
    assert "Marge erboven 10 25% 3,5 tot 4,0" in said
    assert "Secret" not in said


def test_coordinates_are_no_finer_than_what_is_printed():
    """One decimal, since a margin of many tells how many people answered."""
    ax = ex.plot_teams(teams(), language="en")
    drawn = [value for line in ax.lines for value in line.get_ydata() if value == value]
    assert drawn
    assert all(round(value, 1) == value for value in drawn)


def test_hundreds_of_teams_are_a_few_paths():
    """Two kinds of margin, two means, and the mean of all."""
    assert len(ex.plot_teams(teams(600), language="en").lines) == 5


def test_teams_without_reliability_say_so():
    """Respondents were not supplied."""
    nothing = dict.fromkeys(["estimate", "conf_low", "conf_high", "raw_low", "raw_high", "target"], np.nan)
    unknown = teams(**nothing, n=0, reason="reliability_unknown")
    assert ex.sentence(unknown, language="nl") == "engagement: meetbetrouwbaarheid onbekend."
