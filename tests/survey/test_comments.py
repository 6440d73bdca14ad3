from collections.abc import Callable

import pandas as pd
import pytest

import exkit as ex
from exkit.survey.check import check
from exkit.survey.comments import is_free_text

BOOK = """\
table,variable,role,type,low,high,missing
employees,person,respondent,,,,
employees,team,unit,,,,
employees,enps,recommend_work,,0,10,
employees,said,{}
"""
WORDS = [f"My manager {n} never listens" for n in range(30)]


@pytest.fixture
def told(dataset: Callable) -> Callable[..., tuple[list[str], list[str]]]:
    """List the breaches and notes of employees who said something, in a column declared so."""

    def told(said: list[str], declared: str) -> tuple[list[str], list[str]]:
        columns = {"person": [f"p{n}" for n in range(len(said))], "team": "North", "enps": 7, "said": said}
        checked = check(dataset(codebook=BOOK.format(declared), employees=columns))
        assert checked.contents["tables"]["employees"].columns.tolist()[:3] == ["person", "team", "enps"]
        return checked.breaches["message"].tolist(), checked.notes["message"].tolist()

    return told


@pytest.mark.parametrize("declared", [",text,,,", "group,,,,"])
def test_words_of_people_are_refused_as_text(told: Callable, declared: str):
    """File, column, how many and what to do; none of the words."""
    breaches, _ = told([*WORDS, ""], declared)
    assert breaches == [
        "employees.csv: said: looks like free text or names: 30 different texts in 30 cells. "
        "Leave it out of codebook.csv, or give it the role comment: it is then counted, and not kept."
    ]


