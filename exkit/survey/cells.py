"""From a table of text to a table of values, one wave at a time.

Wave by wave, since the codebook may say something else of each: another scale, other missing codes, a question that
was not asked. Columns that the codebook does not name are not loaded, and a note says which.
"""

from __future__ import annotations

import pandas as pd

from exkit.errors import nearest
from exkit.survey.codebook import Codebook, Variable
from exkit.survey.files import Table
from exkit.survey.findings import Findings, quoted
from exkit.survey.labels import choices
from exkit.survey.schema import check_values
from exkit.survey.values import is_unanswered, typed

UNANSWERED = ["table", "variable", "wave", "code", "n"]


def read_cells(
    table: Table, codebook: Codebook, labels: pd.DataFrame, *, decimal: str, findings: Findings
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
    decimal
        The decimal sign of its numbers.
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
    for wave, its in text.groupby(wave_of, sort=True):
        asked = [v for v in codebook.asked(table.name, str(wave)) if v.name in its]
        _check_not_asked(table, its, asked, str(wave), findings)
        typed_wave = pd.DataFrame({v.name: typed(its[v.name], v, decimal=decimal) for v in asked}, index=its.index)
        unread = _check_types(table, its, typed_wave, asked, decimal, findings)
        check_values(typed_wave, table, asked, choices(labels, table.name), unread, findings)
        values.append(typed_wave)
        unanswered += [row for v in asked for row in _unanswered(its[v.name], v, str(wave))]
    return pd.concat(values).sort_index().reindex(columns=text.columns), pd.DataFrame(unanswered, columns=UNANSWERED)


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


def _check_not_asked(table: Table, text: pd.DataFrame, asked: list[Variable], wave: str, findings: Findings) -> None:
    """Check that there are no answers to what was not asked in this wave."""
    for name in text.columns.difference([v.name for v in asked], sort=False):
        answered = text.index[text[name] != ""]
        if len(answered):
            told = f"answers in wave '{wave}', for which codebook.csv has no row"
            table.breach(findings, answered, "not_asked", told, advice="Add one.", variable=name, value=wave)


def _check_types(
    table: Table, text: pd.DataFrame, values: pd.DataFrame, asked: list[Variable], decimal: str, findings: Findings
) -> dict[str, pd.Index]:
    """Report cells that are not what the codebook says, such as text in a number column; their rows per variable."""
    unread = {}
    for v in asked:
        wrong = text[v.name][values[v.name].isna() & ~is_unanswered(text[v.name], v)]
        if len(wrong):
            said = wrong.unique()
            problem, what, advice = _not_a(v, wrong, decimal)
            told = f"{quoted(said)} not {what}"
            shown = ", ".join(said[:3])
            table.breach(findings, wrong.index, problem, told, advice=advice, variable=v.name, value=shown)
            unread[v.name] = wrong.index
    return unread


def _not_a(v: Variable, wrong: pd.Series, decimal: str) -> tuple[str, str, str]:
    """Say what cells are not: a code, in words, and what to do about it."""
    if v.type == "date":
        return "not_a_date", "a date", "Write it as 2025-12-31."
    if decimal == "." and wrong.str.fullmatch(r"-?[0-9]+,[0-9]+").all():
        return "decimal_comma", "a number", 'For decimal commas, declare `decimal: ","` in study.yml.'
    if wrong.str.strip().str.fullmatch(r"-?[0-9.,]+").all():
        return "not_a_number", "a number", "It has a space beside it. Take that out."
    return "not_a_number", "a number", "Mend it, or declare it as missing in codebook.csv."


def _unanswered(text: pd.Series, v: Variable, wave: str) -> list[tuple]:
    """Count empty cells and missing codes, a row of `UNANSWERED` each."""
    counts = text[is_unanswered(text, v)].value_counts()
    return [(v.table, v.name, wave, code, n) for code, n in sorted(counts.items())]
