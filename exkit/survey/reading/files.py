"""From files to a table of text: nothing is guessed, repaired or skipped.

A table is one file, `employees.csv`, or one per wave, `employees-2024.csv` and so on; CSV, Excel, Parquet or SPSS.
Files with other names are declared in `study.yml`. Every cell is read as text, exactly as it stands; what it means is
for the codebook to say (`values`).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pandas as pd

from exkit.errors import nearest, problems
from exkit.survey.findings import Findings, quoted
from exkit.survey.reading.delimited import read_csv
from exkit.survey.reading.excel import read_excel
from exkit.survey.reading.exports import peel, too_wide
from exkit.survey.reading.facts import MOST_COLUMNS, Dialect, Facts
from exkit.survey.reading.long import widen
from exkit.survey.reading.parquet import read_parquet
from exkit.survey.reading.sources import File, find_files, is_real, otherwise
from exkit.survey.reading.spss import read_spss
from exkit.survey.reading.texts import is_kept_once, one_below_the_other

READERS = {
    ".csv": read_csv,
    ".tsv": read_csv,
    ".xlsx": read_excel,
    ".parquet": read_parquet,
    ".sav": read_spss,
    ".zsav": read_spss,
}
MOST_BYTES = {".csv": 1_000_000_000, ".tsv": 1_000_000_000}
USUAL_MOST_BYTES = 4_000_000_000
LONGEST_CELL = 100_000
NO_ROWS = "Export it again, or look whether its names of columns stand where they should."
FOR_SPREADSHEETS = ("bom", "separator")
"""What needs no note in a file of the kit's own: it writes them as a spreadsheet expects, and so do spreadsheets."""


@dataclass(frozen=True)
class Table:
    """A table as text, its files one below the other.

    `text` holds the cells of the columns that the codebook names, each different text of a column once (see `texts`),
    empty where a file lacks the column; `origin` the file and spreadsheet row of each of its
    rows; `headers` the columns of each file, and `facts` what each says about itself.
    """

    name: str
    text: pd.DataFrame
    origin: pd.DataFrame
    headers: dict[str, list[str]]
    facts: dict[str, Facts] = field(default_factory=dict)

    def without_cells(self) -> Table:
        """Keep where the rows came from, and let go of what stood in them: an empty slice would hold on to it."""
        return replace(self, text=pd.DataFrame(columns=self.text.columns, dtype="str"))

    def breach(self, findings: Findings, rows: Collection[int], problem: str, text: str, **details: object) -> None:
        """Report rows of this table, given by position: a breach for each file they are in."""
        found = self.origin.iloc[np.sort(np.fromiter(rows, int))]
        for file, its in found.groupby("file", observed=True, sort=False):
            findings.breach(str(file), problem, text, rows=its["row"], **details)


def read_table(
    folder: Path,
    name: str,
    *,
    known: Collection[str],
    dialect: Dialect,
    findings: Findings,
    declared: Sequence[Mapping] = (),
    wave: str | None = None,
) -> Table | None:
    """Read the file or files of one table as text, one below the other.

    Parameters
    ----------
    folder
        The dataset.
    name
        The table: its files are `name.csv`, or `name-2024.csv` and so on, unless others are declared.
    known
        Columns that the codebook names, by which the separator and the header are recognised.
    dialect
        What `study.yml` declares of all files.
    findings
        Collects what is wrong and what was assumed.
    declared
        The files that `study.yml` names, and what it declares of each.
    wave
        The column that says which wave a row belongs to, for files that do not say it themselves.

    Returns
    -------
    Table or None
        None if any of its files could not be read.
    """
    files = find_files(folder, name, declared=declared, dialect=dialect, findings=findings)
    read = {file: _with_wave(file, wave, known, findings) for file in files}
    said = dict.fromkeys(column for file in files for column, _ in file.folders)
    if said:
        findings.note(name, "folders", f"{quoted(said)} from the names of folders")
    if not files or any(content is None for content in read.values()):
        return None
    named = {file.name: content for file, content in read.items()}
    origin = [pd.DataFrame({"file": file, "row": frame.index.to_numpy()}) for file, (frame, _) in named.items()]
    return Table(
        name,
        text=_below([frame for frame, _ in named.values()], known),
        origin=pd.concat(origin, ignore_index=True).astype({"file": "category"}),
        headers={file: list(frame.columns) for file, (frame, _) in named.items()},
        facts={file: facts for file, (_, facts) in named.items()},
    )


