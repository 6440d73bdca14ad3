"""A CSV file as text, or the reason why it cannot be read: encoding, separator, quotes, ragged rows.

A file that is not what it should be is told with its line, and not read any further: half a file read well is worse
than none. What cannot be known from the file (its encoding, its decimal sign) is declared in `study.yml`.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from exkit.survey.findings import Findings

SEPARATORS = {",": "comma", ";": "semicolon", "\t": "tab", "|": "vertical bar"}
PACKED = (b"PK\x03\x04", b"\x1f\x8b")  # how zip files (Excel's too) and gzip files begin
GARBLED = ("\0", "\ufffd", *(f"Ã{mark}" for mark in "©«¨¶¼¯"))  # é, ë, è, ö, ü, ï read in the wrong encoding


@dataclass(frozen=True)
class Dialect:
    """How the files of a dataset are written, as far as `study.yml` declares it.

    A file that is UTF-8 is read as such whatever is declared; `separator` None means: look at the header.
    """

    encoding: str | None = None
    separator: str | None = None
    decimal: str = "."


def read_csv(path: Path, *, known: Collection[str], dialect: Dialect, findings: Findings) -> pd.DataFrame | None:
    """Read a CSV file as text; None if that cannot be done without guessing.

    Parameters
    ----------
    path
        The file.
    known
        Columns that the codebook names, by which the separator is recognised.
    dialect
        What `study.yml` declares.
    findings
        Collects what is wrong and what was assumed.
    """
    text = _decoded(path, dialect.encoding, findings)
    if text is None:
        return None
    separator = dialect.separator or _separator(text, known)
    if separator != (dialect.separator or ","):
        findings.note(path.name, "separator", f"columns are separated by a {SEPARATORS[separator]}", value=separator)
    if not _header(text, separator):
        findings.breach(path.name, "no_header", "has nothing in its first line", advice="Begin with the header.")
        return None
    line = _open_quote(text, separator)
    if line:
        findings.breach(path.name, "open_quote", f"a quote is opened in line {line} and not closed as it should be")
        return None
    return _parsed(text, separator, path.name, findings)


def _decoded(path: Path, encoding: str | None, findings: Findings) -> str | None:
    """Turn bytes into text: UTF-8, or else the encoding that is declared."""
    data = path.read_bytes()
    if data.startswith(PACKED):
        findings.breach(
            path.name, "compressed", "is a zip, Excel or gzip file, not CSV", advice="Save it as CSV UTF-8."
        )
        return None
    if data.startswith(b"\xef\xbb\xbf"):
        findings.note(path.name, "bom", "begins with a byte order mark, which is left out")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as wrong:
        text = _decoded_as_declared(data, encoding, wrong.start, path.name, findings)
    return None if text is None or _is_garbled(text, path.name, findings) else text


def _decoded_as_declared(data: bytes, encoding: str | None, start: int, file: str, findings: Findings) -> str | None:
    """Decode what is not UTF-8 by the declared encoding, or say where it stops being UTF-8."""
    line = data.count(b"\n", 0, start) + 1
    if encoding is None:
        advice = "Save it as CSV UTF-8, or declare its encoding in study.yml, for example `encoding: cp1252`."
        findings.breach(file, "encoding", f"is not UTF-8 from line {line} on", advice=advice)
        return None
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        findings.breach(file, "encoding", f"is neither UTF-8 nor '{encoding}', which study.yml declares")
        return None
    findings.note(file, "encoding", f"is read as '{encoding}', as study.yml declares", value=encoding)
    return text


def _is_garbled(text: str, file: str, findings: Findings) -> bool:
    """Report text that has nothing in it, or that was spoilt before it was saved."""
    if not text.strip():
        findings.breach(file, "empty_file", "is empty: there are no data in it")
        return True
    spoilt = next((mark for mark in GARBLED if mark in text), None)
    if spoilt is None:
        return False
    line = text.count("\n", 0, text.index(spoilt)) + 1
    advice = "It was saved in another encoding than it was written in; export it again as CSV UTF-8."
    findings.breach(file, "encoding", f"letters are garbled in line {line}", advice=advice)
    return True


def _separator(text: str, known: Collection[str]) -> str:
    """Take the separator that splits the header into most of the columns that the codebook names."""

    def recognised(separator: str) -> int:
        return len(set(_header(text, separator)) & set(known))

    return max(SEPARATORS, key=recognised)


def _header(text: str, separator: str) -> list[str]:
    """Split the first line, which is among the first million characters."""
    return next(csv.reader(io.StringIO(text[:1_000_000], newline=""), delimiter=separator))


def _open_quote(text: str, separator: str) -> int:
    """Give the line where a quote is opened that never closes; 0 if all close."""
    if text.count('"') % 2 == 0:
        return 0
    line = 1
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=separator, strict=True)
    try:
        for _ in reader:
            line = reader.line_num + 1
    except csv.Error:
        return line
    return 0


def _parsed(text: str, separator: str, file: str, findings: Findings) -> pd.DataFrame | None:
    """Split sound text into cells; rows of another length than the header are breaches."""
    import pyarrow as pa
    from pyarrow import csv as arrow

    columns = _header(text, separator)
    ragged: dict[str, list[int]] = {"too_long": [], "too_short": []}

    def keep(row: arrow.InvalidRow) -> str:
        ragged["too_long" if row.actual_columns > row.expected_columns else "too_short"].append(row.number)
        return "skip"

    position = [f"{i}" for i in range(len(columns))]  # headers may be doubled: that is told later
    cells = arrow.read_csv(
        pa.BufferReader((text.rstrip("\r\n") + "\n").encode()),
        read_options=arrow.ReadOptions(use_threads=False, column_names=position, block_size=1 << 26),
        parse_options=arrow.ParseOptions(
            delimiter=separator, newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=keep
        ),
        convert_options=arrow.ConvertOptions(
            column_types=dict.fromkeys(position, pa.large_string()), strings_can_be_null=False
        ),
    )
    for problem, rows in ragged.items():
        if rows:
            text = f"{problem.replace('_', ' ')}: the header has {len(columns)} columns"
            findings.breach(file, problem, text, rows=rows)
    if any(ragged.values()):
        return None
    return cells.slice(1).to_pandas().set_axis(columns, axis="columns")
