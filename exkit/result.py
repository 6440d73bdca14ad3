"""The one shape of a result.

Every analysis returns a tidy frame: group columns in front, then the columns of `COLUMNS`, extras behind. Tables,
pictures, sentences and the claims register rest on these columns alone, so each of them can show any analysis.

`effect` names the statistic and thereby its unit: an `nps` is in points (-100 to 100), a `share` a proportion, a `mean`
in units of its scale, a `diff` in the units of what it compares (named in the extra column `of`). `n` counts the rows a
statistic rests on. `reason` is empty, or a code that says why there is no (plain) number, worded in
`exkit.present.names`.
"""

from __future__ import annotations

import json

import numpy as np
import pandas as pd

COLUMNS = ["x", "y", "effect", "estimate", "std_error", "conf_low", "conf_high", "p_value", "n", "reason"]
"""Columns that every result has, in this order, behind its group columns."""

TEXT = ("x", "y", "effect", "reason")


def result(groups: pd.DataFrame | None = None, /, **columns: object) -> pd.DataFrame:
    """Lay out a result: groups, the columns of `COLUMNS`, extras.

    Parameters
    ----------
    groups
        Group columns, one row per result row, if there are groups.
    columns
        Values per column of `COLUMNS`, and extras; what is not given stays empty.

    Returns
    -------
    DataFrame
        A new frame with a fresh index.

    Examples
    --------
    >>> result(effect="share", estimate=0.4, n=20)[["effect", "estimate", "n", "reason"]]
      effect  estimate   n reason
    0  share       0.4  20
    """
    long = max((len(column) for column in columns.values() if not np.isscalar(column)), default=1)
    laid = pd.DataFrame(index=range(long)) if groups is None else groups.reset_index(drop=True)
    for name in COLUMNS:
        empty = "" if name in TEXT else 0 if name == "n" else np.nan
        laid[name] = _values(columns.pop(name, empty))
    for name, values in columns.items():
        laid[name] = _values(values)
    return laid.fillna(dict.fromkeys(TEXT, ""))


def _values(column: object) -> object:
    """Drop an index, so that columns are laid side by side by position."""
    return column.to_numpy() if isinstance(column, pd.Series) else column


def chosen_in(rows: pd.DataFrame) -> pd.DataFrame:
    """Say of which group the answers behind each row are, where one was chosen beforehand.

    Parameters
    ----------
    rows
        Rows of a result, perhaps with the extra column `within`.

    Returns
    -------
    DataFrame
        A column per key, such as `sector`; an empty text where nothing was chosen by it.

    Examples
    --------
    >>> chosen_in(result(effect="nps", n=20, within='{"sector": "care"}'))["sector"].tolist()
    ['care']
    """
    if "within" not in rows:
        return pd.DataFrame(index=rows.index)
    told = [json.loads(text) if isinstance(text, str) and text else {} for text in rows["within"]]
    return pd.DataFrame.from_records(told, index=rows.index).fillna("")


def group_columns(frame: pd.DataFrame) -> list[str]:
    """Names of the group columns: those in front of `x`."""
    return list(frame.columns[: frame.columns.get_loc("x")])
