"""Whose row it is, and which table."""

import pandas as pd

from exkit.survey.drafting.identify import find_keys, find_table
from exkit.survey.drafting.portrait import Portrait


def columns(**cells: list) -> list[Portrait]:
    """Portray columns."""
    return [Portrait(name, pd.Series([str(cell) for cell in its], dtype="str")) for name, its in cells.items()]


def roles(portraits: list[Portrait], table: str) -> dict[str, str]:
    """List the keys that are found."""
    return {key.role: key.name for key in find_keys(portraits, table)}


def test_a_respondent_has_a_row_a_wave():
    """Each person twice, in two years."""
    found = columns(person=["a", "b", "a", "b"], year=[2024, 2024, 2025, 2025], team=["N", "N", "S", "S"])
    assert roles(found, "employees") == {"wave": "year", "respondent": "person", "unit": "team"}


def test_an_id_that_repeats_is_no_respondent():
    """Numbers within a company are not those of persons."""
    assert "respondent" not in roles(columns(company=["x", "x", "y", "y"], subject_id=[1, 2, 1, 2]), "employees")


def test_a_table_of_units_has_a_row_a_unit():
    """Mostly figures, beside one name that never returns."""
    found = columns(school=["A", "B", "C"], score=[7.1, 6.4, 8.0], pupils=[120, 85, 300])
    assert find_table("export", found) == ("units", "each row is another school")
    assert roles(found, "units") == {"unit": "school"}


def test_a_table_is_told_by_its_name_or_by_its_id():
    """And is taken for employees where nothing says otherwise."""
    found = columns(q1=[1, 2, 3], q2=[3, 4, 1])
    assert find_table("klanten", found)[0] == "customers"
    assert find_table("export", columns(customer_id=["a", "b"], q1=[1, 2]))[0] == "customers"
    assert find_table("export", found) == ("employees", "nothing says what else it is")


def test_a_weight_is_above_zero_and_in_every_row():
    """What is called a weight and is not is no weight."""
    assert roles(columns(q=[1, 2], weight=[0.5, 1.5]), "employees") == {"weight": "weight"}
    assert roles(columns(q=[1, 2], weight=[0, 1.5]), "employees") == {}
