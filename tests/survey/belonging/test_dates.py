import pytest

from exkit.survey.check import check

BOOK = """\
table,variable,role,missing
customers,guest,respondent,
customers,day,date,01-01-1900
"""


@pytest.fixture
def days(dataset):
    """Read the days that customers came, written in a way: the days, or what is wrong."""

    def days(*cells: str, written: str | None = None):
        study = f"date_format: {written}\n" if written else ""
        guests = [f"c{n}" for n in range(len(cells))]
        folder = dataset(codebook=BOOK, files={"study.yml": study}, customers={"guest": guests, "day": [*cells]})
        checked = check(folder)
        if len(checked.breaches):
            return checked.breaches["message"].tolist()
        return checked.study_parts["tables"]["customers"]["day"].dt.strftime("%Y-%m-%d").tolist()

    return days


@pytest.mark.parametrize(
    ("written", "cell"),
    [
        ("dd-mm-yyyy", "3-4-2025"),
        ("dd/mm/yyyy", "03/04/2025"),
        ("mm/dd/yyyy", "04/03/2025"),
        ("dd.mm.yyyy", "3.4.2025"),
        ("yyyy/mm/dd", "2025/04/03"),
        ("yyyymmdd", "20250403"),
        ("ddmmyyyy", "03042025"),
        ("mm/dd/yyyy", "4/3/2025 11:30 PM"),
        ("dd-mm-yyyy", "2025-04-03"),
    ],
)
def test_dates_are_read_as_declared(days, written, cell):
    """The third of April, and no other day; as 2025-04-03 it needs no declaration."""
    assert days(cell, written=written) == ["2025-04-03"]


def test_a_date_that_could_be_two_days_is_asked_for(days):
    """Nothing is guessed."""
    (told,) = days("03/04/2025")
    assert told == (
        "customers.csv: day: '03/04/2025' not a date (row 2). "
        "Write it as 2025-12-31, or say how dates are written in study.yml: `date_format: dd-mm-yyyy`."
    )


@pytest.mark.parametrize("cell", ["31-04-2025", "29-02-2025", "3-4-25", "45901"])
def test_what_is_no_day_in_the_calendar_is_a_breach(days, cell):
    """Neither the next nor the nearest day."""
    (told,) = days(cell, written="dd-mm-yyyy")
    assert told.startswith(f"customers.csv: day: '{cell}' not a date (row 2).")


@pytest.mark.parametrize("cell", ["3-apr-2025", "03-04-2025T"])
def test_what_is_no_date_is_quoted_only_among_dates(days, cell):
    """A column of words alone may be what people wrote."""
    (alone,) = days(cell, written="dd-mm-yyyy")
    (among,) = days(cell, "03-04-2025", "04-04-2025", written="dd-mm-yyyy")
    assert alone.startswith("customers.csv: day: text not a date (row 2).")
    assert among.startswith(f"customers.csv: day: '{cell}' not a date (row 2).")


def test_a_leap_day_is_a_day(days):
    """In a leap year."""
    assert days("29-02-2024", written="dd-mm-yyyy") == ["2024-02-29"]


def test_a_missing_code_is_no_date(days):
    """However the dates are written."""
    assert days("01-01-1900", "02-01-1900", written="dd-mm-yyyy")[1] == "1900-01-02"


@pytest.mark.parametrize(
    "cell",
    ["2024-12-31T23:30:00-05:00", "2024-12-31 23:30", "2024-12-31T23:30:00.000Z", "2024-12-31 23:30:00 +0530"],
)
def test_a_date_stays_the_day_that_is_written(days, cell):
    """New Year's Eve in its own zone, not the next year in another."""
    assert days(cell) == ["2024-12-31"]


def test_times_that_are_left_out_are_noted(dataset):
    """How many, in which file."""
    customers = {"guest": ["c1", "c2"], "day": ["2024-12-31 23:30", "2025-01-01"]}
    (note,) = check(dataset(codebook=BOOK, customers=customers)).notes["message"]
    assert note == ("customers.csv: day: times are left out, each date keeps the day that is written (1).")
