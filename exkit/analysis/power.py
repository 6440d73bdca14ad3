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
from exkit.result import COLUMNS, group_columns, result


def detectable(links: pd.DataFrame, *, power: float = 0.8, ci: float = 0.95) -> pd.DataFrame:
    """Give the smallest correlation that the units of a slope, or of a correlation, show with good chance.

    Parameters
    ----------
    links
        A result of `ex.quarters`, of which only the `slope` rows count, or of `ex.correlate` or `ex.disattenuate`, of
        which the `r` rows count: what is found or missed is the observed correlation.
    power
        The chance to find a correlation of that size, two-sided.
    ci
        Confidence level that it is judged by.

    Returns
    -------
    DataFrame
        A result, one row per slope or r: effect `r_detectable`, the observed correlation at the row's `level` (that of
        a slope is `within` organisations); `n` the units, or the organisations at level `between`; `reason` that of the
        row. Extras: `n_eff`, what the units count for, at most n: fewer as organisations differ more in how strong the
        link is; `power`, `level`, `n_smallest`, `at`.

        tanh((t(1 - (1 - ci)/2) + t(power)) / √(n_eff - 1)), with t at the row's degrees of freedom. n_eff is (1 - r²) /
        SE² of a slope, SE being that of r, cluster-robust; of a correlation 1 + 1 / SE² with the SE of atanh r. With
        very many organisations and power .8: 304 units for r .16, 193 for .20, 69 for .33, within a unit of Fisher's z.

    Raises
    ------
    ExkitError
        If this is not a result of one of these.

    References
    ----------
    Cohen (1988), Statistical power analysis for the behavioral sciences, chapter 3.
    """
    need_columns(links, *COLUMNS, *(["r"] if (links["effect"] == "slope").any() else []), "df", where="the result")
    rows = links[links["effect"].isin(["slope", "r"])].reset_index(drop=True)
    n_eff = _counts_for(rows).clip(upper=rows["n"].astype(float))
    reach = stats.t.ppf((1 + ci) / 2, rows["df"]) + stats.t.ppf(power, rows["df"])
    smallest = np.tanh(reach / np.sqrt((n_eff - 1).where(n_eff > 1)))
    return result(
        rows[group_columns(rows)], x=rows["x"], y=rows["y"], effect="r_detectable", estimate=smallest, n=rows["n"],
        reason=rows["reason"], n_eff=n_eff, power=power, level=rows.get("level", "within"),
        n_smallest=rows.get("n_smallest", rows["n"]), at=rows.get("at", ""),
    )  # fmt: skip


def _counts_for(rows: pd.DataFrame) -> pd.Series:
    """Say how many units that stand alone would give the same error."""
    error, slopes = rows["std_error"].astype(float), rows["effect"] == "slope"
    r = (rows["r"] if "r" in rows else rows["estimate"]).where(slopes, rows["estimate"]).astype(float)
    of_slope = (1 - r**2) / (error * r / rows["estimate"].astype(float)) ** 2
    return of_slope.where(slopes, 1 + ((1 - r**2) / error) ** 2)
