import pytest

EMPLOYEES = {"person": ["p1", "p2"], "team": "North", "year": [2025, 2025], "enps": [9, 3]}


@pytest.mark.parametrize(
    ("marks", "told"),
    [
        ([11, 3], "enps: value '11' outside 0-10 (row 2). Mend it, or declare it as missing in codebook.csv."),
        (
            [11, -1],
            "enps: values '-1', '11' outside 0-10 (2 rows: 2, 3). Mend it, or declare it as missing in codebook.csv.",
        ),
        ([9, 8.5], "enps: value '8.5' not a whole number (row 3). Mend it, or declare it as missing in codebook.csv."),
    ],
)
def test_a_mark_that_cannot_be_is_a_breach(breaches, marks, told):
    """Scores outside the scale are listed, never counted."""
    assert sorted(breaches(employees=EMPLOYEES | {"enps": marks})) == [f"employees.csv: {told}"]


def test_a_respondent_appears_once_in_a_wave(breaches):
    """Who sent the form twice is counted once, but which one?"""
    (told,) = breaches(employees=EMPLOYEES | {"person": "p1"})
    where = "employees.csv: person"
    assert told == f"{where}: 1 respondent more than once in a wave (2 rows: 2, 3). Decide which row to keep."


def test_a_respondent_may_appear_in_every_wave(breaches):
    """A panel."""
    assert breaches(employees=EMPLOYEES | {"person": "p1", "year": [2024, 2025]}) == []


@pytest.mark.parametrize(("column", "told"), [("person", "no respondent"), ("year", "no wave")])
def test_a_row_has_a_respondent_and_a_wave(breaches, column, told):
    """Without them a row cannot be placed."""
    (message,) = breaches(employees=EMPLOYEES | {column: [EMPLOYEES[column][0], ""]})
    assert message.startswith(f"employees.csv: {column}: {told} (row 3).")


WEIGHTED = "table,variable,role\nemployees,w,weight\nemployees,q,\n"


@pytest.mark.parametrize("weight", ["0", "-1"])
def test_a_weight_is_above_zero(breaches, weight):
    """Zero and negative weights are refused."""
    (told,) = breaches(codebook=WEIGHTED, employees={"w": ["1", weight], "q": 1})
    what = f"value '{weight}' not above zero, as a weight must be (row 3). Mend it, or remove the row."
    assert told == f"employees.csv: w: {what}"


def test_a_weight_is_never_missing(breaches):
    """Nor is it taken to be one."""
    (told,) = breaches(codebook=WEIGHTED, employees={"w": ["1", ""], "q": 1})
    assert told.startswith("employees.csv: w: no weight (row 3).")


def test_a_choice_is_one_of_the_values(breaches):
    """The nearest value is suggested."""
    told = breaches(
        codebook="table,variable,type\nemployees,contract,choice\n",
        employees={"contract": ["fixed", "flexibel"]},
        files={"values.csv": "table,variable,value\nemployees,contract,fixed\nemployees,contract,flexible\n"},
    )
    assert told == ["employees.csv: contract: value 'flexibel' not in values.csv (row 3). Did you mean 'flexible'?"]


def test_a_unit_has_one_row_in_a_wave(breaches):
    """Of two headcounts, which?"""
    codebook = "table,variable,role\nunits,team,unit\nunits,headcount,\n"
    (told,) = breaches(codebook=codebook, units={"team": ["North", "North"], "headcount": [12, 14]})
    assert told.startswith("units.csv: team: 'North' more than once in a wave")
