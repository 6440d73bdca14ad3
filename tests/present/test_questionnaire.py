"""The questionnaire: every question in its own words, and once more where it changed."""

from collections.abc import Callable

import pytest

import exkit as ex

BOOK = """\
table,variable,wave,role,type,low,high,promoter_from,detractor_to,reverse,missing,mode,label_en,label_nl,question_en,question_nl
employees,person,,respondent,,,,,,,,,,,,
employees,year,,wave,,,,,,,,,,,,
employees,kind,,group,choice,,,,,,,online,Kind,Soort,Which kind?,Welke soort?
employees,enps,2023,recommend_work,,0,10,9,6,,99,online,Recommend,Aanbevelen,Would you?,Zou u?
employees,enps,2024,recommend_work,,0,10,9,6,,99,online,Recommend,Aanbevelen,How likely?,Hoe waarschijnlijk?
employees,enps,2025,recommend_work,,0,10,9,6,,99,online,Recommend,Aanbevelen,How likely?,Hoe waarschijnlijk?
employees,item,,item,,1,5,,,yes,,online,Item,Stelling,I do <as told>.,Ik doe <wat moet>.
employees,agree,,,whole,0,1,,,,,online,Agree,Eens,Agreed?,Akkoord?
employees,hours,,,number,0,,,,,,,Hours,Uren,,
"""
VALUES = """\
table,variable,value,label_en,label_nl
employees,kind,a,First,Eerste
employees,kind,b,Second,Tweede
employees,enps,99,Don't know,Weet ik niet
employees,item,1,Disagree,Oneens
employees,item,5,Agree,Eens
employees,agree,0,No,Nee
employees,agree,1,Yes,Ja
"""


@pytest.fixture
def asked(dataset: Callable, see: Callable) -> Callable[..., str]:
    """Read the questionnaire of a study of three waves."""
    people = {"person": ["p1", "p2", "p3"], "year": ["2023", "2024", "2025"], "kind": "a", "enps": 9, "item": 2,
              "agree": 1, "hours": 8}  # fmt: skip
    study = ex.open(dataset(codebook=BOOK, files={"values.csv": VALUES}, employees=people))
    return lambda language="en": see(ex.questionnaire(study, title="T", language=language)).text


def test_a_question_has_its_answers(asked: Callable):
    """By name where they have one, as a range of marks with its ends otherwise."""
    text = asked()
    assert "Questions to employees Kind Which kind? First / Second" in text
    assert "Item I do <as told>. 1–5 (1 = Disagree, 5 = Agree, reverse scored)" in text
    assert "Agree Agreed? No / Yes" in text


def test_a_question_that_changed_has_a_row_for_each_wording(asked: Callable):
    """With the waves that each was asked in, and what changed."""
    text = asked("nl")
    assert "Aanbevelen, 2023 Zou u? 0–10 / Weet ik niet" in text
    assert "Aanbevelen, 2024–2025 Hoe waarschijnlijk? Trendbreuk: formulering. 0–10 / Weet ik niet" in text


def test_what_was_not_asked_is_not_in_it(asked: Callable):
    """Hours come from the records."""
    assert "Hours" not in asked()


def test_without_questions_a_sentence_says_so(dataset: Callable, see: Callable):
    """A codebook may hold records only."""
    assert see(ex.questionnaire(ex.open(dataset()), title="T")).text == "The codebook has no questions."
