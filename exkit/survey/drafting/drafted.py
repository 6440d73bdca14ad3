"""What becomes of a draft: `codebook.csv` and `values.csv`, the lines for `study.yml`, and a few words on a screen.

The files open in a spreadsheet as it comes: UTF-8 with the mark that Excel looks for, and the separator that it expects
in the language of the draft. Whatever Excel makes of that when it saves, the kit reads. Nothing is ever overwritten.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pandas as pd

from exkit.errors import ExkitError
from exkit.survey.about import read_about
from exkit.survey.drafting.draft import Draft
from exkit.survey.findings import Findings, quoted
from exkit.survey.labels import FILE as VALUES
from exkit.survey.reading.sources import is_there

SEPARATOR = {"en": ",", "nl": ";"}
"""Between columns, as Excel splits a CSV file in each language."""

SHOWN = 12


def write_draft(drafted: Draft, at: Path) -> list[Path]:
    """Write a codebook, and beside it the values of its choices.

    Parameters
    ----------
    drafted
        The draft.
    at
        Where the codebook goes.

    Returns
    -------
    list of Path
        What was written.

    Raises
    ------
    ExkitError
        If one of the files is there already, or its folder is not.
    OSError
        If the disk takes nothing more; then neither is there.
    """
    frames = {at: drafted.codebook} | ({at.with_name(VALUES): drafted.labels} if len(drafted.labels) else {})
    there = [str(path) for path in frames if is_there(path)]
    if there:
        raise ExkitError(f"{quoted(there)} exists, and is never overwritten. Move it, or choose another --output.")
    if not at.parent.is_dir():
        raise ExkitError(f"No folder '{at.parent}' to write {at.name} in. Make it first.")
    told = {"index": False, "sep": SEPARATOR[drafted.language], "encoding": "utf-8-sig", "lineterminator": "\r\n"}
    try:
        for path, frame in frames.items():
            frame.to_csv(path, **told)
    except OSError:
        for path in frames:
            path.unlink(missing_ok=True)
        raise
    return list(frames)


def files_in_yaml(drafted: Draft) -> str:
    """Write what `study.yml` should say of the files; nothing if their names say it.

    Parameters
    ----------
    drafted
        The draft.
    """
    if not drafted.files:
        return ""
    lines = ["files:"]
    for table, files in drafted.files.items():
        lines.append(f"  {table}:")
        lines += [
            "    - {" + ", ".join(f"{name}: {_quoted(value)}" for name, value in one.items()) + "}" for one in files
        ]
    return "\n".join(lines) + "\n"


def _quoted(value: str | int) -> str:
    """Quote a text as YAML reads it back, whatever is in it."""
    if isinstance(value, int):
        return str(value)
    return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'


def next_steps(drafted: Draft, written: Sequence[Path]) -> Iterator[str]:
    """Say what was written, and what to do with it.

    Parameters
    ----------
    drafted
        The draft.
    written
        The files that it is in; the codebook first.
    """
    folder = written[0].parent
    yield f"Written: {', '.join(map(str, written))} ({len(drafted.codebook):,} rows)."
    yield f"Next: look through {written[0].name} in a spreadsheet. Every guess has its reason in the column guess."
    if not set(drafted.files) <= set(read_about(folder, Findings())["files"]):
        yield f"These lines go in {folder / 'study.yml'}, since the names of the files do not say which table they are:"
        yield files_in_yaml(drafted).rstrip()
    away = [file for file in drafted.sources["file"] if not (folder / file).exists()]
    if away:
        yield f"Put {quoted(away)} in '{folder}', too."
    yield f"Then: exkit check {folder}"


def told(drafted: Draft) -> Iterator[str]:
    """Say what was read, guessed and left out, a line each.

    Parameters
    ----------
    drafted
        The draft.
    """
    for table, said in drafted.sources.groupby("table", sort=False):
        yield from (f"{one.file} is taken for {table}: {one.why} ({one.rows:,} rows)." for one in said.itertuples())
        yield from _guesses(drafted.codebook[drafted.codebook["table"] == table])
        left_out = drafted.left_out[drafted.left_out["table"] == table]
        for one in left_out.head(SHOWN).itertuples():
            yield f"  left out: '{one.column[:40]}' {one.why}"
        if len(left_out) > SHOWN:
            yield f"  left out: {len(left_out) - SHOWN:,} more columns, of which most: {left_out['why'].mode()[0]}"
    yield from (f"Note: {remark}" for remark in drafted.remarks)


def _guesses(rows: pd.DataFrame) -> Iterator[str]:
    """Say which roles, scales and missing codes were guessed in a table."""
    for role, its in rows[~rows["role"].isin(["", "item"])].groupby("role", sort=False):
        names = list(its["variable"].drop_duplicates())
        yield f"  {role}: {', '.join(names[:SHOWN])}{f' and {len(names) - SHOWN} more' if len(names) > SHOWN else ''}"
    for scale, its in rows[rows["role"] == "item"].groupby("scale", sort=False):
        reverse = list(its.loc[its["reverse"] == "yes", "variable"])
        against = f", of which reversed {', '.join(reverse)}" if reverse else ""
        yield f"  scale {scale}: {len(its)} items, {its['low'].iloc[0]}-{its['high'].iloc[0]}{against}"
    for codes, its in rows[rows["missing"] != ""].groupby("missing", sort=False):
        yield f"  missing: {codes.replace('|', ', ')} in {len(its)} column{'s' if len(its) > 1 else ''}"
