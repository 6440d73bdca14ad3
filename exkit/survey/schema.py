"""What values a variable may have: a pandera schema built from the codebook.

Every check that looks at one column of one wave is here. Pandera finds all failures at once; each becomes a breach in
the words of this table.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import TYPE_CHECKING

import pandas as pd

from exkit.errors import nearest
from exkit.survey.codebook import TABLES, Variable
from exkit.survey.files import Table
from exkit.survey.findings import Findings, quoted

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
    from pandera.errors import SchemaErrors

    try:
        schema(variables, choices).validate(values, lazy=True)
    except SchemaErrors as wrong:
        by_name = {variable.name: variable for variable in variables}
        for (name, problem), cases in wrong.failure_cases.groupby(["column", "check"], sort=False):
            told = (problem == "not_nullable") & cases["index"].isin(unread.get(name, []))
            if not told.all():
                _report(table, by_name[name], problem, cases[~told], choices, findings)


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


def _column(variable: Variable, choices: Choices) -> pa.Column:
    """Say what one column must live up to."""
    import pandera.pandas as pa

    key = TABLES[variable.table] == variable.role
    checks = []
    if variable.type == "whole":
        checks.append(pa.Check(lambda values: values % 1 == 0, error="not_whole"))
    if variable.low is not None:
        checks.append(pa.Check.ge(variable.low, error="outside_range"))
    if variable.high is not None:
        checks.append(pa.Check.le(variable.high, error="outside_range"))
    if variable.type == "choice" and variable.name in choices:
        checks.append(pa.Check.isin(list(choices[variable.name]), error="not_a_choice"))
    if variable.role == "weight":
        checks.append(pa.Check.gt(0, error="weight"))
    return pa.Column(checks=checks, nullable=not key and variable.role not in ("wave", "weight"), unique=key)


MEND = "Mend it, or declare it as missing in codebook.csv."


def _report(
    table: Table, variable: Variable, problem: str, cases: pd.DataFrame, choices: Choices, findings: Findings
) -> None:
    """Turn the failures of one check into breaches."""
    values = [_plain(value) for value in cases["failure_case"].dropna().unique()]
    shown = f"value{'s' if len(values) > 1 else ''} {quoted(values)}"
    code, text, advice = {
        "not_whole": ("not_whole", f"{shown} not a whole number", MEND),
        "outside_range": ("outside_range", f"{shown} outside {_plain(variable.low)}-{_plain(variable.high)}", MEND),
        "not_a_choice": ("not_a_choice", f"{shown} not in values.csv", _nearest_choice(values, variable, choices)),
        "weight": ("weight", f"{shown} not above zero, as a weight must be", ""),
        "not_nullable": ("no_key", f"no {variable.role}", "Fill it in, or remove the row."),
        "field_uniqueness": ("doubled", f"{quoted(values)} more than once in a wave", "Decide which row to keep."),
    }[problem]
    where = {"variable": variable.name, "value": ", ".join(values[:3])}
    table.breach(findings, cases["index"].astype(int), code, text, advice=advice, **where)


def _nearest_choice(values: list[str], variable: Variable, choices: Choices) -> str:
    """Suggest what the first of some values may have meant."""
    return nearest(values[0], choices.get(variable.name, [])) if values else ""


def _plain(value: object) -> str:
    """Write a value as it would stand in a cell, and a limit that is not there as nothing."""
    return "" if value is None else f"{value:g}" if isinstance(value, float) else str(value)
