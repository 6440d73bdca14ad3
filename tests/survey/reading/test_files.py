import pandas as pd
import pytest

from exkit.errors import ExkitError
from exkit.survey.check import check
from exkit.survey.reading.files import read_any

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
    (told,) = breaches(files=files)
    assert told.startswith("employees-2025.csv: enps: no column 'enps', which codebook.csv names. Look whether")


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
        ("employees.csv.gz", "'employees.csv.gz' cannot be read. Save it as CSV UTF-8."),
        ("employees.xls", "'employees.xls' cannot be read. It is an old Excel file: save it as .xlsx."),
        ("employees.xlsm", "'employees.xlsm' cannot be read. It may hold macros: save it as .xlsx."),
        ("employes.csv", "Did you mean 'employes.csv'?"),
        ("nothing.txt", "Add it, name another under `files:` in study.yml, or leave the table out of codebook.csv."),
    ],
)
def test_a_table_without_a_file_is_told_with_the_next_step(breaches, name, told):
    """Other formats are not read, other names are suggested."""
    (message,) = breaches(files={name: "x"})
    formats = ".tsv, .xlsx, .parquet, .sav, .zsav"
    assert message == f"employees: no file 'employees.csv' (or {formats}) in the dataset. {told}"


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
    (told,) = breaches(files={"employees.parquet": "no"})
    assert told.startswith("employees.parquet: is not a Parquet file, or is damaged. Write it again")


def test_the_wave_may_stand_in_the_name_of_a_file(dataset):
    """Where the file does not say it itself; which is noted."""
    files = {f"employees-{year}.csv": "person,team,enps\np1,North,9\n" for year in (2024, 2025)}
    checked = check(dataset(files=files))
    assert checked.study_parts["tables"]["employees"]["year"].tolist() == ["2024", "2025"]
    assert "employees-2024.csv: year: all rows are of wave '2024', from the file's name." in set(
        checked.notes["message"]
    )


def declared(*files):
    """Declare files of employees, each as YAML."""
    return f"files: {{employees: [{', '.join(files)}]}}"


def test_files_with_names_of_their_own_are_declared(dataset):
    """As the survey's supplier called them."""
    study = declared("{file: Export 24.csv, wave: '2024'}", "{file: Export 25.csv, wave: '2025', separator: ';'}")
    files = {"Export 24.csv": "person,team,enps\np1,North,9\n", "Export 25.csv": "person;team;enps\np1;North;8\n"}
    people = employees(dataset(files={**files, "study.yml": study}))
    assert people[["year", "enps"]].to_numpy().tolist() == [["2024", 9.0], ["2025", 8.0]]


@pytest.mark.parametrize(
    ("study", "told"),
    [
        (declared("{file: exprot.csv}"), "study.yml: no file 'exprot.csv', named for employees. Did you mean 'export"),
        (declared("{file: ../x.csv}"), "study.yml: file '../x.csv' of employees is outside the dataset."),
        (declared("{file: export.csv}", "{file: export.csv}"), "study.yml: 'export.csv' is named more than once"),
        (declared("{file: export.csv, wave: '2024'}"), "export.csv: year: another wave than '2024', which study.yml"),
        (declared("{file: export.csv, wave: 2025}"), "study.yml: 'files.employees.0.wave': Input should be a valid"),
        (declared("{file: export.csv, shete: x}"), "study.yml: no setting 'files.employees.0.shete'. Did you mean"),
        ("files: {employes: []}", "study.yml: 'files.employes.[key]': Input should be 'employees'"),
        (declared("{file: export.csv, format: qualtriks}"), "study.yml: 'files.employees.0.format': Input should be"),
    ],
)
def test_a_file_that_is_declared_wrongly_is_told(breaches, study, told):
    """What, and the nearest that is there."""
    found = breaches(files={"export.csv": HEADER + "p1,North,2025,9\n", "study.yml": study})
    assert found[0].startswith(told)


def test_a_wave_for_a_study_without_waves_is_told(breaches):
    """The codebook must have a place for it."""
    codebook = "table,variable,role\nemployees,team,unit\n"
    study = declared("{file: export.csv, wave: '2025'}")
    (told,) = breaches(codebook=codebook, files={"export.csv": "team,q\nNorth,1\n", "study.yml": study})
    assert told.startswith("export.csv: is wave '2025' of study.yml, and no variable of codebook.csv has the role")


