import pytest

from exkit.survey.check import check

PEOPLE = {"person": ["p1", "p2"], "team": ["North", "South"], "year": 2025, "enps": [9, 3]}


def test_people_without_a_unit_stay_in_and_are_noted(dataset):
    """They count in every figure that asks for no unit."""
    checked = check(dataset(employees=PEOPLE | {"team": ["North", ""]}))
    assert len(checked.study_parts["tables"]["employees"]) == 2
    assert checked.notes["message"].tolist() == [
        "employees.csv: team: rows without a unit stay in, under no unit (row 3)."
    ]


SHOWN = {"North\u00a0": r"North\xa0", "North\u200b": r"North\u200b"}
"""What cannot be seen is written as its code."""


@pytest.mark.parametrize("other", ["north", "North ", "NORTH", "North\u00a0", "North\u200b", "Ｎorth"])
def test_one_name_written_in_two_ways_is_a_breach(breaches, other):
    """Capitals, blanks, what cannot be seen, and forms of a letter do not make another team."""
    (told,) = breaches(employees=PEOPLE | {"team": ["North", other]})
    said = f"'North', '{SHOWN.get(other, other)}' look like one name (2 rows: 2, 3). Write it "
    assert told.startswith(f"employees.csv: team: {said}")


def test_an_accent_stored_in_two_ways_is_a_breach(breaches):
    """One letter, or a letter and a mark."""
    assert len(breaches(employees=PEOPLE | {"team": ["Zu\u00efd", "Zui\u0308d"]})) == 1


CLUSTERED = "table,variable,role\nemployees,person,respondent\nemployees,teacher,cluster\nemployees,enps,\n"


def test_a_cluster_written_in_two_ways_is_told_without_its_name(breaches):
    """It may be a person's."""
    pupils = {"person": ["p1", "p2"], "teacher": ["Visser", "Visser "], "enps": 9}
    (told,) = breaches(codebook=CLUSTERED, employees=pupils)
    assert told.startswith("employees.csv: teacher: 2 ids look alike: they differ in blanks")
    assert "Visser" not in told


@pytest.mark.parametrize(
    "waves",
    [("9", "10"), ("Q4 2024", "Q1 2025"), ("wave 9", "wave 10"), ("T2", "T11"), ("meting 2 (2023)", "meting 1 (2024)")],
)
def test_waves_whose_names_are_not_in_the_order_of_time_are_a_breach(breaches, waves):
    """Each would be compared with the wrong one."""
    (told,) = breaches(employees=PEOPLE | {"year": list(waves)})
    assert told.startswith("employees.csv: year: waves are put in the order of their names, which is not that of time:")
    assert told.endswith("Begin their names with the year, or write 09 for 9; values.csv can say so, under read_as.")


@pytest.mark.parametrize("waves", [("2024", "2025"), ("2024-Q4", "2025-Q1"), ("09", "10"), ("2019/2020", "2020/2021")])
def test_waves_in_the_order_of_time_are_neither_told_nor_noted(dataset, waves):
    """As most are."""
    checked = check(dataset(employees=PEOPLE | {"year": list(waves)}))
    assert [*checked.breaches["message"], *checked.notes["message"]] == []


def test_the_order_of_waves_without_a_number_is_noted(notes):
    """Nobody but who named them knows it."""
    assert notes(employees=PEOPLE | {"year": ["before", "after"]}) == [
        "employees.csv: year: waves are put in the order of their names: 'after', 'before'."
    ]


def test_waves_can_be_put_in_order_by_a_declared_repair(dataset):
    """As the message says."""
    rows = "table,variable,value,read_as\nemployees,year,Q4 2024,2024-Q4\nemployees,year,Q1 2025,2025-Q1\n"
    people = PEOPLE | {"year": ["Q4 2024", "Q1 2025"]}
    assert check(dataset(employees=people, files={"values.csv": rows})).breaches["message"].tolist() == []
