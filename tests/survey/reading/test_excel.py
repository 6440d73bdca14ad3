"""Workbooks, written by a library that writes what Excel would."""

import zipfile
from datetime import date, datetime

import pytest
import xlsxwriter

from exkit.errors import ExkitError
from exkit.survey.check import check
from exkit.survey.reading.facts import Dialect
from exkit.survey.reading.files import read_any

CODEBOOK = "table,variable,role,low,high\nemployees,team,unit,,\nemployees,q,item,1,5\n"


@pytest.fixture
def book(tmp_path):
    """Write a workbook: `book(lambda book: ...)` gives its path."""

    def write(fill, name="employees.xlsx"):
        path = tmp_path / name
        with xlsxwriter.Workbook(path) as workbook:
            fill(workbook)
        return path

    return write


def sheet(*rows, name="Data"):
    """Fill one sheet with rows."""

    def fill(workbook):
        page = workbook.add_worksheet(name)
        for at, row in enumerate(rows):
            page.write_row(at, 0, row)
        return page

    return fill


def checked(path, dataset, **files):
    """Check a dataset with this workbook."""
    return check(dataset(codebook=CODEBOOK, files={path.name: path.read_bytes(), **files}))


def test_cells_become_the_text_of_a_csv(book):
    """7 is 7, a day is a day, names stay names."""

    def fill(workbook):
        page = sheet(["a", "b", "c", "d", "e", "f"], [7, 7.25, "007", True, 1e20])(workbook)
        day = workbook.add_format({"num_format": "dd-mm-yyyy"})
        page.write_datetime(1, 5, datetime(2025, 12, 31), day)
        page.write_datetime(2, 5, datetime(2025, 12, 31, 23, 30), day)

    frame, facts = read_any(book(fill))
    assert frame.values.tolist() == [
        ["7", "7.25", "007", "TRUE", "100000000000000000000", "2025-12-31"],
        ["", "", "", "", "", "2025-12-31 23:30:00"],
    ]
    assert facts.sheet == "Data"
    assert facts.notes == ["employees.xlsx: TRUE and FALSE in 'd' are read as these words."]


def test_days_counted_from_1904_are_the_same_days(tmp_path):
    """As workbooks from older Macs count."""
    path = tmp_path / "mac.xlsx"
    with xlsxwriter.Workbook(path, {"date_1904": True, "default_date_format": "yyyy-mm-dd"}) as workbook:
        page = sheet(["day", "n"])(workbook)
        page.write_datetime(1, 0, datetime(2025, 12, 31))
        page.write(1, 1, 1)
    assert read_any(path)[0]["day"].tolist() == ["2025-12-31"]


def test_an_error_is_told_and_not_read_as_nothing(book, dataset):
    """Each with its row; those in columns that nobody asked for do not matter."""

    def fill(workbook):
        page = sheet(["team", "q", "other"], ["North", 4], ["South", 5])(workbook)
        page.write_formula("B3", "=NA()", value="#N/A")
        page.write_formula("C3", "=1/0", value="#DIV/0!")

    (told,) = checked(book(fill), dataset).breaches["message"]
    assert told == "employees.xlsx: q: an error of Excel's, such as #N/A (row 3). Mend the cell, or empty it."


def test_of_a_formula_the_computed_value_is_read_and_noted(book, dataset):
    """It is what Excel shows."""

    def fill(workbook):
        page = sheet(["team", "q"], ["North"])(workbook)
        page.write_formula("B2", "=2+2", value=4)

    found = checked(book(fill), dataset)
    assert found.study_parts["tables"]["employees"]["q"].tolist() == [4]
    assert "employees.xlsx: of formulas (1) the values that Excel last computed are read." in set(
        found.notes["message"]
    )


def test_a_formula_that_was_never_computed_is_told(book, dataset):
    """Some programs leave that to Excel."""

    def fill(workbook):
        page = sheet(["team", "q"], ["North"])(workbook)
        page.write_formula("B2", "=2+2", value="")

    (told,) = checked(book(fill), dataset).breaches["message"]
    assert told == "employees.xlsx: q: a formula without a value (row 2). Open the file in Excel and save it."


def test_merged_cells_are_told(book, dataset):
    """Only the first of them has a value."""

    def fill(workbook):
        page = sheet(["team", "q"], ["", 4], ["", 5])(workbook)
        page.merge_range("A2:A3", "North")

    (told,) = checked(book(fill), dataset).breaches["message"]
    assert told.startswith("employees.xlsx: team: merged cells, of which only the first has a value (2 rows: 2, 3).")


def test_a_title_above_is_left_out_and_rows_are_counted_from_the_top(book, dataset):
    """Merged or not."""

    def fill(workbook):
        page = sheet([""], [""], ["team", "q"], ["North", 7])(workbook)
        page.merge_range("A1:B1", "Staff survey")

    (told,) = checked(book(fill), dataset).breaches["message"]
    assert "value '7' outside 1-5 (row 4)" in told


def test_the_sheet_with_known_columns_is_read_and_noted(book, dataset):
    """Others explain."""

    def fill(workbook):
        sheet(["What is this?"], ["A survey"], name="About")(workbook)
        sheet(["team", "q"], ["North", 4], name="Answers")(workbook)

    found = checked(book(fill), dataset)
    assert found.study_parts["tables"]["employees"]["q"].tolist() == [4]
    assert "employees.xlsx: sheet 'Answers' is read, of 2 sheets." in set(found.notes["message"])


