"""Are these data sound? Everything that is wrong with a dataset, at once.

The codebook first, since it says what the files should hold; then each table by itself (`reading`, `cells`, `names`);
then what must hold between them (`links`). Nothing is repaired and nothing is left out in silence: a breach stops the
study from opening, a note says what was assumed.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from exkit.errors import ExkitError, nearest
from exkit.survey import about, labels
from exkit.survey.belonging.crosswalk import in_units, read_crosswalk
from exkit.survey.belonging.dates import in_plain_dates
from exkit.survey.belonging.waves import said_in, with_waves
from exkit.survey.cells import UNANSWERED, read_cells
from exkit.survey.codebook import TABLES, Codebook
from exkit.survey.comments import without_comments
from exkit.survey.findings import Findings, as_frame
from exkit.survey.links import check_links
from exkit.survey.names import check_names
from exkit.survey.persons import under_numbers
from exkit.survey.reading.facts import Dialect
from exkit.survey.reading.files import Table, read_table
from exkit.survey.reading.signs import in_plain_numbers
from exkit.survey.reading.sources import data_files, is_there, named_after
from exkit.survey.repairs import repaired
from exkit.survey.rules import read_codebook


@dataclass(frozen=True)
class Checked:
    """What a check found.

    Attributes
    ----------
    breaches, notes
        One row each: `file`, `variable`, `problem` (a code), `value`, `n`, `rows` (as a spreadsheet numbers them),
        `message`.
    study_parts
        What a `Study` is made of; empty when there are breaches.
    contents
        What could be read, sound or not, for who wants to look further: the parts of a study; `sources`, which say of
        each table where its rows came from; and `rows`, how many were read in each wave. Empty without a sound
        codebook.
    """

    breaches: pd.DataFrame
    notes: pd.DataFrame
    study_parts: dict[str, object]
    contents: dict[str, object]


def check(dataset: str | Path) -> Checked:
    """Check a dataset against its codebook.

    Parameters
    ----------
    dataset
        A folder with `codebook.csv` and the tables that it describes.

    Returns
    -------
    Checked
        Every breach and every note.

    Raises
    ------
    ExkitError
        If there is no such folder.
    """
    folder = _folder(dataset)
    findings = Findings()
    contents = _read(folder, findings)
    breaches, notes = as_frame(findings.breaches), as_frame(findings.notes)
    if len(breaches):
        return Checked(breaches, notes, study_parts={}, contents=contents)
    parts = {name: part for name, part in contents.items() if name not in ("sources", "rows")}
    parts |= {"name": folder.resolve().name, "notes": notes, "digest": digest(folder)}
    return Checked(breaches, notes, study_parts=parts, contents=contents)


def _folder(dataset: str | Path) -> Path:
    """Find the folder, or name the nearest one beside where it should be."""
    if "://" in str(dataset):
        raise ExkitError(f"'{dataset}' is an address. Give a folder on this computer.")
    folder = Path(dataset)
    if folder.is_dir():
        return folder
    if folder.is_file():
        raise ExkitError(f"'{dataset}' is a file. Give the folder that it is in, with its codebook.csv.")
    beside = [p.name for p in folder.parent.iterdir() if p.is_dir()] if folder.parent.is_dir() else []
    raise ExkitError(f"No dataset '{dataset}': there is no such folder.{nearest(folder.name, beside)}")


def digest(folder: Path) -> str:
    """Hash the names and bytes of the data files, so that a report can say which data it was made from."""
    files = sorted([*data_files(folder), *folder.glob(about.FILE)])
    lines = [f"{_hashed(p)}  {p.relative_to(folder).as_posix()}\n" for p in files]
    return hashlib.sha256("".join(lines).encode()).hexdigest()


def _hashed(path: Path) -> str:
    """Hash a file bit by bit, however large it is."""
    try:
        with path.open("rb") as file:
            return hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as wrong:
        text = f"{path.name} cannot be opened: {wrong.strerror or wrong}. Look who may read it, or take it out."
        raise ExkitError(text) from None


def _read(folder: Path, findings: Findings) -> dict[str, object]:
    """Read and check everything in the folder; nothing but the codebook if that is not sound."""
    said = about.read_about(folder, findings)
    in_words = Dialect(encoding=said["encoding"])
    codebook = _codebook(folder, in_words, findings)
    if codebook is None:
        return {}
    values, declared = labels.read_labels(folder, codebook, dialect=in_words, findings=findings)
    crosswalk = read_crosswalk(folder, dialect=in_words, findings=findings)
    _note_undescribed(folder, codebook, findings)
    read = {name: _table(folder, name, codebook, declared, said, findings) for name in codebook.tables}
    sources, tables, unanswered = _values(read, codebook, values, crosswalk, said, findings)
    return {
        "tables": tables,
        "codebook": codebook,
        "values": values,
        "unanswered": unanswered,
        "about": said,
        "sources": {name: table.without_cells() for name, table in sources.items()},
        "rows": {name: _rows(table, codebook) for name, table in read.items() if table is not None},
    }


def _codebook(folder: Path, dialect: Dialect, findings: Findings) -> Codebook | None:
    """Read the codebook of a dataset, if it has a sound one."""
    path = folder / "codebook.csv"
    if is_there(path):
        return read_codebook(path, dialect=dialect, findings=findings)
    advice = nearest(path.name, [p.name for p in folder.iterdir()]) or "A dataset has one, which describes its tables."
    findings.breach(path.name, "no_file", f"not in '{folder.name}'", advice=advice)
    return None


def _note_undescribed(folder: Path, codebook: Codebook, findings: Findings) -> None:
    """Note files under the name of a table that the codebook does not describe."""
    for name in TABLES:
        for path in named_after(folder, name) if name not in codebook.tables else ():
            text, advice = f"not read, since codebook.csv has no row of the table {name}", "Add its columns there."
            findings.note(path.name, "undescribed", text, advice=advice)


def _table(
    folder: Path, name: str, codebook: Codebook, declared: pd.DataFrame, said: dict, findings: Findings
) -> Table | None:
    """Read one table as text, without comments, repaired as declared, numbers and dates in one way, its waves told."""
    table = read_table(
        folder,
        name,
        known=[v.name for v in codebook.variables(name)],
        dialect=Dialect(said["encoding"], said["separator"], said["decimal"]),
        findings=findings,
        declared=said["files"].get(name, ()),
        wave=codebook.role("wave", table=name),
    )
    if table is None:
        return None
    table = without_comments(table, codebook, findings)
    plain = in_plain_numbers(repaired(table, declared, findings), codebook, findings)
    dated = in_plain_dates(plain, codebook, date_format=said["date_format"], findings=findings)
    return with_waves(dated, codebook, said, findings)


def _rows(table: Table, codebook: Codebook) -> pd.Series:
    """Count the rows that were read, by wave; under empty text where a table has none."""
    return said_in(table, codebook.role("wave", table=table.name)).value_counts()


def _values(
    read: dict[str, Table | None],
    codebook: Codebook,
    values: pd.DataFrame,
    crosswalk: pd.DataFrame,
    said: dict,
    findings: Findings,
) -> tuple[dict[str, Table], dict[str, pd.DataFrame], pd.DataFrame]:
    """Turn the tables that could be read into values, and check each by itself and against the others."""
    there = {name: table for name, table in read.items() if table is not None}
    cells = {name: read_cells(table, codebook, values, findings=findings) for name, table in there.items()}
    frames = {name: frame for name, (frame, _) in cells.items()}
    there, tables = in_units(there, frames, codebook, crosswalk, about=said, findings=findings)
    for name, table in there.items():
        check_names(table, tables[name], codebook, findings)
    if not findings.breaches:  # a look-up needs keys that are sound
        for table in there.values():
            check_links(table, tables, codebook, findings)
    counts = [unanswered for _, unanswered in cells.values()]
    tables = {name: under_numbers(frame, codebook, table=name) for name, frame in tables.items()}
    return there, tables, pd.concat(counts, ignore_index=True) if counts else pd.DataFrame(columns=UNANSWERED)
