import pandas as pd
import pytest

from exkit.survey.codebook import Variable
from exkit.survey.values import numbers, read


@pytest.mark.parametrize(
    "text", ["9 ", " 9", "True", "1e5", "inf", "nan", "10 – very likely", "1.234,5", "٣", "−1", "-"]
)
def test_what_is_not_quite_a_number_is_not_made_into_one(text):
    """Nothing is trimmed, translated or rounded."""
    assert numbers(pd.Series([text])).isna().all()


def test_a_number_too_large_to_hold_is_not_infinite():
    """A cell of four hundred digits is a mistake."""
    assert numbers(pd.Series(["9" * 400])).isna().all()


def test_missing_codes_become_missing():
    """99 is no mark."""
    variable = Variable("employees", "enps", type="whole", missing=("99",))
    assert read(pd.Series(["9", "99", ""]), variable).value.isna().tolist() == [False, True, True]


def test_a_missing_code_may_have_a_decimal_zero():
    """Programs write 99.0 where a column has empty cells."""
    variable = Variable("employees", "enps", type="whole", missing=("99",))
    assert read(pd.Series(["99.0", "9.0"]), variable).value.isna().tolist() == [True, False]


def test_names_stay_what_they_are():
    """Teams may be called 007, 1E5, NA or nan."""
    names = ["007", "1E5", "NA", "nan", "TRUE", "null"]
    assert read(pd.Series(names), Variable("employees", "team", type="text")).value.tolist() == names


def test_a_date_is_a_year_a_month_and_a_day():
    """Day first is not guessed."""
    days = read(pd.Series(["2025-01-31", "31-01-2025"]), Variable("customers", "day", type="date")).value
    assert days.isna().tolist() == [False, True]


def test_reading_leaves_the_text_alone():
    """The caller's column is never changed."""
    text = pd.Series(["9", "99"])
    read(text, Variable("employees", "enps", missing=("99",)))
    assert text.tolist() == ["9", "99"]
