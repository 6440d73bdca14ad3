"""From a table of text to a table of values.

Waves are read apart where the codebook says something else of each: another scale, other missing codes, a question that
was not asked. Columns that the codebook does not name are not loaded, and a note says which.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from exkit.errors import nearest
from exkit.survey.belonging.dates import ADVICE
from exkit.survey.belonging.waves import said_in
from exkit.survey.codebook import TABLES, Codebook, Variable
from exkit.survey.comments import DECIDE, repeatable
from exkit.survey.findings import Findings, quoted
from exkit.survey.labels import choices
from exkit.survey.reading.files import Table
from exkit.survey.schema import MEND, check_keys, check_values
from exkit.survey.values import Read, read

ADD = "Look whether it is the right file, or take its row out of codebook.csv."
LISTED = 20
"""How many columns that are not there are named."""

UNANSWERED = ["table", "variable", "wave", "code", "n"]


def read_cells(
    table: Table, codebook: Codebook, labels: pd.DataFrame, *, findings: Findings
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Turn a table of text into values, and check each of them.

    Parameters
    ----------
    table
        The table as text.
    codebook
        What it should hold.
    labels
        Value labels, which are the possible values of choice variables.
    findings
        Collects what is wrong and what was left out.

    Returns
    -------
    values, unanswered : DataFrame
        The table, text as `str` and numbers as `float64`; and how many cells were empty or held a missing code:
        `table`, `variable`, `wave`, `code` (empty text for an empty cell), `n`.
    """
    text = table.text[[v.name for v in codebook.variables(table.name) if v.name in table.text]]
    wave_of = said_in(table, codebook.role("wave", table=table.name))
    _check_columns(table, codebook, wave_of, findings)
    _check_waves(table, codebook, list(wave_of.unique()), findings)
    values, unanswered = [], []
    for waves, asked in _alike(codebook, table.name, text, wave_of):
        its = text[wave_of.isin(waves)]
        _check_not_asked(table, its, asked, wave_of, findings)
        _check_called_missing(table, its, asked, findings)
        part, unread = {}, {}
        for v in asked:
            cells = read(its[v.name], v)
            part[v.name] = cells.value
            unread |= _check_type(table, its[v.name], cells, v, findings)
            unanswered += _unanswered(its[v.name], v, cells, wave_of)
        part = pd.DataFrame(part, index=its.index, copy=False)
        check_values(part, table, asked, choices(labels, table.name), unread, findings)
        check_keys(part, table, asked, wave_of, findings)
        values.append(part)
    return pd.concat(values).sort_index().reindex(columns=text.columns), pd.DataFrame(unanswered, columns=UNANSWERED)


def _alike(
    codebook: Codebook, table: str, text: pd.DataFrame, wave_of: pd.Series
) -> Iterator[tuple[list[str], list[Variable]]]:
    """Take together the waves whose cells are read in the same way, whatever the wording of their questions."""
    alike: dict[tuple, list[str]] = {}
    asked = {wave: [v for v in codebook.asked(table, wave) if v.name in text] for wave in sorted(wave_of.unique())}
    for wave, variables in asked.items():
        rules = tuple((v.name, v.type, v.low, v.high, v.missing) for v in variables)
        alike.setdefault(rules, []).append(wave)
    for waves in alike.values():
        yield waves, asked[waves[-1]]


def _check_columns(table: Table, codebook: Codebook, wave_of: pd.Series, findings: Findings) -> None:
    """Check that each file has the columns asked in its waves, and note which others it has."""
    named = [v.name for v in codebook.variables(table.name)]
    for file, header in table.headers.items():
        others = [name for name in header if name not in named]
        waves = wave_of[table.origin["file"] == file].unique()
        asked = dict.fromkeys(v.name for wave in waves for v in codebook.asked(table.name, wave))
        lacking = [name for name in asked if name not in header]
        for name in lacking[:LISTED]:
            text, advice = f"no column '{name}', which codebook.csv names", nearest(name, others) or ADD
            findings.breach(file, "no_column", text, advice=advice, variable=name)
        if len(lacking) > LISTED:
            text = f"{len(lacking) - LISTED:,} more of the columns that codebook.csv names are not there either"
            findings.breach(file, "no_column", text, advice=ADD)
        if len(others) == len(header):  # what seem to be names may be the answers of the first respondent
            text, advice = "has none of the columns of codebook.csv", "Look whether its first row names the columns."
            findings.note(file, "not_in_codebook", text, advice=advice)
        elif others:
            text = f"not in codebook.csv and therefore not read: {quoted(others)}"
            findings.note(file, "not_in_codebook", text, value=", ".join(others))