def read_file(path: Path, *, known: Collection[str], dialect: Dialect, findings: Findings) -> pd.DataFrame | None:
    """Read a file of the kit's own, such as a codebook, whose header is its first row.

    Parameters
    ----------
    path
        The file.
    known, dialect, findings
        As in `read_table`.

    Returns
    -------
    DataFrame or None
        Every cell as text, the first row below the header as row 0; None if that cannot be done without guessing.
    """
    found = Findings()
    read = _read(path, known=known, dialect=replace(dialect, header_row=1), findings=found)
    findings.breaches += found.breaches
    findings.notes += [note for note in found.notes if note.problem not in FOR_SPREADSHEETS]
    return None if read is None else read[0].astype("str").reset_index(drop=True)


def has_columns(
    text: pd.DataFrame, *, needed: Collection[str], known: Collection[str], file: str, findings: Findings
) -> bool:
    """Report the columns that a file of the kit's own lacks, and those that it should not have; tell whether none.

    Parameters
    ----------
    text
        From `read_file`.
    needed
        Columns without which nothing can be read.
    known
        All columns that it may have.
    file, findings
        Its name, and what collects what is wrong.
    """
    before = len(findings.breaches)
    for name in (name for name in needed if name not in text):
        advice = nearest(name, text.columns) or "Add it to the header."
        findings.breach(file, "no_column", f"no column '{name}'", advice=advice)
    for name in text.columns.difference(list(known), sort=False):
        advice = nearest(name, known) or f"There are: {', '.join(known)}."
        findings.breach(file, "unknown_column", f"no such column as '{name}'", advice=advice)
    return len(findings.breaches) == before


def read_any(path: str | Path, *, dialect: Dialect | None = None) -> tuple[pd.DataFrame, Facts]:
    """Read any file that the kit can read, before there is a codebook.

    Parameters
    ----------
    path
        The file.
    dialect
        What is known of it.

    Returns
    -------
    frame, facts
        Every cell as text, its index the rows as a spreadsheet numbers them; and what the file says about itself.

    Raises
    ------
    ExkitError
        If it cannot be read without guessing, with everything that is wrong.
    """
    path, findings = Path(path), Findings()
    if not path.exists():
        beside = [p.name for p in path.parent.iterdir()] if path.parent.is_dir() else []
        raise problems(f"'{path}'", [f"There is no such file.{nearest(path.name, beside)}"])
    read = _read(path, known=(), dialect=dialect or Dialect(), findings=findings)
    if read is None:
        raise problems(f"'{path}'", [breach.message for breach in findings.breaches])
    frame, facts = read
    return frame.astype("str"), replace(facts, notes=[note.message for note in findings.notes])


def _below(frames: Sequence[pd.DataFrame], known: Collection[str]) -> pd.DataFrame:
    """Put the columns that the codebook names one below the other, empty where a file lacks one."""
    names = dict.fromkeys(name for frame in frames for name in frame.columns if name in known)
    none = [pd.Series("", index=frame.index, dtype="str") for frame in frames]
    parts = {name: [frame.get(name, empty) for frame, empty in zip(frames, none, strict=True)] for name in names}
    rows = pd.RangeIndex(sum(map(len, frames)))
    return pd.DataFrame({name: one_below_the_other(its) for name, its in parts.items()}, index=rows)


def _with_wave(
    file: File, column: str | None, known: Collection[str], findings: Findings
) -> tuple[pd.DataFrame, Facts] | None:
    """Read a file, and fill in what its folders say, and its wave if it does not say it itself."""
    name, wave = file.name, file.wave
    read = _read(file.path, known=known, dialect=replace(file.dialect, wave=column), findings=findings)
    read = read and _with_folders(file, *read, findings)
    if read is None or wave is None:
        return read
    frame, facts = read
    if column is None:
        if file.is_declared:
            text = f"is wave '{wave}' of study.yml, and no variable of codebook.csv has the role of wave"
            findings.breach(name, "no_wave", text, advice="Add one: it need not be a column of the file.")
    elif column not in frame:
        source = "study.yml" if file.is_declared else "the file's name"
        findings.note(name, "wave", f"all rows are of wave '{wave}', from {source}", variable=column, value=wave)
        return frame.assign(**{column: pd.Series(wave, index=frame.index, dtype="str")}), facts
    elif file.is_declared and (other := frame.index[frame[column] != wave]).size:
        text = f"another wave than '{wave}', which study.yml declares"
        findings.breach(name, "other_wave", text, variable=column, rows=other)
    return read