def test_parts_of_two_waves_may_have_the_same_names(dataset):
    """Nothing of them is lost."""
    folder = dataset(files={})
    (folder / "employees.csv").unlink(missing_ok=True)
    for year, enps in ((2024, 9), (2025, 12)):
        (folder / f"employees-{year}").mkdir()
        part = folder / f"employees-{year}" / "part-0.parquet"
        pd.DataFrame({"person": ["p1"], "team": "North", "enps": enps}).to_parquet(part)
    (told,) = check(folder).breaches["message"]
    assert told.startswith("employees-2025/part-0.parquet: enps: value '12' outside 0-10 (row 2).")


def test_a_table_that_is_too_wide_is_told(breaches):
    """Nobody asks ten thousand questions."""
    (told,) = breaches(employees=",".join(f"q{i}" for i in range(10_000)) + "\n" + ",".join("1" * 10_000) + "\n")
    assert told.startswith("employees.csv: has 10,000 columns, more than the 5,000 that are read.")


def test_a_file_that_is_too_large_is_told_unread(dataset):
    """Two gigabytes of nothing."""
    folder = dataset()
    with (folder / "employees.csv").open("r+b") as file:
        file.truncate(2_000_000_000)
    (told,) = check(folder).breaches["message"]
    assert told == "employees.csv: is 2.0 GB, more than is read at once. Save it as Parquet."


@pytest.fixture
def parted(dataset):
    """Write employees as Parquet in folders that say their wave, as programs do that split large tables."""

    def write(**columns):
        folder = dataset(files={"README.md": ""})
        people = {"person": ["p1", "p2", "p3"], "team": "North", "enps": [9, 3, 12]}
        frame = pd.DataFrame(people | {"year": ["2024", "2025", "2025"]} | columns)
        frame.to_parquet(folder / "employees", partition_cols=["year"])
        return folder

    return write


def test_what_the_names_of_folders_say_is_read(parted):
    """Whatever is in such a name."""
    folder = parted(enps=[9, 3, 7], year=["2024/a", "2025", "2025"])
    checked = check(folder)
    assert checked.breaches["message"].tolist() == []
    assert sorted(checked.study_parts["tables"]["employees"]["year"]) == ["2024/a", "2025", "2025"]
    assert "employees: 'year' from the names of folders." in checked.notes["message"].tolist()


def test_rows_in_such_folders_are_told_with_their_file(parted):
    """And with the row in it."""
    (told,) = check(parted()).breaches["message"]
    assert told.startswith("employees/year=2025/")
    assert ".parquet: enps: value '12' outside 0-10 (row 3)." in told


def test_a_folder_that_contradicts_its_rows_is_told(parted):
    """Which of them is right cannot be known."""
    folder = parted(enps=5)
    part = next((folder / "employees" / "year=2024").iterdir())
    pd.DataFrame({"person": ["p1"], "team": "North", "enps": 5, "year": "2023"}).to_parquet(part)
    (told,) = check(folder).breaches["message"]
    assert told.endswith("'year' is not '2024', as the name of its folder says (row 2). Mend one of them.")


@pytest.mark.parametrize(
    ("column", "text"),
    [
        ([1.0, 7.5], ["1", "7.5"]),
        ([True, False], ["true", "false"]),
        (pd.to_datetime(["2025-12-31 00:00", "2025-12-31 23:30"]), ["2025-12-31", "2025-12-31 23:30:00"]),
        (pd.to_datetime(["2025-12-31 23:30"] * 2).tz_localize("America/New_York"), ["2025-12-31 23:30:00"] * 2),
        (pd.Categorical(["a", None]), ["a", ""]),
    ],
    ids=["numbers", "ticks", "moments", "moments elsewhere", "categories"],
)
def test_parquet_cells_become_the_text_of_a_csv(tmp_path, column, text):
    """A moment is that of its own clock."""
    pd.DataFrame({"x": column}).to_parquet(tmp_path / "x.parquet")
    assert read_any(tmp_path / "x.parquet")[0]["x"].tolist() == text


def test_lists_in_parquet_are_told(tmp_path):
    """They have no text."""
    pd.DataFrame({"x": [[1, 2]], "y": [1]}).to_parquet(tmp_path / "x.parquet")
    with pytest.raises(ExkitError, match="'x' holds lists or other values"):
        read_any(tmp_path / "x.parquet")


def test_a_file_that_is_not_there_is_told_with_the_nearest(tmp_path):
    """Before there is a dataset."""
    (tmp_path / "export.csv").write_text("a,b\n1,2\n")
    with pytest.raises(ExkitError, match=r"There is no such file\. Did you mean 'export\.csv'\?"):
        read_any(tmp_path / "exprot.csv")


def test_a_format_that_cannot_be_read_is_told(tmp_path):
    """With what can."""
    (tmp_path / "export.xls").write_text("x")
    with pytest.raises(ExkitError, match=r"It is an old Excel file: save it as \.xlsx"):
        read_any(tmp_path / "export.xls")
