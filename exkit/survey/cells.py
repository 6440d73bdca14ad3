"""From a table of text to a table of values.

Waves are read apart where the codebook says something else of each: another scale, other missing codes, a question that
was not asked. Columns that the codebook does not name are not loaded, and a note says which.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from exkit.errors import nearest
from exkit.survey.belonging.dates import ADVICE
from exkit.survey.codebook import Codebook, Variable
from exkit.survey.findings import Findings, quoted
from exkit.survey.labels import choices
from exkit.survey.reading.files import Table
from exkit.survey.schema import check_keys, check_values
from exkit.survey.values import Read, read

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
    wave_of = _waves(text, codebook, table.name)
    _check_columns(table, codebook, wave_of, findings)
    _check_waves(table, codebook, list(wave_of.unique()), findings)
    values, unanswered = [], []
    for waves, asked in _alike(codebook, table.name, text, wave_of):
        its = text[wave_of.isin(waves)]
        _check_not_asked(table, its, asked, wave_of, findings)
        _check_called_missing(table, its, asked, findings)
        cells = {v.name: read(its[v.name], v) for v in asked}
        part = pd.DataFrame({name: one.value for name, one in cells.items()}, index=its.index)
        unread = _check_types(table, its, cells, asked, findings)
        check_values(part, table, asked, choices(labels, table.name), unread, findings)
        check_keys(part, table, asked, wave_of, findings)
        values.append(part)
        unanswered += [row for v in asked for row in _unanswered(its[v.name], v, cells[v.name], wave_of)]
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


def _waves(text: pd.DataFrame, codebook: Codebook, table: str) -> pd.Series:
    """Tell the wave of each row; empty text where a table has no waves."""
    column = codebook.role("wave", table=table)
    return text[column] if column in text else pd.Series("", index=text.index, dtype="str")


def _check_columns(table: Table, codebook: Codebook, wave_of: pd.Series, findings: Findings) -> None:
    """Check that each file has the columns asked in its waves, and note which others it has."""
    named = [v.name for v in codebook.variables(table.name)]
    for file, header in table.headers.items():
        others = [name for name in header if name not in named]
        waves = wave_of[table.origin["file"] == file].unique()
        for name in dict.fromkeys(v.name for wave in waves for v in codebook.asked(table.name, wave)):
            if name not in header:
                text = f"no column '{name}', which codebook.csv names"
                findings.breach(file, "no_column", text, advice=nearest(name, others), variable=name)
        if others:
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


def _check_types(
    table: Table, text: pd.DataFrame, cells: dict[str, Read], asked: list[Variable], findings: Findings
) -> dict[str, pd.Index]:
    """Report cells that are not what the codebook says, such as text in a number column; their rows per variable."""
    unread = {}
    for v in asked:
        if cells[v.name].unreadable.any():
            wrong = text.loc[cells[v.name].unreadable, v.name]
            said = wrong.unique()
            problem, what, advice = _not_a(v, wrong)
            told = f"{quoted(said)} not {what}"
            shown = ", ".join(said[:3])
            table.breach(findings, wrong.index, problem, told, advice=advice, variable=v.name, value=shown)
            unread[v.name] = wrong.index
    return unread


def _not_a(v: Variable, wrong: pd.Series) -> tuple[str, str, str]:
    """Say what cells are not: a code, in words, and what to do about it."""
    if v.type == "date":
        return "not_a_date", "a date", ADVICE
    if wrong.str.fullmatch(r"\s+-?[0-9.,]+\s*|-?[0-9.,]+\s+").all():
        return "not_a_number", "a number", "It has a space beside it. Take that out."
    if wrong.str.fullmatch(r"[^0-9]{1,4}").all():
        marks = "|".join([*v.missing, *wrong.unique()])
        return "not_a_number", "a number", f"If nothing was published or answered there, write `{marks}` under missing."
    return "not_a_number", "a number", "Mend it, or declare it as missing in codebook.csv."


def _unanswered(text: pd.Series, v: Variable, cells: Read, wave_of: pd.Series) -> list[tuple]:
    """Count empty cells and missing codes, a row of `UNANSWERED` each."""
    left = text[cells.unanswered]
    counts = left.groupby([wave_of[left.index], left]).size() if len(left) else left
    return [(v.table, v.name, wave, code, n) for (wave, code), n in counts.items()]
