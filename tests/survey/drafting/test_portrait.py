"""What a column looks like."""

import pandas as pd
import pytest

from exkit.survey.drafting.portrait import Portrait, usual


def portrait(*cells: str, times: int = 1, **said: object) -> Portrait:
    """Portray a column of these cells."""
    return Portrait("q", pd.Series(list(cells) * times, dtype="str"), **said)


@pytest.mark.parametrize(
    ("cells", "codes"),
    [
        (["1", "3", "5", "99"], ["99"]),
        (["0", "10", "7", "77", "88"], ["77", "88"]),
        (["1", "5", "3", "9"], ["9"]),
        (["1", "5", "8", "9"], ["8", "9"]),
        (["1", "7", "8", "9"], []),
        (["0", "6", "9", "10"], []),
        (["18", "42", "66", "-1"], ["-1"]),
        (["1.5", "2.25", "66"], []),
    ],
)
def test_codes_outside_a_scale_are_no_answers(cells: list[str], codes: list[str]):
    """66 and 99 on any short scale, 9 only with a gap below it; an age of 66 is an age, and -1 is none."""
    assert sorted(portrait(*cells, times=20).codes) == sorted(codes)


def test_a_nine_in_a_few_answers_is_an_answer():
    """Chance leaves gaps, too."""
    assert portrait("1", "5", "9").codes == ()


@pytest.mark.parametrize(("cells", "marks"), [(["7.5", "S", "8"], ("S",)), (["7", "North"], ()), (["NA", "NA"], ())])
def test_marks_among_numbers_are_no_answers(cells: list[str], marks: tuple[str, ...]):
    """A suppression mark is; a name is not, and neither is a mark without numbers."""
    assert portrait(*cells).marks == marks


@pytest.mark.parametrize(
    ("cells", "kind"),
    [
        (["", ""], "empty"),
        (["5", "5"], "constant"),
        (["1", "2"], "whole"),
        (["1", "2.5"], "number"),
        (["2025-01-31", "2025-02-01"], "date"),
        (["2025-01-31 10:00", "2025-02-01 11:00"], "moment"),
        (["31-01-2025", "01-02-2025"], "moment"),
        (["North", "South", "North", "South"], "choice"),
        (["Jan", "Piet"], "text"),
    ],
)
def test_the_kind_of_a_column_follows_from_its_answers(cells: list[str], kind: str):
    """Words that return are a choice, others are text."""
    assert portrait(*cells).kind == kind


def test_labels_give_a_scale_its_ends():
    """Although nobody answered 5; a label of a missing value counts for nothing."""
    labels = {"1": "Never", "5": "Always", "9": "No answer"}
    assert portrait("2", "3", "9", labels=labels, declared=("9",)).scale == (1, 5)


def test_a_range_is_rounded_to_a_usual_scale():
    """As narrow as can be; from 0 only if 0 was seen, or nothing else fits."""
    assert [usual(seen) for seen in ([1, 4], [0, 9], [4, 10], [0, 1], [0, 11])] == [
        (1, 5),
        (0, 10),
        (1, 10),
        (0, 1),
        None,
    ]
