"""Which files a table is in: those with its name, or those that `study.yml` names for it.

A table is one file, or one per wave; a folder of Parquet parts counts as a file, and its folders may say more of their
rows, as `wave=2024` does. Two that may both be meant are told: nobody is counted twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from urllib.parse import unquote

from exkit.errors import nearest
from exkit.survey.findings import Findings, quoted
from exkit.survey.reading.facts import Dialect

FORMATS = (".csv", ".tsv", ".xlsx", ".parquet", ".sav", ".zsav")
OTHERS = {
    ".xls": "It is an old Excel file: save it as .xlsx.",
    ".xlsm": "It may hold macros: save it as .xlsx.",
    ".xlsb": "It is a binary Excel file: save it as .xlsx.",
    ".txt": "If it is CSV, give it that ending.",
}
NOTHING = "__HIVE_DEFAULT_PARTITION__"
"""What a folder is called that holds the rows without a value."""
ITSELF = "Put the file itself in the dataset."
ADD = "Add it, name another under `files:` in study.yml, or leave the table out of codebook.csv."


@dataclass(frozen=True)
class File:
    """A file of a table.

    Its name in messages, how it is written, the wave that its name or `study.yml` gives, and what the names of its
    folders say: columns and their values.
    """

    name: str
    path: Path
    dialect: Dialect
    wave: str | None = None
    is_declared: bool = False
    folders: tuple[tuple[str, str], ...] = ()


def find_files(
    folder: Path, name: str, *, declared: Sequence[Mapping], dialect: Dialect, findings: Findings
) -> list[File]:
    """Find the files of a table.

    Parameters
    ----------
    folder
        The dataset.
    name
        The table.
    declared
        The files that `study.yml` names for it, and what it declares of each.
    dialect
        What it declares of all files.
    findings
        Collects what is wrong.

    Returns
    -------
    list of File
        Empty if it cannot be told which they are.
    """
    if declared:
        return _declared(folder, name, declared, dialect, findings)
    return _found(folder, name, dialect, findings)


def data_files(folder: Path) -> list[Path]:
    """List the files of a dataset that may hold data, those in folders of its own among them, hidden ones apart."""
    there = (path for path in folder.rglob("*") if not any(part[0] == "." for part in path.relative_to(folder).parts))
    return sorted(path for path in there if path.is_file() and path.suffix.lower() in FORMATS)


def named_after(folder: Path, table: str) -> list[Path]:
    """List what a dataset has under the name of a table: one file or folder, or one per wave."""
    there = sorted(folder.iterdir())
    return [path for path in there if path.name.split(".")[0] == table or path.name.startswith(f"{table}-")]


def is_there(path: Path) -> bool:
    """Tell whether a folder has something of this name, be it a link that leads nowhere."""
    return path.exists() or path.is_symlink()


def is_real(path: Path, findings: Findings) -> bool:
    """Refuse what is no file of the dataset's own: a link, a folder, a device."""
    if path.is_symlink():
        findings.breach(path.name, "link", "is a link to another place", advice=ITSELF)
    elif not path.is_file():
        findings.breach(path.name, "not_a_file", "is not a file", advice=ITSELF)
    else:
        return True
    return False


def _declared(folder: Path, name: str, declared: Sequence[Mapping], dialect: Dialect, findings: Findings) -> list[File]:
    """Find the files that `study.yml` names for a table."""
    files = []
    for said in declared:
        path = folder / said["file"]
        own = {key: value for key, value in said.items() if key not in ("file", "wave") and value is not None}
        if not path.resolve().is_relative_to(folder.resolve()):
            text = f"file '{said['file']}' of {name} is outside the dataset"
            findings.breach("study.yml", "outside", text, advice="Put it in the dataset's folder.")
        elif not path.exists():
            advice = nearest(said["file"], [p.name for p in folder.iterdir()]) or "Put it in the dataset's folder."
            findings.breach("study.yml", "no_file", f"no file '{said['file']}', named for {name}", advice=advice)
        else:
            its = _files(folder, path, replace(dialect, **own), said["wave"], is_declared=True)
            if not its:
                text = f"'{said['file']}', named for {name}, is a folder without Parquet files"
                findings.breach("study.yml", "no_file", text, advice="Name the file itself.")
            files += its
    doubled = [file for file, n in Counter(file.name for file in files).items() if n > 1]
    if doubled:
        text = f"{quoted(doubled)} is named more than once for {name}"
        findings.breach("study.yml", "several_files", text, advice="Name it once.")
    return files if len(files) >= len(declared) and not doubled else []


def _files(folder: Path, path: Path, dialect: Dialect, wave: str | None, *, is_declared: bool = False) -> list[File]:
    """Give a file, or the parts of a folder, under names that tell them apart."""
    sheet = f" ({dialect.sheet})" if dialect.sheet else ""
    paths = sorted(path.rglob("*.parquet")) if path.is_dir() else [path]
    return [
        File(p.relative_to(folder).as_posix() + sheet, p, dialect, wave, is_declared, tuple(_said(p.relative_to(path))))
        for p in paths
    ]


def _said(part: Path) -> Iterator[tuple[str, str]]:
    """Tell what the names of the folders of a part say of its rows: `wave=2024` says that of all of them."""
    for name in part.parts[:-1]:
        column, says, value = name.partition("=")
        if says:
            yield column, "" if value == NOTHING else unquote(value)


def _found(folder: Path, name: str, dialect: Dialect, findings: Findings) -> list[File]:
    """Find the files of a table by their names: one, or one per wave."""
    mine = named_after(folder, name)
    readable = [p for p in mine if (any(p.rglob("*.parquet")) if p.is_dir() else p.suffix.lower() in FORMATS)]
    stems = [p.stem for p in readable]
    if len(readable) > 1 and (name in stems or len(set(stems)) < len(stems)):
        advice = "Keep one file, or one per wave with its own name; or name them in study.yml under `files:`."
        findings.breach(name, "several_files", f"is in {quoted([p.name for p in readable])}", advice=advice)
        return []
    if not readable:
        there = [p.name for p in folder.iterdir()]
        advice = _neither(mine) or nearest(f"{name}.csv", there) or ADD
        text = f"no file '{name}.csv' (or {', '.join(FORMATS[1:])}) in the dataset"
        findings.breach(name, "no_file", text, advice=advice)
    waves = {path: path.stem.removeprefix(name).lstrip("-") or None for path in readable}
    return [file for path, wave in waves.items() for file in _files(folder, path, dialect, wave)]


def _neither(paths: Sequence[Path]) -> str:
    """Say what to do with files of a table that cannot be read."""
    if not paths:
        return ""
    what = "is a folder" if paths[0].is_dir() else "cannot be read"
    return f"{quoted([p.name for p in paths])} {what}. {ITSELF if paths[0].is_dir() else otherwise(paths[0])}"


def otherwise(path: Path) -> str:
    """Say what to do with a file of another format."""
    return OTHERS.get(path.suffix.lower(), "Save it as CSV UTF-8.")
