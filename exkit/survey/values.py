"""From what stands in a cell to a value, by a strict rule.

A number is digits, at most one decimal point and a leading minus; `9 ` with its space, `1e5`, `True` and `10 - very
likely` are not numbers, and are never made into one. Empty cells and declared missing codes become missing, and are
counted. Each distinct text is judged once, which makes a million rows as quick as a thousand.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from exkit.survey.reading.texts import apart

if TYPE_CHECKING:
    from exkit.survey.codebook import Variable

NUMBER = re.compile(r"-?[0-9]*\.?[0-9]+")
"""How a number is written."""


def numbers(text: pd.Series) -> pd.Series:
    """Turn text into numbers; what is not a number becomes NaN.

    Parameters
    ----------
    text
        Cells as they stand.

    Examples
    --------
    >>> cells = pd.Series(["7", "-3.5", "7,5", "9 ", "1e5", "True", ""])
    >>> numbers(cells).tolist()
    [7.0, -3.5, nan, nan, nan, nan, nan]
    """
    codes, distinct = apart(text)
    values = np.array([*map(_number, distinct.tolist()), np.nan])  # the last one is for the code -1, a missing cell
    values[np.isinf(values)] = np.nan
    return pd.Series(values[codes], index=text.index, name=text.name)


def _number(text: str) -> float:
    """Read one text; different texts are few, and Python itself is the fastest on a few."""
    return float(text) if NUMBER.fullmatch(text) else np.nan


class Read(NamedTuple):
    """The cells of a variable as read: its values, and which cells were left unanswered, or cannot be read.

    All three have one entry per cell.
    """

    value: pd.Series
    unanswered: pd.Series
    unreadable: pd.Series


def read(text: pd.Series, variable: Variable) -> Read:
    """Turn the cells of a variable into values, judging each distinct text once.

    Parameters
    ----------
    text
        Cells as they stand.
    variable
        What they should hold.

    Returns
    -------
    Read
        Values are missing where a cell is empty, holds a missing code, or is not what it should be.
    """
    codes, distinct = apart(text)
    unanswered = _is_unanswered(distinct, variable)
    values = _typed(distinct.mask(unanswered), variable)
    judged = (values, unanswered, values.isna() & ~unanswered)
    return Read(*(one.take(codes).set_axis(text.index) for one in judged))


def _typed(kept: pd.Series, variable: Variable) -> pd.Series:
    """Turn answers into values of the type that the codebook says."""
    if variable.type in ("text", "choice"):
        return kept
    if variable.type == "date":
        return pd.to_datetime(kept, format="%Y-%m-%d", errors="coerce")
    return numbers(kept)


def _is_unanswered(text: pd.Series, variable: Variable) -> pd.Series:
    """Tell which cells are empty or hold a declared missing code; 99.0, as programs write it, is the code 99."""
    decimals = [f"{code}.0" for code in variable.missing] if variable.type in ("whole", "number") else []
    left = {"", *variable.missing, *decimals}
    return pd.Series([one in left for one in text.tolist()], dtype=bool)
