"""Customers who were served by several units: `A;B` in the column of the unit.

Everybody counts once, or n would say more than there are people. With `shared: {customers: equal}` in `study.yml` each
of them is dealt to one of their units, all with the same chance; the draw hangs on nothing but who they are and in
which wave, so it is the same whenever and wherever it is made. Those dealt to a unit are a random part of those it
shares: its mean is not biased, and no answer is in two units, as standard errors assume. With `first` they count for
the unit that is named first, the one that served them most, if that is how they were written down.
"""

from __future__ import annotations

import hashlib

import pandas as pd

from exkit.survey.codebook import Codebook
from exkit.survey.findings import Findings, quoted
from exkit.survey.reading.files import Table

RULES = ("equal", "first")
BETWEEN = ";"


def to_one_unit(
    table: Table,
    values: pd.DataFrame,
    codebook: Codebook,
    *,
    rule: str | None,
    names: set[str],
    findings: Findings,
) -> pd.DataFrame:
    """Give each person one of the units that served them.

    Parameters
    ----------
    table
        Where the rows came from.
    values
        Its values.
    codebook
        Which columns are respondent, unit and wave.
    rule
        One of `RULES`; None if none is declared.
    names
        Units and codes of units that are known: what has `;` in it and is not one of them itself, but all of whose
        parts are, is several units.
    findings
        Gets a note of how many were shared; a breach if no rule is declared.

    Returns
    -------
    DataFrame
        As many rows as there were.
    """
    unit, wave, person = (codebook.role(role, table=table.name) for role in ("unit", "wave", "respondent"))
    if unit not in values:
        return values
    parts = {cell: _parts(cell) for cell in values[unit].dropna().unique() if BETWEEN in cell and cell not in names}
    several = [cell for cell, units in parts.items() if len(units) > 1 and (rule or set(units) <= names)]
    if not several:
        return values
    rows = values.index[values[unit].isin(several)]
    if rule is None:
        text = f"{quoted(several)} several units"
        advice = f"Say how they are shared out in study.yml: `shared: {{{table.name}: equal}}`, or first."
        table.breach(findings, rows, "several_units", text, advice=advice, variable=unit, value=several[0])
        return values
    for file, its in table.origin.loc[rows].groupby("file", observed=True):
        text = f"several units, of which one counts, by '{rule}' in study.yml"
        findings.note(str(file), "several_units", text, variable=unit, rows=its["row"])
    who = table.origin.loc[rows, "row"].astype("str")  # their place in the file, where they have no name
    if person in values:
        who = values.loc[rows, [name for name in (person, wave) if name in values]].agg("|".join, axis="columns")
    dealt = [_dealt(parts[cell], who[row], rule) for row, cell in values.loc[rows, unit].items()]
    units = values[unit].copy()
    units.loc[rows] = dealt
    return values.assign(**{unit: units})


def _parts(cell: str) -> list[str]:
    """Name the units in a cell."""
    return [part.strip() for part in cell.split(BETWEEN) if part.strip()]


def _dealt(units: list[str], who: str, rule: str) -> str:
    """Choose one of some units for somebody."""
    if rule == "first":
        return units[0]
    return units[int(hashlib.sha256(who.encode()).hexdigest(), 16) % len(units)]
