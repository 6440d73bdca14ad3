"""What must hold between rows and between tables: one name per unit, one organisation per unit, no unit unheard of.

Respondents without a unit, organisation or sector stay in and are counted in a note: they count in every figure that
does not ask for the missing name.
"""

from __future__ import annotations

import pandas as pd

from exkit.errors import nearest
from exkit.survey.codebook import Codebook
from exkit.survey.findings import Findings, quoted
from exkit.survey.keys import LOOKUPS, lookup_keys, named, people
from exkit.survey.reading.files import Table
from exkit.survey.spelling import alike

PLACES = ("unit", "organisation", "sector")


def check_names(table: Table, values: pd.DataFrame, codebook: Codebook, findings: Findings) -> None:
    """Find names written in two ways, and rows without a name.

    Parameters
    ----------
    table
        Where the rows came from.
    values
        Its values.
    codebook
        Which columns are names of units, organisations and sectors.
    findings
        Collects what is found.
    """
    for role in PLACES:
        column = codebook.role(role, table=table.name)
        if column in values:
            _check_spelling(table, values[column], findings)
            _note_nameless(table, values[column], role, findings)


def _note_nameless(table: Table, names: pd.Series, role: str, findings: Findings) -> None:
    """Note which rows have no name, file by file."""
    for file, rows in table.origin[names.isna()].groupby("file", observed=True):
        text = f"rows without a {role} stay in, under no {role}"
        findings.note(str(file), "nameless", text, variable=str(names.name), rows=rows["row"])


def _check_spelling(table: Table, names: pd.Series, findings: Findings) -> None:
    """Report names that differ only in capitals, blanks or the way an accent is stored."""
    for same in alike(names.dropna().unique()):
        text = f"{quoted(same)} look like one name"
        advice = "Write it in one way, or say in values.csv, under read_as, which one counts."
        rows = names.index[names.isin(same)]
        table.breach(findings, rows, "spelling", text, advice=advice, variable=str(names.name))


def check_links(table: Table, tables: dict[str, pd.DataFrame], codebook: Codebook, findings: Findings) -> None:
    """Check one table against the others.

    Parameters
    ----------
    table
        Where its rows came from.
    tables
        The values of all tables.
    codebook
        Their codebook.
    findings
        Collects what is wrong.
    """
    before = len(findings.breaches)
    _check_lookups(table, tables, codebook, findings)
    if len(findings.breaches) == before:
        _check_one_organisation(table, people(tables, codebook, table.name), findings)


def _check_lookups(table: Table, tables: dict[str, pd.DataFrame], codebook: Codebook, findings: Findings) -> None:
    """Check that everyone's organisation and sector can be looked up."""
    frame = named(tables, codebook, table.name)
    for source, key in dict.fromkeys((source, key) for _, source, key in LOOKUPS):
        words = [word for word, its, _ in LOOKUPS if its == source]
        on = next(filter(None, (lookup_keys(tables, codebook, frame, w, source, key) for w in words)), [])
        if on:
            there = named(tables, codebook, source)
            unknown = frame[key].notna() & ~_pairs(frame, on).isin(_pairs(there, on))
            _report_unknown(table, frame[unknown], there, source, key, on, findings)


def _pairs(frame: pd.DataFrame, on: list[str]) -> pd.Index:
    """Lay keys side by side, so that they can be looked up together."""
    return pd.MultiIndex.from_frame(frame[on]) if len(on) > 1 else pd.Index(frame[on[0]])


def _report_unknown(
    table: Table, unknown: pd.DataFrame, there: pd.DataFrame, source: str, key: str, on: list[str], findings: Findings
) -> None:
    """Report names that another table should have and has not."""
    for name, rows in unknown.groupby(key, sort=True):
        wave = f" in wave {quoted(sorted(rows['wave'].unique()))}" if "wave" in on else ""
        close = "" if name in set(there[key]) else nearest(str(name), list(there[key].unique()))
        text = f"'{name}' is not in {source}{wave}"
        table.breach(findings, rows.index, "unknown_name", text, advice=close, variable=key, value=str(name))


def _check_one_organisation(table: Table, frame: pd.DataFrame, findings: Findings) -> None:
    """Report a unit that is in two organisations in one wave."""
    if not {"unit", "organisation"} <= set(frame):
        return
    by = ["unit", *(["wave"] if "wave" in frame else [])]
    several = frame.groupby(by)["organisation"].transform("nunique") > 1
    for unit, rows in frame[several].groupby("unit", sort=True):
        text = f"'{unit}' is in {quoted(sorted(rows['organisation'].unique()))} at once"
        advice = "Give each organisation units of its own."
        table.breach(findings, rows.index, "two_organisations", text, advice=advice, variable="unit", value=str(unit))
