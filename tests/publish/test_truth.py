"""What people answered, counted afresh: the same as in the published figures, and what everybody knows of any group."""

from collections.abc import Callable
from pathlib import Path

import pandas as pd

from exkit.publish.truth import PLACES, count
from exkit.survey import study

CODEBOOK = """\
table,variable,role,scale,type,low,high,promoter_from,detractor_to,favourable_from
employees,person,respondent,,text,,,,,
employees,team,unit,,text,,,,,
employees,year,wave,,text,,,,,
employees,w,weight,,number,,,,,
employees,enps,recommend_work,,whole,0,10,9,6,
employees,proud,,,whole,1,5,,,4
employees,q1,item,voice,whole,1,5,,,
employees,q2,item,voice,whole,1,5,,,
"""
PEOPLE = {
    "person": ["p1", "p2", "p3", "p4"], "team": ["North", "North", "South", "South"], "year": "2025",
    "enps": [9, 3, 10, 7], "proud": [5, 3, 4, None], "q1": [4, 2, 5, 3], "q2": [2, 2, 5, 3],
}  # fmt: skip


def test_answers_are_counted_in_the_smallest_groups(dataset: Callable[..., Path]):
    """Team by wave; where there are no sectors all are in none."""
    truth = count(study.open(dataset(codebook=CODEBOOK, employees=PEOPLE | {"w": 1})), "enps")
    assert truth.names == ["n", "promoters", "detractors", "total", "= 3", "= 7", "= 9", "= 10"]
    assert truth.cells[PLACES].to_numpy().tolist() == [["2025", "", "", "North"], ["2025", "", "", "South"]]
    assert truth.counts.tolist() == [[2, 1, 1, 12, 1, 0, 1, 0], [2, 2 - 1, 0, 17, 0, 1, 0, 1]]


def test_what_holds_for_any_group_holds_for_these(dataset: Callable[..., Path]):
    """Promoters and detractors are at most all, marks lie between 0 and 10; those of all marks together are all."""
    truth = count(study.open(dataset(codebook=CODEBOOK, employees=PEOPLE | {"w": 1})), "enps")
    assert truth.limits[:3, :4].tolist() == [[-1, 1, 1, 0], [0, 0, 0, -1], [-10, 0, 0, 1]]
    same = truth.limits[3::2]
    assert same.tolist() == [[1, 0, 0, 0, -1, -1, -1, -1], [0, 1, 0, 0, 0, 0, -1, -1], [0, 0, 1, 0, -1, 0, 0, 0],
                             [0, 0, 0, 1, -3, -7, -9, -10]]  # fmt: skip
    assert (truth.limits[4::2] == -same).all()
    assert (truth.counts @ truth.limits.T <= 0).all()


def test_people_are_told_apart_by_what_they_answered_on_the_recommend_question(dataset: Callable[..., Path]):
    """Those alone who answered both; not customers, who were asked something else."""
    opened = study.open(dataset(codebook=CODEBOOK, employees=PEOPLE | {"w": 1}))
    truth = count(opened, "proud", crossed=True)
    assert truth.counts[:, 0].tolist() == [1, 1, 1]
    assert sorted(truth.cells["promoter_group"]) == ["detractor", "promoter", "promoter"]
    assert sorted(truth.cells["mark"].astype(float)) == [3, 9, 10]


def test_of_a_weighted_study_all_but_people_are_counted_with_weights(dataset: Callable[..., Path]):
    """And their sum is known beside."""
    truth = count(study.open(dataset(codebook=CODEBOOK, employees=PEOPLE | {"w": [0.5, 1.5, 1, 2]})), "proud")
    assert truth.names == ["n", "size", "favourable", "total", "= 3", "= 4", "= 5"]
    assert truth.counts.tolist() == [[2, 2, 0.5, 0.5 * 5 + 1.5 * 3, 1.5, 0, 0.5], [1, 1, 1, 4, 0, 1, 0]]


def test_of_a_scale_there_is_the_total_of_scores(dataset: Callable[..., Path]):
    """The mean of its items, per person."""
    truth = count(study.open(dataset(codebook=CODEBOOK, employees=PEOPLE | {"w": 1})), "voice")
    assert (truth.names, truth.counts.tolist()) == (["n", "total"], [[2, 5], [2, 8]])


def test_a_group_holds_all_that_it_does_not_tell_apart(dataset: Callable[..., Path]):
    """Everybody, a wave, a team, nobody."""
    truth = count(study.open(dataset(codebook=CODEBOOK, employees=PEOPLE | {"w": 1})), "enps")
    groups = pd.DataFrame({"wave": ["", "2025", "", "2024"], "unit": ["", "", "South", ""]})
    assert truth.inside(groups).tolist() == [[1, 1], [1, 1], [0, 1], [0, 0]]


def test_of_a_question_that_is_not_in_the_data_there_is_nothing(dataset: Callable[..., Path]):
    """Such as one that a claim is about."""
    assert count(study.open(dataset(codebook=CODEBOOK, employees=PEOPLE | {"w": 1})), "loyalty") is None
