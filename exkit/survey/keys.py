"""Whose row is it: the columns that every table shares, under the kit's own names.

A codebook says which column is the unit, the wave, the weight; here they get the names `unit`, `wave`, `weight`. What
a table of people does not hold itself, its organisation and its sector, is looked up through `units` and
`organisations`.
"""

from __future__ import annotations

import pandas as pd

from exkit.survey.codebook import KEYS, Codebook

LOOKUPS = (("organisation", "units", "unit"), ("sector", "units", "unit"), ("sector", "organisations", "organisation"))
"""What is looked up, in which table, by which key; in this order."""


def named(tables: dict[str, pd.DataFrame], codebook: Codebook, table: str) -> pd.DataFrame:
    """Give a copy of a table with its key columns under the kit's names, its own columns beside them."""
    columns = {role: codebook.role(role, table=table) for role in KEYS}
    frame = tables[table]
    return frame.assign(**{role: frame[column] for role, column in columns.items() if column})


def people(tables: dict[str, pd.DataFrame], codebook: Codebook, table: str) -> pd.DataFrame:
    """Give a copy of a table with its keys, organisation and sector looked up where it lacks them.

    Parameters
    ----------
    tables
        Checked tables by name.
    codebook
        Their codebook.
    table
        Which of them.

    Returns
    -------
    DataFrame
        As many rows as the table, in its order.
    """
    frame = named(tables, codebook, table)
    for word, source, key in LOOKUPS:
        on = lookup_keys(tables, codebook, frame, word, source, key)
        if on:
            there = named(tables, codebook, source)[[*on, word]]
            found = frame[on].merge(there, on=on, how="left", validate="m:1")[word]
            frame = frame.assign(**{word: found.set_axis(frame.index)})
    return frame


def lookup_keys(
    tables: dict[str, pd.DataFrame], codebook: Codebook, frame: pd.DataFrame, word: str, source: str, key: str
) -> list[str]:
    """Tell by which columns a frame can look something up in another table; none if it cannot or need not."""
    if word in frame or key not in frame or source not in tables:
        return []
    there = named(tables, codebook, source)
    if word not in there or key not in there:
        return []
    return [key, "wave"] if "wave" in frame and "wave" in there else [key]
