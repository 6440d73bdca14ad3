"""Teams as dots: none named, none of few people, nothing finer than printed."""

import re
from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

import exkit as ex
from exkit.errors import ExkitError
from exkit.present.show import figure
from exkit.result import result

HOSTILE = "Team <b>Zwolle</b>"


def scores(x: str, estimates: list[float], n: list[int], **told: object) -> pd.DataFrame:
    """Make the adjusted scores of teams as `ex.shrunken` gives them."""
    groups = pd.DataFrame({"organisation": "Bakery", "unit": [f"{HOSTILE} {i}" for i in range(len(n))]})
    estimates = np.array(estimates)
    margins = {"conf_low": estimates - 0.1234567, "conf_high": estimates + 0.1234567, "raw": estimates, "target": 3.0}
    return result(groups, x=x, effect="mean", **{"estimate": estimates, "n": n, **margins} | told)


def pair(**told: object) -> pd.DataFrame:
    """Make two scores of 24 teams: of every four, one with too few employees and one with too few customers."""
    across = scores("voice", [3.1234567, 3.2345678, 3.3456789, 3.9876543] * 6, [20, 9, 30, 40] * 6, **told)
    upward = scores("csat", [7.1234567, 7.2345678, 7.3456789, 7.9876543] * 6, [50, 50, 8, 60] * 6, **told)
    return pd.concat([across, upward])


def svg() -> str:
    """Draw them, as a page has it."""
    drawn = pair()
    return figure(
        ex.plot_scatter(drawn, min_n=10), title="Teams", alt=ex.describe(drawn, language="en"),
        table=ex.scatter_table(drawn, title="Teams", language="en"), language="en",
    )  # fmt: skip


def test_only_teams_with_enough_answers_to_both_are_drawn():
    """Two of every four, in words, picture and table."""
    assert ex.sentence(pair(), language="en") == (
        "Each dot is a team: 12 are drawn, and 12 with too few answers to one of the two are not."
    )
    dots = ex.plot_scatter(pair()).get_lines()[-1]
    assert dots.get_xdata().tolist() == [3.12] * 6 + [3.99] * 6


def test_nothing_on_the_page_names_a_team_or_its_organisation():
    """Not the picture, its description or its table."""
    assert not re.search("Zwolle|Bakery", svg())


def test_places_are_no_finer_than_the_table_prints(see: Callable):
    """Three digits of the widest difference; margins too."""
    ax = ex.plot_scatter(pair())
    drawn = np.concatenate([np.ravel(line.get_data()) for line in ax.get_lines()])
    drawn = drawn[~np.isnan(drawn)]
    assert np.allclose(drawn, drawn.round(2), atol=1e-12)
    assert "3.12 6 7.12 3.99 6 7.99" in see(ex.scatter_table(pair(), title="Teams", language="en")).text


def test_points_of_an_nps_are_whole():
    """A range of a hundred has no decimals."""
    upward = scores("nps", [-40.4, 3.3, 7.7, 60.6] * 3, [50] * 12)
    ax = ex.plot_scatter(pd.concat([scores("voice", [3.1, 3.2, 3.3, 3.4] * 3, [20] * 12), upward]))
    assert sorted(set(ax.get_lines()[-1].get_ydata())) == [-40, 3, 8, 61]


def test_a_few_teams_are_not_drawn():
    """Among nine teams whoever works there knows which dot is whose."""
    few = pd.concat([scores(x, [3.1, 3.2, 3.3] * 3, [50] * 9) for x in ("voice", "csat")])
    assert ex.sentence(few, language="en") == "With fewer than 10 teams, single teams are not shown."
    assert not len(ex.plot_scatter(few).get_lines()[-1].get_xdata())
    assert ex.scatter_table(few, title="Teams", language="en") == ""


def test_the_order_of_dots_does_not_follow_the_order_of_teams():
    """Whoever knows the file would know the dots."""
    shuffled = pair().iloc[::-1]
    shuffled = pd.concat([shuffled[shuffled["x"] == x] for x in ("voice", "csat")])
    first, second = (ex.plot_scatter(rows).get_lines()[-1].get_xdata().tolist() for rows in (pair(), shuffled))
    assert first == second


def test_where_no_team_may_be_drawn_a_sentence_says_why():
    """No respondents: reliability unknown, and no picture."""
    none = pair(estimate=np.nan, conf_low=np.nan, conf_high=np.nan, reason="reliability_unknown")
    assert ex.sentence(none, language="en") == "No team can be drawn: reliability unknown."
    assert ex.scatter_table(none, title="Teams", language="en") == ""


def test_a_single_measure_is_no_scatter():
    """The message says how to make one."""
    with pytest.raises(ExkitError, match="A scatter has two measures, and this result has 1"):
        ex.plot_scatter(scores("voice", [3.0], [20]))
