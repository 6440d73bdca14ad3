"""Answers in words that stand for numbers."""

import pytest

from exkit.survey.drafting.spoken import numbers_of


@pytest.mark.parametrize(
    ("texts", "numbers"),
    [
        (["0 - not at all", "5", "10 - very"], {"0 - not at all": "0", "10 - very": "10"}),
        (["Yes", "No"], {"Yes": "1", "No": "0"}),
        (["Mee eens", "Zeer mee oneens", "neutraal"], {"Mee eens": "4", "Zeer mee oneens": "1", "neutraal": "3"}),
        (["18 - 24", "25 - 34"], {}),
        (["1 - once", "1 - one time"], {}),
        (["Mee eens", "Weet niet"], {}),
        (["7", "8"], {}),
    ],
)
def test_words_stand_for_numbers_where_all_of_them_do(texts: list[str], numbers: dict[str, str]):
    """An age group is none, and two wordings of one number are not merged."""
    assert numbers_of(texts) == numbers
