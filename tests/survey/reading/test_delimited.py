import pytest

from exkit.survey.check import check

HEADER = "person,team,year,enps\n"
SOUND = HEADER + "p1,Zuïd,2025,9\np2,Zuïd,2025,3\n"


def opened(folder):
    """Check a dataset and give its employees, which must be sound."""
    checked = check(folder)
    assert checked.breaches["message"].tolist() == []
    return checked.study_parts["tables"]["employees"]


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig"])
@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_a_file_reads_the_same_in_any_dialect(dataset, separator, encoding, line_end):
    """Separator, byte order mark and line ends make no difference."""
    text = SOUND.replace(",", separator).replace("\n", line_end)
    people = opened(dataset(files={"employees.csv": text.encode(encoding)}))
    assert people["enps"].tolist() == [9, 3]
    assert people["team"].tolist() == ["Zuïd", "Zuïd"]


def test_a_separator_other_than_the_comma_is_noted(notes):
    """What was seen is said."""
    assert notes(employees=SOUND.replace(",", ";")) == ["employees.csv: columns are separated by a semicolon."]


def test_a_declared_encoding_is_used(dataset):
    """Declared in study.yml, no guess is needed."""
    files = {"employees.csv": SOUND.encode("cp1252"), "study.yml": "encoding: cp1252"}
    assert opened(dataset(files=files))["team"].tolist() == ["Zuïd", "Zuïd"]


def test_a_declared_encoding_does_not_spoil_files_that_are_utf_8(dataset):
    """UTF-8 is recognised, whatever is declared."""
    files = {"employees.csv": SOUND, "study.yml": "encoding: cp1252"}
    assert opened(dataset(files=files))["team"].tolist() == ["Zuïd", "Zuïd"]


@pytest.mark.parametrize(
    "content",
    [SOUND.replace("ï", "Ã«").encode(), SOUND.replace("ï", "\ufffd").encode()],
    ids=["mojibake", "replacement character"],
)
def test_spoilt_letters_are_refused(breaches, content):
    """Text that was saved wrongly is not published."""
    (told,) = breaches(files={"employees.csv": content})
    assert "CSV UTF-8" in told


def test_declared_decimal_commas_are_read(dataset):
    """8,5 is eight and a half."""
    codebook = "table,variable\nemployees,hours\nemployees,days\n"
    files = {"employees.csv": "hours;days\n8,5;3\n", "study.yml": "decimal: ','"}
    assert opened(dataset(codebook=codebook, files=files))["hours"].tolist() == [8.5]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (HEADER + "p1,North,2025,9,8\np2,North,2025,9,8\n", "too long: the header has 4 columns (2 rows: 2, 3). Look"),
        (HEADER + "p1,North,2025,9\np2,North\n", "too short: the header has 4 columns (row 3). Look for"),
        (HEADER + 'p1,"North,2025,9\np2,North,2025,8\n', "a quote is opened in line 2 and not closed as it should be."),
        (HEADER + "p1,North,2025,9\n\np2,North,2025,8\n", "has rows without any value (row 3). Remove them."),
        (HEADER, "has a header but no rows: there are no data in it. Export it"),
        ("", "is empty: there are no data in it. Export it again."),
        ("person,team,year,enps,enps\np1,North,2025,9,9\n", "'enps' heads more than one column. Rename or remove one."),
    ],
)
def test_a_file_that_is_not_sound_is_told_once_and_read_no_further(breaches, text, told):
    """One breach, with the line or the rows, and what to do."""
    (message,) = breaches(employees=text)
    assert message.startswith(f"employees.csv: {told}")


def test_rows_are_counted_as_a_spreadsheet_does(breaches):
    """A line break inside a cell does not make a row."""
    (told,) = breaches(employees='person,team,year,enps,why\np1,North,2025,9,"so\nso"\np2,South,2025,12,\n')
    assert (
        told
        == "employees.csv: enps: value '12' outside 0-10 (row 3). Mend it, or declare it as missing in codebook.csv."
    )


def test_blank_lines_at_the_end_are_no_rows(dataset):
    """Editors leave them."""
    assert len(opened(dataset(employees=SOUND + "\n\n"))) == 2


@pytest.mark.parametrize("content", [b"PK\x03\x04rest", b"\x1f\x8brest"], ids=["zip or Excel", "gzip"])
def test_a_packed_file_that_is_called_csv_is_refused(breaches, content):
    """It is never unpacked."""
    (told,) = breaches(files={"employees.csv": content})
    start = "employees.csv: is a zip, Excel or gzip file, not CSV."
    assert told == f"{start} Save it as CSV UTF-8, or give an Excel file its own ending, .xlsx."


def test_a_cell_that_is_too_long_is_told(breaches):
    """Two quotes that stand far apart make one answer of a whole file."""
    told = breaches(employees=f'{HEADER}p1,"{"x" * 200_000}",2025,9\n')
    assert told == ["employees.csv: team: a cell of more than 100,000 characters (row 2). Look for a quote too many."]


def test_excels_hint_is_no_row(breaches):
    """It says how cells are split, and Excel does not show it."""
    (told,) = breaches(files={"employees.csv": "sep=;\n" + SOUND.replace(",", ";").replace("9", "12")})
    assert "value '12' outside 0-10 (row 2)" in told
