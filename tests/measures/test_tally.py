"""The tally: what is counted, by what, and that nobody is in it."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

import exkit as ex
from exkit.errors import ExkitError

CODEBOOK = """\
table,variable,role,scale,low,high,reverse,missing
employees,person,respondent,,,,,
employees,team,unit,,,,,
employees,year,wave,,,,,
employees,job,group,,,,,
employees,enps,recommend_work,,0,10,,99
employees,a,item,voice,1,5,,
employees,b,item,voice,1,5,yes,
"""


@pytest.fixture
def study(dataset: Callable[..., Path]) -> object:
    """Eight answers in two teams and two years."""
    people = {
        "person": [f"secret-{i}" for i in range(8)],
        "team": ["North"] * 4 + ["South"] * 4,
        "year": ["2024", "2025"] * 4,
        "job": ["desk", "road", "desk", None] * 2,
        "enps": [9, 3, 8, 99, 10, None, 7, 2],
        "a": [5, 4, None, 1, 2, 3, 4, 5],
        "b": [1, 2, 3, 5, 4, 3, 2, 1],
    }
    return ex.open(dataset(codebook=CODEBOOK, employees=pd.DataFrame(people).convert_dtypes()))


def test_a_tally_counts_valid_answers_only(study: object):
    """A declared missing code and an empty cell are no answers."""
    tally = ex.tally(study, "recommend_work")
    assert tally.counts["n"].sum() == 6
    assert sorted(tally.counts["answer"]) == [2, 3, 7, 8, 9, 10]


def test_nobody_is_in_a_tally(study: object):
    """No cell of it names a respondent."""
    tally = ex.tally(study, ["recommend_work", "voice"], by=["job"])
    frames = [tally.counts, tally.items["voice"].keys, tally.scores["voice"].keys]
    assert not any("secret" in str(frame.to_dict()) for frame in frames)


def test_people_without_a_group_are_counted_under_unknown(study: object):
    """Who left the job question open stays in the total."""
    tally = ex.tally(study, "recommend_work", by=["job"])
    assert tally.counts["job"].isna().any()
    assert ex.nps(tally, by=["job"])["n"].sum() == 6


def test_at_takes_one_wave_or_the_last(study: object):
    """An empty wave is the last one."""
    tally = ex.tally(study, "recommend_work")
    assert set(tally.at(wave="2024").counts["wave"]) == {"2024"}
    assert set(tally.at(wave="").counts["wave"]) == {"2025"}
    assert tally.at(sector="").counts.equals(tally.counts)


def test_at_names_the_nearest_wave(study: object):
    """A misspelt wave is not an empty page."""
    with pytest.raises(ExkitError, match=r"No wave '2204'. Did you mean '2024'"):
        ex.tally(study, "recommend_work").at(wave="2204")


def test_items_are_summed_over_complete_answers_with_reversed_ones_turned(study: object):
    """Who skipped an item is in no product; a reversed 1 on a five-point item is a 5."""
    items = ex.tally(study, "voice").items["voice"]
    assert items.keys["n"].sum() == 7
    assert items.sums[0].sum(axis=0).tolist() == [24, 7 * 6 - 18]


def test_answers_to_items_are_counted_over_complete_answers(study: object):
    """How often each answer was given to each item: as many as there are people, and with their sums."""
    items = ex.tally(study, "voice", by=["job"]).items["voice"]
    assert items.options.tolist() == [1, 2, 3, 4, 5]
    assert items.given.shape == (len(items.keys), 2, 5)
    assert (items.given.sum(axis=2) == items.keys[["n"]].to_numpy()).all()
    assert (items.given @ items.options == items.sums[0]).all()
    part = ex.tally(study, "voice").at(wave="2024").items["voice"]
    assert (part.given.sum(axis=2) == part.keys[["n"]].to_numpy()).all()


def test_items_whose_scale_changed_have_no_common_options(dataset: Callable[..., Path]):
    """Five points in one wave and seven in the next: there are answers, and no count of each."""
    book = "table,variable,wave,role,scale,low,high\nemployees,wave,,wave,,,\nemployees,a,,item,voice,1,5\n"
    book += "employees,b,1,item,voice,1,5\nemployees,b,2,item,voice,1,7\n"
    people = {"wave": ["1", "2"], "a": [1, 2], "b": [3, 7]}
    items = ex.tally(ex.open(dataset(codebook=book, employees=people)), "voice").items["voice"]
    assert (len(items.options), items.given.shape, items.keys["n"].sum()) == (0, (2, 2, 0), 2)


def test_a_score_needs_half_of_the_items(study: object):
    """One of two answered items is enough."""
    assert ex.mean(ex.tally(study, "voice"))["n"].iloc[0] == 8


def test_questions_of_two_tables_are_not_counted_together(dataset: Callable[..., Path]):
    """A tally holds people of one kind."""
    book = "table,variable,role,low,high\nemployees,q,item,1,5\ncustomers,r,item,1,5\n"
    opened = ex.open(dataset(codebook=book, employees={"q": [1]}, customers={"r": [1]}))
    with pytest.raises(ExkitError, match="one table, not of 2: customers, employees"):
        ex.tally(opened, ["q", "r"])


def test_an_unknown_group_column_is_named(study: object):
    """With the nearest one that there is."""
    with pytest.raises(ExkitError, match=r"No column 'jobb'.*Did you mean 'job'"):
        ex.tally(study, "recommend_work", by=["jobb"])


@pytest.mark.parametrize("name", ["recommend", "recommend_to_customers", ""])
def test_a_recommend_question_that_was_not_asked_says_so(dataset: Callable[..., Path], name: str):
    """By its role, or by an empty name; at any wave, in any group, and among units."""
    counted = ex.tally(ex.open(dataset()), name).at(wave="")
    assert ex.nps(counted.at(wave="2025").until("2025"))["reason"].tolist() == ["no_question"]
    assert ex.nps(counted, by=["sector"])["reason"].tolist() == ["no_question"]
    assert ex.compare(counted, between="sector")["reason"].tolist() == ["not_asked"]
    assert ex.icc(counted)["reason"].unique().tolist() == ["no_question"]
    assert ex.units(ex.tally(ex.open(dataset()), "recommend_work"), counted)[name].isna().all()


def test_an_empty_group_is_none(study: object):
    """Data without the group are told so, in place of a number."""
    counted = ex.tally(study, "recommend_work", by=[""])
    assert ex.nps(counted, by=[""])["reason"].tolist() == ["no_question"]


def test_nobody_has_no_last_wave(dataset: Callable[..., Path]):
    """A question that nobody answered can be asked for like any other, and says so."""
    people = {"person": ["p1", "p2"], "team": "North", "year": "2025", "enps": [99, 99]}
    counted = ex.tally(ex.open(dataset(employees=people)), "recommend_work").at(wave="", unit="")
    assert ex.nps(counted)["reason"].tolist() == ["no_answers"]
