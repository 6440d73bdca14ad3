import os
import subprocess
import sys
from pathlib import Path

import pytest

from exkit.survey.check import check

BOOK = """\
table,variable,role
customers,guest,respondent
customers,year,wave
customers,day,date
"""
FIELDWORK = 'waves: {"2024": {from: 2024-09-01, to: 2024-10-12}, "2025": {from: 2025-09-01, to: 2025-10-12}}\n'
LINK = "link: {customers: {days_before: 30, days_after: 90}}\n"


@pytest.fixture
def dated(dataset):
    """Check customers who came on some days, under a rule: `dated(FIELDWORK, "2025-09-01")`."""

    def dated(rule: str, *days: str, codebook: str = BOOK, **columns: list[str]):
        customers = {"guest": [f"c{n}" for n in range(len(days))], "day": [*days], **columns}
        return check(dataset(codebook=codebook, files={"study.yml": rule}, customers=customers))

    return dated


def waves(checked) -> list[str]:
    """Give the wave of each customer."""
    assert checked.breaches.empty, checked.breaches["message"].tolist()
    return checked.study_parts["tables"]["customers"]["year"].tolist()


@pytest.mark.parametrize(
    ("rule", "expected"),
    [
        ("year", ["2023", "2024", "2024"]),
        ("half_year", ["2023-H2", "2024-H1", "2024-H2"]),
        ("quarter", ["2023-Q4", "2024-Q1", "2024-Q3"]),
        ("month", ["2023-12", "2024-02", "2024-07"]),
    ],
)
def test_the_calendar_makes_waves(dated, rule, expected):
    """The last evening of a year, a leap day, and the first day of a quarter."""
    assert waves(dated(f"waves: {rule}", "2023-12-31 23:30", "2024-02-29", "2024-07-01")) == expected


def test_fieldwork_makes_waves_both_days_included(dated):
    """The first and the last day of each."""
    days = ["2024-09-01", "2024-10-12", "2025-09-01", "2025-10-12"]
    assert waves(dated(FIELDWORK, *days)) == ["2024", "2024", "2025", "2025"]


def test_a_fiscal_year_is_a_wave_with_other_ends(dated):
    """July to June."""
    rule = 'waves: {"2024/25": {from: 2024-07-01, to: 2025-06-30}, "2025/26": {from: 2025-07-01, to: 2026-06-30}}'
    assert waves(dated(rule, "2025-06-30", "2025-07-01")) == ["2024/25", "2025/26"]


def test_waves_that_were_filled_in_are_noted(dated):
    """How many rows of each."""
    notes = dated(FIELDWORK, "2024-09-01", "2025-09-01", "2025-09-02").notes
    assert notes["message"].tolist() == ["customers.csv: year: from 'day', by study.yml: '2024' (1), '2025' (2)."]
    assert notes["n"].tolist() == [3]


def test_a_day_outside_every_wave_is_a_breach(dated):
    """Whether it counts is not for the kit to decide."""
    (told,) = dated(FIELDWORK, "2025-09-01", "2025-08-31", "2025-10-13").breaches["message"]
    assert told == (
        "customers.csv: day: in no wave of study.yml (2 rows: 3, 4). "
        "Mend study.yml, or add `outside: leave_out` to it, to go on without these rows."
    )


def test_a_row_without_a_date_is_a_breach(dated):
    """It could be of any wave."""
    (told,) = dated(FIELDWORK, "2025-09-01", "").breaches["message"]
    assert told.startswith("customers.csv: day: no date, from which to tell the wave (row 3).")


def test_rows_outside_are_left_out_and_noted_if_declared(dated):
    """The rows that stay keep their row numbers."""
    checked = dated(FIELDWORK + "outside: leave_out", "2025-08-31", "2025-09-01", "")
    assert waves(checked) == ["2025"]
    assert checked.study_parts["tables"]["customers"]["day"].dt.day.tolist() == [1]
    assert checked.notes["message"].tolist()[:2] == [
        "customers.csv: day: no date, from which to tell the wave: left out (row 4).",
        "customers.csv: day: in no wave of study.yml: left out (row 2).",
    ]


