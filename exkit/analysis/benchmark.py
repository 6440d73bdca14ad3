"""Where do organisations lie: quantiles of a set of figures, each named for what it is.

The mean over respondents and the median over organisations answer different questions; reports print both, by name.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from exkit.errors import need_columns
from exkit.result import result


def quantiles(figures: pd.DataFrame, *, at: Sequence[float] = (0.25, 0.5, 0.75), ci: float = 0.95) -> pd.DataFrame:
    """Take quantiles over the rows of a result, such as the eNPS of each organisation.

    Parameters
    ----------
    figures
        A result with one row per organisation (or unit); rows without an estimate do not count.
    at
        Which quantiles, as proportions.
    ci
        Confidence level.

    Returns
    -------
    DataFrame
        A result, one row per quantile: `y` which one (`p50` is the median), effect `quantile`, type 7 (linear, as
        numpy and R's default); a distribution-free interval from order statistics, NaN (reason `too_few`) where the
        rows cannot give one; `n` the number of rows. Extras: `of` names the statistic; `n_smallest` counts the answers
        of the smallest row, since a quantile may be that row's own figure: protect the figures first.

    References
    ----------
    Hyndman & Fan (1996), Am. Stat. 50, 361-365; Conover (1999), Practical nonparametric statistics, section 3.2.

    Examples
    --------
    >>> figures = pd.DataFrame({"x": "q", "effect": "nps", "estimate": [10.0, 20.0, 30.0], "n": 50})
    >>> quantiles(figures, at=[0.5])[["y", "estimate", "n", "reason"]]
         y  estimate  n   reason
    0  p50      20.0  3  too_few
    """
    need_columns(figures, "estimate", "effect", "x", "n", where="the result")
    found = figures.dropna(subset="estimate")
    values, n, p = np.sort(found["estimate"].to_numpy(float)), len(found), np.asarray(at, float)
    if n == 0:
        return result(x=figures["x"].iloc[0], y=[f"p{q:g}" for q in 100 * p], effect="quantile", reason="no_answers")
    lower, upper = stats.binom.ppf((1 - ci) / 2, n, p) - 1, stats.binom.ppf((1 + ci) / 2, n, p)
    known = (lower >= 0) & (upper < n)
    rank_low, rank_high = np.clip(lower, 0, n - 1).astype(int), np.clip(upper, 0, n - 1).astype(int)
    return result(
        x=found["x"].iloc[0], y=[f"p{q:g}" for q in 100 * p], effect="quantile", of=found["effect"].iloc[0],
        estimate=np.quantile(values, p), n=n, n_smallest=int(found["n"].min()), reason=np.where(known, "", "too_few"),
        conf_low=np.where(known, values[rank_low], np.nan), conf_high=np.where(known, values[rank_high], np.nan),
    )  # fmt: skip
