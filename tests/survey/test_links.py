import pytest

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
