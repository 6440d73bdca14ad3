"""A CSV file as text, or the reason why it cannot be read: separator, header, quotes, ragged rows.

A file that is not what it should be is told with its line, and not read any further: half a file read well is worse
than none. What cannot be known from the file is declared in `study.yml`.
"""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Collection
from contextlib import suppress
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from exkit.survey.findings import Findings
from exkit.survey.reading.encodings import decode
from exkit.survey.reading.exports import find_header
from exkit.survey.reading.facts import Dialect, Facts
from exkit.survey.reading.texts import from_arrow

SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
TOP = 1_000_000  # the header is among the first million characters
TOP_ROWS = 50
QUOTE = "Close it, or write a quote that is part of a text twice."
RAGGED = {
    "too_long": "Look for a separator within a text, which needs quotes; or name all columns in the header.",
    "too_short": "Look for a line that was broken off, or for another separator.",
}
WITHIN = re.compile(r'"(?<=[^\s,;|"]")(?=[^\s,;|"])')
"""A quote within a text: harmless if the text has no quotes around it."""


class Record(NamedTuple):
    """One record at the top of a file: its cells, and the line on which the next one begins."""

    cells: list[str]
    next_line: int


def read_csv(
    path: Path, *, known: Collection[str], dialect: Dialect, findings: Findings
) -> tuple[pd.DataFrame, Facts] | None:
    """Read a CSV file as text; None if that cannot be done without guessing.

    Parameters
    ----------
    path
        The file.
    known
        Columns that the codebook names, by which the separator and the header are recognised.
    dialect
        What `study.yml` declares.
    findings
        Collects what is wrong and what was assumed.

    Returns
    -------
    frame, facts
        The cells as text, its index the rows as a spreadsheet numbers them; and how the file is written.
    """
    decoded = decode(path.read_bytes(), declared=dialect.encoding, file=path.name, findings=findings)
    if decoded is None:
        return None
    text, encoding = decoded
    hint = re.match(r"sep=(.)\r?\n", text)  # a line of Excel's, which says how the others are split, and is no row
    text = text[hint.end() :] if hint else text
    separator = dialect.separator or (hint and hint[1]) or _separator(text, known)
    if separator != (dialect.separator or ","):
        name = SEPARATORS.get(separator, f"'{separator}'")
        findings.note(path.name, "separator", f"columns are separated by a {name}", value=separator)
    records = _top(text, separator)
    row = find_header([record.cells for record in records], known, dialect, file=path.name, findings=findings)
    if row is None:
        return None
    body = "".join(io.StringIO(text, newline="").readlines()[records[row - 1].next_line :]) if row else text
    line = _open_quote(body, separator)
    if line:
        line += records[row - 1].next_line if row else 0
        text = f"a quote is opened in line {line} and not closed as it should be"
        findings.breach(path.name, "open_quote", text, advice=QUOTE)
        return None
    frame = _parsed(body, records[row].cells, separator, row + 1, path.name, findings)
    return (
        None
        if frame is None
        else (frame, Facts("csv", encoding=encoding, separator=separator, decimal=dialect.decimal))
    )


def _separator(text: str, known: Collection[str]) -> str:
    """Take the separator that splits a line into most of the columns that the codebook names.

    Where none is known it is the one that splits all lines into equally many cells, and into most.
    """

    def how_well(separator: str) -> tuple[int, bool, int]:
        rows = [record.cells for record in _top(text, separator)]
        recognised = max((len(set(cells) & set(known)) for cells in rows), default=0)
        widths = Counter(len(cells) for cells in rows if any(cells))
        width, n = widths.most_common(1)[0] if widths else (1, 0)
        return recognised, width > 1 and n == widths.total(), width

    return max(SEPARATORS, key=how_well)


def _top(text: str, separator: str) -> list[Record]:
    """Split the first records."""
    reader = csv.reader(io.StringIO(text[:TOP], newline=""), delimiter=separator)
    records: list[Record] = []
    with suppress(csv.Error):  # a cell longer than any: told where the cells are read
        records += (Record(cells, reader.line_num) for cells in islice(reader, TOP_ROWS))
    return records


def _open_quote(text: str, separator: str) -> int:
    """Give the line where a quote is opened that never closes, or not at the end of its cell; 0 if all do."""
    if text.count('"') % 2 == 0 and not WITHIN.search(text):
        return 0
    line = 1
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for _ in reader:
            line = reader.line_num + 1
    except csv.Error:
        return line
    return 0


def _parsed(
    text: str, columns: list[str], separator: str, first_row: int, file: str, findings: Findings
) -> pd.DataFrame | None:
    """Split sound text into cells; rows of another length than the header are breaches."""
    import pyarrow as pa
    from pyarrow import csv as arrow

    ragged: dict[str, list[int]] = {"too_long": [], "too_short": []}

    def keep(row: arrow.InvalidRow) -> str:
        number = row.number + first_row - 1
        ragged["too_long" if row.actual_columns > row.expected_columns else "too_short"].append(number)
        return "skip"

    position = [f"{i}" for i in range(len(columns))]  # headers may be doubled: that is told later
    try:
        cells = arrow.read_csv(
            pa.BufferReader((text.rstrip("\r\n") + "\n").encode()),
            read_options=arrow.ReadOptions(use_threads=False, column_names=position, block_size=1 << 26),
            parse_options=arrow.ParseOptions(
                delimiter=separator, newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=keep
            ),
            convert_options=arrow.ConvertOptions(
                column_types=dict.fromkeys(position, pa.dictionary(pa.int32(), pa.large_string())),
                strings_can_be_null=False,
            ),
        )
    except pa.ArrowInvalid:
        findings.breach(
            file, "not_csv", "cannot be split into rows and columns", advice="Export it again as CSV UTF-8."
        )
        return None
    for problem, rows in ragged.items():
        if rows:
            told = f"{problem.replace('_', ' ')}: the header has {len(columns)} columns"
            findings.breach(file, problem, told, advice=RAGGED[problem], rows=rows)
    if any(ragged.values()):
        return None
    rows = pd.RangeIndex(first_row + 1, first_row + len(cells))
    texts = [from_arrow(column).set_axis(rows) for column in cells.slice(1).columns]
    frame = pd.concat(texts, axis="columns", keys=columns)
    swallowed = _swallowed(frame, separator) if max(map(text.count, "\n\r")) > len(cells) else []
    if swallowed:
        told = "a cell holds the end of its row and the beginning of another"
        findings.breach(file, "open_quote", told, advice="Look for a quote too many, at both ends.", rows=swallowed)
        return None
    return frame


def _swallowed(frame: pd.DataFrame, separator: str) -> list[int]:
    """List rows with a cell that holds whole rows, were it not for the quotes at both its ends."""
    width = len(frame.columns) - 1  # separators in a row
    rows: set[int] = set()
    for at in range(width + 1) if width > 2 else ():  # with fewer, a text may well have as many commas
        cells = frame.iloc[:, at]
        broken = (cell for cell in cells.unique() if "\n" in cell or "\r" in cell)
        split = {cell: [line.count(separator) for line in cell.splitlines()] for cell in broken}
        odd = [cell for cell, n in split.items() if n == [width - at, *[width] * (len(n) - 2), at]]
        rows.update(frame.index[cells.isin(odd)] if odd else ())
    return sorted(rows)
