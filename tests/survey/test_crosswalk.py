import pytest

from exkit.survey.check import check

BOOK = """\
table,variable,role
customers,guest,respondent
customers,branch,unit
customers,year,wave
customers,mark,
units,team,unit
units,company,organisation
"""
UNITS = {"team": ["North", "South"], "company": "A"}
GUESTS = {"guest": ["c1", "c2", "c3"], "branch": ["F1", "F1", "South"], "year": ["2024", "2025", "2025"], "mark": 7}


@pytest.fixture
def coded(dataset):
    """Write customers whose branches have codes, beside a crosswalk."""
    return lambda text, **tables: dataset(
        codebook=BOOK, files={"crosswalk.csv": text}, **{"units": UNITS, "customers": GUESTS} | tables
    )


def branches(folder) -> list[str]:
    """Give the unit of each customer."""
    return check(folder).study_parts["tables"]["customers"]["branch"].tolist()


def test_a_code_becomes_its_unit(coded):
    """A name that is no code stays as it is."""
    assert branches(coded("unit,code\nNorth,F1\n")) == ["North", "North", "South"]


def test_a_code_may_stand_for_another_unit_in_another_wave(coded):
    """Both ends of a period are in it."""
    text = "unit,code,from,to\nNorth,F1,,2024\nSouth,F1,2025,\n"
    assert branches(coded(text)) == ["North", "South", "South"]


def test_rows_that_had_a_code_are_noted(coded):
    """Nothing changes in silence."""
    (note,) = check(coded("unit,code\nNorth,F1\n")).notes["message"]
    assert note == (
        "customers.csv: branch: rows had the code of a unit in crosswalk.csv, and count for that unit (2 rows: 2, 3)."
    )


def test_a_code_outside_its_period_is_an_unknown_unit(coded):
    """The check of names comes after the crosswalk."""
    (told,) = check(coded("unit,code,from,to\nNorth,F1,,2024\n")).breaches["message"]
    assert told.startswith("customers.csv: unit: 'F1' is not in units (row 3).")


def test_a_code_for_two_units_at_once_is_a_breach(coded):
    """Whose customers would they be?"""
    (told,) = check(coded("unit,code,from,to\nNorth,F1,,2025\nSouth,F1,2025,\n")).breaches["message"]
    assert told == ("crosswalk.csv: code 'F1' has more than one row for a wave (row 3). Give each a 'from' and a 'to'.")


def test_two_codes_that_make_one_unit_of_two_rows_are_a_breach(coded):
    """A unit has one row in the table of units."""
    units = {"team": ["North", "F1", "South"], "company": "A"}
    (told,) = check(coded("unit,code\nNorth,F1\n", units=units)).breaches["message"]
    assert told == (
        "units.csv: team: has two rows for a unit whose codes became one (row 3). Keep one, or mend crosswalk.csv."
    )


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("unit,cod\nNorth,F1\n", "crosswalk.csv: no column 'code'. Did you mean 'cod'?"),
        ("unit,code,till\nNorth,F1,\n", "crosswalk.csv: no such column as 'till'"),
        ("unit,code\nNorth,\n", "crosswalk.csv: has rows without a unit or a code (row 2). Fill in both."),
    ],
)
def test_a_crosswalk_that_cannot_be_read_is_a_breach(coded, text, told):
    """With what is wrong in it."""
    assert check(coded(text)).breaches["message"].iloc[0].startswith(told)
