import pytest

from exkit.survey.check import check

WAVES = """\
table,variable,role,wave,low,high,missing
employees,year,wave,,,,
employees,q,item,2024,1,5,9
employees,q,item,2025,1,10,99
"""


def test_each_wave_is_read_by_its_own_definition(dataset):
    """9 was a missing code, and is an answer now."""
    checked = check(dataset(codebook=WAVES, employees={"year": [2024, 2025, 2025], "q": [9, 9, 99]}))
    assert checked.study_parts["tables"]["employees"]["q"].isna().tolist() == [True, False, True]


def test_a_value_outside_the_scale_of_its_wave_is_a_breach(breaches):
    """7 fits the second scale only."""
    told = breaches(codebook=WAVES, employees={"year": [2024, 2025], "q": [7, 7]})
    assert told == [
        "employees.csv: q: value '7' outside 1-5 (row 2). Mend it, or declare it as missing in codebook.csv."
    ]


def test_answers_in_a_wave_without_a_definition_are_a_breach(breaches):
    """Nobody knows what was asked."""
    (told,) = breaches(codebook=WAVES, employees={"year": [2023, 2024, 2025], "q": [4, 4, 4]})
    assert told == "employees.csv: q: answers in wave '2023', for which codebook.csv has no row (row 2). Add one."


def test_a_definition_for_a_wave_that_is_not_there_is_a_breach(breaches):
    """A mistyped year would hide a break in the series."""
    (told,) = breaches(codebook=WAVES.replace("2025", "2052"), employees={"year": [2024, 2024], "q": [4, 4]})
    assert told == "codebook.csv: wave '2052' is not in employees (row 4). Did you mean '2024'?"


def test_empty_cells_and_missing_codes_are_counted_apart(dataset):
    """99 is somebody who would not say, an empty cell somebody who did not."""
    enps = ["9", "", "99", "99"]
    checked = check(dataset(employees={"person": list("abcd"), "team": "North", "year": 2025, "enps": enps}))
    counted = checked.study_parts["unanswered"]
    assert counted[["variable", "wave", "code", "n"]].values.tolist() == [
        ["enps", "2025", "", 1],
        ["enps", "2025", "99", 2],
    ]


@pytest.mark.parametrize("value", ["9 ", "True", "1e5", "inf", "10–"])
def test_a_mark_that_is_not_a_number_is_a_breach(breaches, value):
    """The user's own words, and the row."""
    (told,) = breaches(employees=f"person,team,year,enps\np1,North,2025,8\np2,North,2025,{value}\n")
    assert told.startswith(f"employees.csv: enps: '{value}' not a number (row 3).")


def test_words_behind_a_mark_are_a_breach_and_are_not_repeated(breaches):
    """Of a single person they may be anything."""
    (told,) = breaches(employees="person,team,year,enps\np1,North,2025,8\np2,North,2025,10 – very likely\n")
    assert told.startswith("employees.csv: enps: text not a number (row 3).")


def test_two_columns_with_text_are_both_told(breaches):
    """The first does not hide the second."""
    codebook = "table,variable\nemployees,a\nemployees,b\n"
    assert len(breaches(codebook=codebook, employees={"a": ["x"], "b": ["y"]})) == 2


def test_a_missing_column_is_answered_with_the_nearest(breaches):
    """Capitals and spaces are what usually differs."""
    (told,) = breaches(employees={"person": ["p1"], "team": "North", "year": 2025, "eNPS ": 9})
    assert told == "employees.csv: enps: no column 'enps', which codebook.csv names. Did you mean 'eNPS '?"


def test_a_column_that_the_codebook_does_not_name_is_noted_and_not_loaded(dataset):
    """What is not described is not used."""
    checked = check(dataset(employees={"person": ["p1"], "team": "North", "year": 2025, "enps": 9, "name": "Jan"}))
    assert checked.notes["message"].tolist() == ["employees.csv: not in codebook.csv and therefore not read: 'name'."]
    assert "name" not in checked.study_parts["tables"]["employees"]


def test_nothing_that_anybody_answered_is_no_breach(dataset):
    """An all-missing column is missing, and counted."""
    checked = check(dataset(employees="person,team,year,enps\np1,North,2025,\n"))
    assert checked.study_parts["tables"]["employees"]["enps"].isna().all()


@pytest.mark.parametrize("mark", ["S", "NDA", ".", "*", "n.b."])
def test_marks_of_what_was_withheld_are_suggested_as_missing(breaches, mark):
    """Published tables hide small groups so; the message has what to write."""
    (told,) = breaches(employees=f"person,team,year,enps\np1,North,2025,8\np2,North,2025,{mark}\n")
    assert told == (
        f"employees.csv: enps: '{mark}' not a number (row 3). "
        f"If nothing was published or answered there, write `99|{mark}` under missing."
    )


def test_declared_marks_are_counted_as_not_answered(dataset):
    """An aggregated table, with what its source withheld."""
    codebook = "table,variable,role,missing,n_column,sd_column\nunits,team,unit,,,\nunits,voice,,S|.,n,sd\n"
    codebook += "units,n,n,S,,\nunits,sd,sd,S|.,,\n"
    units = {"team": ["a", "b", "c"], "voice": ["3.5", "S", "."], "n": ["20", "S", "4"], "sd": [".8", "S", "."]}
    checked = check(dataset(codebook=codebook, units=units))
    assert checked.breaches["message"].tolist() == []
    counted = checked.study_parts["unanswered"].groupby(["variable", "code"])["n"].sum()
    assert counted.to_dict() == {("n", "S"): 1, ("sd", "."): 1, ("sd", "S"): 1, ("voice", "."): 1, ("voice", "S"): 1}
    assert checked.study_parts["tables"]["units"]["voice"].tolist()[0] == 3.5
