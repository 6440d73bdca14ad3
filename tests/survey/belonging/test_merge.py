import pytest

from exkit.survey.check import check

BOOK = """\
table,variable,role
units,team,unit
units,year,wave
units,company,organisation
units,headcount,
units,absence,outcome
"""
MERGE = "merge: {units: {headcount: sum, absence: headcount}}\n"
UNITS = {
    "team": ["A", "B", "C", "A"],
    "year": ["2024", "2024", "2024", "2025"],
    "company": "X",
    "headcount": [10, 30, 50, 12],
    "absence": [4, 8, 5, 3],
}
MERGER = "unit,code\nNew,A\nNew,B\n"
SPLIT = "unit,code,share\nWest,C,0.4\nEast,C,0.6\n"


@pytest.fixture
def regrouped(dataset):
    """Check units under a crosswalk and a rule."""

    def regrouped(crosswalk: str, rule: str = MERGE, **columns):
        files = {"crosswalk.csv": crosswalk, "study.yml": rule}
        return check(dataset(codebook=BOOK, files=files, units=UNITS | columns))

    return regrouped


def units(checked) -> dict[tuple[str, str], tuple[float, float]]:
    """Give headcount and absence of each unit in each wave."""
    assert checked.breaches.empty, checked.breaches["message"].tolist()
    frame = checked.study_parts["tables"]["units"]
    both = zip(frame["headcount"], frame["absence"], strict=True)
    return dict(zip(zip(frame["team"], frame["year"], strict=True), both, strict=True))


def test_totals_of_merged_units_add_up_and_means_are_weighted(regrouped):
    """(10 x 4 + 30 x 8) / 40 = 7; the wave in which there was one of them stays as it was."""
    found = units(regrouped(MERGER))
    assert found == {("New", "2024"): (40, 7), ("C", "2024"): (50, 5), ("New", "2025"): (12, 3)}


def test_totals_of_a_split_unit_are_shared_out_and_its_means_are_not_known(regrouped):
    """The total stays what it was."""
    found = units(regrouped(SPLIT))
    assert found["West", "2024"][0] == 20
    assert found["East", "2024"][0] == 30
    assert str(found["West", "2024"][1]) == str(found["East", "2024"][1]) == "nan"
    assert sum(headcount for headcount, _ in found.values()) == sum(UNITS["headcount"])


def test_a_part_may_go_to_a_unit_that_was_there(regrouped):
    """Its total is known, its mean no longer."""
    found = units(regrouped("unit,code,share\nA,C,0.5\nB,C,0.5\n"))
    assert found["A", "2024"][0] == 35
    assert str(found["A", "2024"][1]) == "nan"
    assert found["A", "2025"] == (12, 3)


def test_what_is_put_together_from_something_unknown_is_unknown(regrouped):
    """A sum of what is known would be too low."""
    found = units(regrouped(MERGER, headcount=[10, "", 50, 12]))
    assert str(found["New", "2024"][0]) == "nan"


def test_units_that_were_put_together_are_noted(regrouped):
    """How many rows became how many."""
    message = regrouped(SPLIT).notes["message"].iloc[-1]
    assert message == (
        "units.csv: rows put together or split by crosswalk.csv and study.yml, into 2 rows of units; "
        "not known for all of them: 'absence' (row 4)."
    )


def test_numbers_that_nothing_is_said_of_are_a_breach(regrouped):
    """With the line to add."""
    (told,) = regrouped(MERGER, "merge: {units: {headcount: sum}}").breaches["message"]
    assert told == (
        "units.csv: two rows become one, or one is split, and nothing says how 'absence' are put together "
        "(2 rows: 2, 3). Say so in study.yml: `merge: {units: {absence: sum}}` for a total, "
        "the name of a column that weighs it for a mean."
    )


@pytest.mark.parametrize(
    ("rule", "told"),
    [
        (
            "merge: {units: {headcount: sum, absense: headcount}}",
            "no column 'absense' of numbers. Did you mean 'absence'?",
        ),
        ("merge: {units: {headcount: total, absence: sum}}", "no column 'total' of numbers."),
        ("merge: {units: {headcount: absence, absence: headcount}}", "'headcount' is weighed by 'absence'. Say"),
    ],
)
def test_a_rule_that_makes_no_sense_is_a_breach(regrouped, rule, told):
    """A mean is weighed by a total."""
    assert told in regrouped(MERGER, rule).breaches["message"].iloc[0]


def test_units_of_two_organisations_do_not_become_one(regrouped):
    """One name is wrong."""
    (told,) = regrouped(MERGER, company=["X", "Y", "X", "X"]).breaches["message"]
    assert told == (
        "units.csv: company: 'X', 'Y' in rows of units that become one (2 rows: 2, 3). Write it in one way."
    )


def test_two_rows_of_one_name_are_no_merger(regrouped):
    """They are told as what they are."""
    (told,) = regrouped(MERGER, team=["C", "B", "C", "A"]).breaches["message"]
    assert told == "units.csv: team: 'C' more than once in a wave (2 rows: 2, 4). Decide which row to keep."


def test_a_merger_does_not_change_the_other_units(regrouped):
    """Nor the order in which they stand."""
    frame = regrouped("unit,code\nNew,C\nNew,B\n").study_parts["tables"]["units"]
    assert frame["team"].tolist() == ["A", "New", "A"]
    assert frame["headcount"].tolist() == [10, 80, 12]


def test_rows_behind_a_merger_name_their_own_place(dataset):
    """A later breach is told with the row of the file."""
    book = BOOK + "employees,id,respondent\nemployees,dept,unit\nemployees,wave,wave\n"
    employees = {"id": ["p1", "p2"], "dept": ["B", "D"], "wave": "2024"}
    files = {"crosswalk.csv": MERGER, "study.yml": MERGE}
    (told,) = check(dataset(codebook=book, files=files, units=UNITS, employees=employees)).breaches["message"]
    assert told.startswith("employees.csv: unit: 'D' is not in units in wave '2024' (row 3).")
