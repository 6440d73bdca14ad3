"""What can these units detect: how strong would a link have to be to be noticed?

A link that is not found need not be absent. With so many units, in so many organisations, a correlation below some size
is more often missed than noticed. That size follows from the design alone, and never from the estimate just found: an
estimate that missed would always seem to have had no chance.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from exkit.errors import need_columns
from exkit.result import group_columns, result


def detectable(slopes: pd.DataFrame, *, power: float = 0.8, ci: float = 0.95) -> pd.DataFrame:
    """Give the smallest correlation that the units of a slope show with good chance.

    Parameters
    ----------
    slopes
        A result of `ex.quarters`; only its `slope` rows count.
    power
        The chance to find a correlation of that size, two-sided.
    ci
        Confidence level that it is judged by.

    Returns
    -------
    DataFrame
        A result, one row per slope: effect `r_detectable`, the observed correlation within organisations; `n` the
        units; `reason` that of the slope. Extras: `n_eff`, what the units count for, (1 - r²) / SE² with SE that of r,
        cluster-robust, and at most n: fewer as organisations differ more in how strong the link is; `power`,
        `n_smallest`, `at`.

        tanh((t(1 - (1 - ci)/2) + t(power)) / √(n_eff - 1)), with t at the slope's degrees of freedom. With very many
        organisations and power .8: 304 units for r .16, 193 for .20, 69 for .33, within a unit of Fisher's z.

    Raises
    ------
    ExkitError
        If this is not a result of `ex.quarters`.

    References
    ----------
    Cohen (1988), Statistical power analysis for the behavioral sciences, chapter 3.
    """
    need_columns(slopes, "effect", "estimate", "std_error", "r", "df", where="the result")
    rows = slopes[slopes["effect"] == "slope"].reset_index(drop=True)
    error = (rows["std_error"] * rows["r"] / rows["estimate"]).astype(float)
    n_eff = ((1 - rows["r"].astype(float) ** 2) / error**2).clip(upper=rows["n"].astype(float))
    reach = stats.t.ppf((1 + ci) / 2, rows["df"]) + stats.t.ppf(power, rows["df"])
    smallest = np.tanh(reach / np.sqrt((n_eff - 1).where(n_eff > 1)))
    return result(
        rows[group_columns(rows)], x=rows["x"], y=rows["y"], effect="r_detectable", estimate=smallest, n=rows["n"],
        reason=rows["reason"], n_eff=n_eff, power=power, n_smallest=rows["n_smallest"], at=rows["at"],
    )  # fmt: skip
