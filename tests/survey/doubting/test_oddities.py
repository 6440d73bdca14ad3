"""Numbers that a check points out."""

from collections.abc import Callable

import pytest

UNITS = "table,variable,role\nunits,unit,unit\nunits,calls,outcome\n"


@pytest.fixture
def numbers(suspected) -> Callable[..., list]:
    """List what is pointed out of a column of numbers in a table of units: problem, value, rows."""

    def find(calls: list) -> list:
        units = {"unit": [f"T{i}" for i in range(len(calls))], "calls": calls}
        return suspected(codebook=UNITS, units=units)[["problem", "value", "rows"]].to_numpy().tolist()

    return find


def test_a_zero_among_hundreds_is_pointed_out(numbers):
    """Nobody called, or nobody counted."""
    assert numbers([320, 110, 0, 450, 280, 905, 130, 240, 390, 510, 333]) == [["zero", "0", (4,)]]


def test_a_zero_among_marks_is_pointed_out(numbers):
    """No team has a 0 where the others have about 7."""
    assert numbers([7.1, 6.9, 7.4, 0, 7.2, 6.8, 7.0, 7.3, 6.7, 7.1, 7.0]) == [["zero", "0", (5,)]]


@pytest.mark.parametrize(
    "calls",
    [
        [3, 1, 0, 4, 2, 9, 1, 2, 3, 5, 3],
        [320, 0, 0, 450, 280, 905, 130, 240, 0, 510, 333],
        [320, -110, 0, 450, 280, 905, 130, 240, 390, 510, 333],
        [320, 110, 0],
    ],
    ids=["small numbers", "many zeros", "below zero too", "few numbers"],
)
def test_other_zeros_are_not_suspected(numbers, calls):
    """Where a zero is one number among others."""
    assert numbers(calls) == []


def test_a_code_inside_a_scale_is_pointed_out(suspected):
    """99 on a scale of 0-100, which hardly anybody else is near."""
    codebook = "table,variable,low,high\nemployees,mark,0,100\n"
    marks = [*range(0, 100, 3), 100, *[99] * 6]
    (found,) = suspected(codebook=codebook, employees={"mark": [*marks]}).to_dict("records")
    assert (found["problem"], found["value"], found["n"]) == ("missing_code", "99", 7)


def test_a_code_below_zero_is_pointed_out(numbers):
    """Among counts."""
    assert numbers([3, 1, -9, 4, 2, -9, 1, -9, 3, -9, -9]) == [["missing_code", "-9", (4, 7, 9, 11, 12)]]


def test_a_number_that_others_are_near_is_no_code(suspected):
    """99 among 98 and 100."""
    codebook = "table,variable,low,high\nemployees,mark,0,100\n"
    assert suspected(codebook=codebook, employees={"mark": [*range(90, 101)] * 6}).empty


STAFF = """\
table,variable,role
employees,team,unit
employees,year,wave
units,team,unit
units,year,wave
units,invited,
"""


def test_more_answers_than_people_are_pointed_out(suspected):
    """Three answers from a team of two, and in another year just as many."""
    employees = {"team": "North", "year": [2024] * 3 + [2025] * 3}
    units = {"team": ["North", "North", "South"], "year": [2024, 2025, 2025], "invited": [3, 2, 0]}
    (found,) = suspected(codebook=STAFF, employees=employees, units=units).to_dict("records")
    assert (found["problem"], found["file"], found["rows"]) == ("more_than_people", "units.csv", (3,))


def test_a_team_without_a_number_is_not_suspected(suspected):
    """Nobody wrote down how many were invited there."""
    units = {"team": ["North", "South"], "year": 2025, "invited": ["", 8]}
    assert suspected(codebook=STAFF, employees={"team": ["North"] * 3, "year": 2025}, units=units).empty
