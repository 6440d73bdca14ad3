"""Hostile files: each is read with the right values and n, or refused with what, where and what to do next.

Never a traceback, a wrong number or a silent change of n, within five seconds and a gigabyte. A file that could hang or
fill the memory is checked in a process of its own, with a timer and a limit.
"""

# ruff: noqa: E501 - a case is a line, with its name in front

from __future__ import annotations

import bz2
import gzip
import io
import json
import os
import re
import resource
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Mapping
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from exkit.errors import ExkitError
from exkit.publish.checked import publish_check
from exkit.survey.check import Checked, check
from exkit.survey.doubting.suspicions import suspicions
from exkit.survey.drafting.draft import draft
from exkit.survey.drafting.drafted import next_steps, told, write_draft

Content = str | bytes | Callable[[Path], object]
Files = Content | Mapping[str, Content]

SECONDS, BYTES = 5, 1_000_000_000
"""Of computing: other work on the same machine does not count."""

HEADER = "person,team,year,enps\n"
SOUND = HEADER + "p1,North,2025,9\np2,North,2025,3\n"
CODES = "table,variable,role,type,low,high,missing\n"
CODEBOOK = CODES + (
    "employees,person,respondent,,,,\nemployees,team,unit,,,,\nemployees,year,wave,,,,\n"
    "employees,enps,recommend_work,,0,10,99\n"
)


def rows(*lines: str) -> str:
    """Write employees, a line each."""
    return HEADER + "".join(f"{line}\n" for line in lines)


def scores(*cells: str) -> str:
    """Write what one person answered, and somebody whose answer is 9."""
    return rows(*(f"p{i},North,2025,{cell}" for i, cell in enumerate((*cells, "9"))))


def teams(*cells: str) -> str:
    """Write people of these teams, who all answer 9."""
    return rows(*(f"p{i},{cell},2025,9" for i, cell in enumerate(cells)))


def wide(n: int) -> str:
    """Write a file of many columns."""
    return f"{HEADER.strip()}{''.join(f',q{i}' for i in range(n))}\np1,North,2025,9{',1' * n}\n"


def packed(content: bytes, **files: bytes) -> bytes:
    """Put other files in a zip, or in the place of those that it has; nothing takes one out."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        parts = {name: old.read(name) for name in old.namelist()} | files
        for name, part in parts.items():
            if part is not None:
                new.writestr(name, part)
    return out.getvalue()


def book(*lines: list, change: Callable[[xlsxwriter.Workbook], object] = lambda _: None, **files: bytes) -> bytes:
    """Write a workbook of employees."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as workbook:
        page = workbook.add_worksheet("Data")
        for at, line in enumerate(
            lines or (HEADER.strip().split(","), ["p1", "North", 2025, 9], ["p2", "North", 2025, 3])
        ):
            page.write_row(at, 0, line)
        change(workbook)
    return packed(out.getvalue(), **files) if files else out.getvalue()


SHEET = "xl/worksheets/sheet1.xml"
BOOK = book()
XML = zipfile.ZipFile(io.BytesIO(BOOK)).read(SHEET)


def page(change: Callable) -> bytes:
    """Write a workbook whose first sheet was changed."""
    return book(change=lambda workbook: change(workbook.worksheets()[0]))


def in_sheet(old: bytes, new: bytes) -> bytes:
    """Write a workbook with another text in the XML of its sheet."""
    assert old in XML
    return packed(BOOK, **{SHEET: XML.replace(old, new)})


def parquet(**columns: object) -> bytes:
    """Write employees as Parquet, some columns another than usual."""
    usual = {"person": ["p1", "p2"], "team": ["North", "North"], "year": [2025, 2025], "enps": [9, 3]}
    out = io.BytesIO()
    pq.write_table(pa.table({**usual, **columns}), out)
    return out.getvalue()


def encrypted(content: bytes) -> bytes:
    """Set the mark of a password on each part of a zip."""
    marked = bytearray(content)
    for begin, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        for found in re.finditer(re.escape(begin), content):
            marked[found.start() + at] |= 1
    return bytes(marked)


def later(content: Callable[[], bytes]) -> Callable[[Path], object]:
    """Make what is large only when it is written."""
    return lambda path: path.write_bytes(content())


def xlsx(content: Content) -> dict[str, Content]:
    """Name a workbook."""
    return {"employees.xlsx": content}


def as_parquet(content: Content) -> dict[str, Content]:
    """Name a Parquet file."""
    return {"employees.parquet": content}


def study(settings: Content) -> dict[str, Content]:
    """Put settings beside sound employees."""
    return {"employees.csv": SOUND, "study.yml": settings}


def beside(name: str, content: Content) -> dict[str, Content]:
    """Put another file beside sound employees."""
    return {"employees.csv": SOUND, name: content}


def codebook(content: Content) -> dict[str, Content]:
    """Put another codebook beside sound employees."""
    return beside("codebook.csv", content)


def codes(old: str, new: str) -> dict[str, Content]:
    """Put a codebook in which one thing is another beside sound employees."""
    assert old in CODEBOOK
    return codebook(CODEBOOK.replace(old, new, 1))


def choices(content: Content) -> dict[str, Content]:
    """Put values beside employees with a choice."""
    text = "person,team,year,enps,contract\np1,North,2025,9,1\np2,North,2025,3,2\n"
    mine = CODEBOOK + "employees,contract,group,choice,,,\n"
    return {"codebook.csv": mine, "employees.csv": text, "values.csv": content}


VALUES = "table,variable,value,label_en,label_nl,read_as\n"
CROSSWALK = "unit,code,from,to,share\n"
UNITS = (
    "table,variable,role,type,low,high,missing,n_column,sd_column\nunits,school,unit,,,,,,\nunits,year,wave,,,,,,\n"
    "units,n,n,,,,,,\nunits,sd,sd,,,,,,\nunits,score,item,number,1,5,S|NDA,n,sd\nunits,revenue,outcome,,,,,,\n"
)


def units(*lines: str, mine: str = UNITS) -> dict[str, Content]:
    """Write a table of units."""
    return {"codebook.csv": mine, "units.csv": "school,year,n,sd,score,revenue\n" + "".join(f"{x}\n" for x in lines)}


def weights(*cells: str) -> dict[str, Content]:
    """Write employees with these weights."""
    text = "person,team,year,enps,w\n" + "".join(f"p{i},North,2025,9,{cell}\n" for i, cell in enumerate((*cells, "1")))
    return {"codebook.csv": CODEBOOK + "employees,w,weight,,,,\n", "employees.csv": text}


def days(*cells: str, settings: str = "") -> dict[str, Content]:
    """Write employees with these days."""
    text = "person,team,year,enps,day\n" + "".join(f"p{i},North,2025,9,{cell}\n" for i, cell in enumerate(cells))
    return {"codebook.csv": CODEBOOK + "employees,day,date,,,,\n", "employees.csv": text, "study.yml": settings}


def link_out(path: Path) -> None:
    """Link to a file outside the dataset."""
    elsewhere = path.parents[1] / "elsewhere.csv"
    elsewhere.write_text(SOUND)
    path.symlink_to(elsewhere)


def sparse(size: int) -> Callable[[Path], None]:
    """Make a file of nothing, as large as said."""

    def write(path: Path) -> None:
        with path.open("wb") as file:
            file.truncate(size)

    return write


BOMB = b"a: &a [x,x,x,x,x,x,x,x,x]\n" + b"".join(
    b"%c: &%c [%s]\n" % (98 + i, 98 + i, b",".join([b"*%c" % (97 + i)] * 9)) for i in range(8)
)
ENTITIES = (
    b'<?xml version="1.0"?><!DOCTYPE l [<!ENTITY a "aaaaaaaaaa">'
    + b"".join(b'<!ENTITY %c "%s">' % (98 + i, b"&%c;" % (97 + i) * 9) for i in range(9))
    + b"]><workbook>&j;</workbook>"
)