def two_sheets(workbook):
    """Fill two sheets that look alike."""
    for year in (2024, 2025):
        sheet(["team", "q"], ["North", year - 2021], name=str(year))(workbook)


def test_of_two_sheets_that_look_alike_one_must_be_declared(book, dataset):
    """The message has the line to write."""
    (told,) = checked(book(two_sheets), dataset).breaches["message"]
    assert "files: {employees: [{file: employees.xlsx, sheet: '2024'}]}" in told


def test_a_declared_sheet_is_read(book, dataset):
    """Two sheets may be two waves."""
    codebook = CODEBOOK + "employees,year,wave,,\n"
    file = "{{file: staff.xlsx, sheet: '{0}', wave: '{0}'}}"
    study = f"files: {{employees: [{file.format(2024)}, {file.format(2025)}]}}"
    path = book(two_sheets, name="staff.xlsx")
    found = check(dataset(codebook=codebook, files={"staff.xlsx": path.read_bytes(), "study.yml": study}))
    assert found.breaches["message"].tolist() == []
    people = found.study_parts["tables"]["employees"]
    assert people[["year", "q"]].values.tolist() == [["2024", 3.0], ["2025", 4.0]]


def test_a_sheet_that_is_not_there_is_told_with_those_that_are(book):
    """And the nearest."""
    with pytest.raises(ExkitError, match=r"no sheet '2205'.*Did you mean '2025'\? There are: 2024, 2025"):
        read_any(book(two_sheets), dialect=Dialect(sheet="2205"))


def test_hidden_rows_are_read_and_noted(book):
    """A filter leaves them in."""

    def fill(workbook):
        sheet(["team", "q"], ["North", 4], ["South", 5])(workbook).set_row(1, None, None, {"hidden": True})

    frame, facts = read_any(book(fill))
    assert len(frame) == 2
    assert "employees.xlsx: hidden rows (1) are read too." in facts.notes


def test_columns_and_rows_without_anything_are_no_data(book):
    """A format reaches further than the cells."""

    def fill(workbook):
        page = sheet(["team", "q"], ["North", 4])(workbook)
        page.write_blank(40, 20, None, workbook.add_format({"bold": True}))

    assert read_any(book(fill))[0].values.tolist() == [["North", "4"]]


def rewritten(path, change):
    """Change the parts of a workbook: `change(name, content)` gives the new content, or None to leave it out."""
    with zipfile.ZipFile(path) as old:
        parts = {name: change(name, old.read(name)) for name in old.namelist()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name, content in parts.items():
            if content is not None:
                new.writestr(name, content)
    return path


def bomb(name, content):
    """Blow up the sheet."""
    return content + b" " * 60_000_000 if "sheet1" in name else content


def far(name, content):
    """Put one cell in the last corner of the sheet."""
    return content.replace(b'r="B2"', b'r="XFD1048576"') if "sheet1" in name else content


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (bomb, "times its size, which is more than is read from Excel. Save the sheet as CSV UTF-8."),
        (far, "spans 1,048,576 rows by 16,384 columns, more than is read from Excel."),
        (lambda name, content: None if "workbook.xml" in name else content, "is not an Excel file, or is damaged"),
        (lambda name, content: content[:-150] if "sheet1" in name else content, "damaged"),
    ],
    ids=["bomb", "far corner", "no workbook", "cut sheet"],
)
def test_a_hostile_workbook_is_refused(book, change, told):
    """Before anything is unpacked or laid out."""
    path = rewritten(book(sheet(["team", "q"], ["North", 4])), change)
    with pytest.raises(ExkitError) as refused:
        read_any(path)
    assert told in str(refused.value)


def test_macros_are_refused(book):
    """Even under another name."""
    path = book(sheet(["team", "q"], ["North", 4]))
    with zipfile.ZipFile(path, "a") as packed:
        packed.writestr("xl/vbaProject.bin", b"")
    with pytest.raises(ExkitError, match="holds macros, which are not opened"):
        read_any(path)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"team,q\nNorth,4\n", "is not an Excel file, or is damaged"),
        (b"PK\x03\x04 and no more", "is not an Excel file, or is damaged"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 600, "is an old or password-protected Excel file"),
        (b"", "is not an Excel file, or is damaged"),
    ],
    ids=["a CSV", "cut off", "old", "empty"],
)
def test_what_is_called_xlsx_must_be_xlsx(tmp_path, content, told):
    """No traceback of another library's."""
    path = tmp_path / "employees.xlsx"
    path.write_bytes(content)
    with pytest.raises(ExkitError, match=told):
        read_any(path)


def test_an_empty_workbook_is_told(book):
    """There is a sheet, with nothing in it."""
    with pytest.raises(ExkitError, match="has no sheet with anything in it"):
        read_any(book(sheet()))


def test_a_number_is_not_rounded(book):
    """Nor written with an exponent."""
    numbers = [0.1 + 0.2, 1.5e-7, -1234567.25]
    frame, _ = read_any(book(sheet(["a", "b", "c"], numbers)))
    assert [float(text) for text in frame.iloc[0]] == pytest.approx(numbers, rel=1e-15)
    assert "e" not in "".join(frame.iloc[0])


def test_a_day_is_a_day_in_text_too(book):
    """As some exports write it."""
    frame, _ = read_any(book(sheet(["day", "n"], [date(2025, 12, 31).isoformat(), 1])))
    assert frame["day"].tolist() == ["2025-12-31"]
