from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import exkit as ex
from exkit.survey.study import Study

BOOK = """\
table,variable,role,low,high,promoter_from,detractor_to,favourable_from
employees,team,unit,,,,,
employees,enps,recommend_work,0,10,9,6,
employees,proud,item,1,5,,,4
employees,tired,item,1,5,,,
customers,team,unit,,,,,
customers,score,recommend,0,10,9,6,
"""
TEAMS = [f"T{i}" for i in range(8)]
STAFF = {"team": np.repeat(TEAMS, 3), "enps": [9, 8, 3] * 4 + [10, 9, 7] * 4, "proud": [1, 4, 5, 2] * 6, "tired": 3}
GUESTS = {"team": np.repeat(TEAMS, 2), "score": [2, 9] * 5 + [9, 10] * 3}


@pytest.fixture
def study(dataset: Callable[..., Path]) -> Study:
    """Open a study of eight teams, their people and their customers."""
    return ex.open(dataset(codebook=BOOK, employees=STAFF, customers=GUESTS))


def test_each_question_is_scored_as_the_codebook_says(study: Study):
    """The NPS where there are cut-offs, else the favourable share, else the mean; the same as by hand."""
    asked = [ex.tally(study, name) for name in ("recommend_work", "proud")]
    found = ex.correlate_tallies(asked, y=ex.tally(study, "recommend"))
    assert found[["x", "y"]].to_numpy().tolist() == [["enps", "score"], ["proud", "score"]]
    staff, guests = (pd.DataFrame(table).groupby("team") for table in (STAFF, GUESTS))
    nps = {"enps": staff["enps"], "score": guests["score"]}
    by_hand = {name: marks.agg(lambda s: ((s >= 9) * 1 - (s <= 6)).mean()) for name, marks in nps.items()}
    by_hand["proud"] = staff["proud"].agg(lambda s: (s >= 4).mean())
    expected = [by_hand[name].corr(by_hand["score"]) for name in ("enps", "proud")]
    assert found["estimate"].tolist() == pytest.approx(expected)
    assert found["n"].tolist() == [8, 8]


def test_a_question_without_variation_has_its_reason(study: Study):
    """The mean of a question without cut-offs, here 3 everywhere."""
    found = ex.correlate_tallies([ex.tally(study, "tired")], y=ex.tally(study, "recommend"))
    assert found["reason"].tolist() == ["constant"]


def test_a_question_that_nobody_was_asked_is_said_to_be_absent(study: Study):
    """Of the one that was asked there is a number all the same."""
    asked = [ex.tally(study, "recommend_to_customers"), ex.tally(study, "recommend_work")]
    found = ex.correlate_tallies(asked, y=ex.tally(study, "recommend"))
    assert found["reason"].tolist() == ["no_question", ""]
    assert ex.sentence(found).startswith(
        "‘Would recommend to customers (employees)’ and ‘score’ are not correlated here:"
    )


def test_without_customers_the_question_to_them_is_named(dataset: Callable[..., Path]):
    """Not too few answers: the question is not in these data."""
    book = "\n".join(line for line in BOOK.splitlines() if "customers," not in line)
    study = ex.open(dataset(codebook=book, employees=STAFF))
    found = ex.correlate_tallies([ex.tally(study, "recommend_work")], y=ex.tally(study, "recommend"))
    assert found["reason"].tolist() == ["no_question"]
    assert ex.sentence(found) == "These data do not have the question ‘Recommendation by customers’."


def test_without_teams_nothing_is_laid_side_by_side(dataset: Callable[..., Path]):
    """A sentence says that there are none."""
    book = BOOK.replace("customers,team,unit", "customers,team,group")
    study = ex.open(dataset(codebook=book, employees=STAFF, customers=GUESTS))
    found = ex.correlate_tallies([ex.tally(study, "recommend_work")], y=ex.tally(study, "recommend"))
    assert found["reason"].tolist() == ["not_asked"]
    assert ex.sentence(found) == "These data have no division by team."
