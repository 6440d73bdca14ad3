import pandas as pd
import pytest

from exkit.survey.check import check
from exkit.survey.findings import Findings
from exkit.survey.reading.facts import Dialect
from exkit.survey.reading.long import widen

CODEBOOK = """\
table,variable,role,low,high
employees,id,respondent,,
employees,team,unit,,
employees,q1,item,1,5
employees,q2,item,1,5
"""
STUDY = "files: {employees: [{file: answers.csv, format: long, respondent: id, question: item, answer: score}]}"
HEADER = "id,team,item,score,at\n"


def test_every_question_becomes_a_column(dataset):
    """An answer that is not there is an empty cell."""
    answers = HEADER + "p1,North,q1,4,9:00\np1,North,q2,5,9:01\np2,South,q2,1,9:02\n"
    checked = check(dataset(codebook=CODEBOOK, files={"answers.csv": answers, "study.yml": STUDY}))
    assert checked.breaches["message"].tolist() == []
    people = checked.study_parts["tables"]["employees"]
    assert people["team"].tolist() == ["North", "South"]
    assert people[["q1", "q2"]].fillna(0).to_numpy().tolist() == [[4, 5], [0, 1]]
    assert "answers.csv: 3 answers to 2 questions make 2 rows." in checked.notes["message"].tolist()
    assert "answers.csv: differ between answers and are left out: 'at'." in checked.notes["message"].tolist()


def test_a_row_is_told_by_its_first_answer(breaches):
    """Row 4 of the file is where the second respondent begins."""
    answers = HEADER + "p1,North,q1,4,\np1,North,q2,5,\np2,South,q2,7,\n"
    (told,) = breaches(codebook=CODEBOOK, files={"answers.csv": answers, "study.yml": STUDY})
    assert "q2: value '7' outside 1-5 (row 4)" in told


@pytest.mark.parametrize(
    ("answers", "told"),
    [
        ("p1,North,q1,4,\np1,North,q1,5,\n", "more than one answer of a respondent to a question (2 rows: 2, 3)."),
        ("p1,North,q1,4,\np1,South,q2,5,\n", "team: differs between the answers of one respondent (2 rows: 2, 3)."),
        ("p1,North,q1,4,\np1,North,,5,\n", "item: an answer to no question (row 3)."),
        ("p1,North,team,4,\n", "'team' is a question and a column."),
    ],
)
def test_what_cannot_be_laid_out_is_told(breaches, answers, told):
    """Nothing is chosen from."""
    found = breaches(codebook=CODEBOOK, files={"answers.csv": HEADER + answers, "study.yml": STUDY})
    assert found[0].startswith(f"answers.csv: {told}")


def test_a_respondent_has_a_row_in_each_wave():
    """The same question may be answered every year."""
    frame = pd.DataFrame({"id": ["p", "p"], "year": ["2024", "2025"], "q": ["a", "a"], "v": ["1", "2"]}, index=[2, 3])
    dialect = Dialect(format="long", respondent="id", wave="year", question="q", answer="v")
    wide = widen(frame, known=[], dialect=dialect, file="x.csv", findings=Findings())
    assert wide[["year", "a"]].to_numpy().tolist() == [["2024", "1"], ["2025", "2"]]


@pytest.mark.parametrize(("part", "told"), [("score", "no column 'score'"), ("", "which column is the answer")])
def test_columns_that_are_not_there_or_not_declared_are_told(breaches, part, told):
    """With what to write."""
    study = STUDY if part else STUDY.replace(", answer: score", "")
    (found,) = breaches(codebook=CODEBOOK, files={"answers.csv": "id,item,scores\np1,q1,4\n", "study.yml": study})
    assert told in found