# name of the case: the files, and what one message must hold: file and place, and what to do next
MEND = "Mend it, or declare it as missing in codebook.csv."
UTF_8 = "Save it as CSV UTF-8, or declare its encoding in study.yml"
EXPORT = "export it again as CSV UTF-8."
NO_COLUMN = "Look whether it is the right file, or take its row out of codebook.csv."
XLSX = ("employees.xlsx: is not an Excel file, or is damaged.", "Save it from Excel as .xlsx, or as CSV UTF-8.")
PARQUET = ("employees.parquet: is not a Parquet file, or is damaged.", "Write it again as Parquet")
NO_LISTS = "Leave them out of the file, or write them as text."
ITSELF = "Put the file itself in the dataset."
YAML = "Mend that line, or take it out."
CLOSE = "Close it, or write a quote that is part of a text twice."
UNSEEN = "Take it out, or say in values.csv, under read_as, what it should be."
ONE_WAY = "Write it in one way, or say in values.csv, under read_as, which one counts."
A_DATE = "Write it as 2025-12-31, or say how dates are written in study.yml"
PACKED = ("employees.csv: is a zip, Excel or gzip file, not CSV.", "Save it as CSV UTF-8")

# fmt: off
REFUSED: dict[str, tuple[Files, tuple[str, ...]]] = {
    # scores
    "score 11": (scores("11"), ("employees.csv: enps: value '11' outside 0-10 (row 2).", MEND)),
    "score -1": (scores("-1"), ("employees.csv: enps: value '-1' outside 0-10 (row 2).", MEND)),
    "score 98, not declared": (scores("98"), ("employees.csv: enps: value '98' outside 0-10 (row 2).", MEND)),
    "score 8.5": (scores("8.5"), ("employees.csv: enps: value '8.5' not a whole number (row 2).", MEND)),
    "score with a blank": (scores("9 "), ("employees.csv: enps: '9 ' not a number (row 2).", "Take that out.")),
    "score after a blank": (scores(" 9"), ("employees.csv: enps: ' 9' not a number (row 2).", "Take that out.")),
    "score with NBSP": (scores("9\u00a0"), (r"employees.csv: enps: '9\xa0' not a number (row 2).", "Take that out.")),
    "score that is a blank": (scores(" "), ("employees.csv: enps: ' ' not a number (row 2).", "Take that out.")),
    "score with zero width": (scores("9\u200b"), (r"enps: '9\u200b' not a number (row 2).", MEND)),
    "score True": (scores("True"), ("enps: 'True' not a number (row 2).", "write `99|True` under missing.")),
    "score with its label": (scores("10 - very likely"), ("enps: text not a number (row 2).", MEND)),
    "score inf": (scores("inf"), ("enps: 'inf' not a number (row 2).", "write `99|inf` under missing.")),
    "score nan": (scores("nan"), ("enps: 'nan' not a number (row 2).", "write `99|nan` under missing.")),
    "score 1e400": (scores("1e400"), ("enps: '1e400' not a number (row 2).", MEND)),
    "score 1e1": (scores("1e1"), ("enps: '1e1' not a number (row 2).", MEND)),
    "score of 400 digits": (scores("9" * 400), ("employees.csv: enps: text not a number (row 2).", MEND)),
    "score in hexadecimals": (scores("0x9"), ("enps: '0x9' not a number (row 2).", MEND)),
    "score with underscore": (scores("1_0"), ("enps: '1_0' not a number (row 2).", MEND)),
    "score with a plus": (scores("+9"), ("enps: '+9' not a number (row 2).", MEND)),
    "score in Arabic digits": (scores("٩"), ("enps: '٩' not a number (row 2).", "under missing.")),
    "score with a true minus": (scores("−1"), ("enps: '−1' not a number (row 2).", MEND)),
    "score that is a formula": (scores('"=HYPERLINK(""http://x"")"'), ("employees.csv: enps: text not a number (row 2).", MEND)),
    "score that is an Excel day": (scores("45992"), ("enps: value '45992' outside 0-10 (row 2).", MEND)),
    "score that Excel made a day": (scores("9-10"), ("enps: '9-10' not a number (row 2).", MEND)),
    "score 099": (scores("099"), ("enps: value '99' outside 0-10 (row 2).", MEND)),
    # ids and names
    "id missing": (rows(",North,2025,9"), ("person: no respondent (row 2).", "Fill it in, or remove the row.")),
    "respondent twice": (rows("p1,A,2025,9", "p1,B,2025,8"), ("person: 1 respondent more than once", "(2 rows: 2, 3).", "Decide")),
    "row twice": (SOUND + "p1,North,2025,9\n", ("person: 1 respondent more than once", "(2 rows: 2, 4).", "Decide which")),
    "ids that differ in a blank": (rows("p1,A,2025,9", "p1 ,B,2025,8"), ("person: 2 ids look alike", "(2 rows: 2, 3).", "Write each")),
    "id with the mark of a second file": (SOUND + "\ufeffp1,North,2025,7\n", ("person: an id holds", "(row 4). Take it out.")),
    "waves that differ in a blank": (rows("p1,A,2025,9", "p1,A,2025 ,9"), ("year: '2025', '2025 ' look like one", "rows: 2, 3", ONE_WAY)),
    "wave missing": (rows("p1,North,,9"), ("employees.csv: year: no wave (row 2).", "Fill it in, or remove the row.")),
    "line of totals": (SOUND + "Total,,,2\n", ("employees.csv: year: no wave (row 4).", "Fill it in, or remove the row.")),
    "teams that differ in capitals": (teams("North", "north"), ("team: 'North', 'north' look like one", "rows: 2, 3", ONE_WAY)),
    "teams that differ in NBSP": (teams("A B", "A\u00a0B"), (r"team: 'A B', 'A\xa0B' look like one", "rows: 2, 3", ONE_WAY)),
    "teams that differ in NFC": (teams("Caf\u00e9", "Cafe\u0301"), ("look like one name (2 rows: 2, 3).", ONE_WAY)),
    "teams that differ in zero width": (teams("North", "No\u200brth"), (r"'No\u200brth' look like one", "rows: 2, 3", ONE_WAY)),
    "team that turns the direction": (teams("\u202eNorth"), (r"team: '\u202eNorth' holds", "(row 2).", UNSEEN)),
    "team of a blank": (teams("A", " "), ("team: ' ' holds", "or nothing else (row 3).", UNSEEN)),
    "team of zero width": (teams("\u200b"), (r"team: '\u200b' holds", "or nothing else (row 2).", UNSEEN)),
    "team with a bell": (teams("No\x07rth"), (r"team: 'No\x07rth' holds", "(row 2).", UNSEEN)),
    "team that colours the screen": (teams("\x1b[31mNorth"), (r"team: '\x1b[31mNorth' holds", "(row 2).", UNSEEN)),
    "team with a line end": (teams('"Nor\nth"'), (r"team: 'Nor\nth' holds a line end", "(row 2).", UNSEEN)),
    "team with NUL": (teams("No\0rth"), ("employees.csv: letters are garbled in line 2.", EXPORT)),
    "several teams, undeclared": (teams("A;B", "A", "B"), ("team: 'A;B' several units (row 2).", "Say how they are shared out")),
    # text files
    "empty file": (b"", ("employees.csv: is empty", "Export it again.")),
    "blanks": ("  \n \n", ("employees.csv: is empty", "Export it again.")),
    "byte order mark alone": (b"\xef\xbb\xbf", ("employees.csv: is empty", "Export it again.")),
    "header alone": (HEADER, ("employees.csv: has a header but no rows", "Export it again")),
    "header at the end": ("p1,North,2025,9\n" + HEADER, ("employees.csv: has a header but no rows", "Export it again")),
    "header twice": (SOUND + HEADER, ("enps: 'enps' not a number (row 4).", "under missing.")),
    "one column": ("enps\n9\n", ("employees.csv: person: no column 'person'", NO_COLUMN)),
    "no header": ("p1,North,2025,9\np2,North,2025,8\n", ("employees.csv: enps: no column 'enps'", NO_COLUMN)),
    "one blank line in the middle": (HEADER + "p1,A,2025,9\n\np2,A,2025,8\n", ("rows without any value (row 3).", "Remove them.")),
    "row of separators": (HEADER + "p1,A,2025,9\n,,,\np2,A,2025,8\n", ("rows without any value (row 3).", "Remove them.")),
    "row too long": (SOUND + "p3,North,2025,9,x\n", ("too long: the header has 4 columns (row 4).", "Look for a separator")),
    "row too short": (SOUND + "p3,North\n", ("too short: the header has 4 columns (row 4).", "Look for a line")),
    "extra cell in all rows": (rows("1,p1,A,2025,9", "2,p2,A,2025,8"), ("too long", "(2 rows: 2, 3).", "Look for a separator")),
    "quote that stays open": (rows('p1,"A,2025,9', "p2,A,2025,8"), ("a quote is opened in line 2", CLOSE)),
    "two quotes around two rows": (rows('p1,"A,2025,9', 'p2,A",2025,8'), ("a cell holds the end of its row", "(row 2).", "Look for a quote")),
    "two quotes around three rows": (rows('p1,"A,2025,9', "p2,A,2025,8", 'p3,A",2025,8'), ("a cell holds the end", "(row 2).", "Look for")),
    "text behind a quote": (rows('p1,"Nor"th,2025,9'), ("a quote is opened in line 2", CLOSE)),
    "quotes escaped with a backslash": (rows('p1,"a\\"b",2025,9', 'p2,"a\\"b",2025,9'), ("a quote is opened in line 2", CLOSE)),
    "quotes by the ten thousands": (rows("p1," + '"' * 100_001 + ",2025,9"), ("a quote is opened in line 2", CLOSE)),
    "cell in single quotes": (rows("p1,'North, East',2025,9"), ("too long", "(row 2).", "which needs quotes")),
    "separated by blanks": (SOUND.replace(",", " "), ("employees.csv: person: no column 'person'", NO_COLUMN)),
    "separated in two ways": (HEADER + "p1;North;2025;9\n", ("too short", "(row 2).", "or for another separator.")),
    "separated twice": (SOUND.replace(",", ";;"), ("employees.csv: '' heads more than one column.", "Rename or remove one.")),
    "wrong hint of Excel's": ("sep=|\n" + SOUND, ("employees.csv: person: no column 'person'", NO_COLUMN)),
    "line ends the wrong way round": (SOUND.replace("\n", "\n\r"), ("rows without any value (2 rows: 2, 4).", "Remove them.")),
    "end of a DOS file": (SOUND + "\x1a", ("too short", "(row 4).", "Look for a line")),
    "cell of 200 kB": (rows(f"p1,{'x' * 200_000},2025,9"), ("team: a cell of more than 100,000 characters (row 2).", "Look for a quote")),
    "column twice": ("person,team,year,enps,enps\np1,A,2025,9,3\n", ("'enps' heads more than one column.", "Rename or remove one.")),
    "columns without names": (f"{HEADER.strip()},,\np1,A,2025,9,3,4\n", ("'' heads more than one column.", "Rename or remove one.")),
    "column with a blank": (SOUND.replace("enps", "enps "), ("enps: no column 'enps'", "Did you mean 'enps '?")),
    "columns in capitals": (SOUND.replace("enps", "eNPS"), ("enps: no column 'enps'", "Did you mean 'eNPS'?")),
    "column renamed": (SOUND.replace("enps", "enpss"), ("enps: no column 'enps'", "Did you mean 'enpss'?")),
    "column with zero width": (SOUND.replace("enps", "\u200benps"), ("employees.csv: enps: no column 'enps'", "Did you mean '\u200benps'?")),
    "10,000 columns": (wide(10_000), ("employees.csv: has 10,004 columns, more than the 5,000", "Keep those that")),
    "6,000 empty columns": (f"{HEADER.strip()}{',' * 6_000}\n", ("has 6,004 columns, more than the 5,000", "Keep those that")),
    "UTF-16 cut in a letter": (SOUND.encode("utf-16")[:-1], ("employees.csv: is neither UTF-8 nor 'utf-16'", "(line 3).", UTF_8)),
    "UTF-32": (SOUND.encode("utf-32"), ("employees.csv: letters are garbled in line 1.", EXPORT)),
    "two encodings": (SOUND.encode() + b"Zu\xefd,A,2025,9\n" + "Zuïd,A,2025,9\n".encode(), ("not UTF-8 from line 4", UTF_8)),
    "half a surrogate": (teams("\ud83d\ude42").encode("utf-8", "surrogatepass"), ("not UTF-8 from line 2", UTF_8)),
    "no letters of any encoding": (SOUND.encode() + b"p3,\x81\x8d,2025,7\n", ("not UTF-8 from line 4", UTF_8)),
    "garbled before it was saved": (teams("ZuÃ¯d"), ("employees.csv: letters are garbled in line 2.", EXPORT)),
    "letters already lost": (teams("Zu\ufffdd"), ("employees.csv: letters are garbled in line 2.", EXPORT)),
    "from a mainframe": (SOUND.encode("cp500"), ("employees.csv: is not UTF-8 from line 1", UTF_8)),
    "every byte": (bytes(range(256)) * 40, ("employees.csv: is not UTF-8 from line 2", UTF_8)),
    "picture": (b"\x89PNG\r\n\x1a\n" + bytes(200), ("employees.csv: is not UTF-8 from line 1", UTF_8)),
    "web page": ("<!DOCTYPE html><table><td>person</table>", ("employees.csv: has a header but no rows", "Export it again")),
    "JSON": ('[{"person": "p1", "enps": 9}]', ("employees.csv: has a header but no rows", "Export it again")),
    "database": (b"SQLite format 3\0" + bytes(100), ("employees.csv: letters are garbled in line 1.", EXPORT)),
    "pickle": (b"\x80\x04\x95" + bytes(40), ("employees.csv: is not UTF-8 from line 1", UTF_8)),
    "gzip named CSV": (gzip.compress(SOUND.encode()), PACKED),
    "zip named CSV": (packed(BOOK), PACKED),
    "bzip2 named CSV": (bz2.compress(SOUND.encode()), ("employees.csv: is not UTF-8 from line 1", UTF_8)),
    "Parquet named CSV": (parquet(), ("employees.csv:", UTF_8)),
    # workbooks
    "xlsx cut in half": (xlsx(BOOK[: len(BOOK) // 2]), XLSX),
    "xlsx without its end": (xlsx(BOOK[:-10]), XLSX),
    "xlsx with noise": (xlsx(BOOK[:400] + bytes(64) + BOOK[464:]), XLSX),
    "xlsx that is CSV": (xlsx(SOUND.encode()), XLSX),
    "xlsx that is empty": (xlsx(b""), XLSX),
    "xlsx that is HTML": (xlsx(b"<html><table></table></html>"), XLSX),
    "xlsx with a password": (xlsx(b"\xd0\xcf\x11\xe0" + bytes(600)), ("employees.xlsx: is an old or password-protected", "Save it as .xlsx")),
    "xlsx of encrypted parts": (xlsx(encrypted(BOOK)), XLSX),
    "xlsx without its sheet": (xlsx(packed(BOOK, **{SHEET: None})), XLSX),
    "xlsx with half a sheet": (xlsx(packed(BOOK, **{SHEET: XML[:-30]})), XLSX),
    "xlsx with entities": (xlsx(packed(BOOK, **{"xl/workbook.xml": ENTITIES})), XLSX),
    "xlsx that reads another file": (
        xlsx(in_sheet(b"<worksheet", b'<!DOCTYPE l [<!ENTITY a SYSTEM "file:///etc/passwd">]><worksheet')), XLSX
    ),
    "xlsx with a text that is not there": (xlsx(in_sheet(b"<v>0</v>", b"<v>99999</v>")), XLSX),
    "xlsx with macros": (xlsx(packed(BOOK, **{"xl/vbaProject.bin": b"x"})), ("employees.xlsx: holds macros", "Save it as .xlsx without")),
    "xlsx with 1e400": (xlsx(in_sheet(b"<v>9</v>", b"<v>1e400</v>")), ("enps: 'inf' not a number (row 2).", "under missing.")),
    "xlsx with an error": (
        xlsx(page(lambda sheet: sheet.write_formula("D2", "=NA()", None, "#N/A"))), ("enps: an error of Excel's", "(row 2).", "Mend the cell")
    ),
    "xlsx never computed": (
        xlsx(page(lambda sheet: sheet.write_formula("D2", "=1+8"))), ("enps: a formula without a value (row 2).", "Open the file in Excel")
    ),
    "xlsx with a link for a team": (
        xlsx(page(lambda sheet: sheet.write_formula("B2", '=HYPERLINK("http://x")'))), ("team: a formula without a value (row 2).", "Open")
    ),
    "xlsx with a day for a score": (
        xlsx(book(["person", "team", "year", "enps"], ["p1", "A", 2025, "2025-09-10"])), ("enps: '2025-09-10' not a number (row 2).", MEND)
    ),
    "xlsx with merged teams": (
        xlsx(page(lambda sheet: sheet.merge_range("B2:B3", "North"))), ("team: merged cells", "(2 rows: 2, 3).", "Unmerge them")
    ),
    "xlsx with ticks": (
        xlsx(page(lambda sheet: sheet.write("D2", True))), ("enps: 'TRUE' not a number (row 2).", "under missing.")
    ),
    "xlsx with two sheets of data": (
        xlsx(book(change=lambda its: its.add_worksheet("Old").write_row(0, 0, HEADER.strip().split(",")))),
        ("employees.xlsx: the data may be in sheet 'Data', 'Old'.", "Say which one in study.yml"),
    ),
    "xlsx with a cell far away": (
        xlsx(page(lambda sheet: sheet.write("XFD1048576", "x"))), ("sheet 'Data' spans 1,048,576 rows", "Save the sheet as CSV UTF-8.")
    ),
    "xlsx with a gap": (xlsx(page(lambda sheet: sheet.write("D5", 3))), ("has rows without any value (row 4).", "Remove them.")),
    "xlsx with nothing in it": (xlsx(book([])), ("employees.xlsx: has no sheet with anything in it", "Save the sheet as CSV UTF-8.")),
    "xlsx with 10,000 columns": (
        xlsx(book([*HEADER.strip().split(","), *map(str, range(10_000))])), ("has 10,004 columns", "Keep those that codebook.csv names.")
    ),
    # Parquet and SPSS
    "Parquet of structures": (as_parquet(parquet(enps=pa.array([{"a": 1}, {"a": 2}]))), ("employees.parquet: 'enps' holds lists", NO_LISTS)),
    "Parquet of lists": (as_parquet(parquet(enps=pa.array([[9], [3]]))), ("employees.parquet: 'enps' holds lists", NO_LISTS)),
    "Parquet of maps": (
        as_parquet(parquet(enps=pa.array([[("a", 1)]] * 2, pa.map_(pa.string(), pa.int64())))), ("'enps' holds lists", NO_LISTS)
    ),
    "Parquet of bytes": (as_parquet(parquet(team=pa.array([b"No\xff", b"N"]))), ("employees.parquet: 'team' holds lists", NO_LISTS)),
    "Parquet of durations": (as_parquet(parquet(enps=pa.array([timedelta(1)] * 2))), ("employees.parquet: 'enps' holds lists", NO_LISTS)),
    "Parquet of ticks": (as_parquet(parquet(enps=[True, False])), ("enps: text not a number (2 rows: 2, 3).", MEND)),
    "Parquet of days": (as_parquet(parquet(enps=[date(2025, 9, 1)] * 2)), ("enps: '2025-09-01' not a number (2 rows: 2, 3).", MEND)),
    "Parquet with infinity": (as_parquet(parquet(enps=[float("inf"), 9])), ("enps: 'inf' not a number (row 2).", "under missing.")),
    "Parquet without rows": (
        as_parquet(parquet(**{name: pa.array([], pa.string()) for name in HEADER.strip().split(",")})), ("no rows", "Export it again")
    ),
    "Parquet that is CSV": (as_parquet(SOUND.encode()), PARQUET),
    "Parquet that is empty": (as_parquet(b""), PARQUET),
    "Parquet cut off": (as_parquet(parquet()[:-20]), PARQUET),
    "Parquet with noise": (as_parquet(parquet()[:60] + bytes(40) + parquet()[100:]), PARQUET),
    "SPSS that is CSV": ({"employees.sav": SOUND}, ("employees.sav: is not an SPSS file, or is damaged.", "Save it again from SPSS.")),
    "SPSS that is empty": ({"employees.zsav": b""}, ("employees.zsav: is not an SPSS file, or is damaged.", "Save it again")),
    # places
    "no file": ({}, ("employees: no file 'employees.csv'", "Add it, name another under `files:` in study.yml")),
    "folder named employees.csv": ({"employees.csv": Path.mkdir}, ("'employees.csv' is a folder.", ITSELF)),
    "link out of the dataset": ({"employees.csv": link_out}, ("employees.csv: is a link to another place.", ITSELF)),
    "link to nowhere": ({"employees.csv": lambda at: at.symlink_to("nowhere")}, ("employees.csv: is a link", ITSELF)),
    "link to itself": ({"employees.csv": lambda at: at.symlink_to(at.name)}, ("employees.csv: is a link", ITSELF)),
    "link to endless noughts": ({"employees.csv": lambda at: at.symlink_to("/dev/zero")}, ("employees.csv: is a link", ITSELF)),
    "2 GB of nothing": ({"employees.csv": sparse(2_000_000_000)}, ("employees.csv: is 2.0 GB, more than", "Save it as Parquet.")),
    "2 GB workbook of nothing": ({"employees.xlsx": sparse(2_000_000_000)}, XLSX),
    "2 GB Parquet of nothing": ({"employees.parquet": sparse(2_000_000_000)}, PARQUET),
    "name in capitals": ({"Employees.CSV": SOUND}, ("employees: no file 'employees.csv'", "Did you mean 'Employees.CSV'?")),
    "gzip": ({"employees.csv.gz": gzip.compress(SOUND.encode())}, ("'employees.csv.gz' cannot be read.", "Save it as CSV UTF-8.")),
    "two files": ({"employees.csv": SOUND, "employees-copy.csv": SOUND}, ("employees: is in 'employees-copy.csv'", "Keep one file")),
    "codebook that is a folder": (codebook(Path.mkdir), ("codebook.csv: is not a file.", ITSELF)),
    "codebook that is a link": (codebook(lambda at: at.symlink_to("employees.csv")), ("codebook.csv: is a link", ITSELF)),
    "codebook linked to nowhere": (codebook(lambda at: at.symlink_to("nowhere")), ("codebook.csv: is a link", ITSELF)),
    "values linked to nowhere": (beside("values.csv", lambda at: at.symlink_to("nowhere")), ("values.csv: is a link", ITSELF)),
    "crosswalk that is a folder": (beside("crosswalk.csv", Path.mkdir), ("crosswalk.csv: is not a file.", ITSELF)),
    "settings that are a folder": (study(Path.mkdir), ("study.yml: is not a file.", ITSELF)),
    "settings that are a link": (study(lambda at: at.symlink_to("/etc/passwd")), ("study.yml: is a link", ITSELF)),
    "settings linked to nowhere": (study(lambda at: at.symlink_to("nowhere")), ("study.yml: is a link", ITSELF)),
    # study.yml
    "YAML no": (study("synthetic: no"), ("study.yml: 'synthetic':", "Write true or false, without quotes.")),
    "YAML 1:30": (study("invited: 1:30"), ("study.yml: 'invited':", "Write a whole number")),
    "YAML nobody invited": (study("invited: -5"), ("study.yml: 'invited':", "Look at that line")),
    "YAML infinity": (study("invited: .inf"), ("study.yml: 'invited':", "Write a whole number")),
    "YAML number of 5,000 digits": (study(f"invited: {'9' * 5_000}"), ("study.yml: is not valid YAML in line 1", YAML)),
    "YAML key twice": (study("decimal: ','\ndecimal: '.'"), ("study.yml: is not valid YAML in line 2", "duplicate key", YAML)),
    "YAML aliases of aliases": (study(BOMB), ("study.yml: no setting 'a'.", "There are: encoding")),
    "YAML that runs code": (study("title: !!python/object/apply:os.system ['x']"), ("study.yml: is not valid YAML in line 1", YAML)),
    "YAML that names itself": (study("title: &a {en: *a}"), ("study.yml: 'title.en':", "Look at that line")),
    "YAML nested deeply": (study("a: " + "[" * 900 + "]" * 900), ("study.yml: is nested deeper than settings are.", YAML)),
    "YAML nested endlessly": (study("a: " + "[" * 40_000), ("study.yml: has more than the", "1,000 brackets", YAML)),
    "YAML of 20,000 keys": (study("".join(f"k{i}: {i}\n" for i in range(20_000))), ("study.yml: has more than the 100,000", YAML)),
    "YAML with a tab": (study("title:\n\ten: x"), ("study.yml: is not valid YAML in line 2", YAML)),
    "YAML list": (study("- a\n- b"), ("study.yml: holds no settings.", "Write one a line")),
    "YAML with NUL": (study("decimal: '.'\ntitle: {en: 'a\0b'}"), ("study.yml: is not valid YAML in line 2", YAML)),
    "YAML in Latin-1": (study(b"decimal: '.'\ntitle: {en: Zu\xefd}"), ("study.yml: is not UTF-8 in line 2.", YAML)),
    "YAML in two": (study("synthetic: true\n---\nsynthetic: false"), ("study.yml: is not valid YAML in line 2", YAML)),
    "YAML misspelt": (study("syntetic: true"), ("study.yml: no setting 'syntetic'.", "Did you mean 'synthetic'?")),
    "YAML 30 February": (
        study("waves:\n  '2025': {from: 2025-02-30, to: 2025-10-12}"), ("study.yml: is not valid YAML in line 2: day is out of range", YAML)
    ),
    "YAML wave that ends before it begins": (
        study("waves: {'2025': {from: 2025-10-12, to: 2025-09-01}}"), ("study.yml: 'waves.2025': to 2025-09-01 is before", "Mend that line.")
    ),
    "YAML wave that is a number": (
        study("waves: {2025: {from: 2025-09-01, to: 2025-10-12}}"), ("study.yml: 'waves.2025.[key]'", "Put it between quotes.")
    ),
    "YAML unknown encoding": (study("encoding: klingon"), ("study.yml: 'encoding': there is no encoding 'klingon'", "Mend that line.")),
    "YAML UTF-7": (study("encoding: utf-7"), ("study.yml: 'encoding': there is no encoding 'utf-7'", "Mend that line.")),
    "YAML that unpacks": (study("encoding: unicode_escape"), ("study.yml: 'encoding': there is no encoding", "Mend that line.")),
    "YAML file elsewhere": (
        study("files: {employees: [{file: /etc/passwd}]}"), ("study.yml: file '/etc/passwd' of employees is outside", "Put it in the dataset's")
    ),
    "YAML file above": (study("files: {employees: [{file: ../../x.csv}]}"), ("file '../../x.csv' of employees is outside", "Put it in")),
    "YAML file of NUL": (study('files: {employees: [{file: "a\\0b"}]}'), ("study.yml: 'files.employees.0.file':", "Look at that line")),
    "YAML file of 300 letters": (study(f"files: {{employees: [{{file: {'a' * 300}}}]}}"), ("'files.employees.0.file':", "Look at that line")),
    "YAML file that is an address": (
        study("files: {employees: [{file: 'https://x/y.csv'}]}"), ("study.yml: no file 'https://x/y.csv'", "Put it in the dataset's folder.")
    ),
    "YAML file that is the folder": (
        study("files: {employees: [{file: .}]}"), ("study.yml: '.', named for employees, is a folder", "Name the file itself.")
    ),
    "YAML header in row 99": (
        study("files: {employees: [{file: employees.csv, header_row: 99}]}"), ("no row with names of columns in row 99", "Begin with the header.")
    ),
    # codebook
    "codebook empty": (codebook(""), ("codebook.csv: is empty", "Export it again.")),
    "codebook without table": (codes("table", "tabel"), ("codebook.csv: no column 'table'.", "Did you mean 'tabel'?")),
    "codebook with two respondents": (
        codebook(CODEBOOK + "employees,p2,respondent,,,,\n"), ("person: is one of several columns", "(row 2).", "Give that role to one of them.")
    ),
    "codebook with a row twice": (codebook(CODEBOOK + "employees,enps,recommend_work,,0,10,\n"), ("(2 rows: 5, 6).", "Keep one.")),
    "codebook with an unknown role": (codes("recommend_work", "recomend_work"), ("no role 'recomend_work' (row 5).", "Did you mean")),
    "codebook with braces": (codes("unit", "{unit.__class__}"), ("no role '{unit.__class__}' (row 3).", "There are: respondent")),
    "codebook upside down": (codes("0,10", "10,0"), ("enps: low 10 is above high 0 (row 5).", "Exchange them.")),
    "codebook with infinity": (codes("0,10", "0,inf"), ("enps: high 'inf' is not a number (row 5).", "Write it in digits")),
    "codebook with 1e400": (codes("0,10", "0,1e400"), ("enps: high '1e400' is not a number (row 5).", "Write it in digits")),
    "codebook with a reserved name": (codebook(CODEBOOK + "employees,unit,group,,,,\n"), ("unit: has a name", "(row 6).", "Give it")),
    "codebook without a name": (codebook(CODEBOOK + "employees,,item,,1,5,\n"), ("a row names no variable (row 6).", "Fill it in")),
    "codebook with a formula": (codebook(CODEBOOK + "=cmd(),x,,,,,\n"), ("no table '=cmd()' (row 6).", "There are: employees")),
    "codebook with a script": (codebook(CODEBOOK + "employees,<script>x</script>,,,,,\n"), ("employees.csv: <script>", NO_COLUMN)),
    "codebook of 10,000 variables": (
        codebook(CODEBOOK + "".join(f"employees,v{i},item,,1,5,\n" for i in range(10_000))), ("employees.csv: 9,980 more", NO_COLUMN)
    ),
    "codebook that is a workbook": (codebook(BOOK), ("codebook.csv: is a zip, Excel or gzip file", "Save it as CSV UTF-8")),
    "codebook without its n": (
        units("A,2025,20,.5,4.1,1", mine=UNITS.replace("n,sd\n", "nn,sd\n")), ("score: has n_column 'nn'", "(row 6).", "Add that variable")
    ),
    # values and crosswalk
    "values that go round": (
        choices(VALUES + "employees,contract,1,,,2\nemployees,contract,2,,,1\n"), ("contract: '1' is read as '2'", "(row 2).", "Name the value")
    ),
    "value read as itself": (
        choices(VALUES + "employees,contract,1,A,,\nemployees,contract,2,,,2\n"), ("'2' is read as '2'", "(row 3).", "Name the value")
    ),
    "value twice": (
        choices(VALUES + "employees,contract,1,A,,\nemployees,contract,1,B,,\nemployees,contract,2,C,,\n"), ("(2 rows: 2, 3).", "Keep one.")
    ),
    "value read as none": (
        choices(VALUES + "employees,enps,3,,,11\nemployees,contract,1,A,,\nemployees,contract,2,A,,\n"), ("'3' is read as '11'", "(row 2).", "Mend it")
    ),
    "value not listed": (choices(VALUES + "employees,contract,1,A,,\n"), ("employees.csv: contract:", "(row 3).", "Mend it, list it there")),
    "values of nothing": (choices(VALUES), ("values.csv: has a header but no rows", "Export it again")),
    "values of another table": (choices(VALUES + "employes,contract,1,A,,\n"), ("values.csv: no variable", "(row 2).", "Mend it, or remove")),
    "respondents made one": (
        choices(VALUES + "employees,person,p2,,,p1\nemployees,contract,1,A,,\nemployees,contract,2,B,,\n"),
        ("values.csv: person: has the role respondent, whose values are not listed (row 2).", "Remove these rows."),
    ),
    "crosswalk without unit": (beside("crosswalk.csv", "code,from\nNorth,2024\n"), ("crosswalk.csv: no column 'unit'.", "Add it to the header.")),
    "crosswalk with an empty cell": (beside("crosswalk.csv", CROSSWALK + ",North,,,\n"), ("a unit or a code (row 2).", "Fill in both.")),
    "crosswalk share of nought": (beside("crosswalk.csv", CROSSWALK + "A,North,,,0\n"), ("share: not above 0", "(row 2).", "Write it as 0.25.")),
    "crosswalk share of a word": (beside("crosswalk.csv", CROSSWALK + "A,North,,,half\n"), ("share: not above 0", "(row 2).", "Write it as 0.25.")),
    "crosswalk shares that lack some": (
        beside("crosswalk.csv", CROSSWALK + "A,North,,,.5\nB,North,,,.4\n"), ("sum to 0.9, not to 1 (2 rows: 2, 3).", "Give them one 'from'")
    ),
    "crosswalk to two units": (
        beside("crosswalk.csv", CROSSWALK + "A,North,,,\nB,North,,,\n"), ("code 'North' has more than one row", "(row 3).", "Give each a 'from'")
    ),
    "crosswalk that ends before it begins": (
        beside("crosswalk.csv", CROSSWALK + "A,North,2026,2024,\n"), ("crosswalk.csv: has 'from' after 'to'", "(row 2).", "Exchange them")
    ),
    "crosswalk with another column": (
        beside("crosswalk.csv", "unit,code,since\nA,North,2024\n"), ("crosswalk.csv: no such column as 'since'.", "There are: unit, code")
    ),
    # units, weights, days
    "unit with fewer than nobody": (units("A,2025,-5,.5,4.1,1"), ("units.csv: n: value '-5' below 0", "(row 2).", MEND)),
    "unit with a negative spread": (units("A,2025,20,-.5,4.1,1"), ("units.csv: sd: value '-0.5' below 0", "(row 2).", MEND)),
    "unit with an undeclared mark": (units("A,2025,S,.5,4.1,1"), ("units.csv: n: 'S' not a number (row 2).", "write `S` under missing.")),
    "unit twice": (units(*["A,2025,20,.5,4.1,1"] * 2), ("units.csv: school: 'A' more than once in a wave (2 rows: 2, 3).", "Decide which")),
    "unit without a name": (units(",2025,20,.5,4.1,1"), ("units.csv: school: no unit (row 2).", "Fill it in")),
    "revenue in two decimals": (
        units('A,2025,20,.5,4.1,"1.234,5"', 'B,2025,20,.5,4.1,"1,234.5"'), ("has a decimal comma", "(row 2).", "Write all numbers in one way.")
    ),
    "revenue that may be a thousand": (units("A,2025,20,1,4,1.234"), ("units.csv: revenue: '1.234' may have", "(row 2).", "Say which in study.yml")),
    "revenue with a sign": (units("A,2025,20,.5,4.1,€ 100"), ("units.csv: revenue: '€ 100' not a number (row 2).", MEND)),
    "weight of nought": (weights("0"), ("employees.csv: w: value '0' not above zero", "(row 2).", "Mend it, or remove the row.")),
    "weight below nought": (weights("-1"), ("employees.csv: w: value '-1' not above zero", "(row 2).", "Mend it, or remove")),
    "weight too small to be": (weights("0." + "0" * 400 + "1"), ("w: value '0' not above zero", "(row 2).", "Mend it, or remove")),
    "weight nan": (weights("nan"), ("employees.csv: w: 'nan' not a number (row 2).", "under missing.")),
    "weight missing": (weights(""), ("employees.csv: w: no weight (row 2).", "Fill it in, or remove the row.")),
    "day or month": (days("03-04-2025"), ("day: '03-04-2025' not a date (row 2).", A_DATE)),
    "day that Excel counts": (days("45992"), ("day: '45992' not a date (row 2).", A_DATE)),
    "day that is not there": (days("2025-02-30"), ("day: '2025-02-30' not a date (row 2).", A_DATE)),
    "day of nought": (days("0000-00-00"), ("day: '0000-00-00' not a date (row 2).", A_DATE)),
    "days in two ways": (days("2025-01-02", "02-01-2025"), ("day: '02-01-2025' not a date (row 3).", A_DATE)),
}

# name of the case: the files, what some columns hold, and a piece of each note
READ: dict[str, tuple[Files, dict[str, list], tuple[str, ...]]] = {
    "ids that look like something else": (
        rows("007,NA,2025,9", "1E5,nan,2025,8", "NA,007,2025,7", "TRUE,None,2025,6", "nan,1E5,2025,5", "7,7,2025,4"),
        {"team": ["NA", "nan", "007", "None", "1E5", "7"], "enps": [9, 8, 7, 6, 5, 4]}, ()
    ),
    "ids that differ in capitals": (rows("p1,A,2025,9", "P1,A,2025,8"), {"enps": [9, 8]}, ()),
    "99 that is declared": (scores("99"), {"enps": [None, 9]}, ()),
    "99.0 that is declared": (scores("99.0"), {"enps": [None, 9]}, ()),
    "09 and 9.0": (scores("09", "9.0"), {"enps": [9, 9, 9]}, ()),
    "no answer at all": (HEADER + "p1,A,2025,\n", {"enps": [None]}, ()),
    "decimal comma": (scores('"9,0"'), {"enps": [9, 9]}, ("a decimal comma",)),
    "team 200 letters long": (teams("x" * 200), {"team": ["x" * 200]}, ()),
    "team of emoji": (teams("🙂👩\u200d👩\u200d👧"), {"team": ["🙂👩\u200d👩\u200d👧"]}, ()),
    "teams like paths": (teams("../../x", "C:\\", "con", "/etc/passwd"), {"team": ["../../x", "C:\\", "con", "/etc/passwd"]}, ()),
    "team with a script": (teams("<script>alert(1)</script>"), {"team": ["<script>alert(1)</script>"]}, ()),
    "team like a formula": (teams("=1+1", "@cmd"), {"team": ["=1+1", "@cmd"]}, ()),
    "team with quotes and slashes": (teams('"De ""Eén""; a/b"', "O'Neil"), {"team": ['De "Eén"; a/b', "O'Neil"]}, ()),
    "team with a quote within": (teams('5" pipes', "x"), {"team": ['5" pipes', "x"]}, ()),
    "team in Hebrew": (teams("צפון", "שלום"), {"team": ["צפון", "שלום"]}, ()),
    "nobody's team": (rows("p1,,2025,9", "p2,A,2025,8"), {"team": [None, "A"], "enps": [9, 8]}, ("under no unit (row 2)",)),
    "year 2025.0": (rows("p1,A,2025.0,9"), {"year": ["2025"], "enps": [9]}, ("read without them (1)",)),
    "titles above": ("Survey 2025\n\n" + SOUND, {"enps": [9, 3]}, ("in row 3",)),
    "comment above": ("# export\n" + SOUND, {"enps": [9, 3]}, ("in row 2",)),
    "old Mac line ends": (SOUND.replace("\n", "\r"), {"enps": [9, 3]}, ()),
    "mixed line ends": (HEADER + "p1,A,2025,9\r\np2,A,2025,8\rp3,A,2025,7\n", {"enps": [9, 8, 7]}, ()),
    "UTF-16": (SOUND.encode("utf-16"), {"enps": [9, 3]}, ("is UTF-16",)),
    "UTF-16 without a mark": (SOUND.encode("utf-16-le"), {"enps": [9, 3]}, ("is UTF-16",)),
    "UTF-7 taken for what it is": (teams("Z+AO8-d"), {"team": ["Z+AO8-d"]}, ()),
    "byte order mark twice": (b"\xef\xbb\xbf" * 2 + SOUND.encode(), {"enps": [9, 3]}, ("byte order mark",)),
    "Windows letters": (teams("Zuïd").encode("cp1252"), {"team": ["Zuïd"]}, ("read as 'cp1252'",)),
    "columns that differ in capitals": (
        "person,team,year,enps,ENPS\np1,A,2025,9,3\n", {"enps": [9]}, ("not read: 'ENPS'",)
    ),
    "columns that differ in NFC": (
        "person,team,year,enps,caf\u00e9,cafe\u0301\np1,A,2025,9,3,4\n", {"enps": [9]}, ("not read",)
    ),
    "column with a script": ("person,team,year,enps,<script>\np1,A,2025,9,1\n", {"enps": [9]}, ("<script>",)),
    "separator at each end": ("person,team,year,enps,\np1,A,2025,9,\n", {"enps": [9]}, ("not read: ''",)),
    "hint of Excel's": ("sep=;\n" + SOUND.replace(",", ";"), {"enps": [9, 3]}, ("semicolon",)),
    "line end in a column that is not asked": (
        'person,team,year,enps,why\np1,A,2025,9,"so, so,\nand so"\np2,A,2025,8,\n', {"enps": [9, 8]}, ("not read: 'why'",)
    ),
    "tab-separated by commas": ({"employees.tsv": SOUND}, {"enps": [9, 3]}, ()),
    "ending in capitals": ({"employees.CSV": SOUND}, {"enps": [9, 3]}, ()),
    "lock of an open workbook": ({"employees.csv": SOUND, "~$employees.xlsx": b"x"}, {"enps": [9, 3]}, ()),
    "folder that holds itself": ({"employees.csv": SOUND, "loop": lambda at: at.symlink_to(at.parent)}, {"enps": [9, 3]}, ()),
    "xlsx with numbers as text": (
        xlsx(book(HEADER.strip().split(","), ["p1", "A", "2025", "9"])), {"year": ["2025"], "enps": [9]}, ()
    ),
    "xlsx that is computed": (
        xlsx(page(lambda sheet: sheet.write_formula("D2", "=4+4", None, 8))), {"enps": [8, 3]}, ("last computed",)
    ),
    "xlsx with a hidden row": (xlsx(page(lambda sheet: sheet.set_row(2, None, None, {"hidden": True}))), {"enps": [9, 3]}, ("hidden rows (1)",)),
    "xlsx with a hidden sheet": (
        xlsx(book(change=lambda its: (its.add_worksheet("Old").write(0, 0, "enps"), its.worksheets()[1].hide()))), {"enps": [9, 3]}, ("of 2 sheets",)
    ),
    "xlsx with its header in row 4": (
        xlsx(book(["Survey"], [], [], HEADER.strip().split(","), ["p1", "A", 2025, 9])), {"enps": [9]}, ("in row 4",)
    ),
    "xlsx that climbs out": (xlsx(packed(BOOK, **{"../../evil.txt": b"x"})), {"enps": [9, 3]}, ()),
    "xlsx ids with noughts": (
        xlsx(book(HEADER.strip().split(","), [7.0, "007", 2025, 9], ["7 a", "7", 2025, 3])), {"team": ["007", "7"], "enps": [9, 3]}, ()
    ),
    "Parquet of decimals": (as_parquet(parquet(enps=[Decimal("9.00"), Decimal("3.00")])), {"enps": [9, 3]}, ()),
    "Parquet of small floats": (as_parquet(parquet(enps=pa.array(np.array([9, 3], "float16")))), {"enps": [9, 3]}, ()),
    "Parquet of categories": (as_parquet(parquet(team=pa.array(["A", "A"]).dictionary_encode())), {"team": ["A", "A"]}, ()),
    "Parquet of nothing": (as_parquet(parquet(enps=pa.nulls(2))), {"enps": [None, None]}, ()),
    "Parquet with NaN and no team": (
        as_parquet(parquet(enps=[float("nan"), 9.0], team=[None, "nan"])), {"enps": [None, 9], "team": [None, "nan"]}, ("no unit (row 2)",)
    ),
    "Parquet of moments elsewhere": (
        as_parquet(parquet(year=pa.array([datetime(2026, 1, 1, 4, 30)] * 2, pa.timestamp("us", "America/New_York")))),
        {"year": ["2025-12-31 23:30:00"] * 2}, ()
    ),
    "YAML 010": (study("invited: 010"), {"enps": [9, 3]}, ()),
    "YAML title with a script": (study("title: {en: '<script>alert(1)</script>'}"), {"enps": [9, 3]}, ()),
    "YAML that is empty": (study(""), {"enps": [9, 3]}, ()),
    "codebook in UTF-16": (codebook(CODEBOOK.encode("utf-16")), {"enps": [9, 3]}, ()),
    "codebook with semicolons": (codebook(CODEBOOK.replace(",", ";")), {"enps": [9, 3]}, ()),
    "codebook that calls 9 missing": (codes(",99", ",9|99"), {"enps": [None, 3]}, ()),
    "value declared as another": (
        choices(VALUES + "employees,enps,3,,,4\nemployees,contract,1,A,,\nemployees,contract,2,<b>,,\n"), {"enps": [9, 4]}, ("'3' read as '4'",)
    ),
    "crosswalk to the same name": (beside("crosswalk.csv", CROSSWALK + "North,North,,,\n"), {"team": ["North"] * 2}, ("count for that unit",)),
    "crosswalk that splits people": (
        beside("crosswalk.csv", CROSSWALK + "A,North,,,.5\nB,North,,,.5\n"), {"team": [None, None], "enps": [9, 3]}, ("nobody knows",)
    ),
    "crosswalk of another code": (beside("crosswalk.csv", CROSSWALK + "A,Noord,,,\n"), {"team": ["North"] * 2}, ("in no row of", "in no table")),
    "unit with a declared mark": (units("A,2025,20,.5,S,100"), {"score": [None], "revenue": [100], "n": [20]}, ()),
    "revenue with thousands": (units('A,2025,20,.5,4.1,"1,234.5"'), {"revenue": [1234.5]}, ("'1,234.5'",)),
    "revenue with NBSP": (units("A,2025,20,.5,4.1,1\u00a0234"), {"revenue": [1234]}, ("between thousands",)),
    "weights far apart": (weights("1" + "0" * 30), {"w": [1e30, 1]}, ()),
    "date in another zone": (days("2025-12-31T23:30:00-05:00"), {"day": ["2025-12-31"]}, ("times are left out",)),
    "date as declared": (days("2025-01-02", "31-01-2025", settings="date_format: dd-mm-yyyy"), {"day": ["2025-01-02", "2025-01-31"]}, ()),
}

# name of the case: the files, and what the message must hold; None: it is read, with two people
DANGEROUS: dict[str, tuple[Files, tuple[str, ...] | None]] = {
    "pipe": ({"employees.csv": os.mkfifo}, ("employees.csv: is not a file.", ITSELF)),
    "codebook that is a pipe": (codebook(os.mkfifo), ("codebook.csv: is not a file.", ITSELF)),
    "settings that are a pipe": (study(os.mkfifo), ("study.yml: is not a file.", ITSELF)),
    "cell of 10 MB": ({"employees.csv": later(lambda: rows(f"p1,{'x' * 10_000_000},2025,9").encode())}, ("a cell of more than 100,000 characters (row 2).", "Look for a quote")),
    "line of 10 MB": ({"employees.csv": later(lambda: b"x" * 10_000_000)}, ("employees.csv: no row with names of columns.", "Begin with the header.")),
    "million empty lines": (SOUND + "\n" * 1_000_000 + "p3,A,2025,9\n", ("rows without any value (1,000,000 rows: 4,", "Remove them.")),
    "million empty lines at the end": (SOUND + "\n" * 1_000_000, None),
    "100 MB of NUL": ({"employees.csv": sparse(100_000_000)}, ("employees.csv:", EXPORT)),
    "zip bomb": (xlsx(later(lambda: packed(BOOK, **{"xl/media/x.bin": bytes(210_000_000)}))), ("employees.xlsx: unpacks to 210 MB", "Save the sheet as CSV")),
    "bomb of rows": (
        xlsx(later(lambda: packed(BOOK, **{SHEET: XML.replace(b"</sheetData>", b"<row/>" * 10**7 + b"</sheetData>")}))),
        ("employees.xlsx: unpacks to 60 MB", "Save the sheet as CSV UTF-8."),
    ),
    "Parquet bomb": (
        as_parquet(later(lambda: parquet(**dict.fromkeys(HEADER.strip().split(","), np.zeros(20_000_000, "int8"))))),
        ("employees.parquet: unpacks to 80,000,000 cells", "save it as CSV UTF-8."),
    ),
    "large file that nobody asked for": (beside("other.csv", sparse(1_000_000_000)), None),
}
# fmt: on


@pytest.fixture
def made(tmp_path: Path) -> Callable[[Files], Path]:
    """Write a dataset; one of employees where nothing else is said."""

    def write(files: Files) -> Path:
        folder = tmp_path / "study"
        folder.mkdir()
        its = files if isinstance(files, Mapping) else {"employees.csv": files}
        for name, content in ({"codebook.csv": CODEBOOK} | dict(its)).items():
            if callable(content):
                content(folder / name)
            else:
                (folder / name).write_bytes(content if isinstance(content, bytes) else content.encode())
        return folder

    return write


def looked_at(folder: Path) -> Checked:
    """Check a dataset as `exkit check` does, with its page, within the time and the memory that it may take."""
    start, before = time.process_time(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    checked = check(folder)
    suspected = suspicions(checked)
    seconds = time.process_time() - start
    at = folder.parent / "page.html"
    publish_check(checked, suspected, dataset=folder, language="nl", at=at)
    assert "<script" not in at.read_text()
    assert seconds < SECONDS
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) * 1024 < BYTES
    return checked


def tells(messages: list[str], what: tuple[str, ...]) -> bool:
    """Tell whether one message holds everything, and each says where it is and, in a sentence, what to do next."""
    shaped = re.compile(r"[\w.()~$-]+: .+[.)?] [A-Z`'].*[.?]", re.DOTALL)
    assert [message for message in messages if not shaped.fullmatch(message)] == []
    return any(all(part in message for part in what) for message in messages)


def test_there_are_as_many_hostile_files_as_were_asked_for():
    """120 and more."""
    assert len(REFUSED) + len(READ) + len(DANGEROUS) >= 130


@pytest.mark.parametrize(("files", "what"), REFUSED.values(), ids=REFUSED)
def test_a_hostile_file_is_refused_with_file_place_and_next_step(made, files, what):
    """And the study does not open."""
    checked = looked_at(made(files))
    messages = list(checked.breaches["message"])
    assert tells(messages, what), messages
    assert checked.study_parts == {}


@pytest.mark.parametrize(("files", "columns", "notes"), READ.values(), ids=READ)
def test_a_file_that_looks_hostile_is_read_as_it_stands(made, files, columns, notes):
    """The values, as many rows as there are, and a note of what was assumed."""
    checked = looked_at(made(files))
    assert list(checked.breaches["message"]) == []
    (frame,) = checked.study_parts["tables"].values()
    for name, values in columns.items():
        assert [None if value != value else value for value in written(frame[name])] == values
        assert len(frame) == len(values)
    told_of = "\n".join(checked.notes["message"])
    assert all(note in told_of for note in notes), told_of


def written(cells) -> list:
    """List values, days as text."""
    return [f"{cell:%Y-%m-%d}" if isinstance(cell, datetime) else cell for cell in cells]


CHILD = """
import json, resource, sys, time
resource.setrlimit(resource.RLIMIT_AS, (4 << 30, 4 << 30))  # address space, of which libraries ask for more than they use
from exkit.survey.check import check
import pandera.pandas, pyarrow.csv, pyarrow.parquet
start = time.process_time()
checked = check(sys.argv[1])
tables = checked.study_parts.get("tables", {})
print(json.dumps({
    "seconds": time.process_time() - start,
    "bytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    "messages": list(checked.breaches["message"]),
    "enps": list(tables["employees"]["enps"]) if tables else None,
}))
"""


@pytest.mark.parametrize(("files", "what"), DANGEROUS.values(), ids=DANGEROUS)
def test_a_file_that_could_hang_or_fill_the_memory_does_neither(made, files, what):
    """In a process of its own, which is stopped after half a minute."""
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(made(files))], capture_output=True, text=True, check=False, timeout=30
    )
    assert done.stderr == ""
    found = json.loads(done.stdout)
    assert found["seconds"] < SECONDS
    assert found["bytes"] < BYTES
    if what is None:
        assert (found["messages"], found["enps"]) == ([], [9, 3])
    else:
        assert tells(found["messages"], what), found["messages"]


def test_a_file_that_may_not_be_read_is_told(made, monkeypatch):
    """Its name, why, and what to do; whoever runs the tests may be allowed to read everything."""
    folder = made(SOUND)
    (folder / "employees.csv").chmod(0)
    if os.access(folder / "employees.csv", os.R_OK):
        read = Path.read_bytes
        denied = PermissionError(13, "Permission denied")
        monkeypatch.setattr(Path, "read_bytes", lambda path: read(path) if path.suffix != ".csv" else _raise(denied))
    messages = list(looked_at(folder).breaches["message"])
    assert any("cannot be opened: Permission denied. Look who may read it" in message for message in messages), messages


def _raise(error: Exception) -> None:
    """Raise an error where only an expression may stand."""
    raise error


DRAFTED = ("separator at each end", "column with a script", "team with a script", "team like a formula", "UTF-16", "10,000 columns",
           "empty file", "header alone", "gzip named CSV", "xlsx cut in half", "Parquet of lists", "two quotes around two rows",
           "quote that stays open", "row too long", "link to nowhere", "folder named employees.csv", "two encodings", "every byte",
           "score inf", "score 1e400", "ids that look like something else", "Parquet of durations", "xlsx with macros", "no answer at all",
           "SPSS that is empty", "column twice", "byte order mark twice", "team that colours the screen")  # fmt: skip
"""Cases of which a codebook is drafted, too."""


@pytest.mark.parametrize("name", DRAFTED)
def test_a_codebook_of_a_hostile_file_is_drafted_or_refused(made, name):
    """With a message that names the file; what is drafted holds no formula, and the number of rows is said."""
    files = (REFUSED.get(name) or READ[name])[0]
    (folder := made(files)).joinpath("codebook.csv").unlink()
    (path,) = folder.iterdir()
    start = time.process_time()
    try:
        drafted = draft([("", path)])
    except ExkitError as refused:
        said = str(refused)
        assert said.startswith(("1 problem in", "2 problems in", "3 problems in", "4 problems in"))
        assert path.name in said or "a draft without any column" in said
    else:
        written = write_draft(drafted, folder / "codebook.csv")
        lines = [*told(drafted), *next_steps(drafted, written)]
        assert lines[0].startswith(f"{path.name} is taken for employees")
        assert not re.search(r"(^|[,;])[\"]?[=@+]", written[0].read_text("utf-8-sig"), re.MULTILINE)
    assert time.process_time() - start < SECONDS


def exkit(*words: str) -> subprocess.CompletedProcess:
    """Run the command line as a user does."""
    return subprocess.run(
        [sys.executable, "-m", "exkit.cli", *words], capture_output=True, text=True, check=False, timeout=60
    )


@pytest.mark.parametrize(
    ("files", "status", "out", "err"),
    [
        (REFUSED["two quotes around two rows"][0], 1, "Look for a quote too many", "1 problem in '"),
        (
            REFUSED["settings linked to nowhere"][0],
            1,
            "Wrong: study.yml: is a link to another place.",
            "1 problem in '",
        ),
        (READ["team with a script"][0], 0, "Nothing wrong in '", ""),
    ],
    ids=["two quotes around two rows", "settings linked to nowhere", "team with a script"],
)
def test_the_command_line_tells_of_a_hostile_file_without_a_traceback(made, files, status, out, err):
    """Status 1 and a sentence on standard error, or status 0."""
    folder = made(files)
    done = exkit("check", str(folder), "--output", str(folder.parent / "check.html"))
    assert done.returncode == status
    assert out in done.stdout
    assert done.stderr.startswith(err)
    assert "Traceback" not in done.stdout + done.stderr
    assert (folder.parent / "check.html").exists()


def test_the_command_line_drafts_nothing_of_a_hostile_file(made):
    """Status 2, and nothing is written."""
    folder = made(REFUSED["xlsx cut in half"][0])
    (folder / "codebook.csv").unlink()
    done = exkit("codebook", str(folder / "employees.xlsx"))
    assert (done.returncode, done.stdout) == (2, "")
    assert all(part in done.stderr for part in XLSX)
    assert "Traceback" not in done.stderr
    assert [path.name for path in folder.iterdir()] == ["employees.xlsx"]
