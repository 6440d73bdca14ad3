import pytest

from exkit.survey.check import check

PEOPLE = {"person": ["p1", "p2"], "team": ["North", "South"], "year": 2025, "enps": [9, 3]}
UNITS = "units,unit,unit\nunits,company,organisation\n"


@pytest.fixture
def linked(breaches):
    """List the breaches of employees whose organisation is looked up in `units`."""
    head = "table,variable,role\n"
    employees = "employees,person,respondent\nemployees,team,unit\nemployees,year,wave\nemployees,enps,\n"
    return lambda employed, units: breaches(codebook=head + employees + UNITS, employees=employed, units=units)


def test_units_that_are_all_known_are_no_breach(linked):
    """Two teams, one organisation."""
    assert linked(PEOPLE, {"unit": ["North", "South"], "company": "A"}) == []


def test_a_unit_that_is_not_in_units_is_answered_with_the_nearest(linked):
    """Its people would silently belong to no organisation."""
    told = linked(PEOPLE, {"unit": ["North", "Souht"], "company": "A"})
    assert told == ["employees.csv: unit: 'South' is not in units (row 3). Did you mean 'Souht'?"]


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


ORGANISED = """\
table,variable,role
employees,team,unit
employees,company,organisation
employees,year,wave
employees,enps,
"""


def test_a_unit_is_in_one_organisation_in_a_wave(breaches):
    """Otherwise its people would be counted in both."""
    people = {"team": "North", "company": ["A", "B"], "year": 2025, "enps": 9}
    (told,) = breaches(codebook=ORGANISED, employees=people)
    assert told.startswith("employees.csv: unit: 'North' is in 'A', 'B' at once (2 rows: 2, 3).")


def test_a_unit_may_move_to_another_organisation(breaches):
    """From one wave to the next."""
    people = {"team": "North", "company": ["A", "B"], "year": [2024, 2025], "enps": 9}
    assert breaches(codebook=ORGANISED, employees=people) == []
