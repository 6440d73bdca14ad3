"""Numbers that make one look twice: a zero among hundreds, a code among answers, more answers than people."""

from __future__ import annotations

import numpy as np
import pandas as pd

from exkit.survey.codebook import TABLES
from exkit.survey.doubting.seen import Seen
from exkit.survey.findings import Findings, quoted

HUNDREDS = 100
LEAST_NUMBERS = 10
"""Other numbers that a zero must be compared with."""
RARE = 0.1
"""Largest share of zeros that are still an exception."""
CODES = (66, 77, 88, 96, 97, 98, 99, 666, 777, 888, 999, 6666, 7777, 8888, 9999)
BELOW = (-1, -2, -7, -8, -9, -66, -77, -88, -99, -666, -777, -888, -999, -9999)
"""Numbers that surveys use for no answer."""
OFTEN, NEIGHBOURS = 5, 10
"""A code stands so often in a column, and so many times as often as any number this near to it."""
PEOPLE = ("invited", "headcount")
"""Columns of `units` that no number of answers should exceed."""


def find_zeros(seen: Seen, findings: Findings) -> None:
    """Point out zeros in a table of units where all others are far from zero."""
    if TABLES[seen.name] == "respondent":
        return
    for v in seen.variables:
        if v.type in ("whole", "number") and not (v.low == 0 and v.high == 1):
            numbers = seen.frame[v.name]
            zero, others = numbers == 0, numbers[numbers.notna() & (numbers != 0)]
            if zero.any() and len(others) >= LEAST_NUMBERS and zero.sum() <= RARE * len(others) and _is_far(others):
                told = f"0 where others run from {others.quantile(0.1):,.4g} to {others.quantile(0.9):,.4g}"
                advice = "If it means unknown, empty it, or declare it as missing in codebook.csv."
                seen.point_out(findings, zero.index[zero], "zero", told, advice=advice, variable=v.name, value="0")


def _is_far(others: pd.Series) -> bool:
    """Tell whether numbers are so far above zero that it is none of them: in the hundreds, or close together."""
    first, third = others.quantile([0.25, 0.75])
    return bool(others.min() > 0 and (others.quantile(0.1) >= HUNDREDS or first - 3 * (third - first) > 0))


def find_codes(seen: Seen, findings: Findings) -> None:
    """Point out numbers that look like a code for no answer, and are read as answers."""
    for v in seen.variables:
        if v.type in ("whole", "number") and v.role not in ("weight", "n", "sd"):
            counts = seen.frame[v.name].value_counts()
            codes = [code for code in (*CODES, *BELOW) if code in counts.index and _is_code(code, counts)]
            if codes:
                told = f"{quoted([f'{code:g}' for code in codes])} may mean that there is no answer, and counts as one"
                rows = seen.frame.index[seen.frame[v.name].isin(codes)]
                where = {"variable": v.name, "value": ", ".join(f"{code:g}" for code in codes)}
                advice = "If so, declare it as missing in codebook.csv."
                seen.point_out(findings, rows, "missing_code", told, advice=advice, **where)


def _is_code(number: int, counts: pd.Series) -> bool:
    """Tell whether such a number stands out as codes do: alone below zero, or far more often than its neighbours."""
    others = counts[~counts.index.isin([*CODES, *BELOW])]
    if number in BELOW:
        return bool(counts[number] >= OFTEN and len(others) and others.index.min() >= 0)
    near = others[np.abs(others.index - number) <= NEIGHBOURS]
    return bool(len(others) and counts[number] >= OFTEN * max(near.max() if len(near) else 0, 1))


def find_more_answers_than_people(units: Seen, employees: Seen, findings: Findings) -> None:
    """Point out units with more answers from employees than there are people.

    Parameters
    ----------
    units, employees
        The two tables.
    findings
        Gets the suspicions.
    """
    roles = [role for role in ("unit", "wave") if units.column(role) and employees.column(role)]
    if "unit" not in roles:
        return
    people, answers = ([seen.frame[seen.column(role)].rename(role) for role in roles] for seen in (units, employees))
    n = pd.concat(answers, axis="columns").groupby(roles).size().rename("answers").reset_index()
    counted = pd.concat(people, axis="columns").merge(n, on=roles, how="left").set_index(units.frame.index)
    for name in (name for name in PEOPLE if name in units.frame):
        more = counted[counted["answers"] > units.frame[name]]
        told = f"more answers in employees than this number of people, in {quoted(more['unit'])}"
        advice = "Check the number, the units of the answers, and whether answers were sent in twice."
        units.point_out(findings, more.index, "more_than_people", told, advice=advice, variable=name)
