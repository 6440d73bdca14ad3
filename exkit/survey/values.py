"""From what stands in a cell to a value, by a strict rule.

A number is digits, at most one decimal sign and a leading minus; `9 ` with its space, `1e5`, `True` and `10 - very
likely` are not numbers, and are never made into one. Empty cells and declared missing codes become missing, and are
counted. Each distinct text is judged once, which makes a million rows as quick as a thousand.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from exkit.survey.codebook import Variable


def numbers(text: pd.Series, *, decimal: str) -> pd.Series:
    """Turn text into numbers; what is not a number becomes NaN.

    Parameters
    ----------
    text
        Cells as they stand.
    decimal
        The decimal sign, `.` or `,`.

    Examples
    --------
    >>> cells = pd.Series(["7", "-3.5", "7,5", "9 ", "1e5", "True", ""])
    >>> numbers(cells, decimal=".").tolist()
    [7.0, -3.5, nan, nan, nan, nan, nan]
    >>> numbers(cells, decimal=",").tolist()
    [7.0, nan, 7.5, nan, nan, nan, nan]
    """
    codes, distinct = pd.factorize(text)
    rule = rf"-?[0-9]*{re.escape(decimal)}?[0-9]+"
    sound = distinct.str.fullmatch(rule).astype(bool)
    values = np.full(len(distinct) + 1, np.nan)  # the last one is for the code -1, a missing cell
    values[:-1][sound] = distinct[sound].str.replace(decimal, ".", regex=False).astype(float)
    values[np.isinf(values)] = np.nan
    return pd.Series(values[codes], index=text.index, name=text.name)


def typed(text: pd.Series, variable: Variable, *, decimal: str) -> pd.Series:
    """Turn the cells of a variable into values: missing where empty, a missing code, or not what they should be."""
    kept = text.mask(is_unanswered(text, variable))
    if variable.type in ("text", "choice"):
        return kept
    if variable.type == "date":
        return pd.to_datetime(kept, format="%Y-%m-%d", errors="coerce")
    return numbers(kept, decimal=decimal)


def is_unanswered(text: pd.Series, variable: Variable) -> pd.Series:
    """Tell which cells are empty or hold a declared missing code; 99.0, as programs write it, is the code 99."""
    decimals = [f"{code}.0" for code in variable.missing] if variable.type in ("whole", "number") else []
    return text.isin(["", *variable.missing, *decimals])
