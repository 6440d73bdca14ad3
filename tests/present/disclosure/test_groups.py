"""Which groups a result tells of, by what they have in common, and how many people gave which answer."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd

import exkit as ex
from exkit.present.disclosure.book import compared_in, name_of
from exkit.present.disclosure.groups import UNKNOWN, Groups, groups_of, keys_of, sides_of
from exkit.result import result


def test_an_nps_tells_how_many_people_promoters_and_detractors_there_are():
    """Its shares times its n."""
    sectors = pd.DataFrame({"sector": ["care", "trade"]})
    told = groups_of(
        result(
            sectors, x="enps", effect="nps", estimate=[10, 0], n=[40, 20], promoters=[0.3, 0.2], detractors=[0.2, 0.2]
        )
    )
    assert told.counts.to_dict("list") == {"n": [40, 20], "promoters": [12, 4], "detractors": [8, 4]}
    assert told.keys.to_dict("list") == {"x": ["enps", "enps"], "sector": ["care", "trade"]}


def test_a_share_tells_how_many_gave_an_answer():
    """Of promoters it is the same count that an NPS tells; other answers have their own."""
    shares = result(x="enps", y=["promoter", "favourable"], effect="share", estimate=[0.25, 0.5], n=40)
    counts = groups_of(shares).counts
    assert counts["promoters"].tolist()[0] == 10
    assert counts["= favourable"].tolist()[1] == 20
    assert np.isnan(counts["promoters"].tolist()[1])


def test_of_a_weighted_study_counts_are_what_the_weights_make_of_them():
    """Shares are weighted, numbers of answers are not."""
    told = groups_of(result(x="enps", effect="nps", estimate=5, n=7, promoters=0.4, detractors=0.35))
    assert told.counts["promoters"].tolist() == [0.4 * 7]


def test_what_cannot_be_added_up_is_no_group():
    """A correlation, a difference, a row without answers; the index says which rows are."""
    rows = result(x="enps", effect=["r", "nps", "diff", "nps"], estimate=1, n=[20, 0, 30, 40], promoters=0.2)
    assert groups_of(rows).keys.index.tolist() == [3]


def test_the_wave_that_all_figures_are_of_is_part_of_the_name():
    """Or a figure of one wave would be taken for that of all."""
    rows = result(pd.DataFrame({"sector": ["care"]}), x="enps", effect="nps", n=40, at="2025")
    assert keys_of(rows).to_dict("records") == [{"x": "enps", "sector": "care", "wave": "2025"}]


def test_people_of_whom_a_name_is_not_known_are_a_group_too():
    """Nobody knows which sector they are in; they are not everybody."""
    rows = result(pd.DataFrame({"sector": ["care", None]}), x="enps", effect="nps", n=40)
    assert keys_of(rows)["sector"].tolist() == ["care", UNKNOWN]


def test_a_comparison_of_waves_has_sides_of_two_waves():
    """Within one sector; the wave of the row is not theirs."""
    sides = pd.DataFrame({"sector": ["care"], "level": ["2025"], "reference": ["2024"]})
    rows = result(sides, x="enps", effect="diff", n=80, between="wave", against="")
    one, other = sides_of(rows)
    assert one.to_dict("records") == [{"x": "enps", "sector": "care", "wave": "2025"}]
    assert other["wave"].tolist() == ["2024"]


def test_a_distance_from_a_benchmark_has_the_benchmark_on_its_other_side():
    """Of the sector without the organisation, of everybody without both."""
    own = pd.DataFrame({"sector": "care", "organisation": "a", "wave": "1"}, index=[0, 1])
    rows = result(own, x="enps", effect="diff", n=40, against=["sector", "all"])
    rows = rows.assign(between="", level="", reference="")
    one, other = sides_of(rows)
    assert one["organisation"].tolist() == ["a", "a"]
    assert other[["sector", "organisation", "wave"]].to_numpy().tolist() == [["care", "", "1"], ["", "", "1"]]


def test_what_several_rows_tell_of_one_group_is_put_together():
    """One tells promoters, the other the sum of all marks."""
    keys = pd.DataFrame({"x": "enps", "sector": ["care", "arts", "care"]})
    counts = pd.DataFrame({"n": [40, 20, 40], "promoters": [12, 5, np.nan], "total": [np.nan, np.nan, 280]})
    once, place = Groups(keys, counts).together()
    assert once.keys["sector"].tolist() == ["arts", "care"]
    assert once.counts.iloc[1].tolist() == [40, 12, 280]
    assert place.tolist() == [1, 0, 1]


def test_whose_figure_a_row_is_does_not_make_another_group_of_it():
    """In a report on one organisation, where each line has a word for that."""
    places = {"sector": ["care", "care", ""], "organisation": ["a", "", ""]}
    lines = pd.DataFrame({"whose": ["own", "sector", "all"], **places})
    plain = result(lines[["sector", "organisation"]].assign(wave="1"), x="enps", effect="nps", n=40)
    named = name_of(keys_of(result(lines, x="enps", effect="nps", n=40, at="1")))
    assert named == name_of(keys_of(plain))


def test_who_was_chosen_beforehand_is_part_of_the_name(dataset: Callable[..., Path]):
    """A team taken out of a tally is that team, and not everybody; so is each side of its change."""
    people = [(f"p{i}", f"Team {i % 2}", year, i % 11) for year in ("2024", "2025") for i in range(40)]
    columns = dict(zip(("person", "team", "year", "enps"), zip(*people, strict=True), strict=True))
    team = ex.tally(ex.open(dataset(employees=columns)), "recommend_work").at(unit="Team 0")
    assert name_of(keys_of(ex.nps(team.at(wave="2025")))) == ['{"unit": "Team 0", "wave": "2025", "x": "enps"}']
    sides = sides_of(compared_in(ex.compare(team, between="wave", against="previous")))
    assert [keys[["unit", "wave"]].iloc[0].tolist() for keys in sides] == [["Team 0", "2025"], ["Team 0", "2024"]]
