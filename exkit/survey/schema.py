"""What values a variable may have: rules from the codebook.

A rule is judged on the distinct values of a column, of which there are few. Only a column that breaks one goes through
pandera, which finds every row at fault at once; each becomes a breach in the words of this table.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from typing import TYPE_CHECKING

import pandas as pd

from exkit.errors import nearest
from exkit.survey.codebook import TABLES, Variable
from exkit.survey.comments import repeatable
from exkit.survey.findings import Findings, quoted
from exkit.survey.reading.files import Table

if TYPE_CHECKING:
    import pandera.pandas as pa

Choices = dict[str, Collection[str]]


def check_values(
    values: pd.DataFrame,
    table: Table,
    variables: list[Variable],
    choices: Choices,
    unread: dict[str, pd.Index],
    findings: Findings,
) -> None:
    """Check the values of one wave against the codebook.

    Parameters
    ----------
    values
        Typed values; the index gives their position in the table.
    table
        The table they are from.
    variables
        Their definitions in this wave.
    choices
        Allowed values per choice variable.
    unread
        Rows per variable that hold something else than a value, and are told already: they are not empty.
    findings
        Collects what breaks a rule.
    """
    suspect = [v for v in variables if not _is_sound(values[v.name], v, choices)]
    if not suspect:
        return
    from pandera.errors import SchemaErrors

    try:
        schema(suspect, choices).validate(values, lazy=True)
    except SchemaErrors as wrong:
        by_name = {variable.name: variable for variable in variables}
        for (name, problem), cases in wrong.failure_cases.groupby(["column", "check"], sort=False):
            told = (problem == "not_nullable") & cases["index"].isin(unread.get(name, []))
            if not told.all():
                answered = int(values[name].notna().sum())
                _report(table, by_name[name], problem, cases[~told], choices, findings, among=answered)


def schema(variables: list[Variable], choices: Choices) -> pa.DataFrameSchema:
    """Build the schema of one table in one wave.

    Parameters
    ----------
    variables
        Its variables.
    choices
        Allowed values per choice variable.
    """
    import pandera.pandas as pa

    return pa.DataFrameSchema({v.name: _column(v, choices) for v in variables})


def _rules(variable: Variable, choices: Choices) -> Iterator[tuple[str, Callable[[pd.Series], pd.Series]]]:
    """List what the values of a variable must live up to: a code, and what tells which of them do."""
    low, high = variable.low, variable.high
    if variable.type == "whole":
        yield "not_whole", lambda values: values % 1 == 0
    if low is not None:
        yield "outside_range", lambda values: values >= low
    if high is not None:
        yield "outside_range", lambda values: values <= high
    if variable.type == "choice" and variable.name in choices:
        yield "not_a_choice", lambda values: values.isin(choices[variable.name])
    if variable.role in ("n", "sd"):
        yield "negative", lambda values: values >= 0
    if variable.role == "weight":
        yield "weight", lambda values: values > 0


def _may_be_missing(variable: Variable) -> bool:
    """Tell whether a row may do without a value: not of a weight, a wave, or what tells rows apart."""
    return variable.role not in ("wave", "weight", TABLES[variable.table])


def _is_sound(values: pd.Series, variable: Variable, choices: Choices) -> bool:
    """Tell whether a column lives up to its rules."""
    distinct = pd.Series(values.unique(), dtype=values.dtype)
    missing = distinct.isna()
    there = distinct[~missing]
    may_be = _may_be_missing(variable) or not missing.any()
    return may_be and all(rule(there).all() for _, rule in _rules(variable, choices))


def _column(variable: Variable, choices: Choices) -> pa.Column:
    """Say what one column must live up to."""
    import pandera.pandas as pa

    checks = [pa.Check(rule, error=code) for code, rule in _rules(variable, choices)]
    return pa.Column(checks=checks, nullable=_may_be_missing(variable))


def check_keys(
    values: pd.DataFrame, table: Table, variables: list[Variable], wave_of: pd.Series, findings: Findings
) -> None:
    """Check that nobody has two rows in one wave.

    Parameters
    ----------
    values, table, variables, findings
        As in `check_values`.
    wave_of
        The wave of each row.
    """
    for key in (v.name for v in variables if v.role == TABLES[table.name]):
        names = values[key].dropna()
        doubled = names[pd.DataFrame({"key": names, "wave": wave_of[names.index]}).duplicated(keep=False)]
        if len(doubled):
            named = [str(name) for name in doubled.unique()]
            of_people = TABLES[table.name] == "respondent"  # of whom no id is repeated
            who = f"{len(named):,} respondent{'s' if len(named) > 1 else ''}" if of_people else quoted(named)
            shown = "" if of_people else ", ".join(named[:3])
            told, advice = f"{who} more than once in a wave", "Decide which row to keep."
            table.breach(findings, doubled.index, "doubled", told, advice=advice, variable=key, value=shown)


MEND = "Mend it, or declare it as missing in codebook.csv."


def _report(
    table: Table,
    variable: Variable,
    problem: str,
    cases: pd.DataFrame,
    choices: Choices,
    findings: Findings,
    *,
    among: int,
) -> None:
    """Turn the failures of one check into breaches."""
    plain = cases["failure_case"].dropna().map(_plain)
    known = choices.get(variable.name, ())
    values = repeatable(plain, among=among, like=known) if problem == "not_a_choice" else list(plain.unique())
    shown = f"value{'s' if len(values) > 1 else ''} {quoted(values)}" if values else "text"
    code, text, advice = {
        "not_whole": ("not_whole", f"{shown} not a whole number", MEND),
        "outside_range": ("outside_range", f"{shown} {_outside(variable)}", MEND),
        "negative": ("outside_range", f"{shown} below 0, which no {variable.role} can be", MEND),
        "not_a_choice": ("not_a_choice", f"{shown} not in values.csv", _nearest_choice(values, known)),
        "weight": ("weight", f"{shown} not above zero, as a weight must be", "Mend it, or remove the row."),
        "not_nullable": ("no_key", f"no {variable.role}", "Fill it in, or remove the row."),
    }[problem]
    where = {"variable": variable.name, "value": ", ".join(values[:3])}
    table.breach(findings, cases["index"].astype(int), code, text, advice=advice, **where)


def _nearest_choice(values: list[str], known: Collection[str]) -> str:
    """Suggest what the first of some values may have meant."""
    close = nearest(values[0], known) if values else ""
    return close or "Mend it, list it there, or say what it is read as."


def _outside(variable: Variable) -> str:
    """Say what a value is that breaks one of the limits."""
    if variable.low is None or variable.high is None:
        return f"above {_plain(variable.high)}" if variable.low is None else f"below {_plain(variable.low)}"
    return f"outside {_plain(variable.low)}-{_plain(variable.high)}"


def _plain(value: object) -> str:
    """Write a value as it would stand in a cell, and a limit that is not there as nothing."""
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
