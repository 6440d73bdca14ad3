"""One small survey, written by the libraries that people use in the dialects that they meet: it reads the same."""

from pathlib import Path

import pandas as pd
import pytest

from exkit.survey.check import check
from exkit.survey.persons import numbered
from exkit.survey.reading.files import read_any

CODEBOOK = """\
table,variable,role,type,low,high,missing
employees,person,respondent,,,,
employees,team,unit,,,,
employees,year,wave,,,,
employees,day,date,,,,
employees,enps,recommend_work,,0,10,99
employees,hours,,number,,,
employees,pay,,number,,,
"""
PEOPLE = pd.DataFrame(
    {
        "person": ["007", "1E5", "NA", "TRUE"],
        "team": ["Zuïd", "België", 'Café "De Één"', "Noord; Oost, West"],
        "year": ["2025"] * 4,
        "day": pd.to_datetime(["2025-09-01", "2025-09-02", "2025-09-03", "2025-12-31"]).astype("datetime64[us]"),
        "enps": [10.0, 0.0, 99.0, None],
        "hours": [36.0, 7.5, -0.25, None],
        "pay": [2345.5, 1234567.0, 12000.75, 999.0],
    }
)


def as_text(frame: pd.DataFrame, *, decimal: str = ".", thousands: str = "") -> pd.DataFrame:
    """Write numbers as people do."""

    def written(number: float) -> str:
        text = f"{number:{',' if thousands else ''}.2f}".rstrip("0").rstrip(".")
        return "" if pd.isna(number) else text.translate(str.maketrans({",": thousands, ".": decimal}))

    days = frame["day"].dt.strftime("%Y-%m-%d")
    return frame.assign(day=days, **{name: frame[name].map(written) for name in ("enps", "hours", "pay")})


def csv(sep: str = ",", decimal: str = ".", thousands: str = "", encoding: str = "utf-8", **how) -> bytes:
    """Write the survey as CSV."""
    frame = as_text(PEOPLE, decimal=decimal, thousands=thousands)
    return frame.to_csv(sep=sep, index=False, **how).encode(encoding)


CSVS = {
    "comma": csv(),
    "semicolon": csv(";"),
    "tab": csv("\t"),
    "bar": csv("|"),
    "everything in quotes": csv(quoting=1),
    "Windows line ends": csv(lineterminator="\r\n"),
    "old Mac line ends": csv(lineterminator="\r"),
    "byte order mark": csv(encoding="utf-8-sig"),
    "decimal comma": csv(";", decimal=","),
    "decimal comma between commas": csv(",", decimal=","),
    "Dutch Excel": csv(";", decimal=",", thousands=".", encoding="cp1252", lineterminator="\r\n"),
    "English thousands": csv(";", thousands=","),
    "Swiss thousands": csv(thousands="'"),
    "thousands apart": csv(";", decimal=",", thousands=" "),
    "no-break thousands": csv(";", decimal=",", thousands="\u00a0"),
    "Windows": csv(encoding="cp1252"),
    "Latin-1": csv(encoding="latin-1"),
    "Latin-9": csv(encoding="iso8859-15"),
    "UTF-16": csv(encoding="utf-16"),
    "UTF-16 without mark": csv(encoding="utf-16-le"),
    "UTF-16, big end first": csv(encoding="utf-16-be"),
    "Excel's Unicode text": csv("\t", encoding="utf-16"),
    "Excel's hint": b"sep=;\r\n" + csv(";"),
    "titles above": b"Staff survey 2025\n\n" + csv(),
    "a blank line above": b"\n" + csv(),
}


def opened(folder: Path) -> pd.DataFrame:
    """Check a dataset and give its employees, which must be sound."""
    checked = check(folder)
    assert checked.breaches["message"].tolist() == []
    return checked.study_parts["tables"]["employees"]


@pytest.fixture
def expected(dataset) -> pd.DataFrame:
    """Read the survey as the kit writes it."""
    return opened(dataset(codebook=CODEBOOK, files={"employees.csv": CSVS["comma"]}))


