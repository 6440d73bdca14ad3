"""Which wave a row belongs to, from its date, by the rule that `study.yml` declares.

`waves: quarter` takes the calendar. `waves: {"2025": {from: 2025-09-01, to: 2025-10-12}}` names each wave and its
fieldwork, both days included. Customers answer all year round, staff once: `link: {customers: {days_before: 30,
days_after: 90}}` says that an answer from 30 days before a wave's fieldwork to 90 days after it belongs to that wave,
and one that could belong to two to the nearest. Each row belongs to one wave, so nobody counts twice.

A row in no wave is a breach, unless `outside: leave_out` is declared; how many were left out is noted.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import NamedTuple

import numpy as np
import pandas as pd

from exkit.survey.belonging.dates import ADVICE
from exkit.survey.codebook import Codebook
from exkit.survey.comments import repeated
from exkit.survey.findings import Findings, quoted
from exkit.survey.reading.files import Table
from exkit.survey.reading.texts import apart, reread
from exkit.survey.values import read

CALENDAR = ("year", "half_year", "quarter", "month")
"""Calendar rules; their waves are called 2025, 2025-H1, 2025-Q1, 2025-01."""

LEAVE_OUT = "Mend study.yml, or add `outside: leave_out` to it, to go on without these rows."


class Found(NamedTuple):
    """The wave of each date: its name, empty where there is none; and which were near to two waves, or to two alike."""

    wave: pd.Series
    near_two: pd.Series
    tied: pd.Series


def with_waves(table: Table, codebook: Codebook, about: Mapping, findings: Findings) -> Table | None:
    """Fill in the wave of each row from its date.

    Parameters
    ----------
    table
        The table as text, its dates as 2025-12-31.
    codebook
        Which columns are wave and date; the wave need not be in the files.
    about
        What `study.yml` says of `waves`, `link` and `outside`.
    findings
        Collects what was filled in or left out, and what is wrong: no wave, two waves, another than the row says.

    Returns
    -------
    Table or None
        A table without a rule, a date or a wave as it was, but for years written as 2023.0; None if no row is left.
    """
    wave, day = (codebook.role(role, table=table.name) for role in ("wave", "date"))
    table = _plain_years(table, wave, findings)
    _check_link(table, day, about, findings)
    if about["waves"] is None or day not in table.text:
        return table
    if wave is None:
        text = f"no variable of {table.name} has the role of wave, and study.yml tells its waves"
        advice = "Add one: it need not be a column of the file."
        findings.breach("codebook.csv", "no_wave", text, advice=advice)
        return table
    codes, distinct = apart(table.text[day])
    dates = read(distinct, codebook.variable(f"{table.name}.{day}"))
    found = _find(dates.value, about["waves"], about["link"].get(table.name))
    dates, found = (type(each)(*(one.take(codes).reset_index(drop=True) for one in each)) for each in (dates, found))
    said = said_in(table, wave)
    lost = _lost(table, day, said, dates, found, leave_out=about["outside"] == "leave_out", findings=findings)
    _check_said(table, wave, day, said.mask(lost, ""), found.wave, findings)
    _note_found(table, wave, day, found, said, lost, findings)
    return _kept(table, wave, found.wave.where(said == "", said), ~lost)


def said_in(table: Table, wave: str | None) -> pd.Series:
    """Give the wave that each row says it is of; empty text where a table has no waves."""
    text = table.text
    return text[wave].astype("str") if wave in text else pd.Series("", index=text.index, dtype="str")


def _check_link(table: Table, day: str | None, about: Mapping, findings: Findings) -> None:
    """Report a linkage window for a table whose days are not known."""
    if table.name in about["link"] and day is None:
        text = f"no variable of {table.name} has the role of date, and study.yml links it by its days"
        findings.breach(
            "codebook.csv", "no_date", text, advice="Give that role to one, or take the table out of `link`."
        )


def _plain_years(table: Table, wave: str | None, findings: Findings) -> Table:
    """Read 2023.0, as programs write a year among empty cells, as 2023."""
    if wave not in table.text:
        return table
    said = table.text[wave]
    years = [name for name in said.unique() if name.endswith(".0") and name[:-2].isdecimal()]
    if not years:
        return table
    for file, its in said[said.isin(years)].groupby(table.origin["file"], observed=True):
        text = f"{quoted(its.unique())} a number with decimals, read without them ({len(its):,})"
        findings.note(str(file), "year", text, variable=wave, value=", ".join(years[:3]), n=len(its))
    plain = reread(said, {name: name[:-2] for name in years})
    return replace(table, text=table.text.assign(**{wave: plain}))


def _find(dates: pd.Series, waves: str | Mapping[str, Mapping[str, date]], link: Mapping | None) -> Found:
    """Find the wave of each date, by the calendar or by the fieldwork of the waves."""
    if isinstance(waves, str):
        none = pd.Series(False, index=dates.index)
        return Found(_calendar(dates, waves), none, none)
    link = link or {"days_before": 0, "days_after": 0, "ties": None}
    names = sorted(waves, reverse=link["ties"] == "later")  # names are in the order of time: the first of a tie counts
    away = _days_away(dates, [waves[name] for name in names], link["days_before"], link["days_after"])
    nearest = away.min(axis=1)
    wave = np.where(np.isfinite(nearest), np.array(names, dtype=object)[away.argmin(axis=1)], "")
    tied = np.isfinite(nearest) & ((away == nearest[:, None]).sum(axis=1) > 1) & (link["ties"] is None)
    near_two = np.isfinite(away).sum(axis=1) > 1
    return Found(*(pd.Series(each, index=dates.index) for each in (wave.astype("str"), near_two, tied)))


def _days_away(dates: pd.Series, windows: list[Mapping[str, date]], before: int, after: int) -> np.ndarray:
    """Count the days from each date to each fieldwork: none within it, endless where it is out of reach."""
    days = dates.to_numpy(dtype="datetime64[D]")[:, None]
    since, to = (np.array([window[end] for window in windows], "datetime64[D]") for end in ("since", "to"))
    early, late = (since - days).astype("int64"), (days - to).astype("int64")
    within_reach = ~np.isnat(days) & (early <= before) & (late <= after)
    return np.where(within_reach, np.maximum(np.maximum(early, late), 0), np.inf)


def _calendar(dates: pd.Series, rule: str) -> pd.Series:
    """Name the year of each date, or its half, quarter or month."""
    parts = {
        "year": "",
        "half_year": "-H" + ((dates.dt.month - 1) // 6 + 1).astype("Int64").astype("str"),
        "quarter": "-Q" + dates.dt.quarter.astype("Int64").astype("str"),
        "month": "-" + dates.dt.month.astype("Int64").astype("str").str.zfill(2),
    }
    year = dates.dt.year.astype("Int64").astype("str").str.zfill(4)
    return (year + parts[rule]).where(dates.notna(), "").astype("str")


def _lost(
    table: Table, day: str, said: pd.Series, dates: NamedTuple, found: Found, *, leave_out: bool, findings: Findings
) -> pd.Series:
    """Tell which rows have no wave, and report or note them."""
    tie_advice = f"Say which in study.yml: `link: {{{table.name}: {{..., ties: earlier}}}}`, or later."
    undated = dates.unanswered & (said == "")
    outside = dates.value.notna() & (found.wave == "")
    before = len(findings.breaches)
    unread = repeated(table.text.loc[dates.unreadable, day], among=int((~dates.unanswered).sum()))
    told = {
        "not_a_date": (dates.unreadable, f"{unread} not a date", ADVICE),
        "tied": (found.tied, "as near to one wave as to another", tie_advice),
        "undated": (undated, "no date, from which to tell the wave", LEAVE_OUT),
        "outside": (outside, "in no wave of study.yml", LEAVE_OUT),
    }
    for problem, (wrong, text, advice) in told.items():
        if leave_out and problem in ("undated", "outside"):
            for file, rows in table.origin[wrong].groupby("file", observed=True):
                findings.note(str(file), problem, f"{text}: left out", variable=day, rows=rows["row"])
        elif wrong.any():
            table.breach(findings, wrong.index[wrong], problem, text, advice=advice, variable=day)
    lost = dates.unreadable | found.tied | undated | outside
    if lost.all() and len(findings.breaches) == before:
        findings.breach(table.name, "no_rows", "has no row in any wave of study.yml", advice="Mend the waves there.")
    return lost


def _check_said(table: Table, wave: str, day: str, said: pd.Series, found: pd.Series, findings: Findings) -> None:
    """Report rows that say another wave than their date does."""
    other = (said != "") & (found != "") & (said != found)
    for (its, by_date), rows in said[other].groupby([said, found]):
        text = f"wave '{its}', where '{day}' is in wave '{by_date}' of study.yml"
        advice = "Mend one of them, or give the role of wave to a name that is no column of the file."
        table.breach(findings, rows.index, "other_wave", text, advice=advice, variable=wave, value=str(its))


def _note_found(
    table: Table, wave: str, day: str, found: Found, said: pd.Series, lost: pd.Series, findings: Findings
) -> None:
    """Note how many rows of each file got which wave, and how many of them were near to two."""
    filled = (said == "") & (found.wave != "") & ~lost
    for file, its in found.wave[filled].groupby(table.origin["file"], observed=True):
        counts = ", ".join(f"'{name}' ({n:,})" for name, n in its.value_counts().sort_index().items())
        near = int(found.near_two[its.index].sum())
        besides = f"; what was near to two counts in the nearest ({near:,})" if near else ""
        findings.note(str(file), "wave", f"from '{day}', by study.yml: {counts}{besides}", variable=wave, n=len(its))


def _kept(table: Table, wave: str, names: pd.Series, keep: pd.Series) -> Table | None:
    """Give the rows that have a wave, with it."""
    if not keep.any():
        return None
    return replace(
        table,
        text=table.text.assign(**{wave: names.astype("str")})[keep].reset_index(drop=True),
        origin=table.origin[keep].reset_index(drop=True),
        headers={file: list(dict.fromkeys([*header, wave])) for file, header in table.headers.items()},
    )
