"""The names in a table: each can be read and has one spelling, and those of waves are in the order of time.

Respondents without a unit, organisation or sector stay in and are counted in a note: they count in every figure that
does not ask for the missing name.
"""

from __future__ import annotations

import re
from itertools import pairwise

import pandas as pd

from exkit.survey.codebook import IDS, Codebook
from exkit.survey.findings import Findings, quoted
from exkit.survey.reading.files import Table
from exkit.survey.spelling import alike, as_seen, is_readable

PLACES = ("unit", "organisation", "sector")
PLAIN = r"[!-~]*"
"""Names of plain letters, digits and marks, which nothing can be wrong with."""
YEAR = re.compile(r"(?<![0-9])(?:19|20)[0-9]{2}(?![0-9])")
LISTED = 20
"""How many waves are listed."""
MEND = "Begin their names with the year, or write 09 for 9; values.csv can say so, under read_as."


def check_names(table: Table, values: pd.DataFrame, codebook: Codebook, findings: Findings) -> None:
    """Find names written in two ways, rows without a name, and waves whose names are not in the order of time.

    Parameters
    ----------
    table
        Where the rows came from.
    values
        Its values.
    codebook
        Which columns are names of units, organisations, sectors and waves, and ids.
    findings
        Collects what is found.
    """
    for role in (*PLACES, "wave", *IDS):
        column = codebook.role(role, table=table.name)
        if column in values:
            names = values[column]
            _check_readable(table, names, role, findings)
            check_spelling = _check_ids if role in IDS else _check_spelling
            check_spelling(table, names, findings)
            if role in PLACES:
                _note_nameless(table, names, role, findings)
            if role == "wave":
                _check_order(table, names, findings)


def _note_nameless(table: Table, names: pd.Series, role: str, findings: Findings) -> None:
    """Note which rows have no name, file by file."""
    for file, rows in table.origin[names.isna()].groupby("file", observed=True):
        article = "an" if role == "organisation" else "a"
        text = f"rows without {article} {role} stay in, under no {role}"
        findings.note(str(file), "nameless", text, variable=str(names.name), rows=rows["row"])


def _odd(names: pd.Series) -> pd.Series:
    """Pick the different names that are not plain."""
    there = pd.Series(names.dropna().unique(), dtype="str")
    return there[~there.str.fullmatch(PLAIN).astype(bool)]


def _check_readable(table: Table, names: pd.Series, role: str, findings: Findings) -> None:
    """Report names in which nothing can be seen, or something that is no letter."""
    odd = [name for name in _odd(names) if not is_readable(name)]
    if odd:
        what = "an id" if role in IDS else quoted(odd)
        text = f"{what} holds a line end or another character that cannot be seen, or nothing else"
        advice = "Take it out" + ("." if role in IDS else ", or say in values.csv, under read_as, what it should be.")
        rows = names.index[names.isin(odd)]
        table.breach(findings, rows, "spelling", text, advice=advice, variable=str(names.name))


def _check_ids(table: Table, ids: pd.Series, findings: Findings) -> None:
    """Report ids that differ in blanks or unseen characters only: somebody would count twice. Capitals may matter."""
    odd = _odd(ids)
    if odd.empty:
        return
    there = pd.Series(ids.dropna().unique(), dtype="str")
    seen = there.where(~there.isin(odd), there.map(as_seen))
    same = there[seen.duplicated(keep=False)]
    if len(same):
        text = f"{len(same):,} ids look alike: they differ in blanks or in what cannot be seen"
        rows = ids.index[ids.isin(same)]
        table.breach(findings, rows, "spelling", text, advice="Write each in one way.", variable=str(ids.name))


def _check_spelling(table: Table, names: pd.Series, findings: Findings) -> None:
    """Report names that differ only in capitals, blanks or the way an accent is stored."""
    for same in alike(names.dropna().unique()):
        text = f"{quoted(same)} look like one name"
        advice = "Write it in one way, or say in values.csv, under read_as, which one counts."
        rows = names.index[names.isin(same)]
        table.breach(findings, rows, "spelling", text, advice=advice, variable=str(names.name))


def _check_order(table: Table, waves: pd.Series, findings: Findings) -> None:
    """Report waves that time puts in another order than the alphabet, as the kit does; note those of which none knows.

    The wave before one is what it is compared with: '10' would stand before '9', and 'Q1 2025' before 'Q4 2024'.
    """
    names = sorted(map(str, waves.dropna().unique()))
    times = [_time(name) for name in names]
    listed, where = quoted(names, at_most=LISTED), next(iter(table.headers)) if len(table.headers) == 1 else table.name
    if any(_is_back(*ends) for ends in pairwise(times)):
        text, advice = f"waves are put in the order of their names, which is not that of time: {listed}", MEND
        findings.breach(where, "wave_order", text, advice=advice, variable=str(waves.name))
    elif len(names) > 1 and None in times:
        text = f"waves are put in the order of their names: {listed}"
        findings.note(where, "wave_order", text, variable=str(waves.name))


def _time(wave: str) -> int | None:
    """Read the first year in the name of a wave, or else its one number; nothing where there is no such thing."""
    years, numbers = YEAR.findall(wave), set(re.findall(r"[0-9]+", wave))
    return int(min(years)) if years else int(numbers.pop()) if len(numbers) == 1 else None


def _is_back(before: int | None, after: int | None) -> bool:
    """Tell whether one wave is later than the one that is put behind it."""
    return None not in (before, after) and before > after
