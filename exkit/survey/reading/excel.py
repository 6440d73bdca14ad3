"""An Excel workbook as the text that a CSV of it would hold.

7 is `7`, a day is `2025-12-31`, a tick is `TRUE`; of a formula the value that Excel last computed. What would be lost
on the way is told instead: cells with an error, cells that are merged, formulas that were never computed. A workbook is
a zip of XML: how much there is in it, and in what state its cells are, is looked at before it is read (`workbook`).
"""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import pandas as pd

from exkit.errors import nearest
from exkit.survey.findings import Findings, quoted
from exkit.survey.reading.exports import find_header
from exkit.survey.reading.facts import Dialect, Facts
from exkit.survey.reading.workbook import MOST_CELLS, TO_CSV, Cells, is_sound, letters, look_at_sheets
from exkit.survey.reading.written import texts

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

TOP_ROWS = 50
DAMAGED = (zipfile.BadZipFile, zlib.error, EOFError, KeyError, SyntaxError, ValueError, RuntimeError)
"""What reading a damaged, encrypted or foreign zip raises."""


def read_excel(
    path: Path, *, known: Collection[str], dialect: Dialect, findings: Findings
) -> tuple[pd.DataFrame, Facts] | None:
    """Read one sheet of a workbook as text; None if that cannot be done without guessing.

    Parameters
    ----------
    path, known, dialect, findings
        As in `read_csv`.
    """
    from python_calamine import CalamineError, load_workbook

    try:
        with zipfile.ZipFile(path) as packed:
            if not is_sound(packed, path.name, findings):
                return None
            sheets = look_at_sheets(packed)
        with load_workbook(path) as book:
            name = _sheet(book, sheets, known, dialect, path.name, findings)
            return None if name is None else _read_sheet(book, sheets[name], name, known, dialect, path.name, findings)
    except (*DAMAGED, CalamineError):
        text, advice = _not_excel(path)
        findings.breach(path.name, "not_excel", text, advice=advice)
        return None


def _not_excel(path: Path) -> tuple[str, str]:
    """Say what is called .xlsx and is none, and what to do about it."""
    with path.open("rb") as file:
        start = file.read(4)
    if start == b"\xd0\xcf\x11\xe0":
        return "is an old or password-protected Excel file", "Save it as .xlsx without a password."
    return "is not an Excel file, or is damaged", "Save it from Excel as .xlsx, or as CSV UTF-8."


def _sheet(
    book: CalamineWorkbook,
    sheets: dict[str, Cells],
    known: Collection[str],
    dialect: Dialect,
    file: str,
    findings: Findings,
) -> str | None:
    """Choose the sheet: the declared one, the only one with anything in it, or the only one with known columns."""
    if dialect.sheet is not None and dialect.sheet not in sheets:
        there = f"There are: {', '.join(sheets)}."
        advice = f"{nearest(dialect.sheet, sheets)} {there}"
        findings.breach(file, "no_sheet", f"no sheet '{dialect.sheet}', which study.yml declares", advice=advice)
        return None
    if dialect.sheet is not None:
        return dialect.sheet
    from python_calamine import SheetVisibleEnum

    shown = {sheet.name for sheet in book.sheets_metadata if sheet.visible == SheetVisibleEnum.Visible}
    filled = [name for name, cells in sheets.items() if name in shown and cells.columns]
    recognised = [name for name in filled if len(filled) > 1 and _top_names(book, name) & set(known)]
    choice = recognised or filled
    if len(choice) == 1:
        if len(sheets) > 1:
            findings.note(file, "sheet", f"sheet '{choice[0]}' is read, of {len(sheets)} sheets", value=choice[0])
        return choice[0]
    if not filled:
        findings.breach(file, "empty_file", "has no sheet with anything in it: there are no data", advice=TO_CSV)
        return None
    advice = f"Say which one in study.yml: `files: {{employees: [{{file: {file}, sheet: {choice[0]!r}}}]}}`."
    findings.breach(file, "several_sheets", f"the data may be in sheet {quoted(choice)}", advice=advice)
    return None


def _top_names(book: CalamineWorkbook, name: str) -> set[str]:
    """List the words at the top of a sheet."""
    top = book.get_sheet_by_name(name).to_python(nrows=TOP_ROWS)
    return {cell for row in top for cell in row if isinstance(cell, str)}


def _read_sheet(
    book: CalamineWorkbook,
    cells: Cells,
    name: str,
    known: Collection[str],
    dialect: Dialect,
    file: str,
    findings: Findings,
) -> tuple[pd.DataFrame, Facts] | None:
    """Read a sheet from its header on."""
    if cells.rows * cells.columns > MOST_CELLS:
        text = f"sheet '{name}' spans {cells.rows:,} rows by {cells.columns:,} columns, more than is read from Excel"
        findings.breach(file, "too_large", text, advice=TO_CSV)
        return None
    sheet = book.get_sheet_by_name(name)
    rows = sheet.to_python(skip_empty_area=False)
    while rows and not any(cell != "" for cell in rows[-1]):
        rows.pop()
    header = find_header([texts(row) for row in rows[:TOP_ROWS]], known, dialect, file=file, findings=findings)
    if header is None:
        return None
    titles, body = texts(rows[header]), rows[header + 1 :]
    written = [texts(column) for column in zip(*body, strict=True)] or [[] for _ in titles]
    kept = [at for at, title in enumerate(titles) if title or any(written[at])]
    asked = {letters(at): titles[at] for at in kept if not known or titles[at] in known}
    _tell_lost(cells, sheet.merged_cell_ranges or [], asked, header + 1, file, findings)
    _tell_assumed(cells, body, {at: titles[at] for at in kept if letters(at) in asked}, file, findings)
    index = pd.RangeIndex(header + 2, header + 2 + len(body))
    columns = [pd.Series(written[at], index=index, dtype="str") for at in kept]
    frame = pd.concat(columns, axis="columns").set_axis([titles[at] for at in kept], axis="columns")
    return frame, Facts("xlsx", sheet=name)


def _tell_lost(
    cells: Cells, merged: Sequence[tuple], asked: dict[str, str], header: int, file: str, findings: Findings
) -> None:
    """Report cells whose value is not to be had."""
    inside = [
        (letters(column), row + 1)
        for (top, left), (bottom, right) in merged
        for column in range(left, right + 1)
        for row in range(max(top, header), bottom + 1)
    ]
    told = {
        "error_cell": (cells.errors, "an error of Excel's, such as #N/A", "Mend the cell, or empty it."),
        "not_computed": (cells.not_computed, "a formula without a value", "Open the file in Excel and save it."),
        "merged": (inside, "merged cells, of which only the first has a value", "Unmerge them, and fill in each."),
    }
    for problem, (places, text, advice) in told.items():
        for column, title in asked.items():
            rows = sorted(row for its, row in places if its == column and row > header)
            if rows:
                findings.breach(file, problem, text, advice=advice, variable=title, rows=rows)


def _tell_assumed(
    cells: Cells, body: Sequence[Sequence[object]], asked: dict[int, str], file: str, findings: Findings
) -> None:
    """Note what is read as something else than it looks like in Excel."""
    ticked = [title for at, title in asked.items() if any(type(row[at]) is bool for row in body)]
    if ticked:
        findings.note(file, "ticks", f"TRUE and FALSE in {quoted(ticked)} are read as these words")
    if cells.formulas:
        text = f"of formulas ({cells.formulas:,}) the values that Excel last computed are read"
        findings.note(file, "formulas", text)
    if cells.hidden_rows:
        findings.note(file, "hidden_rows", f"hidden rows ({cells.hidden_rows:,}) are read too")
