from collections.abc import Callable
from pathlib import Path

import pytest

import exkit as ex
from exkit.errors import ExkitError

SMALL = """\
table,variable,role,scale,low,high,label_en,label_nl
employees,year,wave,,,,,
employees,team,unit,,,,Team,
employees,enps,recommend_work,,0,10,Recommend as employer,Aanbeveling als werkgever
employees,q1,item,engagement,1,5,,
employees,q2,item,engagement,1,5,,
customers,team,unit,,,,,
customers,mark,recommend,,0,10,,
"""


def test_a_variable_is_found_by_name_by_table_and_name_and_by_role(read):
    """Whatever the column is called, its role finds it."""
    codebook = read(SMALL)
    assert {codebook.variable(n).name for n in ("enps", "employees.enps", "recommend_work")} == {"enps"}


def test_an_unknown_variable_is_answered_with_the_nearest(read):
    """One suggestion."""
    with pytest.raises(ExkitError, match="No variable 'recomend_work' in the codebook"):
        read(SMALL).variable("recomend_work")


def test_a_name_in_two_tables_needs_the_table(read):
    """The message says what to write."""
    with pytest.raises(ExkitError, match=r"Write 'employees\.team' or 'customers\.team'"):
        read(SMALL).variable("team")


def test_its_table_in_front_tells_them_apart(read):
    """The same name, another table."""
    assert read(SMALL).variable("customers.team").table == "customers"


def test_a_role_names_its_column_or_nothing(read):
    """Customers have no waves here."""
    codebook = read(SMALL)
    assert (codebook.role("unit", table="customers"), codebook.role("wave", table="customers")) == ("team", None)


def test_items_of_a_scale_come_in_order(read):
    """As the codebook lists them."""
    assert [item.name for item in read(SMALL).items("engagement")] == ["q1", "q2"]


def test_an_unknown_scale_is_answered_with_the_nearest(read):
    """One suggestion."""
    with pytest.raises(ExkitError, match="Did you mean 'engagement'"):
        read(SMALL).items("engagment")


def test_a_label_falls_back_on_the_other_language_and_then_on_the_name(read):
    """No reader meets an empty label."""
    codebook = read(SMALL)
    labels = [codebook.variable(f"employees.{name}").label("nl") for name in ("enps", "team", "q1")]
    assert labels == ["Aanbeveling als werkgever", "Team", "q1"]


CHANGING = """\
table,variable,role,wave,low,high,promoter_from,detractor_to,question_en,mode
employees,year,wave,,,,,,,
employees,enps,recommend_work,2023,1,10,9,6,Would you?,online
employees,enps,recommend_work,2024,0,10,9,6,Would you?,online
employees,enps,recommend_work,2025,0,10,9,6,How likely?,phone
employees,enps,recommend_work,2026,0,10,9,6,How likely?,phone
"""


def test_a_series_breaks_where_the_question_changes(read):
    """Another scale, then other words and another mode, then nothing."""
    codebook = read(CHANGING)
    told = codebook.definitions(codebook.variable("enps"), ["2023", "2024", "2025", "2026"])
    assert told["series"].tolist() == [1, 2, 3, 3]
    assert told["changed"].tolist() == ["", "scale", "question,mode", ""]
    assert told["low"].tolist() == [1, 0, 0, 0]


def test_a_wave_in_which_it_was_not_asked_is_absent(read):
    """2022 came before the question."""
    codebook = read(CHANGING)
    assert codebook.definitions(codebook.variable("enps"), ["2022", "2023"])["wave"].tolist() == ["2023"]


def test_a_row_for_one_wave_goes_before_the_row_for_all(read):
    """The exception beside the rule."""
    codebook = read("table,variable,wave,low,high\nemployees,q,,1,5\nemployees,q,2025,1,7\n")
    told = codebook.definitions(codebook.variable("q"), ["2024", "2025"])
    assert told["high"].tolist() == [5, 7]


def test_a_study_without_waves_has_one_definition(read):
    """The wave is empty text."""
    codebook = read(SMALL)
    assert codebook.definitions(codebook.variable("mark"), [""])["series"].tolist() == [1]


def test_a_scale_is_called_what_its_own_row_says(dataset: Callable[..., Path]):
    """A row of no column; without it the scale keeps its name, and no table needs such a column."""
    book = """\
table,variable,role,scale,low,high,label_en,label_nl
employees,q1,item,pride,1,5,,
employees,q2,item,workload,1,5,,
employees,pride,scale,,,,Pride in the work,Trots op het werk
"""
    study = ex.open(dataset(codebook=book, employees={"q1": [1, 5], "q2": [2, 4]}))
    assert [study.label("pride", language) for language in ("en", "nl")] == ["Pride in the work", "Trots op het werk"]
    assert study.label("workload", "en") == "workload"
    assert [v.name for v in study.codebook.variables()] == ["q1", "q2"]
    assert study.codebook.scales() == ["pride", "workload"]


def test_a_row_of_a_scale_that_no_item_belongs_to_is_refused(dataset: Callable[..., Path]):
    """A slip of the pen would otherwise go unseen."""
    book = "table,variable,role,scale,low,high\nemployees,q1,item,pride,1,5\nemployees,prid,scale,,,\n"
    with pytest.raises(ExkitError, match="prid: is the name of no scale"):
        ex.open(dataset(codebook=book, employees={"q1": [1, 5]}))
