"""Units that have other codes in other files: `crosswalk.csv`, beside the tables.

Customer records often know a team by a branch number, which may change from year to year. A row says which unit a code
stands for, and in which waves, from the first to the last (left empty: always). Codes become units right after
reading, so that everything behind knows units only.

Several codes may stand for one unit: units that merged. Their people simply count together; their rows in `units` are
put together as `study.yml` declares (`merge`). One code may stand for several units, each with its `share`: a unit that
was split. Its totals are shared out. Its people cannot be: nobody knows who went where. Repeating their rows with a
weight would count each person more than once and give the new units the same answers, dealing them out at random would
wash out what sets the new units apart, and both would look more certain than anyone can be. So they stay in, under no
unit, and a note says how many. To keep them under a unit, turn it round: let the codes of the new units stand for the
old one, in all waves.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pandas as pd

from exkit.survey.belonging.merge import merged
from exkit.survey.belonging.shared import BETWEEN, to_one_unit
from exkit.survey.codebook import TABLES, Codebook
from exkit.survey.findings import Findings, quoted
from exkit.survey.reading.facts import Dialect
from exkit.survey.reading.files import Table, has_columns, read_file
from exkit.survey.reading.sources import is_there
from exkit.survey.values import numbers

FILE = "crosswalk.csv"
COLUMNS = ["unit", "code", "from", "to", "share"]
LAST = "\N{REPLACEMENT CHARACTER}"
"""Sorts behind the name of any wave."""

OF_PEOPLE = [name for name, key in TABLES.items() if key == "respondent"]
LISTED = 50
"""How many names a note lists at most."""

ROUNDED = 1e-6
"""How far shares may be from 1 together; thirds need six decimals."""


def read_crosswalk(folder: Path, *, dialect: Dialect, findings: Findings) -> pd.DataFrame:
    """Read which units have other codes; none if the dataset has no `crosswalk.csv`.

    Parameters
    ----------
    folder
        The dataset.
    dialect
        How the file is written.
    findings
        Collects what is wrong: a missing column, a row without unit or code, a code that stands for two units at once
        without shares that sum to 1.

    Returns
    -------
    DataFrame
        `unit`, `code`, the waves `from` and `to`, both included, and the `share` of the code that is this unit's.
    """
    path = folder / FILE
    text = read_file(path, known=COLUMNS, dialect=dialect, findings=findings) if is_there(path) else None
    none = pd.DataFrame(columns=COLUMNS, dtype="str").astype({"share": "float64"})
    if text is None:
        return none
    before = len(findings.breaches)
    has_columns(text, needed=COLUMNS[:2], known=COLUMNS, file=FILE, findings=findings)
    rows = text.reindex(columns=COLUMNS, fill_value="")
    period = rows.assign(to=rows["to"].where(rows["to"] != "", LAST), share=numbers(rows["share"]))
    if set(COLUMNS[:2]) <= set(text):
        _check_rows(rows, findings)
        _check_shares(period, said=rows["share"] != "", findings=findings)
        _check_periods(period, findings)
    return none if len(findings.breaches) > before else period.fillna({"share": 1.0})


def _check_rows(rows: pd.DataFrame, findings: Findings) -> None:
    """Find rows that say nothing, or that end before they begin."""
    turned = rows.index[(rows["to"] != "") & (rows["from"] > rows["to"])]
    if len(turned):
        advice = "Exchange them; left empty, they mean always."
        findings.breach(FILE, "empty_cell", "has 'from' after 'to', which is no wave", advice=advice, rows=turned + 2)
    open_ended = rows.index[(rows["unit"] == "") | (rows["code"] == "")]
    if len(open_ended):
        findings.breach(
            FILE, "empty_cell", "has rows without a unit or a code", advice="Fill in both.", rows=open_ended + 2
        )


def _check_shares(period: pd.DataFrame, *, said: pd.Series, findings: Findings) -> None:
    """Find shares that are none, and splits whose shares are not the whole."""
    wrong = period.index[said & ~period["share"].between(0, 1, inclusive="right")]
    if len(wrong):
        advice = "Write it as 0.25."
        findings.breach(FILE, "share", "not above 0 and at most 1", variable="share", advice=advice, rows=wrong + 2)
    split = period[said & ~period.index.isin(wrong)].groupby(["code", "from", "to"])
    for (code, _, _), its in split:
        if abs(its["share"].sum() - 1) > ROUNDED:
            text = f"the shares of code '{code}' sum to {its['share'].sum():.6g}, not to 1"
            advice = "Give them one 'from' and one 'to', and shares that sum to 1 in each wave."
            findings.breach(FILE, "share", text, advice=advice, value=str(code), rows=its.index + 2)


def _check_periods(period: pd.DataFrame, findings: Findings) -> None:
    """Find codes that stand for two units in one wave without shares, or for one unit twice."""
    parts = period["share"].notna() & ~period.duplicated(["code", "from", "to", "unit"])
    first = period[~(parts & period.duplicated(["code", "from", "to"]))].sort_values(["code", "from"])
    before = first.groupby("code")["to"].shift()
    for code, its in first[before.notna() & (first["from"] <= before)].groupby("code"):
        text, advice = f"code '{code}' has more than one row for a wave", "Give each a 'from' and a 'to', or a 'share'."
        findings.breach(FILE, "doubled_row", text, advice=advice, value=str(code), rows=its.index + 2)


def in_units(
    tables: dict[str, Table],
    values: dict[str, pd.DataFrame],
    codebook: Codebook,
    crosswalk: pd.DataFrame,
    *,
    about: Mapping,
    findings: Findings,
) -> tuple[dict[str, Table], dict[str, pd.DataFrame]]:
    """Turn the codes of all tables into units.

    Parameters
    ----------
    tables, values
        Where the rows came from, and their values, by table.
    codebook
        Which columns are unit and wave.
    crosswalk
        From `read_crosswalk`.
    about
        What `study.yml` declares of `merge` and `shared`.
    findings
        Gets what was done, and the codes that are in no row.

    Returns
    -------
    tables, values
        As many rows of people as there were, with units in place of codes; what is no code stays as it is.
    """
    unit_of = {name: codebook.role("unit", table=name) for name in tables}
    there = {name: set(values[name][unit].dropna().unique()) for name, unit in unit_of.items() if unit in values[name]}
    of_people = [name for table in OF_PEOPLE for name in there.get(table, ()) if BETWEEN not in name]
    of_units = [names for name, names in there.items() if name not in OF_PEOPLE]
    known = {*crosswalk["unit"], *crosswalk["code"], *of_people}.union(*of_units)
    sources, units = {}, {}
    for name, table in tables.items():
        others = set(crosswalk["unit"]).union(*(names for other, names in there.items() if other != name))
        its = values[name]
        if name in OF_PEOPLE:
            rule = about["shared"].get(name)
            its = to_one_unit(table, its, codebook, rule=rule, names=known, findings=findings)
        rules = about["merge"].get(name, {})
        sources[name], units[name] = to_units(
            table, its, codebook, crosswalk, merge=rules, others=others, findings=findings
        )
    _note_unused(crosswalk, set().union(*there.values()), findings)
    return sources, units


def to_units(
    table: Table,
    values: pd.DataFrame,
    codebook: Codebook,
    crosswalk: pd.DataFrame,
    *,
    merge: Mapping[str, str],
    others: set[str],
    findings: Findings,
) -> tuple[Table, pd.DataFrame]:
    """Turn the codes in a table into units, and note how many rows had one.

    Parameters
    ----------
    table
        Where the rows came from.
    values
        Its values.
    codebook
        Which columns are unit and wave.
    crosswalk
        From `read_crosswalk`.
    merge
        How the numbers of units that become one go together.
    others
        The units of the crosswalk and of other tables: such a name needs no row.
    findings
        Gets the notes.

    Returns
    -------
    table, values
        Units in place of codes; what is no code stays as it is.
    """
    unit, wave = (codebook.role(role, table=table.name) for role in ("unit", "wave"))
    if unit not in values or crosswalk.empty:
        return table, values
    targets = _targets(values[unit], values.get(wave, ""), crosswalk)
    if _is_unclear(table, targets, unit, findings):
        return table, values
    _note_codes(table, targets, unit, others, findings)
    if TABLES[table.name] == "unit":
        targets = targets.assign(is_coded=targets["unit"].notna(), unit=targets["unit"].fillna(targets["code"]))
        keys = [name for name in (unit, wave) if name in values]
        return merged(table, values, targets, keys=keys, rules=merge, findings=findings)
    split = targets["row"][targets["share"] < 1].drop_duplicates()
    one_each = targets.drop_duplicates("row").set_index("row")
    names = one_each["unit"].fillna(one_each["code"]).mask(one_each.index.isin(split))
    for file, rows in table.origin.loc[split].groupby("file", observed=True):
        text = f"rows had the code of a unit that {FILE} splits: nobody knows in which part they are, so under no unit"
        findings.note(str(file), "split", text, variable=unit, rows=rows["row"])
    return table, values.assign(**{unit: names.set_axis(values.index).astype("str")})


def _targets(codes: pd.Series, waves: pd.Series | str, crosswalk: pd.DataFrame) -> pd.DataFrame:
    """Look up what each row becomes: `row` (a position), `code`, and `unit` and `share` where it has a code."""
    here = pd.DataFrame({"code": codes, "wave": waves})
    pairs = here.drop_duplicates().merge(crosswalk, on="code")
    valid = (pairs["from"] <= pairs["wave"]) & (pairs["wave"] <= pairs["to"]) | (pairs["wave"] == "")
    return here.assign(row=range(len(here))).merge(pairs[valid], on=["code", "wave"], how="left")


def _is_unclear(table: Table, targets: pd.DataFrame, unit: str, findings: Findings) -> bool:
    """Report codes that changed their unit over time, in a table that does not say the time."""
    several = targets.groupby("row")["from"].transform("nunique") > 1
    for code, its in targets[several].groupby("code"):
        text = f"code '{code}' has a row for some waves and another for others in {FILE}, and {table.name} has no wave"
        advice = "Say its wave, or leave 'from' and 'to' empty."
        table.breach(findings, its["row"].unique(), "no_wave", text, advice=advice, variable=unit, value=str(code))
    return bool(several.any())


def _note_codes(table: Table, targets: pd.DataFrame, unit: str, others: set[str], findings: Findings) -> None:
    """Note the rows that had a code, and those whose unit is in no row of the crosswalk and nowhere else."""
    whole = targets["row"][targets["share"] == 1]
    for file, rows in table.origin.loc[whole].groupby("file", observed=True):
        text = f"rows had the code of a unit in {FILE}, and count for that unit"
        findings.note(str(file), "crosswalk", text, variable=unit, rows=rows["row"])
    strange = targets[targets["unit"].isna() & targets["code"].notna() & ~targets["code"].isin(others)]
    if len(strange):
        names = quoted(sorted(strange["code"].unique()), at_most=LISTED)
        text = f"{names} in no row of {FILE} for their wave, and in no other table: taken as they stand"
        for file, rows in table.origin.loc[strange["row"]].groupby("file", observed=True):
            findings.note(str(file), "not_in_crosswalk", text, variable=unit, rows=rows["row"])


def _note_unused(crosswalk: pd.DataFrame, names: set[str], findings: Findings) -> None:
    """Note codes that are in no table."""
    unused = crosswalk[~crosswalk["code"].isin(names)]
    if len(unused):
        text = f"codes in no table: {quoted(unused['code'].unique())}"
        findings.note(FILE, "unused", text, advice="Look whether they are written alike.", rows=unused.index + 2)