def test_a_breach_behind_a_row_that_was_left_out_names_its_own_row(dated):
    """As a spreadsheet numbers them."""
    book = BOOK.replace("\n", ",,\n").replace("role,,", "role,low,high") + "customers,mark,item,0,10\n"
    checked = dated(FIELDWORK + "outside: leave_out", "2025-08-31", "2025-09-01", codebook=book, mark=["7", "11"])
    assert checked.breaches["rows"].tolist() == [(3,)]


def test_no_row_in_any_wave_is_a_breach(dated):
    """Nothing would be left."""
    (told,) = dated(FIELDWORK + "outside: leave_out", "2020-01-01").breaches["message"]
    assert told == "customers: has no row in any wave of study.yml. Mend the waves there."


def test_a_wave_that_the_date_contradicts_is_a_breach(dated):
    """One of them is wrong."""
    (told,) = dated(FIELDWORK, "2025-09-01", "2025-09-01", year=["2025", "2024"]).breaches["message"]
    assert told == (
        "customers.csv: year: wave '2024', where 'day' is in wave '2025' of study.yml (row 3). "
        "Mend one of them, or give the role of wave to a name that is no column of the file."
    )


def test_a_wave_that_is_given_fills_in_for_a_date(dated):
    """A row that says its wave needs no date, and a date no wave."""
    assert waves(dated("waves: year", "2025-09-01", "", year=["", "2024"])) == ["2025", "2024"]


def test_a_date_that_cannot_be_read_is_told_once(dated):
    """Not also as a row without a wave."""
    (told,) = dated("waves: year", "2025-09-01", "soon").breaches["message"]
    assert told.startswith("customers.csv: day: 'soon' not a date (row 3). Write it as 2025-12-31")


def test_a_rule_needs_a_variable_for_the_wave(dated):
    """Which need not be a column of the file."""
    book = "table,variable,role\ncustomers,guest,respondent\ncustomers,day,date\n"
    (told,) = dated("waves: year", "2025-09-01", codebook=book).breaches["message"]
    assert told == (
        "codebook.csv: no variable of customers has the role of wave, and study.yml tells its waves. "
        "Add one: it need not be a column of the file."
    )


def test_a_window_needs_a_date(dated):
    """Or nobody knows what lies in it."""
    book = BOOK.replace("day,date", "day,group")
    (told,) = dated(FIELDWORK + LINK, "2025-09-01", codebook=book, year=["2025"]).breaches["message"]
    assert told == (
        "codebook.csv: no variable of customers has the role of date, and study.yml links it by its days. "
        "Give that role to one, or take the table out of `link`."
    )


def test_a_table_without_dates_keeps_its_waves(dataset):
    """The rule is for dates."""
    checked = check(
        dataset(files={"study.yml": FIELDWORK}, employees={"person": ["p"], "team": "N", "year": "2023", "enps": 9})
    )
    assert checked.breaches.empty


def test_a_year_written_as_a_number_is_that_year(dataset):
    """2023.0, as programs write it when a cell is empty; noted."""
    employees = {"person": ["p1", "p2"], "team": "N", "year": ["2023.0", "2024"], "enps": 9}
    checked = check(dataset(employees=employees))
    assert checked.study_parts["tables"]["employees"]["year"].tolist() == ["2023", "2024"]
    (note,) = checked.notes["message"]
    assert note == "employees.csv: year: '2023.0' a number with decimals, read without them (1)."


def test_an_answer_counts_for_the_survey_whose_window_it_is_in(dated):
    """Thirty days before the fieldwork to ninety days after it, both included."""
    days = ["2025-08-02", "2025-09-20", "2026-01-10"]
    assert waves(dated(FIELDWORK + LINK, *days)) == ["2025"] * 3
    outside = dated(FIELDWORK + LINK, "2025-09-01", "2025-08-01", "2026-01-11").breaches
    assert outside["rows"].tolist() == [(3, 4)]


SPRING = 'waves: {"2025-1": {from: 2025-03-01, to: 2025-03-10}, "2025-2": {from: 2025-03-21, to: 2025-03-30}}\n'
NEAR = "link: {customers: {days_before: 15, days_after: 15}}\n"


