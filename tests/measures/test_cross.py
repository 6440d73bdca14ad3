"""Two questions to the same people, and one question to the same people twice."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

import exkit as ex
from exkit.errors import ExkitError

BOOK = """\
table,variable,role,low,high,promoter_from,detractor_to,favourable_from,missing,wave
employees,person,respondent,,,,,,,
employees,team,unit,,,,,,,
employees,year,wave,,,,,,,
employees,enps,recommend_work,0,10,9,6,,,2023
employees,enps,recommend_work,0,10,9,6,,,2024
employees,enps,recommend_work,0,10,8,5,,,2025
employees,advise,recommend_to_customers,0,1,,,1,9,
customers,stars,recommend,0,10,9,6,,,
"""


@pytest.fixture
def study(dataset: Callable[..., Path]) -> object:
    """Four people in two or three years, one of whom leaves a question open and one of whom does not know."""
    people = {
        "person": ["a", "b", "c", "d"] * 3,
        "team": "North",
        "year": ["2023"] * 4 + ["2024"] * 4 + ["2025"] * 4,
        "enps": [9, 7, 3, None, 8, 9, 3, 6, 8, 8, None, 2],
        "advise": [1, 0, 9, 1, 1, 1, 0, 0, 1, None, 1, 0],
    }
    customers = {"stars": [9, 3]}
    return ex.open(dataset(codebook=BOOK, employees=pd.DataFrame(people).convert_dtypes(), customers=customers))


def test_a_cross_tally_counts_people_who_answered_both(study: object):
    """A missing answer to either, or a don't-know, is no pair."""
    pairs = ex.cross(study, x="recommend_work", y="recommend_to_customers")
    assert pairs.counts["n"].sum() == 8
    assert pairs.counts[["mark", "promoter_group"]].notna().all(axis=None)


def test_promoters_are_those_of_the_wave_in_which_was_asked(study: object):
    """An 8 is a passive under one cut-off and a promoter under the next."""
    counts = ex.cross(study, x="recommend_work", y="recommend_to_customers").counts
    eights = counts[counts["mark"] == 8].set_index("wave")["promoter_group"]
    assert eights.to_dict() == {"2024": "passive", "2025": "promoter"}


def test_shares_per_mark_need_nothing_new(study: object):
    """The mark is a key like any other: the dose and its response."""
    found = ex.favourable(ex.cross(study, x="recommend_work", y="recommend_to_customers"), by=["mark"])
    assert found["mark"].tolist() == [2, 3, 6, 7, 8, 9]


def test_two_tables_are_not_crossed(study: object):
    """Employees and customers are different people."""
    with pytest.raises(ExkitError, match="'recommend_work' is asked of employees, 'recommend' of customers"):
        ex.cross(study, x="recommend_work", y="recommend")


def test_a_question_without_cut_offs_has_no_promoters(study: object):
    """The codebook says what a promoter is."""
    with pytest.raises(ExkitError, match="The codebook gives no promoter_from for 'advise'"):
        ex.cross(study, x="recommend_to_customers", y="recommend_work")


def test_nobody_is_in_a_cross_tally_or_in_one_of_the_same_people(study: object):
    """No cell of them names a respondent."""
    pairs = ex.cross(study, x="recommend_work", y="recommend_to_customers")
    assert not {"person", "respondent"} & (set(pairs.counts) | set(ex.followed(study, "recommend_work").counts))


def test_people_are_followed_from_one_wave_to_the_next(study: object):
    """Only who answered in both; the wave is the later one."""
    counts = ex.followed(study, "recommend_work").counts
    moves = counts[counts["wave"] == "2024"].set_index("before")["answer"]
    assert moves.to_dict() == {"promoter": 0, "passive": 1, "detractor": -1}
    assert counts["n"].sum() == 3 + 3


def test_who_moved_is_told_apart_from_who_stayed(study: object):
    """In 2024 a promoter fell, a passive rose, a detractor stayed; 2025 has other cut-offs, and nobody."""
    counts = ex.moved(study, x="recommend_work", y="recommend_to_customers").counts
    assert counts.set_index("moved")["before"].to_dict() == {"down": "promoter", "up": "passive", "stayed": "detractor"}
    assert set(counts["wave"]) == {"2024"}


@pytest.mark.parametrize("count", [ex.cross, ex.moved])
def test_a_question_that_was_not_asked_is_a_tally_of_nobody(study: object, count: Callable):
    """An empty name, or a role that nobody plays: every statistic says so, and none fails."""
    found = ex.favourable(count(study, x="recommend_work", y="").at(wave=""))
    assert found["reason"].tolist() == ["no_question"]


def test_the_study_is_left_as_it_was(study: object):
    """Counting adds no column to its tables."""
    before = study.tables["employees"].copy()
    ex.cross(study, x="recommend_work", y="recommend_to_customers")
    ex.followed(study, "recommend_work")
    pd.testing.assert_frame_equal(study.tables["employees"], before)


@pytest.mark.parametrize("key", ["year,wave", "person,respondent"])
def test_one_wave_or_people_without_names_leave_nobody_to_follow(dataset: Callable[..., Path], key: str):
    """The tally is empty, and does not fail."""
    book = f"""\
table,variable,role,low,high,promoter_from,detractor_to
employees,enps,recommend_work,0,10,9,6
employees,{key},,,,
"""
    people = {"enps": [9, 3], key.split(",")[0]: ["a", "a" if "year" in key else "b"]}
    followed = ex.followed(ex.open(dataset(codebook=book, employees=people)), "enps")
    assert followed.counts.empty
    assert followed.definitions.empty


def test_nobody_in_the_group_that_others_are_held_against_leaves_nothing_to_compare(dataset: Callable[..., Path]):
    """Everybody moved: there is no share of who stayed, and no complaint about a name that is right."""
    book = """\
table,variable,role,low,high,promoter_from,detractor_to,favourable_from
employees,person,respondent,,,,,
employees,year,wave,,,,,
employees,enps,recommend_work,0,10,9,6,
employees,yes,recommend_to_customers,0,1,,,1
"""
    people = {"person": list("abab"), "year": [1, 1, 2, 2], "enps": [9, 3, 3, 9], "yes": [1, 0, 0, 1]}
    moved = ex.moved(ex.open(dataset(codebook=book, employees=people)), x="enps", y="yes").at(wave="2")
    found = ex.compare(moved, between="moved", of="favourable", against="stayed")
    assert found["reason"].tolist() == ["not_asked"]
    with pytest.raises(ex.ExkitError, match="No moved 'stay'"):
        ex.compare(moved, between="moved", of="favourable", against="stay")


@pytest.mark.parametrize(("x", "y"), [("recommend", "enps"), ("enps", "recommend")])
def test_of_two_questions_the_one_that_was_not_asked_is_named(dataset: Callable[..., Path], x: str, y: str):
    """Whether it was to make the groups or to be compared between them."""
    pairs = ex.cross(ex.open(dataset()), x=x, y=y)
    assert ex.favourable(pairs)["x"].tolist() == ["recommend"]
