"""Units that have other codes in other files: `crosswalk.csv`, beside the tables.

Customer records often know a team by a branch number, which may change from year to year. A row says which unit a code
stands for, and in which waves, from the first to the last (left empty: always). Codes become units right after
reading, so that everything behind knows units only.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from exkit.errors import nearest
from exkit.survey.codebook import TABLES, Codebook
from exkit.survey.files import Dialect, Table, read_file
from exkit.survey.findings import Findings

FILE = "crosswalk.csv"
COLUMNS = ["unit", "code", "from", "to"]
LAST = "\N{REPLACEMENT CHARACTER}"
"""Sorts behind the name of any wave."""


def read_crosswalk(folder: Path, *, dialect: Dialect, findings: Findings) -> pd.DataFrame:
    """Read which units have other codes; none if the dataset has no `crosswalk.csv`.

    Parameters
    ----------
    folder
        The dataset.
    dialect
        How the file is written.
    findings
        Collects what is wrong: a missing column, a row without unit or code, a code that stands for two units at once.

    Returns
    -------
    DataFrame
        `unit`, `code`, and the waves `from` and `to`, both included.
    """
    path = folder / FILE
    text = read_file(path, known=COLUMNS, dialect=dialect, findings=findings) if path.exists() else None
    if text is None:
        return pd.DataFrame(columns=COLUMNS, dtype="str")
    lacking = [name for name in COLUMNS[:2] if name not in text]
    for name in lacking:
        findings.breach(FILE, "no_column", f"no column '{name}'", advice=nearest(name, text.columns))
    for name in text.columns.difference(COLUMNS, sort=False):
        findings.breach(FILE, "unknown_column", f"no such column as '{name}'", advice=nearest(name, COLUMNS))
    rows = text.reindex(columns=COLUMNS, fill_value="")
    if not lacking:
        _check_rows(rows, findings)
    return rows.assign(to=rows["to"].where(rows["to"] != "", LAST))


def _check_rows(rows: pd.DataFrame, findings: Findings) -> None:
    """Find rows that say nothing, and codes that stand for two units in one wave."""
    open_ended = rows.index[(rows["unit"] == "") | (rows["code"] == "")]
    if len(open_ended):
        findings.breach(
            FILE, "empty_cell", "has rows without a unit or a code", advice="Fill in both.", rows=open_ended + 2
        )
    period = rows.assign(to=rows["to"].where(rows["to"] != "", LAST)).sort_values(["code", "from"])
    before = period.groupby("code")["to"].shift()
    for code, its in period[before.notna() & (period["from"] <= before)].groupby("code"):
        text = f"code '{code}' has more than one row for a wave"
        findings.breach(
            FILE, "doubled_row", text, advice="Give each a 'from' and a 'to'.", value=code, rows=its.index + 2
        )


def to_units(
    table: Table, values: pd.DataFrame, codebook: Codebook, crosswalk: pd.DataFrame, findings: Findings
) -> pd.DataFrame:
    """Turn the codes in a table into units, and note how many rows had one.

    Parameters
    ----------
    table
        Where the rows came from.
    values
        Its values.
    codebook
        Which columns are unit and wave.
    crosswalk
        From `read_crosswalk`.
    findings
        Gets the note.

    Returns
    -------
    DataFrame
        The values, units in place of codes; what is no code stays as it is.
    """
    unit, wave = (codebook.role(role, table=table.name) for role in ("unit", "wave"))
    if unit not in values or crosswalk.empty:
        return values
    here = values[[unit]].set_axis(["code"], axis="columns").assign(wave=values.get(wave, ""))
    pairs = here.drop_duplicates().merge(crosswalk, on="code")
    valid = (pairs["from"] <= pairs["wave"]) & (pairs["wave"] <= pairs["to"]) | (pairs["wave"] == "")
    known = here.merge(pairs[valid].drop_duplicates(["code", "wave"]), on=["code", "wave"], how="left")["unit"]
    known.index = values.index
    for file, rows in table.origin[known.notna()].groupby("file", observed=True):
        text = f"rows had the code of a unit in {FILE}, and count for that unit"
        findings.note(str(file), "crosswalk", text, variable=unit, rows=rows["row"])
    renamed = values.assign(**{unit: known.fillna(values[unit])})
    if TABLES[table.name] == "unit":
        doubled = renamed.duplicated([name for name in (unit, wave) if name], keep=False) & known.notna()
        if doubled.any():
            text, advice = "has two rows for a unit whose codes became one", f"Keep one, or mend {FILE}."
            table.breach(findings, renamed.index[doubled], "doubled", text, advice=advice, variable=unit)
    return renamed