def test_an_answer_near_to_two_surveys_counts_for_the_nearest_and_only_there(dated):
    """Five days after one is six before the other."""
    checked = dated(SPRING + NEAR, "2025-03-15", "2025-03-16", "2025-03-25")
    assert waves(checked) == ["2025-1", "2025-2", "2025-2"]
    assert checked.notes["message"].tolist() == [
        "customers.csv: year: from 'day', by study.yml: '2025-1' (1), '2025-2' (2); "
        "what was near to two counts in the nearest (3)."
    ]


TIED = SPRING.replace("03-21", "03-20")


def test_an_answer_as_near_to_one_survey_as_to_another_is_a_breach(dated):
    """A tie is for the researcher to break."""
    (told,) = dated(TIED + NEAR, "2025-03-15", "2025-03-25").breaches["message"]
    assert told == (
        "customers.csv: day: as near to one wave as to another (row 2). "
        "Say which in study.yml: `link: {customers: {..., ties: earlier}}`, or later."
    )


@pytest.mark.parametrize(("ties", "wave"), [("earlier", "2025-1"), ("later", "2025-2")])
def test_a_tie_may_be_broken_by_declaration(dated, ties, wave):
    """To the survey before or after it."""
    rule = NEAR.replace("15}", f"15, ties: {ties}}}")
    assert waves(dated(TIED + rule, "2025-03-15")) == [wave]


WRITE_CUSTOMERS = """
import sys
from exkit.survey.check import check
sys.stdout.write(check(sys.argv[1]).study_parts["tables"]["customers"].to_csv())
"""


@pytest.mark.parametrize("zone", ["Pacific/Auckland", "America/New_York"])
def test_waves_are_the_same_in_every_time_zone(dataset, zone):
    """The clock of the computer plays no part."""
    days = ["2024-12-31T23:30:00-05:00", "2025-01-01T00:30:00+13:00", "2024-02-29 00:00", "2025-12-31"]
    customers = {"guest": ["c1", "c2", "c3", "c4"], "day": days}
    folder = dataset(codebook=BOOK, files={"study.yml": "waves: year"}, customers=customers)
    here = check(folder).study_parts["tables"]["customers"].to_csv()
    there = subprocess.run(
        [sys.executable, "-c", WRITE_CUSTOMERS, str(folder)],
        env={**os.environ, "TZ": zone},
        cwd=Path(__file__).parents[3],
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert there == here
    assert check(folder).study_parts["tables"]["customers"]["year"].tolist() == ["2024", "2025", "2024", "2025"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("waves: yeer", "study.yml: 'waves': Input should be 'year', 'half_year', 'quarter' or 'month'."),
        (FIELDWORK.replace("2024-10-12", "2025-09-01"), "study.yml: 'waves': '2024' and '2025' have days in common."),
        (
            FIELDWORK.replace("2024-10-12", "2024-08-01"),
            "study.yml: 'waves.2024': to 2024-08-01 is before from 2024-09-01.",
        ),
        (
            FIELDWORK.replace('"2024"', "b").replace('"2025"', "a"),
            "study.yml: 'waves': 'b' is before 'a', but sorted after",
        ),
        (FIELDWORK.replace('"2024"', "2024"), "study.yml: 'waves.2024.[key]': Input should be a valid string. Put it"),
        (
            FIELDWORK.replace("2024-09-01", "'2024-09-01'"),
            "study.yml: 'waves.2024.from': Input should be a valid date. Write",
        ),
        ("waves: year\n" + LINK, "study.yml: 'link': needs `waves` with a from and a to for each."),
        (FIELDWORK + LINK.replace("30", "-3"), "study.yml: 'link.customers.days_before': Input should be greater"),
        (FIELDWORK + LINK.replace("after", "behind"), "study.yml: 'link.customers.days_after': Field required."),
        ("date_format: dd-mm-yy", "study.yml: 'date_format': Input should be 'dd-mm-yyyy'"),
    ],
)
def test_a_rule_that_makes_no_sense_is_a_breach(dataset, text, told):
    """With the setting that is wrong."""
    messages = check(
        dataset(files={"study.yml": text, "employees.csv": "person,team,year,enps\np,N,2025,9\n"})
    ).breaches["message"]
    assert any(message.startswith(told) for message in messages), messages.tolist()
