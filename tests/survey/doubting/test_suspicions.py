from pathlib import Path

import pandas as pd
import pytest

from exkit.survey.check import check
from exkit.survey.doubting.suspicions import suspicions

SAMPLE = Path(__file__).parents[3] / "data" / "sample"
REAL = Path(__file__).parents[4] / "shared" / "real"


def test_ordinary_answers_are_not_suspected(suspected):
    """Two people in one team."""
    assert suspected().empty


def test_a_suspicion_stops_nothing(dataset):
    """The study opens, with every value as it stood."""
    employees = {"person": [f"p{i}" for i in range(20)], "team": "North", "year": 2025, "enps": [1] * 8 + [10] * 12}
    checked = check(dataset(employees=employees))
    before = checked.study_parts["tables"]["employees"].copy()
    assert suspicions(checked)["problem"].tolist() == ["unused_end"]
    pd.testing.assert_frame_equal(checked.study_parts["tables"]["employees"], before)


def test_data_with_breaches_are_looked_at_too(dataset):
    """Whoever mends a file wants to know everything at once."""
    employees = {"person": [f"p{i}" for i in range(20)], "team": "North", "year": 2025, "enps": [1] * 8 + [11] * 12}
    checked = check(dataset(employees=employees))
    assert len(checked.breaches) == 1
    assert suspicions(checked)["problem"].tolist() == ["unused_end"]


def test_nothing_is_suspected_where_nothing_could_be_read(suspected):
    """A codebook that is not sound says nothing about the data."""
    assert suspected(codebook="table,variable\nemploys,x\n").empty


@pytest.mark.parametrize("lacking", ["person", "team", "year", "enps"])
def test_a_table_without_one_of_its_columns_is_looked_at_all_the_same(dataset, lacking):
    """As far as it goes."""
    rows = ["employees,person,respondent", "employees,team,unit", "employees,year,wave", "employees,enps,outcome"]
    rows += ["units,team,unit", "units,year,wave", "units,invited,outcome"]
    codebook = "\n".join(["table,variable,role", *rows, ""])
    employees = {"person": ["a", "b"], "team": ["N", "N"], "year": [2025, 2025], "enps": [9, 9]}
    del employees[lacking]
    there = {"team": ["N"], "year": [2025], "invited": [1]}
    there.pop(lacking, None)
    checked = check(dataset(codebook=codebook, employees=employees, units=there))
    assert "no_column" in set(checked.breaches["problem"])
    assert set(suspicions(checked)["problem"]) <= {"more_than_people"}


def test_of_the_sample_only_zeros_are_pointed_out():
    """Teams without customer contact have no visits and no calls."""
    found = suspicions(check(SAMPLE))
    assert found[["problem", "variable", "n"]].to_numpy().tolist() == [["zero", "visits", 56], ["zero", "calls", 56]]


@pytest.mark.parametrize(("low", "problems"), [(1, []), (0, ["unused_end"])])
def test_a_scale_from_1_given_as_from_0_is_seen_in_real_answers(dataset, low, problems):
    """Customers of a mobile operator, 24 items on a scale of 1-10."""
    path = REAL / "mobi.csv"
    if not path.exists():
        pytest.skip("the folder with real data is not there")
    items = pd.read_csv(path)
    rows = "".join(f"customers,{name},item,{low},10\n" for name in items)
    folder = dataset(codebook=f"table,variable,role,low,high\n{rows}", customers=items)
    assert suspicions(check(folder))["problem"].unique().tolist() == problems
