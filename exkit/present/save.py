"""Saving results beside a report, and reading in a later chapter what earlier ones saved.

A result is saved protected: what is not on the page is not in the file either. A chapter that sums up others does no
statistics of its own; it reads their results back as they were, and says so where there are none.
"""

from __future__ import annotations

import re
from pathlib import Path

import pandas as pd

from exkit.context import current
from exkit.errors import ExkitError, need_columns
from exkit.present import numbers
from exkit.present.names import group_name, small, statistic_name
from exkit.present.protect import WHOLE, protect
from exkit.present.words import translator
from exkit.result import COLUMNS, TEXT, group_columns, result

NAME = r"[a-z][a-z0-9_]{0,40}"
NAMES = (
    "changed",
    "of",
    "between",
    "same",
    "at",
    "cluster",
    "adjusted_by",
    "claim",
    "figure",
    "against",
    "reference",
    "within",
)
"""Extras that hold names, though a name such as that of a wave may look like a number."""


def save(result: pd.DataFrame, *, name: str, min_n: int | None = None) -> None:
    """Write a protected result to the results folder of this run, as CSV in full precision.

    Parameters
    ----------
    result
        Any result.
    name
        Name of the file, without ending: lower-case letters, digits and underscores.
    min_n
        Smallest group that may be shown.

    Raises
    ------
    ExkitError
        If the name would not do as a file name.
    """
    _need_name(name, NAME)
    current.results.mkdir(parents=True, exist_ok=True)
    protect(result, min_n=min_n).to_csv(current.results / f"{name}.csv", index=False, lineterminator="\n")


def saved(name: str) -> pd.DataFrame:
    """Read what an earlier chapter of the edition saved; in JupyterLab, what notebooks saved beside this one.

    Parameters
    ----------
    name
        The name it was saved under. With a `*` at its end, such as "claims_*", all results whose names begin so, one
        below the other.

    Returns
    -------
    DataFrame
        The result as it was saved: names are text, numbers are numbers. For a pattern with the extra `saved`, the name
        of each row's file. Where nothing is saved under that name, one row with reason `not_calculated`; for a pattern
        no rows.

    Raises
    ------
    ExkitError
        If the name will not do, or a file is not a result.
    """
    _need_name(name, NAME + r"\*?")
    found = sorted(current.saved.glob(f"{name}.csv"))
    if "*" in name:
        return stacked([read_saved(path).assign(saved=path.stem) for path in found])
    return read_saved(found[0]) if found else result(reason="not_calculated")


def read_saved(path: Path) -> pd.DataFrame:
    """Read one saved result.

    Parameters
    ----------
    path
        The file.

    Returns
    -------
    DataFrame
        The result. Group columns, the text columns of a result and names among the extras are text, empty where there
        is nothing; other columns are yes or no, or numbers, where all of their values are.

    Raises
    ------
    ExkitError
        If the file does not hold a result.
    """
    try:
        written = pd.read_csv(path, dtype=str, keep_default_na=False, index_col=False)
    except (ValueError, OSError):
        raise ExkitError(f"'{path.name}' is not a saved result. Save results with ex.save.") from None
    need_columns(written, *COLUMNS, where=f"saved result '{path.stem}'")
    names = {*group_columns(written), *TEXT, *NAMES}
    return written.assign(**{c: _values(written[c]) for c in written if c not in names})


def contents(rows: pd.DataFrame, *, language: str) -> str:
    """Say in one line what a saved result holds: its statistics, what they are by, how many rows.

    Parameters
    ----------
    rows
        A result.
    language
        Language of the reader.

    Returns
    -------
    str
        Such as "eNPS by sector, 8 rows".
    """
    _, plural = translator(language), translator(language).plural
    n = numbers.count(len(rows), language=language)
    if "claim" in rows:
        ours = plural(
            "{n} published figure, with ours beside it", "{n} published figures, with ours beside them", len(rows)
        )
        return ours.format(n=n)
    kinds = rows.drop_duplicates(["effect", "of"] if "of" in rows else ["effect"])
    first, *more = dict.fromkeys(statistic_name(row, language=language) for _i, row in kinds.iterrows())
    what = ", ".join([first, *map(small, more)])
    groups = [small(group_name(c, rows, language=language)) for c in group_columns(rows) if c != "reference"]
    told = _("{what} by {groups}").format(what=what, groups=", ".join(groups)) if groups else what
    if "same" in rows and rows["same"].eq("organisation").all():
        told = _("{what}, the same organisations").format(what=told)
    return plural("{what}, {n} row", "{what}, {n} rows", len(rows)).format(what=told, n=n)


def _values(column: pd.Series) -> pd.Series:
    """Read text as yes or no, or as numbers; leave it as it is where it is neither."""
    if len(column) and column.isin(["True", "False"]).all():
        return column == "True"
    try:
        read = pd.to_numeric(column.replace("", None)).astype(float)
    except ValueError:
        return column
    return read.astype("Int64") if column.name in WHOLE else read


def stacked(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """Put saved results one below the other, all their group columns in front.

    Parameters
    ----------
    frames
        Results, each with the name that it was saved under in `saved`.
    """
    if not frames:
        return result().iloc[:0].assign(saved="")
    groups = list(dict.fromkeys(column for frame in frames for column in group_columns(frame)))
    rows = pd.concat(frames, ignore_index=True)
    rows = rows[[*groups, *(column for column in rows if column not in groups)]]
    return rows.fillna(dict.fromkeys([*groups, *(c for c in NAMES if c in rows)], ""))


def _need_name(name: str, pattern: str) -> None:
    if not re.fullmatch(pattern, name):
        raise ExkitError(f"'{name}' will not do as the name of a saved result. Use lower-case letters, digits and _.")
