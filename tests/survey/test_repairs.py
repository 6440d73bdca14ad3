"""Repairs that `values.csv` declares under `read_as`."""

from collections.abc import Callable

import pytest

from exkit.survey.check import check

PEOPLE = {"person": ["p1", "p2", "p3"], "team": ["Zorg", "Zorg ", "ZORG"], "year": 2025, "enps": [9, 3, 10]}
HEAD = "table,variable,value,read_as\n"


@pytest.fixture
def repaired(dataset) -> Callable:
    """Check three people of one team in three spellings, with the rows of a values.csv."""
    return lambda *rows, **columns: check(
        dataset(employees=PEOPLE | columns, files={"values.csv": HEAD + "\n".join(rows)})
    )


def test_a_declared_text_counts_as_another_value(repaired):
    """Without these two rows the team would be a breach."""
    checked = repaired("employees,team,Zorg ,Zorg", "employees,team,ZORG,Zorg")
    assert checked.study_parts["tables"]["employees"]["team"].tolist() == ["Zorg"] * 3


def test_repaired_cells_are_counted(repaired):
    """By file, variable and value, with their rows."""
    note = repaired("employees,team,Zorg ,Zorg", "employees,team,ZORG,Zorg").notes.iloc[0]
    assert (note["problem"], note["n"], note["rows"]) == ("read_as", 2, (3, 4))
    assert note["message"] == (
        "employees.csv: team: 'Zorg ', 'ZORG' read as 'Zorg', as values.csv declares (2 rows: 3, 4)."
    )


def test_an_answer_can_be_read_as_a_number_or_as_missing(repaired):
    """Words that a tool put in place of a number."""
    rows = ["employees,enps,10 - surely,10", "employees,enps,no idea,99"]
    checked = repaired(*rows, team="Zorg", enps=["10 - surely", "no idea", "3"])
    assert checked.breaches.empty
    assert checked.study_parts["tables"]["employees"]["enps"].tolist()[::2] == [10, 3]
    assert checked.study_parts["unanswered"][["code", "n"]].values.tolist() == [["99", 1]]


def test_a_repair_is_no_label(repaired):
    """What a study calls its values has no trace of it."""
    assert repaired("employees,team,Zorg ,Zorg", "employees,team,ZORG,Zorg").study_parts["values"].empty


def test_a_repair_that_touches_nothing_is_noted(repaired):
    """It may be misspelt itself."""
    notes = repaired("employees,team,Zrog,Zorg", team="Zorg").notes
    assert notes["message"].tolist() == [
        "values.csv: team: no cell holds 'Zrog', which is to be read as something else (row 2)."
    ]


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (["employees,enps,11,12"], "enps: '11' is read as '12', which is no value of it in codebook.csv (row 2)."),
        (["employees,enps,x,8.5"], "enps: 'x' is read as '8.5', which is no value of it"),
        (["employees,enps,x,y"], "enps: 'x' is read as 'y', which is no value of it"),
        (["employees,team,a,a"], "'a' is read as 'a', which is itself read as something else (row 2)."),
        (["employees,team,a,b", "employees,team,b,c"], "'a' is read as 'b', which is itself read as something else"),
        (["employees,teem,a,b"], "no variable 'teem' of table 'employees' in codebook.csv (row 2). Did you mean"),
        (["employees,team,a,b", "employees,team,a,c"], "value 'a' has more than one row (2 rows: 2, 3)."),
    ],
)
def test_a_repair_that_leads_nowhere_is_a_breach(repaired, rows, told):
    """Outside the codebook, in a circle, in two steps, or to two values."""
    messages = repaired(*rows, team="Zorg").breaches["message"].tolist()
    assert len(messages) == 1
    assert told in messages[0]


def test_a_repair_has_no_label(dataset):
    """The label belongs to the value that it is read as."""
    values = "table,variable,value,label_en,read_as\nemployees,team,a,A,b\n"
    checked = check(dataset(employees=PEOPLE | {"team": "b"}, files={"values.csv": values}))
    assert checked.breaches["problem"].tolist() == ["repair_labelled"]


def test_a_choice_is_repaired_to_one_of_its_values(breaches):
    """The nearest is suggested."""
    codebook = "table,variable,type\nemployees,contract,choice\n"
    values = "table,variable,value,label_en,read_as\nemployees,contract,fixed,Fixed,\nemployees,contract,perm,,fixd\n"
    (told,) = breaches(codebook=codebook, employees={"contract": ["fixed", "fixed"]}, files={"values.csv": values})
    assert told.endswith("which is no value of it in codebook.csv (row 3). Did you mean 'fixed'?")
