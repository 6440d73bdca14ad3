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
from exkit.survey.spelling import alike, as_seen, is_readable

PLACES = ("unit", "organisation", "sector")
PLAIN = r"[!-~]*"
"""Names of plain letters, digits and marks, which nothing can be wrong with."""


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
    for role in (*PLACES, "wave", "respondent"):
        column = codebook.role(role, table=table.name)
        if column in values:
            _check_readable(table, values[column], role, findings)
        if column in values and role == "respondent":
            _check_ids(table, values[column], findings)
        elif column in values:
            _check_spelling(table, values[column], findings)
        if column in values and role in PLACES:
            _note_nameless(table, values[column], role, findings)


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
        what = "an id" if role == "respondent" else quoted(odd)
        text = f"{what} holds a line end or another character that cannot be seen, or nothing else"
        advice = "Take it out, or say in values.csv, under read_as, what it should be."
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