@pytest.mark.parametrize(
    ("said", "which"),
    [
        (["North", "South", "jo@example.org"] * 5, "an e-mail address"),
        (["x" * 61, "y" * 70] * 20, "long texts"),
        (["Sales"] * 30 + ["and then he said " * 15], "one very long text"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_a_single_sign_is_enough(told: Callable, said: list[str], which: str):  # noqa: ARG001 - names the case
    """Whoever wrote it, groups are not called so."""
    (breach,), _ = told(said, "group,,,,")
    assert "looks like free text" in breach


@pytest.mark.parametrize(
    "said", [["Sales", "Back office", "ICT"] * 4, [f"Function {n}" for n in range(9)], [f"F{n}" for n in range(20)] * 2]
)
def test_names_of_groups_are_no_free_text(told: Callable, said: list[str]):
    """Few of them, or several people under each."""
    assert told(said, "group,,,,")[0] == []


def test_a_row_of_units_may_have_a_name_of_its_own(dataset: Callable):
    """The name of a school is nobody's word."""
    book = "table,variable,role,type\nunits,school,unit,\nunits,full_name,,text\n"
    names = [f"Primary school number {n}" for n in range(40)]
    units = {"school": [f"s{n}" for n in range(40)], "full_name": names}
    assert check(dataset(codebook=book, units=units)).breaches["message"].tolist() == []


def test_comments_are_counted(told: Callable):
    """Empty cells and missing codes are none."""
    breaches, notes = told([*WORDS, "", "99"], "comment,,,,99")
    assert breaches == []
    assert notes == ["employees.csv: said: comments are counted, and not kept (30)."]


def test_comments_are_not_kept(dataset: Callable):
    """The study has no such column, and says so to whoever asks for it."""
    employees = {"person": ["p1"], "team": "North", "enps": 7, "said": "never"}
    study = ex.open(dataset(codebook=BOOK.format("comment,,,,"), employees=employees))
    assert list(study.tables["employees"]) == ["person", "team", "enps"]
    with pytest.raises(ex.ExkitError, match="'said' holds comments, which are counted and not kept"):
        ex.tally(study, "said")


def test_a_column_of_comments_must_be_there(dataset: Callable):
    """As every column that the codebook names."""
    employees = {"person": ["p1"], "team": "North", "enps": 7}
    (breach,) = check(dataset(codebook=BOOK.format("comment,,,,"), employees=employees)).breaches["message"]
    assert breach.startswith("employees.csv: said: no column 'said'")


def test_words_where_numbers_should_be_are_not_repeated(told: Callable):
    """A column without role and type is one of numbers, so that a forgotten type would print what people wrote."""
    (breach,), _ = told(WORDS, ",,,,")
    assert breach.startswith("employees.csv: said: text not a number (30 rows: 2, 3,")
    assert breach.endswith("it is then counted, and not kept.")
    assert "manager" not in breach


def test_a_slip_among_numbers_is_repeated(told: Callable):
    """Whoever mends it looks for it."""
    (breach,), _ = told(["7"] * 10 + ["8x", "I would rather not say this here"], ",,,,")
    assert breach.startswith("employees.csv: said: '8x' not a number (2 rows: 12, 13).")


@pytest.mark.parametrize("said", ["bullied", "Visser", "is ill", "ann@ab.nl", "06 12345678", "0612345678x", "Ann\nill"])
def test_a_lone_word_among_marks_is_not_repeated(told: Callable, said: str):
    """Somebody wrote a name, a number or a few words in the wrong column; its row is enough to find it."""
    (breach,), _ = told(["7"] * 10 + [said], ",,,,")
    assert breach.startswith("employees.csv: said: text not a number (row 12).")


@pytest.mark.parametrize("mark", ["S", "NDA", "n/a", "*", "-", "8x", "1O", "Q7b", "2025-09"])
def test_a_mark_or_a_code_is_repeated(told: Callable, mark: str):
    """It is nobody's, and whoever mends the codebook needs it."""
    (breach,), _ = told(["7"] * 10 + [mark], ",,,,")
    assert breach.startswith(f"employees.csv: said: '{mark}' not a number (row 12).")


def test_short_words_of_most_people_are_in_no_advice(told: Callable):
    """Declaring them as missing would be wrong as well."""
    (breach,), _ = told(["ill", "sad", "7"], ",,,,")
    assert breach.startswith("employees.csv: said: text not a number (2 rows: 2, 3). Mend it")
    assert "ill" not in breach
    assert "sad" not in breach


def test_marks_of_units_are_repeated_however_many_they_are(dataset: Callable):
    """A row is a school, and says nothing of its own."""
    units = {"school": ["a", "b", "c"], "score": ["S", "NDA", "7"]}
    (breach,) = check(dataset(codebook="table,variable,role\nunits,school,unit\nunits,score,outcome\n",
                              units=units)).breaches["message"]  # fmt: skip
    assert breach.startswith("units.csv: score: 'S', 'NDA' not a number (2 rows: 2, 3).")
    assert "write `S|NDA` under missing" in breach


def test_whom_values_are_listed_for_is_no_person(dataset: Callable):
    """Ids in values.csv would travel with it."""
    rows = "table,variable,value,label_en,label_nl,read_as\nemployees,person,p1,Ann,,\nemployees,person,p2,,,p1\n"
    (breach,) = check(dataset(files={"values.csv": rows}, employees={
        "person": ["p1", "p2"], "team": "North", "year": "2025", "enps": 9})).breaches["message"]  # fmt: skip
    assert breach == (
        "values.csv: person: has the role respondent, whose values are not listed (2 rows: 2, 3). Remove these rows."
    )


def test_a_first_row_without_any_known_name_is_not_repeated(dataset: Callable):
    """It may be the answers of the first respondent."""
    folder = dataset(files={"employees.csv": "ann-visser,shouted at,2025,9\np2,North,2025,8\n"})
    told = check(folder)
    messages = " ".join([*told.breaches["message"], *told.notes["message"]])
    assert "Look whether its first row names the columns." in messages
    assert "visser" not in messages


def test_the_signs_of_free_text():
    """By hand."""
    assert not is_free_text(pd.Series({"North": 1, "South": 1}))
    assert is_free_text(pd.Series({f"name {n}": 1 for n in range(10)}))
    assert not is_free_text(pd.Series({f"name {n}": 1 for n in range(10)}), of_people=False)