def _check_waves(table: Table, codebook: Codebook, waves: list[str], findings: Findings) -> None:
    """Check that every wave of the codebook is in the table."""
    mine = codebook.rows[codebook.rows["table"] == table.name]
    for wave, rows in mine[~mine["wave"].isin(["", *waves])].groupby("wave"):
        text, advice = f"wave '{wave}' is not in {table.name}", nearest(str(wave), waves)
        findings.breach("codebook.csv", "unknown_wave", text, advice=advice, value=str(wave), rows=rows.index + 2)


def _check_not_asked(
    table: Table, text: pd.DataFrame, asked: list[Variable], wave_of: pd.Series, findings: Findings
) -> None:
    """Check that there are no answers to what was not asked in these waves."""
    for name in text.columns.difference([v.name for v in asked], sort=False):
        answered = text.index[text[name] != ""]
        for wave, rows in wave_of[answered].groupby(wave_of[answered]):
            told = f"answers in wave '{wave}', for which codebook.csv has no row"
            table.breach(findings, rows.index, "not_asked", told, advice="Add one.", variable=name, value=wave)


def _check_called_missing(table: Table, text: pd.DataFrame, asked: list[Variable], findings: Findings) -> None:
    """Check that what a file itself calls missing is no answer in the codebook either."""
    for file, facts in table.facts.items():
        for v in (v for v in asked if v.name in facts.missing):
            undeclared = set(facts.missing[v.name]) - set(v.missing)
            found = text.loc[text[v.name].isin(undeclared) & (table.origin.loc[text.index, "file"] == file), v.name]
            if len(found):
                codes = found.unique()
                told = f"{quoted(codes)} missing by what the file says, and not by codebook.csv"
                advice = f"Write `{'|'.join(sorted({*v.missing, *undeclared}))}` in its column missing."
                where = {"variable": v.name, "value": ", ".join(codes[:3])}
                table.breach(findings, found.index, "called_missing", told, advice=advice, **where)


def _check_type(table: Table, text: pd.Series, cells: Read, v: Variable, findings: Findings) -> dict[str, pd.Index]:
    """Report cells that are not what the codebook says, such as text in a number column; their rows, by variable."""
    if not cells.unreadable.any():
        return {}
    wrong = text[cells.unreadable].astype("str")
    answered = int((~cells.unanswered).sum())
    shown = repeatable(wrong, among=answered, of_people=TABLES[v.table] == "respondent")
    problem, what, advice = _not_a(v, wrong, shown, answered)
    told, value = f"{quoted(shown) or 'text'} not {what}", ", ".join(shown[:3])
    table.breach(findings, wrong.index, problem, told, advice=advice, variable=v.name, value=value)
    return {v.name: wrong.index}


def _not_a(v: Variable, wrong: pd.Series, shown: list[str], answered: int) -> tuple[str, str, str]:
    """Say what cells are not: a code, in words, and what to do about it."""
    if v.type == "date":
        return "not_a_date", "a date", ADVICE
    if (wrong != wrong.str.strip()).all():
        return "not_a_number", "a number", "It has a space beside it. Take that out."
    if len(shown) == wrong.nunique() and wrong.str.fullmatch(r"[^0-9]{1,4}").all():
        marks = "|".join([*v.missing, *shown])
        return "not_a_number", "a number", f"If nothing was published or answered there, write `{marks}` under missing."
    advice = MEND
    advice += f" Or are these people's own words? {DECIDE}" if 2 * len(wrong) > answered else ""
    return "not_a_number", "a number", advice


def _unanswered(text: pd.Series, v: Variable, cells: Read, wave_of: pd.Series) -> list[tuple]:
    """Count empty cells and missing codes, a row of `UNANSWERED` each."""
    if not cells.unanswered.any():
        return []
    left = text[cells.unanswered].astype("str")
    counts = left.groupby([wave_of[left.index], left]).size()
    return [(v.table, v.name, wave, code, n) for (wave, code), n in counts.items()]
