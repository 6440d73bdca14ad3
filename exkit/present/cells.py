"""What stands in the cells of a table: the figure of a row, its margin, its count, each as a reader writes it."""

from __future__ import annotations

import pandas as pd

from exkit.present import numbers
from exkit.present.names import EMPTY, counted, reason_name
from exkit.present.tables import UNBROKEN


def figure_cell(row: dict, *, language: str) -> str:
    """Write the estimate of a result row with what it is counted in, or why there is none."""
    told = {"effect": row["effect"], "of": counted(row), "language": language}
    return numbers.bound(numbers.quantity(row["estimate"], **told), row["reason"]) or reason_name(
        row["reason"], language=language
    )


def margin_cell(row: dict, *, language: str) -> str:
    """Write the interval of a result row on one line; a dot where there is none."""
    told = {"effect": row["effect"], "of": counted(row), "language": language}
    return numbers.interval_cell(row["conf_low"], row["conf_high"], **told).replace(" ", UNBROKEN) or EMPTY


def value_cell(value: float, *, effect: str, language: str) -> str:
    """Write a value as a statistic is printed; a dot where there is none."""
    return numbers.estimate(value, effect=effect, language=language) or EMPTY


def count_cell(n: float, *, language: str) -> str:
    """Write a number of teams or people; a dot where it is not told."""
    return numbers.count(n, language=language) if pd.notna(n) and n else EMPTY
