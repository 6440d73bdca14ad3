from pathlib import Path

import pandas as pd
import pytest

from exkit import context
from exkit.errors import ExkitError
from exkit.survey.study import open as open_study

SHARED = Path(__file__).parents[3] / "shared"
real = pytest.mark.skipif(not SHARED.exists(), reason="the folder with public data is not beside the project")

CODEBOOK = """\
table,variable,role,type,low,high,label_en,label_nl
employees,person,respondent,,,,,
employees,team,unit,,,,Team,
employees,year,wave,,,,,
employees,enps,recommend_work,,0,10,Recommend as employer,Aanbeveling als werkgever
employees,contract,group,choice,,,,
units,id,unit,,,,,
units,year,wave,,,,,
units,company,organisation,,,,,
organisations,company,organisation,,,,,
organisations,branch,sector,,,,,
"""
VALUES = "table,variable,value,label_en,label_nl\nemployees,contract,1,Fixed,Vast\nemployees,contract,2,Flexible,\n"
EMPLOYEES = {
    "person": ["p1", "p2", "p1"],
    "team": ["007", "NA", "007"],
    "year": [2024, 2024, 2025],
    "enps": [9, 3, 10],
    "contract": [1, 2, 1],
}
UNITS = {"id": ["007", "NA", "007"], "year": [2024, 2024, 2025], "company": ["A", "A", "B"]}
ORGANISATIONS = {"company": ["A", "B"], "branch": ["care", "trade"]}


@pytest.fixture
def study(dataset):
    """Open a small study with employees, units and organisations."""
    files = {"values.csv": VALUES, "study.yml": "title: {nl: Proef, en: Trial}\nsynthetic: true\n"}
    tables = {"employees": EMPLOYEES, "units": UNITS, "organisations": ORGANISATIONS}
    return open_study(dataset(codebook=CODEBOOK, files=files, **tables))


def test_a_study_says_what_it_holds(study):
    """Rows, waves, organisations, units, and that the data are made up."""
    assert repr(study) == (
        "Study 'study' (synthetic): employees 3 rows, units 3 rows, organisations 2 rows; "
        "waves 2024, 2025; 2 organisations; 2 units"
    )


def test_keys_have_the_kits_own_names(study):
    """Beside the study's own columns."""
    people = study.people("employees")
    assert people["unit"].tolist() == people["team"].tolist() == ["007", "NA", "007"]
    assert people["wave"].tolist() == ["2024", "2024", "2025"]


def test_organisation_and_sector_are_looked_up_by_unit_and_wave(study):
    """A team moved from A to B, and with it from care to trade."""
    people = study.people("employees")
    assert people["organisation"].tolist() == ["A", "A", "B"]
    assert people["sector"].tolist() == ["care", "care", "trade"]


def test_looking_people_up_leaves_the_tables_alone(study):
    """The study is never changed."""
    before = study.tables["employees"].copy()
    people = study.people("employees")
    people["enps"] = 0
    pd.testing.assert_frame_equal(study.tables["employees"], before)


def test_an_unknown_table_is_answered_with_the_nearest(study):
    """One suggestion."""
    with pytest.raises(ExkitError, match=r"No table 'employes'.* Did you mean 'employees'"):
        study.people("employes")


def test_names_are_text_and_answers_are_numbers(study):
    """007 and NA are teams."""
    employees = study.tables["employees"]
    assert isinstance(employees["team"].dtype, pd.StringDtype)
    assert employees["enps"].dtype == float


def test_labels_come_in_the_readers_language(study):
    """Of variables, roles and values, and of the study itself."""
    assert study.label("enps", "nl") == study.label("recommend_work", "nl") == "Aanbeveling als werkgever"
    assert study.title("nl") == "Proef"
    assert study.value_label("contract", "1", "nl") == "Vast"


def test_what_has_no_label_in_a_language_takes_the_other_or_its_own_name(study):
    """No reader meets an empty label."""
    assert study.value_label("contract", "2", "nl") == "Flexible"
    assert study.value_label("contract", "3", "nl") == "3"
    assert study.label("contract", "nl") == "contract"


SHARED_NAME = "table,variable,role,type\nemployees,gender,group,choice\ncustomers,gender,group,choice\n"


def test_a_value_of_two_tables_has_the_label_of_its_own(dataset):
    """1 may be a man in one and a woman in the other; where nobody says which, it stays 1."""
    labels = "table,variable,value,label_en\nemployees,gender,1,man\ncustomers,gender,1,woman\n"
    files = {"values.csv": labels, "employees.csv": "gender,a\n1,\n", "customers.csv": "gender,a\n1,\n"}
    study = open_study(dataset(codebook=SHARED_NAME, files=files))
    assert study.value_label("gender", "1", "en", table="employees") == "man"
    assert study.value_label("gender", "1", "en", table="customers") == "woman"
    assert study.value_label("gender", "1", "en") == "1"


def test_opening_sets_the_study_and_the_language_of_this_kernel(dataset):
    """So that a notebook need not repeat them."""
    study = open_study(dataset(), language="nl", min_n=12)
    assert context.current.study is study
    assert (context.current.language, context.current.min_n) == ("nl", 12)


def test_a_study_that_is_not_sound_does_not_open(dataset):
    """One error with all breaches, and the kernel as it was."""
    employees = {"person": ["p1", "p2"], "team": "North", "year": ["2025", ""], "enps": [11, 9]}
    with pytest.raises(ExkitError, match="2 problems in ") as refused:
        open_study(dataset(employees=employees))
    assert len(refused.value.rows) == 2
    assert context.current.study is None


def test_a_language_that_the_kit_does_not_speak_is_refused(dataset):
    """It speaks Dutch and English."""
    with pytest.raises(ExkitError, match="No language 'de'"):
        open_study(dataset(), language="de")


def test_the_smallest_group_is_at_least_one(dataset):
    """Nought would show everybody."""
    with pytest.raises(ExkitError, match="min_n is 0"):
        open_study(dataset(), min_n=0)


def test_a_study_without_waves_units_or_respondents_opens(dataset):
    """One column is enough."""
    study = open_study(dataset(codebook="table,variable,low,high\ncustomers,q,1,5\n", customers={"q": [1, 5]}))
    assert study.waves == []
    assert list(study.people("customers")) == ["q"]


@real
def test_mobile_phone_customers_are_read_by_their_codebook(dataset):
    """250 answers on a 1-10 scale: promoters minus detractors is 14.0 points."""
    codebook = "table,variable,role,low,high,promoter_from,detractor_to\ncustomers,CUSL3,recommend,1,10,9,6\n"
    customers = (SHARED / "real/mobi.csv").read_bytes()
    marks = open_study(dataset(codebook=codebook, files={"customers.csv": customers})).tables["customers"]["CUSL3"]
    assert 100 * ((marks >= 9).mean() - (marks <= 6).mean()) == pytest.approx(14.0)


@real
def test_leadership_items_of_2042_soldiers_are_read(dataset):
    """Companies are units, eleven items one scale."""
    items = "".join(f"employees,LEAD{i:02d},item,lead,1,5\n" for i in range(1, 12))
    codebook = "table,variable,role,scale,low,high\nemployees,COMPID,unit,,,\n" + items
    study = open_study(dataset(codebook=codebook, files={"employees.csv": (SHARED / "real/lq2002.csv").read_bytes()}))
    assert (len(study.people("employees")), study.people("employees")["unit"].nunique()) == (2042, 49)
