"""The response: counted from invitations and answers, never estimated."""

from collections.abc import Callable

import pandas as pd
import pytest

import exkit as ex

BOOK = """\
table,variable,role,type,low,high
employees,person,respondent,,,
employees,team,unit,,,
employees,year,wave,,,
employees,enps,recommend_work,,0,10
units,team,unit,,,
units,year,wave,,,
units,asked,,number,,
"""


@pytest.fixture
def opened(dataset: Callable) -> Callable:
    """Open a study with answers per team and wave, and with invitations: `opened(invited=[10, 20, 30, 40])`."""

    def make(*, invited: list | None = None, about: str = "") -> object:
        teams = pd.DataFrame({"team": ["a", "a", "b", "b"], "year": ["2024", "2025"] * 2})
        people = teams.loc[teams.index.repeat([5, 6, 7, 8])].reset_index(drop=True)
        people = people.assign(person=[f"p{i}" for i in people.index], enps=8)
        tables = {"employees": people} | ({"units": teams.assign(asked=invited)} if invited else {})
        book = BOOK if invited else "".join(BOOK.splitlines(keepends=True)[:5])
        return ex.open(dataset(codebook=book, files={"study.yml": about} if about else None, **tables))

    return make


def test_the_response_is_answers_over_invitations(opened: Callable):
    """26 of 100, and per wave 12 of 40 and 14 of 60; n is the number invited."""
    study = opened(invited=[10, 20, 30, 40])
    whole, waves = ex.response(study, invited="asked"), ex.response(study, by=["wave"], invited="asked")
    assert whole[["estimate", "answered", "n"]].to_numpy().tolist() == [[0.26, 26, 100]]
    assert waves["wave"].tolist() == ["2024", "2025"]
    assert waves["estimate"].tolist() == [12 / 40, 14 / 60]


def test_the_response_has_no_margin(opened: Callable):
    """It is a count of these people, not an estimate for others."""
    row = ex.response(opened(invited=[10, 20, 30, 40]), invited="asked").iloc[0]
    assert row[["std_error", "conf_low", "conf_high"]].isna().all()
    assert (row["effect"], row["y"], row["reason"]) == ("share", "response", "")


def test_later_waves_than_the_one_reported_are_left_out(opened: Callable):
    """An edition on 2024 knows nothing of 2025."""
    found = ex.response(opened(invited=[10, 20, 30, 40]), by=["wave"], wave="2024", invited="asked")
    assert found["wave"].tolist() == ["2024"]


def test_answers_of_a_team_without_invitations_are_left_out(opened: Callable):
    """They would count against nobody: 5 + 7 of 40 in 2024, and 8 of 40 in 2025."""
    found = ex.response(opened(invited=[10, None, 30, 40]), by=["wave"], invited="asked")
    assert found["estimate"].tolist() == [12 / 40, 8 / 40]


def test_more_answers_than_invitations_are_no_response(opened: Callable):
    """Something is wrong with the numbers, and the row says so."""
    row = ex.response(opened(invited=[1, 1, 1, 1]), invited="asked").iloc[0]
    assert pd.isna(row["estimate"])
    assert row["reason"] == "more_than_invited"


def test_without_units_the_study_says_how_many_were_invited_last(opened: Callable):
    """`invited` in study.yml is of the last wave: 14 of 28."""
    found = ex.response(opened(about="invited: 28\n"), by=["wave"])
    assert found[["wave", "estimate"]].to_numpy().tolist() == [["2025", 0.5]]


def test_without_invitations_there_is_no_response(opened: Callable):
    """Nor one by sector in data that have none."""
    assert ex.response(opened()).loc[0, "reason"] == "not_asked"
    assert ex.response(opened(invited=[9] * 4), by=["sector"], invited="asked").loc[0, "reason"] == "not_asked"
