"""What names say of roles."""

import pytest

from exkit.survey.drafting.roles import is_id, is_only, recommends, says, stem, table_of


@pytest.mark.parametrize("name", ["SUBNUM", "respondent_id", "ResponseId", "klantnr", "medewerker"])
def test_a_persons_number_is_recognised(name: str):
    """In English and Dutch."""
    assert is_id(name)


@pytest.mark.parametrize("name", ["pct.resp", "employee_satisfaction", "guess"])
def test_what_is_about_persons_is_no_number_of_theirs(name: str):
    """A share of respondents is a figure."""
    assert not is_id(name)


def test_a_role_is_a_word_in_a_name():
    """A year is a wave; the years of service are not only that."""
    assert is_only("Year", "wave")
    assert is_only("team_nr", "unit")
    assert not is_only("years_of_service", "wave")
    assert says("RecordedDate", "date")


@pytest.mark.parametrize(
    ("question", "table", "role"),
    [
        ("How likely are you to recommend us as a place to work?", "employees", "recommend_work"),
        ("Zou u onze diensten aanbevelen?", "employees", "recommend_to_customers"),
        ("Hoe waarschijnlijk is het dat u ons aanbeveelt?", "customers", "recommend"),
        ("How old are you?", "employees", ""),
    ],
)
def test_a_recommendation_is_told_by_its_question(question: str, table: str, role: str):
    """Employees may recommend the work or the service."""
    assert recommends("Q1", question, table) == role


@pytest.mark.parametrize(
    ("name", "shared"),
    [("LEAD01", "LEAD"), ("Q5_3", "Q5"), ("sat_b", "sat"), ("S1[SQ002]", "S1"), ("age", ""), ("2", "")],
)
def test_items_share_the_start_of_their_name(name: str, shared: str):
    """Before a number, a letter or a code between brackets."""
    assert stem(name) == shared


def test_a_file_is_named_for_its_table():
    """A name that points to two says nothing."""
    assert [table_of(name) for name in ("klanten_2025", "mto2024", "customers_of_teams", "export")] == [
        "customers", "employees", None, None,
    ]  # fmt: skip
