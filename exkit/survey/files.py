"""From files to a table of text: nothing is guessed, repaired or skipped.

A table is one file, `employees.csv`, or one per wave, `employees-2024.csv` and so on; CSV or Parquet. Every cell is
read as text, exactly as it stands; what it means is for the codebook to say (`values`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from exkit.errors import nearest
from exkit.survey.delimited import Dialect, read_csv
from exkit.survey.findings import Findings, quoted

if TYPE_CHECKING:
    import pyarrow as pa

FORMATS = (".csv", ".parquet")


@dataclass(frozen=True)
class Table:
    """A table as text, its files one below the other.

    `text` holds the cells, empty where a file lacks the column; `origin` the file and spreadsheet row of each of its
    rows; `headers` the columns of each file.
    """

    name: str
    text: pd.DataFrame
    origin: pd.DataFrame
    headers: dict[str, list[str]]

    def breach(self, findings: Findings, rows: Collection[int], problem: str, text: str, **details: object) -> None:
        """Report rows of this table, given by position: a breach for each file they are in."""
        found = self.origin.iloc[np.sort(np.fromiter(rows, int))]
        for file, its in found.groupby("file", observed=True, sort=False):
            findings.breach(str(file), problem, text, rows=its["row"], **details)


def read_table(
    folder: Path, name: str, *, known: Collection[str], dialect: Dialect, findings: Findings
) -> Table | None:
    """Read the file or files of one table as text, one below the other.

    Parameters
    ----------
    folder
        The dataset.
    name
        The table: its files are `name.csv`, or `name-2024.csv` and so on.
    known
        Columns that the codebook names, by which the separator is recognised.
    dialect
        What `study.yml` declares.
    findings
        Collects what is wrong and what was assumed.

    Returns
    -------
    Table or None
        None if any of its files could not be read.
    """
    paths = _files_of(folder, name, findings)
    frames = {path.name: read_file(path, known=known, dialect=dialect, findings=findings) for path in paths}
    if not frames or any(frame is None for frame in frames.values()):
        return None
    origin = [pd.DataFrame({"file": file, "row": np.arange(len(frame)) + 2}) for file, frame in frames.items()]
    return Table(
        name,
        text=pd.concat(frames.values(), ignore_index=True).fillna(""),
        origin=pd.concat(origin, ignore_index=True).astype({"file": "category"}),
        headers={file: list(frame.columns) for file, frame in frames.items()},
    )


def read_file(path: Path, *, known: Collection[str], dialect: Dialect, findings: Findings) -> pd.DataFrame | None:
    """Read one CSV or Parquet file as text; None if that cannot be done without guessing.

    Parameters
    ----------
    path
        The file.
    known, dialect, findings
        As in `read_table`.

    Returns
    -------
    DataFrame or None
        Every cell as text; an empty cell is empty text.
    """
    if path.is_symlink():
        findings.breach(path.name, "link", "is a link to another place", advice="Put the file itself in the dataset.")
        return None
    if path.suffix.lower() == ".parquet":
        frame = _read_parquet(path, findings)
    else:
        frame = read_csv(path, known=known, dialect=dialect, findings=findings)
    return None if frame is None or _is_odd(frame, path.name, findings) else frame


def _files_of(folder: Path, name: str, findings: Findings) -> list[Path]:
    """Find the files of a table: one, or one per wave."""
    mine = [p for p in sorted(folder.iterdir()) if p.name.split(".")[0] == name or p.name.startswith(f"{name}-")]
    readable = [p for p in mine if p.suffix.lower() in FORMATS]
    stems = [p.stem for p in readable]
    if len(readable) > 1 and (name in stems or len(set(stems)) < len(stems)):
        both = quoted([p.name for p in readable])
        advice = "Keep one file, or one per wave with its own name."
        findings.breach(name, "several_files", f"is in {both}", advice=advice)
        return []
    if not readable:
        there = [p.name for p in folder.iterdir()]
        neither = f"{quoted([p.name for p in mine])} is neither: save it as CSV UTF-8." if mine else ""
        advice = neither or nearest(f"{name}.csv", there) or "Add it, or leave the table out of codebook.csv."
        findings.breach(name, "no_file", f"no file '{name}.csv' or '{name}.parquet' in the dataset", advice=advice)
    return readable


def _is_odd(frame: pd.DataFrame, file: str, findings: Findings) -> bool:
    """Report what makes a file unusable whatever its columns mean."""
    before = len(findings.breaches)
    doubled = [name for name, n in Counter(frame.columns).items() if n > 1]
    if doubled:
        findings.breach(
            file, "doubled_column", f"{quoted(doubled)} heads more than one column", advice="Rename or remove one."
        )
    if not len(frame):
        findings.breach(file, "no_rows", "has a header but no rows: there are no data in it")
    elif len(frame.columns) > 1:
        blank = frame[frame.iloc[:, 0] == ""]
        empty = blank.index[blank.eq("").all(axis="columns")]
        if len(empty):
            findings.breach(file, "empty_row", "has rows without any value", advice="Remove them.", rows=empty + 2)
    return len(findings.breaches) > before


def _read_parquet(path: Path, findings: Findings) -> pd.DataFrame | None:
    """Read a Parquet file as the text that a CSV of it would hold."""
    import pyarrow.parquet as pq
    from pyarrow import ArrowInvalid

    try:
        table = pq.ParquetFile(path).read()
    except ArrowInvalid:
        findings.breach(path.name, "not_parquet", "is not a Parquet file")
        return None
    columns = [_parquet_text(column) for column in table.columns]
    return pd.concat(columns, axis="columns", keys=table.column_names) if columns else pd.DataFrame()


def _parquet_text(column: pa.ChunkedArray) -> pd.Series:
    """Write one Parquet column as text: 7.0 as '7', never with an exponent, nothing as empty text."""
    import pyarrow as pa

    if not pa.types.is_floating(column.type):
        return column.cast(pa.string()).to_pandas().astype("str").fillna("")
    codes, distinct = pd.factorize(column.to_pandas())
    text = [np.format_float_positional(number, trim="-") for number in distinct]
    return pd.Series(np.array([*text, ""], dtype=object)[codes], dtype="str")
