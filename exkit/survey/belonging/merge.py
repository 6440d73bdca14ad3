"""Rows of units that became one, or were split: how their numbers go together, as `study.yml` declares.

`merge: {units: {headcount: sum, revenue: sum, absence: headcount}}` says that headcounts and revenues add up, and that
absence is a mean, weighted by headcount. A split unit's totals are shared out, so that they still add up to what they
were; its means are not known for its parts, and become missing: the mean of the whole in each of them would be one
figure counted twice. What is put together from something unknown is unknown. Names must be the same in all rows that
become one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from exkit.errors import nearest
from exkit.survey.findings import Findings, quoted
from exkit.survey.reading.files import Table

SUM = "sum"


def merged(
    table: Table,
    values: pd.DataFrame,
    targets: pd.DataFrame,
    *,
    keys: list[str],
    rules: Mapping[str, str],
    findings: Findings,
) -> tuple[Table, pd.DataFrame]:
    """Put the rows of units together.

    Parameters
    ----------
    table
        Where the rows came from.
    values
        Its values.
    targets
        Which unit each row, or each share of it, becomes: `row` (a position, in order), `unit`, `is_coded` (whether it
        had a code), `share` (of a code).
    keys
        The columns of the unit and, if there is one, the wave.
    rules
        By column, `sum` or the column that weighs its mean.
    findings
        Collects what cannot be put together; gets a note of what was.

    Returns
    -------
    table, values
        One row per unit and wave.
    """
    spread = values.iloc[targets["row"]].assign(**{keys[0]: targets["unit"].to_numpy()}).reset_index(drop=True)
    share = targets["share"].fillna(1.0).reset_index(drop=True)
    together = _is_put_together(spread[keys], targets["is_coded"].reset_index(drop=True)) | (share < 1)
    if not together.any():
        return table, spread
    rows = pd.Series(targets["row"].to_numpy())
    numeric = [name for name in spread.select_dtypes("number") if name not in keys]
    if not _is_declared(table, rows[together], numeric, rules, findings):
        return table, values
    alike = spread.columns.difference([*numeric, *keys], sort=False)
    if not _is_alike(table, spread[together], rows, keys, list(alike), findings):
        return table, values
    parts = _parts(spread[together], share[together], rules)
    ones = parts.groupby(keys, sort=False, dropna=False)
    put = ones.first().assign(**ones[numeric].agg(lambda part: part.sum(skipna=False))).reset_index()
    put = _means(put, rules).set_index(parts.index[~parts.duplicated(keys)])[spread.columns]
    _note(table, rows[together], len(put), put[numeric], findings)
    whole = pd.concat([spread[~together], put]).sort_index()
    origin = table.origin.iloc[rows[whole.index]].reset_index(drop=True)
    return replace(table, origin=origin), whole.reset_index(drop=True)


def _is_put_together(units: pd.DataFrame, is_coded: pd.Series) -> pd.Series:
    """Tell which rows share their unit and wave with another because of a code; two rows of one name are no merger."""
    return units.duplicated(keep=False) & is_coded.groupby([units[key] for key in units], dropna=False).transform("any")


def _is_declared(
    table: Table, rows: pd.Series, numeric: list[str], rules: Mapping[str, str], findings: Findings
) -> bool:
    """Check that the rules say of each number how it is put together."""
    before = len(findings.breaches)
    for name, rule in rules.items():
        unknown = next((word for word in (name, rule) if word not in (*numeric, SUM)), None)
        if unknown:
            text = f"merge of {table.name}: no column '{unknown}' of numbers"
            findings.breach("study.yml", "merge", text, advice=nearest(unknown, [*numeric, SUM]))
        elif rule != SUM and rules.get(rule) != SUM:
            text = f"merge of {table.name}: '{name}' is weighed by '{rule}'"
            findings.breach("study.yml", "merge", text, advice=f"Say `{rule}: sum` too.")
    lacking = [name for name in numeric if name not in rules]
    if lacking:
        text = f"two rows become one, or one is split, and nothing says how {quoted(lacking)} are put together"
        line = f"`merge: {{{table.name}: {{{lacking[0]}: sum}}}}`"
        advice = f"Say so in study.yml: {line} for a total, the name of a column that weighs it for a mean."
        table.breach(findings, rows.unique(), "merge", text, advice=advice)
    return len(findings.breaches) == before


def _is_alike(
    table: Table, spread: pd.DataFrame, rows: pd.Series, keys: list[str], names: list[str], findings: Findings
) -> bool:
    """Check that rows which become one have the same names."""
    before = len(findings.breaches)
    ones = spread.groupby(keys, dropna=False)
    for name in names:
        differ = ones[name].transform("nunique", dropna=False) > 1
        if differ.any():
            text = f"{quoted(spread.loc[differ, name].astype('str').unique())} in rows of units that become one"
            at = rows[differ.index[differ]].unique()
            table.breach(findings, at, "merge", text, advice="Write it in one way.", variable=name)
    return len(findings.breaches) == before


def _parts(spread: pd.DataFrame, share: pd.Series, rules: Mapping[str, str]) -> pd.DataFrame:
    """Share totals out, and make totals of means, which can be added."""
    totals = {name: spread[name] * share for name, rule in rules.items() if rule == SUM}
    means = {name: (spread[name] * spread[rule]).where(share == 1) for name, rule in rules.items() if rule != SUM}
    return spread.assign(**totals, **means)


def _means(put: pd.DataFrame, rules: Mapping[str, str]) -> pd.DataFrame:
    """Make means of totals again; unknown where nothing weighs."""
    means = {name: put[name] / put[rule].where(put[rule] != 0) for name, rule in rules.items() if rule != SUM}
    return put.assign(**means)


def _note(table: Table, rows: pd.Series, n: int, numbers: pd.DataFrame, findings: Findings) -> None:
    """Note how many rows became how many, and what is not known of them."""
    unknown = numbers.columns[numbers.isna().any()]
    besides = f"; not known for all of them: {quoted(unknown)}" if len(unknown) else ""
    for file, its in table.origin.loc[rows.unique()].groupby("file", observed=True):
        text = f"rows put together or split by crosswalk.csv and study.yml, into {n:,} rows of units{besides}"
        findings.note(str(file), "merged", text, rows=its["row"])
