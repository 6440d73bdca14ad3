import pytest

from exkit.survey.check import check

CODEBOOK = "table,variable,missing\nunits,pay,*|1.1.1\nunits,hours,\n"


def units(folder):
    """Check a dataset and give its units, which must be sound."""
    checked = check(folder)
    assert checked.breaches["message"].tolist() == []
    return checked.study_parts["tables"]["units"]


@pytest.mark.parametrize(
    ("pay", "number"),
    [
        ("8,5", 8.5),
        ("-8,5", -8.5),
        ("1.234,5", 1234.5),
        ("1,234.5", 1234.5),
        ("1 234,5", 1234.5),
        ("1'234.5", 1234.5),
        ("1.234.567", 1234567),
        ("0,125", 0.125),
        ("0.125", 0.125),
        ("1234,567", 1234.567),
        ("1 234", 1234),
    ],
)
def test_a_number_that_can_be_read_in_one_way_is(dataset, pay, number):
    """Its sign is not to be mistaken."""
    assert units(dataset(codebook=CODEBOOK, files={"units.csv": f"pay;hours\n{pay};1\n"}))["pay"].tolist() == [number]


@pytest.mark.parametrize(("pay", "hours"), [("1.234", "7,5"), ("1,234", "7.5")])
def test_one_number_decides_for_its_file(dataset, pay, hours):
    """1.234 is a thousand and more where another number has a decimal comma."""
    assert units(dataset(codebook=CODEBOOK, files={"units.csv": f"pay;hours\n{pay};{hours}\n"}))["pay"].tolist() == [
        1234
    ]


@pytest.mark.parametrize("pay", ["1.234", "1,234", "-12.345"])
def test_a_number_that_can_be_read_in_two_ways_is_asked_for(breaches, pay):
    """The message has the line to write."""
    (told,) = breaches(codebook=CODEBOOK, files={"units.csv": f"pay;hours\n{pay};1\n"})
    assert told == (
        f"units.csv: pay: '{pay}' may have a decimal sign or a sign between thousands (row 2). "
        """Say which in study.yml: `decimal: ","` or `decimal: "."`."""
    )


@pytest.mark.parametrize(("decimal", "number"), [(",", 1234), (".", 1.234)])
def test_a_declared_sign_decides(dataset, decimal, number):
    """As study.yml says."""
    files = {"units.csv": "pay;hours\n1.234;1\n", "study.yml": f"decimal: '{decimal}'"}
    assert units(dataset(codebook=CODEBOOK, files=files))["pay"].tolist() == [number]


@pytest.mark.parametrize("declared", ["", "decimal: ','"])
def test_two_signs_in_one_file_are_told(breaches, declared):
    """One of them is a mistake, or means something else."""
    told = breaches(codebook=CODEBOOK, files={"units.csv": "pay;hours\n8.5;7,5\n8;1\n", "study.yml": declared})
    assert len(told) == 1
    assert "where the file has a decimal" in told[0]


def test_what_was_found_is_noted(notes):
    """The sign, and what stood between thousands."""
    assert notes(codebook=CODEBOOK, files={"units.csv": "pay;hours\n1.234;7,5\n"}) == [
        "units.csv: columns are separated by a semicolon.",
        "units.csv: numbers have a decimal comma, which no other reading explains.",
        "units.csv: pay: '1.234': the sign between thousands is left out.",
    ]


def test_missing_codes_and_what_is_no_number_stay_as_they_are(dataset):
    """They decide nothing."""
    files = {"units.csv": "pay;hours\n*;7,5\n1.1.1;8\n"}
    assert units(dataset(codebook=CODEBOOK, files=files))["pay"].isna().all()


@pytest.mark.parametrize("pay", ["1,2,3", "1.23,4", "12,34.5", "1 23", "1,234 567"])
def test_what_is_no_number_with_either_sign_is_told(breaches, pay):
    """It is not made into one."""
    (told,) = breaches(codebook=CODEBOOK, files={"units.csv": f"pay;hours\n{pay};1\n"})
    assert "not a number" in told


def test_each_file_of_a_table_has_its_own_sign(dataset):
    """One colleague saves in Dutch, another in English."""
    codebook = "table,variable,role\nunits,wave,wave\nunits,pay,\n"
    files = {"units-2024.csv": "wave;pay\n2024;8,5\n", "units-2025.csv": "wave,pay\n2025,9.5\n"}
    assert units(dataset(codebook=codebook, files=files))["pay"].tolist() == [8.5, 9.5]