def _with_folders(file: File, frame: pd.DataFrame, facts: Facts, findings: Findings) -> tuple[pd.DataFrame, Facts]:
    """Fill in the columns that the names of a file's folders say."""
    for column, value in file.folders:
        if column in frame and (other := frame.index[frame[column] != value]).size:
            text = f"'{column}' is not '{value}', as the name of its folder says"
            findings.breach(file.name, "other_folder", text, advice="Mend one of them.", rows=other)
        frame = frame.assign(**{column: pd.Series(value, index=frame.index, dtype="str")})
    return frame, facts


def _read(
    path: Path, *, known: Collection[str], dialect: Dialect, findings: Findings
) -> tuple[pd.DataFrame, Facts] | None:
    """Read a file by its ending, take off what a survey tool put above its answers, and look whether it is usable."""
    if not _may_be_read(path, findings):
        return None
    try:
        read = READERS[path.suffix.lower()](path, known=known, dialect=dialect, findings=findings)
    except OSError as wrong:
        text, advice = f"cannot be opened: {wrong.strerror or wrong}", "Look who may read it, and where it is kept."
        findings.breach(path.name, "not_a_file", text, advice=advice)
        return None
    read = read and peel(*read, dialect=dialect, file=path.name, findings=findings)
    if read is None or _is_odd(read[0], path.name, findings):
        return None
    frame, facts = read
    if dialect.format != "long":
        return frame, facts
    wide = widen(frame.astype("str"), known=known, dialect=dialect, file=path.name, findings=findings)
    return None if wide is None else (wide, replace(facts, tool="long"))


def _may_be_read(path: Path, findings: Findings) -> bool:
    """Refuse what is no file in the dataset, or too large."""
    if not is_real(path, findings):
        return False
    if path.suffix.lower() not in READERS:
        findings.breach(path.name, "no_reader", "is of no format that can be read", advice=otherwise(path))
    elif path.stat().st_size > MOST_BYTES.get(path.suffix.lower(), USUAL_MOST_BYTES):
        size = f"{path.stat().st_size / 1e9:,.1f} GB"
        findings.breach(path.name, "too_large", f"is {size}, more than is read at once", advice="Save it as Parquet.")
    else:
        return True
    return False


def _is_odd(frame: pd.DataFrame, file: str, findings: Findings) -> bool:
    """Report what makes a file unusable whatever its columns mean."""
    before = len(findings.breaches)
    doubled = [name for name, n in Counter(frame.columns).items() if n > 1]
    if len(frame.columns) > MOST_COLUMNS:
        too_wide(len(frame.columns), file, findings)
    elif doubled:
        findings.breach(
            file, "doubled_column", f"{quoted(doubled)} heads more than one column", advice="Rename or remove one."
        )
    elif not len(frame):
        findings.breach(file, "no_rows", "has a header but no rows: there are no data in it", advice=NO_ROWS)
    elif len(frame.columns) > 1:
        _check_length(frame, file, findings)
        blank = frame[frame.iloc[:, 0] == ""]
        empty = blank.index[blank.eq("").all(axis="columns")]
        if len(empty):
            findings.breach(file, "empty_row", "has rows without any value", advice="Remove them.", rows=empty)
    return len(findings.breaches) > before


def _check_length(frame: pd.DataFrame, file: str, findings: Findings) -> None:
    """Report cells that are too long to be an answer: a quote that closes much too late, or another file in a cell."""
    import pyarrow as pa
    import pyarrow.compute as pc

    for name in frame.columns:
        cells = frame[name]
        lengths = pc.binary_length(pa.array(cells.cat.categories if is_kept_once(cells) else cells))
        if (pc.max(lengths).as_py() or 0) > LONGEST_CELL:
            rows = frame.index[frame[name].str.len() > LONGEST_CELL]
            text = f"a cell of more than {LONGEST_CELL:,} characters"
            findings.breach(file, "long_cell", text, advice="Look for a quote too many.", variable=name, rows=rows)
