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
    assert told == (
        "crosswalk.csv: code 'F1' has more than one row for a wave (row 3). "
        "Give each a 'from' and a 'to', or a 'share'."
    )


def test_people_of_merged_units_count_together(coded):
    """As many as there were."""
    assert branches(coded("unit,code\nNorth,F1\nNorth,South\n")) == ["North", "North", "North"]


SPLIT = "unit,code,from,to,share\nNorth,F1,2025,,0.3\nSouth,F1,2025,,0.7\nNorth,F1,,2024,\n"


def test_people_of_a_split_unit_stay_in_under_no_unit(coded):
    """Nobody knows in which part they are; before the split they were in one."""
    checked = check(coded(SPLIT))
    units = checked.study_parts["tables"]["customers"]["branch"]
    assert units.isna().tolist() == [False, True, False]
    assert units.dropna().tolist() == ["North", "South"]
    assert checked.notes["message"].tolist()[1:] == [
        "customers.csv: branch: rows had the code of a unit that crosswalk.csv splits: "
        "nobody knows in which part they are, so under no unit (row 3).",
        "customers.csv: branch: rows without a unit stay in, under no unit (row 3).",
    ]


@pytest.mark.parametrize(
    ("shares", "told"),
    [
        (("0.3", "0.6"), "the shares of code 'F1' sum to 0.9, not to 1 (2 rows: 2, 3)."),
        (("0", "1"), "share: not above 0 and at most 1 (row 2). Write it as 0.25."),
        (("30%", "70%"), "share: not above 0 and at most 1 (2 rows: 2, 3)."),
        (("0.5", ""), "the shares of code 'F1' sum to 0.5, not to 1 (row 2)."),
    ],
)
def test_shares_that_are_not_the_whole_are_a_breach(coded, shares, told):
    """Nothing is scaled to fit."""
    north, south = shares
    messages = check(coded(f"unit,code,share\nNorth,F1,{north}\nSouth,F1,{south}\n")).breaches["message"]
    assert any(message.startswith(f"crosswalk.csv: {told}") for message in messages), messages.tolist()


def test_thirds_may_be_rounded_to_six_decimals(coded):
    """One in three cannot be written out."""
    third = "unit,code,share\nNorth,F1,0.333333\nSouth,F1,0.333333\nWest,F1,0.333334\n"
    assert check(coded(third)).breaches.empty


def test_shares_of_one_unit_twice_are_a_breach(coded):
    """One of the rows is wrong."""
    (told,) = check(coded("unit,code,share\nNorth,F1,0.5\nNorth,F1,0.5\n")).breaches["message"]
    assert told.startswith("crosswalk.csv: code 'F1' has more than one row for a wave (row 3).")


def test_names_in_no_row_and_in_no_other_table_are_noted(dataset):
    """All of them, by name, with the rows that they are in; a code in no table as well."""
    book = BOOK.replace("units,company,organisation\n", "")
    crosswalk = "unit,code,from,to\nNorth,F1,,\nSouth,007,,\nSouth,F2,,2024\n"
    guests = {"guest": ["c1", "c2", "c3", "c4"], "branch": ["F1", "7", "F2", "South"], "year": "2025", "mark": 7}
    notes = check(
        dataset(codebook=book, files={"crosswalk.csv": crosswalk}, customers=guests, units={"team": ["North"]})
    ).notes["message"]
    assert notes.tolist()[1:] == [
        "customers.csv: branch: '7', 'F2' in no row of crosswalk.csv for their wave, and in no other table: "
        "taken as they stand (2 rows: 3, 4).",
        "crosswalk.csv: codes in no table: '007' (row 3). Look whether they are written alike.",
    ]


def test_a_code_that_changed_its_unit_needs_a_wave(dataset):
    """The first of its rows would be a guess."""
    book = BOOK.replace("customers,year,wave\n", "")
    guests = {"guest": ["c1"], "branch": ["F1"], "mark": 7}
    crosswalk = "unit,code,from,to\nNorth,F1,,2024\nSouth,F1,2025,\n"
    folder = dataset(codebook=book, files={"crosswalk.csv": crosswalk}, customers=guests, units=UNITS)
    (told,) = check(folder).breaches["message"]
    assert told == (
        "customers.csv: branch: code 'F1' has a row for some waves and another for others in crosswalk.csv, "
        "and customers has no wave (row 2). Say its wave, or leave 'from' and 'to' empty."
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
