"""What must hold between tables: nobody's unit is unheard of, and a unit is in one organisation at a time."""

from __future__ import annotations

import pandas as pd

from exkit.errors import nearest
from exkit.survey.codebook import Codebook
from exkit.survey.findings import Findings, quoted
from exkit.survey.keys import LOOKUPS, lookup_keys, named, people
from exkit.survey.reading.files import Table


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
        close = close or "Add it there, or mend the name."
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