def test_the_survey_is_read_as_it_was_written(expected):
    """Names stay names, 99 is no answer, numbers are numbers."""
    assert expected["person"].tolist() == numbered(PEOPLE["person"]).tolist()
    assert expected["team"].tolist() == PEOPLE["team"].tolist()
    assert expected["enps"].dropna().tolist() == [10, 0]
    assert expected["hours"].dropna().tolist() == [36, 7.5, -0.25]
    assert expected["pay"].tolist() == PEOPLE["pay"].tolist()


@pytest.mark.parametrize("content", CSVS.values(), ids=CSVS)
def test_every_csv_reads_the_same(dataset, expected, content):
    """Whatever separates, ends or encodes."""
    again = opened(dataset(codebook=CODEBOOK, files={"employees.csv": content}))
    pd.testing.assert_frame_equal(again, expected)


@pytest.mark.parametrize("encoding", ["cp850", "mac_roman"])
def test_an_encoding_that_another_may_explain_is_asked_for_or_read(dataset, expected, encoding):
    """One explicit refusal, or the same table."""
    folder = dataset(codebook=CODEBOOK, files={"employees.csv": csv(encoding=encoding)})
    told = check(folder).breaches
    if len(told):
        assert told["problem"].tolist() == ["encoding"]
        (folder / "study.yml").write_text(f"encoding: {encoding}")
    pd.testing.assert_frame_equal(opened(folder), expected)


def excel(path: Path, frame: pd.DataFrame, *, title: bool = False, sheet: str = "Data") -> None:
    """Write the survey as Excel, typed."""
    with pd.ExcelWriter(path, engine="xlsxwriter") as book:
        frame.to_excel(book, sheet_name=sheet, index=False, startrow=3 if title else 0)
        if title:
            book.sheets[sheet].merge_range("A1:D1", "Staff survey 2025")


FILES = {
    "Excel": ("employees.xlsx", lambda path: excel(path, PEOPLE)),
    "Excel with titles above": ("employees.xlsx", lambda path: excel(path, PEOPLE, title=True)),
    "Excel, numbers as text": ("employees.xlsx", lambda path: excel(path, as_text(PEOPLE))),
    "Parquet": ("employees.parquet", lambda path: PEOPLE.to_parquet(path)),
    "Parquet with categories": ("employees.parquet", lambda path: PEOPLE.astype({"team": "category"}).to_parquet(path)),
    "tab-separated values": ("employees.tsv", lambda path: path.write_bytes(CSVS["tab"])),
}


@pytest.mark.parametrize(("name", "write"), FILES.values(), ids=FILES)
def test_every_format_reads_the_same(dataset, expected, name, write):
    """Numbers, days and names, whatever they were stored as."""
    folder = dataset(codebook=CODEBOOK, files={})
    write(folder / name)
    (folder / "employees.csv").unlink()
    pd.testing.assert_frame_equal(opened(folder), expected)


@pytest.mark.parametrize("ending", [".sav", ".zsav"])
def test_spss_reads_the_same(dataset, expected, ending):
    """Codes as text, days as days."""
    pyreadstat = pytest.importorskip("pyreadstat")
    folder = dataset(codebook=CODEBOOK, files={})
    day = PEOPLE["day"].dt.date
    pyreadstat.write_sav(PEOPLE.assign(day=day), folder / f"employees{ending}", compress=ending == ".zsav")
    (folder / "employees.csv").unlink()
    pd.testing.assert_frame_equal(opened(folder), expected)


def test_a_folder_of_parquet_parts_is_one_table(dataset, expected):
    """Part after part."""
    folder = dataset(codebook=CODEBOOK, files={})
    (folder / "employees.csv").unlink()
    (folder / "employees").mkdir()
    PEOPLE[:1].to_parquet(folder / "employees" / "part-0.parquet")
    PEOPLE[1:].to_parquet(folder / "employees" / "part-1.parquet")
    pd.testing.assert_frame_equal(opened(folder), expected)


@pytest.mark.parametrize("content", CSVS.values(), ids=CSVS)
def test_a_file_is_read_before_there_is_a_codebook(tmp_path, content):
    """The same columns and as many rows, by what the file itself says."""
    path = tmp_path / "export.csv"
    path.write_bytes(content)
    frame, _ = read_any(path)
    assert list(frame.columns) == list(PEOPLE.columns)
    assert frame["person"].tolist() == PEOPLE["person"].tolist()
