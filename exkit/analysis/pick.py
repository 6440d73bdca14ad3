"""Which row of a result answers to which name?

Others have names of their own for what they published: `profitability`, `absenteeism`. A picked row bears such a name,
and a name for which the data have no outcome has a row too, that says so.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from exkit.errors import need_columns
from exkit.result import COLUMNS, result


def pick(rows: pd.DataFrame, *, y: Mapping[str, str], key: str) -> pd.DataFrame:
    """Take the rows of some outcomes, each under a name.

    Parameters
    ----------
    rows
        A result of one statistic, one row per outcome `y`.
    y
        Names, and the outcome that each stands for: {"profitability": "profit"}.
    key
        The group column that the names get.

    Returns
    -------
    DataFrame
        The rows in the order of the names, `key` in front; reason `not_asked` where there is no such outcome.

    Examples
    --------
    >>> found = result(y=["profit", "calls"], effect="ratio", estimate=[1.23, 0.96], n=232)
    >>> pick(found, y={"profitability": "profit", "shrinkage": "stock"}, key="outcome")[["outcome", "y", "reason"]]
             outcome       y     reason
    0  profitability  profit
    1      shrinkage   stock  not_asked
    """
    need_columns(rows, *COLUMNS, where="the result")
    named = pd.DataFrame({key: list(y), "y": list(y.values())}).merge(rows, on="y", how="left")
    absent = ~named["y"].isin(rows["y"])
    filled = named.assign(
        x=named["x"].fillna(rows["x"].iloc[0]), effect=rows["effect"].iloc[0], n=named["n"].fillna(0).astype(int),
        reason=named["reason"].mask(absent, "not_asked"),
    )  # fmt: skip
    return result(filled[[key]], **{name: filled[name] for name in filled if name != key})
