"""Exports of survey tools, laid out as these tools do."""

import json

import pandas as pd
import pytest

from exkit.survey.check import check
from exkit.survey.reading.facts import Dialect
from exkit.survey.reading.files import read_any

CODEBOOK = "table,variable,role,low,high\nemployees,year,wave,,\nemployees,Q1,recommend_work,0,10\n"
QUALTRICS = pd.DataFrame(
    [
        ["Recorded Date", "Year", "How likely are you to recommend us,\nas a place to work?"],
        [json.dumps({"ImportId": name}) for name in ("recordedDate", "QID9", "QID1_NPS")],
        ["2025-09-01", "2025", "9"],
        ["2025-09-02", "2025", "3"],
    ],
    columns=["RecordedDate", "year", "Q1"],
)
SURVEYMONKEY = """\
Respondent ID,Start Date,How likely are you to recommend us?,What do you like?,,,In your own words
,,Response,Pay,Team,Other (please specify),Open-Ended Response
1001,2025-09-01,9,Pay,,,Good
1002,2025-09-01,3,,Team,Coffee,
"""
LIMESURVEY = (
    '"id. Response ID","year. Year","Q1. Would you recommend us?","Q2[SQ1]. Work [Voice]"\n1,2025,9,4\n2,2025,3,2\n'
)


def employees(folder):
    """Check a dataset and give its employees, which must be sound."""
    checked = check(folder)
    assert checked.breaches["message"].tolist() == []
    return checked.study_parts["tables"]["employees"]


def test_qualtrics_has_three_header_rows(dataset):
    """Names, questions with line breaks, import ids; then answers."""
    folder = dataset(codebook=CODEBOOK, files={"employees.csv": QUALTRICS.to_csv(index=False).encode("utf-8-sig")})
    assert employees(folder)["Q1"].tolist() == [9, 3]
    assert "employees.csv: is an export of Qualtrics, with its questions above." in set(check(folder).notes["message"])


def test_rows_of_qualtrics_are_told_as_a_spreadsheet_numbers_them(breaches):
    """The first answer is in row 4."""
    wrong = QUALTRICS.replace("9", "11").to_csv(index=False)
    (told,) = breaches(codebook=CODEBOOK, files={"employees.csv": wrong})
    assert "value '11' outside 0-10 (row 4)" in told


def test_qualtrics_in_excel_is_recognised_too(tmp_path):
    """It exports both."""
    QUALTRICS.to_excel(tmp_path / "export.xlsx", index=False, engine="xlsxwriter")
    frame, facts = read_any(tmp_path / "export.xlsx")
    assert frame["Q1"].tolist() == ["9", "3"]
    assert facts.tool == "qualtrics"
    assert facts.questions["Q1"] == "How likely are you to recommend us,\nas a place to work?"


def test_qualtrics_that_is_declared_must_be_qualtrics(breaches):
    """A file of which somebody removed a header row is not read."""
    without = QUALTRICS.drop(index=1).to_csv(index=False)
    declared = "files: {employees: [{file: export.csv, format: qualtrics}]}"
    (told,) = breaches(codebook=CODEBOOK, files={"export.csv": without, "study.yml": declared})
    assert told.startswith("export.csv: has not the header rows of 'qualtrics', which study.yml declares.")


def test_surveymonkey_has_two_header_rows(tmp_path):
    """A question with several columns gives each its own name."""
    (tmp_path / "export.csv").write_text(SURVEYMONKEY)
    frame, facts = read_any(tmp_path / "export.csv")
    assert facts.tool == "surveymonkey"
    assert list(frame.columns) == [
        "Respondent ID",
        "Start Date",
        "How likely are you to recommend us?",
        "What do you like?: Pay",
        "What do you like?: Team",
        "What do you like?: Other (please specify)",
        "In your own words",
    ]
    assert frame["How likely are you to recommend us?"].tolist() == ["9", "3"]
    assert list(frame.index) == [3, 4]


def test_limesurvey_writes_the_question_behind_the_name(dataset):
    """Which is declared, since other files may have full stops in their names."""
    declared = "files: {employees: [{file: results.csv, format: limesurvey}]}"
    folder = dataset(codebook=CODEBOOK, files={"results.csv": LIMESURVEY, "study.yml": declared})
    assert employees(folder)["Q1"].tolist() == [9, 3]


def test_limesurvey_keeps_its_questions(tmp_path):
    """Those of parts of a question too."""
    (tmp_path / "results.csv").write_text(LIMESURVEY)
    _, facts = read_any(tmp_path / "results.csv", dialect=Dialect(format="limesurvey"))
    assert facts.questions["Q2[SQ1]"] == "Work [Voice]"


@pytest.mark.parametrize("declared", [{}, {"header_row": 3}], ids=["found", "declared"])
def test_titles_may_stand_above_the_names(dataset, declared):
    """The row that names columns of the codebook is the header, and rows are counted from the top."""
    text = "Staff survey\nof 2025\nyear,Q1\n2025,9\n2025,12\n"
    study = json.dumps({"files": {"employees": [{"file": "export.csv", **declared}]}})
    (told,) = check(dataset(codebook=CODEBOOK, files={"export.csv": text, "study.yml": study})).breaches["message"]
    assert "value '12' outside 0-10 (row 5)" in told


def test_names_in_the_first_row_are_the_header_whatever_stands_below(dataset):
    """An answer may be the name of a column."""
    files = {"employees.csv": "year,Q1,word\n2025,9,Q1\n2025,3,year\n"}
    assert employees(dataset(codebook=CODEBOOK, files=files))["Q1"].tolist() == [9, 3]


def test_a_declared_header_must_have_names(breaches):
    """Row 9 of a file with two rows."""
    study = "files: {employees: [{file: export.csv, header_row: 9}]}"
    (told,) = breaches(codebook=CODEBOOK, files={"export.csv": "year,Q1\n2025,9\n", "study.yml": study})
    assert told == (
        "export.csv: no row with names of columns in row 9, which study.yml declares. Begin with the header."
    )
