"""The report of a check: complete, in the reader's language, and silent about what people wrote."""

import re
from html import unescape

import pytest

from exkit.present.checking import check_report
from exkit.survey.check import check
from exkit.survey.doubting.suspicions import suspicions

EMPLOYEES = {
    "person": ["anna@example.org", "b", "b", "d"],
    "team": ["North", "North ", "South", "South"],
    "year": 2025,
    "enps": [11, "ask Jan", 99, 0],
}
VALUES = "table,variable,value,read_as\nemployees,team,North ,North\n"


@pytest.fixture
def report(dataset):
    """Write a dataset as `dataset` does, and give the parts of its report as text, by heading."""

    def make(*, language: str = "en", **parts: object) -> dict[str, str]:
        checked = check(dataset(**parts))
        made = check_report(checked, suspicions(checked), language=language)
        return {part.heading: " ".join(unescape(re.sub("<[^>]*>", " ", part.content)).split()) for part in made}

    return make


def test_a_report_says_what_must_be_mended_and_where(report):
    """The problem in words; below it the file, the variable, the value, how many and which rows."""
    told = report(employees=EMPLOYEES, files={"values.csv": VALUES})
    assert told["Verdict"] == "3 things must be mended before these data can be used."
    assert "declare them as missing in the codebook. employees.csv enps 11 1 2" in told["What must be mended"]
    assert "Decide which to keep. employees.csv person · 2 3, 4" in told["What must be mended"]


def test_a_report_counts_repairs_and_missing_answers(report):
    """What values.csv declares, and the cells without an answer."""
    told = report(employees=EMPLOYEES, files={"values.csv": VALUES})
    assert told["What was repaired, as declared"].endswith("employees.csv team North 1 3")
    assert told["Answers that are missing"].endswith("Employees enps 4 0 1 25.0%")


def test_a_report_says_what_was_read(report):
    """By table: files, rows, variables, waves, teams, organisations."""
    assert report()["What was read"].endswith("Employees employees.csv 2 4 2025 1 ·")


@pytest.mark.parametrize("language", ["nl", "en"])
def test_a_report_repeats_nothing_that_people_wrote(report, language):
    """No id and no words, also where these are what is wrong."""
    told = " ".join(report(language=language, employees=EMPLOYEES, files={"values.csv": VALUES}).values())
    assert "anna" not in told
    assert "Jan" not in told


def test_a_telephone_number_is_not_repeated(report):
    """Where a mark should be."""
    told = report(employees=EMPLOYEES | {"enps": ["0612345678", 1, 2, 3], "team": "North", "person": list("abcd")})
    assert "0612345678" not in " ".join(told.values())


def test_a_report_on_sound_data_says_so(report):
    """In the reader's language."""
    told = report(language="nl")
    assert told["Oordeel"] == "Niets staat het gebruik van deze gegevens in de weg."
    assert told["Wat hersteld moet worden"] == told["Wat fout kan zijn"] == "Niets."


def test_a_table_that_could_not_be_read_is_named(report):
    """A row for each table of the codebook."""
    told = report(employees="person,team,year,enps\np1,North,2025,9,9\n")
    assert told["What was read"].endswith("Employees not read · · · · ·")


def test_without_a_sound_codebook_nothing_is_read(report):
    """The report says why."""
    told = report(codebook="table,variable\nemploys,x\n")
    assert told["What was read"] == "No table could be read: the codebook must be sound first."
    assert told["Answers that are missing"] == "None."


def test_many_findings_are_cut_off_and_counted(report):
    """A page stays one that can be read."""
    values = "table,variable,value\n" + "".join(f"employees,x{i},1\n" for i in range(250))
    told = report(employees=EMPLOYEES, files={"values.csv": values})
    assert "more are listed by 'exkit check' itself." in told["What must be mended"]
