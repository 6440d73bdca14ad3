"""Patterns of answering that a check points out."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

ITEMS = [f"q{i}" for i in range(12)]
KEYS = """\
table,variable,role,scale,low,high,reverse
employees,person,respondent,,,,
employees,team,unit,,,,
employees,year,wave,,,,
"""
CODEBOOK = KEYS + "".join(f"employees,{q},item,s,1,5,{'yes' if i % 3 == 2 else ''}\n" for i, q in enumerate(ITEMS))


def answers(n: int = 60) -> pd.DataFrame:
    """Let people answer twelve items in keeping with one opinion each; every third item is reversed."""
    rng = np.random.default_rng(7)
    opinion = rng.integers(1, 6, n)[:, None]
    given = np.clip(opinion + rng.integers(-1, 2, (n, 12)), 1, 5)
    given[:, 2::3] = 6 - given[:, 2::3]
    people = pd.DataFrame(given, columns=ITEMS)
    return people.assign(person=[f"p{i}" for i in range(n)], team="North", year=2025)


@pytest.fixture
def found(suspected) -> Callable[[pd.DataFrame], list]:
    """List what is pointed out of answers: problem, variable, rows."""

    def find(people: pd.DataFrame, codebook: str = CODEBOOK) -> list:
        return suspected(codebook=codebook, employees=people)[["problem", "variable", "rows"]].to_numpy().tolist()

    return find


def test_answers_in_keeping_with_an_opinion_are_not_suspected(found):
    """Sixty people, twelve items."""
    assert found(answers()) == []


def test_the_same_answers_twice_are_pointed_out(found):
    """The last person answers as the fourth did."""
    people = answers()
    people.loc[59, ITEMS] = people.loc[3, ITEMS] = [1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 1, 2]
    assert found(people) == [["same_answers", "", (5, 61)]]


def test_the_same_answers_in_another_team_are_not(found):
    """A form is sent in twice by one person."""
    people = answers().assign(team=["South"] * 59 + ["North"])
    people.loc[59, ITEMS] = people.loc[3, ITEMS] = [1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 1, 2]
    assert found(people) == []


def test_the_same_answers_twice_are_pointed_out_without_waves(found):
    """In a survey that was held once."""
    people = answers().drop(columns="year")
    people.loc[59, ITEMS] = people.loc[3, ITEMS] = [1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 1, 2]
    assert found(people, CODEBOOK.replace("employees,year,wave,,,,\n", "")) == [["same_answers", "", (5, 61)]]


def test_a_person_who_answers_the_same_a_year_later_is_pointed_out(found):
    """Rows of one wave copied to the next."""
    people = answers()
    people.loc[1, [*ITEMS, "person"]] = people.loc[0, [*ITEMS, "person"]] = [1, 2, 3, 4, 5, 1, 2, 3, 4, 5, 1, 2, "p"]
    assert found(people.assign(year=[2024] + [2025] * 59)) == [["same_answers_later", "", (2, 3)]]


def test_few_answers_that_are_the_same_are_not_suspected(suspected):
    """With two questions people are bound to agree."""
    codebook = KEYS + "employees,q0,item,s,1,5,\nemployees,q1,item,s,1,5,\n"
    assert suspected(codebook=codebook, employees=answers()[["person", "team", "year", "q0", "q1"]]).empty


def test_one_answer_to_everything_is_pointed_out_with_its_share(suspected):
    """Reversed items included, two of sixty."""
    people = answers()
    people.loc[[4, 9], ITEMS] = 3
    found = suspected(codebook=CODEBOOK, employees=people).iloc[0]
    assert (found["problem"], found["n"], found["rows"]) == ("straight_line", 2, (6, 11))
    assert "one answer to all of 12 items, q0 to q11, some of them reversed: 3.3% of 60 respondents" in found["message"]


def test_one_answer_to_everything_is_an_opinion_where_nothing_is_reversed(found):
    """Who likes everything says so."""
    people = answers()
    people[ITEMS[2::3]] = 6 - people[ITEMS[2::3]]
    people.loc[[4, 9], ITEMS] = 3
    assert found(people, CODEBOOK.replace("yes", "")) == []


def test_an_end_that_nobody_chose_is_pointed_out_wave_by_wave(suspected):
    """The tool gave 1-10 in one of two years."""
    people = pd.DataFrame({"person": range(44), "team": "North", "year": [2024] * 22 + [2025] * 22})
    people["enps"] = [*range(11)] * 2 + [max(1, mark) for mark in [*range(11)] * 2]
    people = pd.concat([people.assign(person=people["person"] + 100 * i) for i in range(3)])
    found = suspected(employees=people)
    assert found["message"].tolist() == [
        "employees.csv: enps: nobody answered 0 on a scale of 0-10, among 66 answers, in wave '2025'. "
        "Check the scale in codebook.csv."
    ]


def test_an_end_where_answers_taper_off_is_not_missed(suspected):
    """Nobody is expected there."""
    enps = [1] * 3 + [2] * 20 + [3] * 60 + [10] * 20
    assert suspected(employees={"person": range(103), "team": "North", "year": 2025, "enps": enps}).empty


def test_an_item_whose_reversal_is_not_declared_is_pointed_out(suspected):
    """It alone, and not the items that it runs against."""
    codebook = CODEBOOK.replace("q5,item,s,1,5,yes", "q5,item,s,1,5,")
    found = suspected(codebook=codebook, employees=answers())
    assert found[["problem", "variable", "n"]].to_numpy().tolist() == [["turned_item", "q5", 60]]
    assert "and is not declared as reversed, in wave '2025'" in found["message"][0]


def test_two_turned_items_are_both_pointed_out(found):
    """One after the other."""
    people = answers()
    people[["q0", "q1"]] = 6 - people[["q0", "q1"]]
    assert sorted(found(people)) == [["turned_item", "q0", ()], ["turned_item", "q1", ()]]


def test_a_variable_without_any_value_is_pointed_out(found):
    """Perhaps it has another name in the file."""
    assert found(answers().assign(q11="")) == [["all_empty", "q11", ()]]
