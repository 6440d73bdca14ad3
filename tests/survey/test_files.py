import pandas as pd
import pytest

from exkit.survey.check import check

HEADER = "person,team,year,enps\n"


def employees(folder):
    """Check a dataset and give its employees, which must be sound."""
    checked = check(folder)
    assert checked.breaches["message"].tolist() == []
    return checked.study_parts["tables"]["employees"]


def test_files_per_wave_are_stacked(dataset):
    """One file a year makes one table."""
    files = {f"employees-{year}.csv": f"{HEADER}p1,North,{year},9\n" for year in (2024, 2025)}
    assert employees(dataset(files=files))["year"].tolist() == ["2024", "2025"]


def test_rows_are_told_by_file(breaches):
    """Row 2 of the second file, not row 3 of the table."""
    files = {"employees-2024.csv": HEADER + "p1,North,2024,9\n", "employees-2025.csv": HEADER + "p1,North,2025,12\n"}
    assert breaches(files=files) == [
        "employees-2025.csv: enps: value '12' outside 0-10 (row 2). Mend it, or declare it as missing in codebook.csv."
    ]


def test_files_of_one_table_have_the_same_columns(breaches):
    """The file that lacks one is named."""
    files = {
        "employees-2024.csv": HEADER + "p1,North,2024,9\n",
        "employees-2025.csv": "person,team,year\np1,North,2025\n",
    }
    assert breaches(files=files) == ["employees-2025.csv: enps: no column 'enps', which codebook.csv names."]


def test_a_file_may_lack_a_question_that_was_not_asked_in_its_wave(dataset):
    """The codebook says since when."""
    codebook = "table,variable,role,wave,low,high\nemployees,year,wave,,,\nemployees,q,item,2025,1,5\n"
    files = {"employees-2024.csv": "year\n2024\n", "employees-2025.csv": "year,q\n2025,4\n"}
    assert employees(dataset(codebook=codebook, files=files))["q"].isna().tolist() == [True, False]


def test_one_file_and_one_per_wave_cannot_both_be_there(breaches):
    """Nobody is counted twice."""
    row = HEADER + "p1,North,2025,9\n"
    (told,) = breaches(files={"employees.csv": row, "employees-2025.csv": row})
    assert told.startswith("employees: is in 'employees-2025.csv', 'employees.csv'.")


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("employees.csv.gz", "'employees.csv.gz' is neither: save it as CSV UTF-8."),
        ("employees.xlsx", "'employees.xlsx' is neither: save it as CSV UTF-8."),
        ("employes.csv", "Did you mean 'employes.csv'?"),
        ("nothing.txt", "Add it, or leave the table out of codebook.csv."),
    ],
)
def test_a_table_without_a_file_is_told_with_the_next_step(breaches, name, told):
    """Other formats are not read, other names are suggested."""
    (message,) = breaches(files={name: "x"})
    assert message == f"employees: no file 'employees.csv' or 'employees.parquet' in the dataset. {told}"


def test_a_link_to_another_place_is_refused(dataset, tmp_path):
    """A dataset is what is in its folder."""
    folder = dataset()
    (folder / "employees.csv").rename(tmp_path / "elsewhere.csv")
    (folder / "employees.csv").symlink_to(tmp_path / "elsewhere.csv")
    assert check(folder).breaches["problem"].tolist() == ["link"]


def test_parquet_reads_as_the_csv_of_it_would(dataset):
    """Numbers, names and missing answers, whatever type they were stored in."""
    frame = pd.DataFrame({"person": [1, 2, 3], "team": ["007", None, "NA"], "year": 2025, "enps": [9.0, None, 3.0]})
    written = employees(dataset(employees=frame))
    stored = dataset()
    (stored / "employees.csv").unlink()
    frame.to_parquet(stored / "employees.parquet")
    pd.testing.assert_frame_equal(employees(stored), written)


def test_large_and_small_numbers_survive_parquet(dataset):
    """No exponent gets in between."""
    folder = dataset(codebook="table,variable\nunits,revenue\n", files={"units.csv": "revenue\n1\n"})
    (folder / "units.csv").unlink()
    pd.DataFrame({"revenue": [1e20, 1.5e-7, -1234567.25]}).to_parquet(folder / "units.parquet")
    assert check(folder).study_parts["tables"]["units"]["revenue"].tolist() == [1e20, 1.5e-7, -1234567.25]


def test_what_is_called_parquet_must_be_parquet(breaches):
    """No traceback of another library's."""
    assert breaches(files={"employees.parquet": "no"}) == ["employees.parquet: is not a Parquet file."]
