"""Where do organisations lie: quantiles of a set of figures, each named for what it is.

The mean over respondents and the median over organisations answer different questions; reports print both, by name. A
quantile of organisations is printed where others may read it, and must not be the own figure of one of them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from scipy import stats

from exkit.analysis.held import OTHERS
from exkit.analysis.standing import KEYS, last_wave
from exkit.errors import need_columns
from exkit.measures.answers import not_asked
from exkit.result import result

LEAST_QUARTER = 20
"""Organisations of which quantiles other than the median are told."""
SPREAD = (0.10, 0.25, 0.50, 0.75, 0.90)
"""The quantiles that show how organisations differ."""


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


def spread(figures: pd.DataFrame) -> pd.DataFrame:
    """Say where organisations lie in the last wave, without one of them: quantiles of all and by sector.

    Parameters
    ----------
    figures
        A protected result of `ex.standing`: organisations that are not shown do not count. Several questions at once
        may be in it.

    Returns
    -------
    DataFrame
        A result: group columns `sector`, `organisation` (always empty) and `wave`; effect `quantile` of `of`; `y` which
        one, `p10` to `p90` (`p50` is the median, `p75` where the top quarter begins), each organisation counting once;
        `n` their answers, `n_organisations`. Quantiles are those of Harrell and Davis, means of all organisations with
        weights that are largest around the quantile, so that none of them is one organisation's own figure. They
        describe these organisations and have no margin. Reason `too_few_organisations` where there are fewer than six
        for a median, twenty for the others.

    References
    ----------
    Harrell & Davis (1982), Biometrika 69, 635-640.
    """
    need_columns(figures, *KEYS, "estimate", where="the standing")
    single = last_wave(figures)
    if single.empty:
        return not_asked(KEYS, x=figures["x"].iloc[0], effect="quantile").assign(y="p50", of=figures["effect"].iloc[0])
    parts = [single.assign(sector=""), *([single] if (single["sector"] != "").any() else [])]
    rows = [
        {"x": x, "sector": sector, "organisation": "", "wave": wave, **row}
        for every in parts
        for (x, sector, wave), part in every.groupby(["x", "sector", "wave"], sort=False)
        for row in _quantiles(part.dropna(subset="estimate"), of=part["effect"].iloc[0])
    ]
    found = pd.DataFrame(rows)
    return result(found[KEYS], effect="quantile", **{name: found[name] for name in found if name not in KEYS})


def _quantiles(part: pd.DataFrame, *, of: str) -> Iterator[dict[str, object]]:
    """Take the quantiles of one set of organisations, as far as they are many enough."""
    values, k = np.sort(part["estimate"].to_numpy(float)), len(part)
    about = {"of": of, "n": int(part["n"].sum()), "n_organisations": k}
    for p in SPREAD:
        enough = k > OTHERS if p == 0.5 else k >= LEAST_QUARTER
        told = {"estimate": harrell_davis(values, p)} if enough else {"reason": "too_few_organisations"}
        yield {"y": f"p{100 * p:g}", **about, **told}


def harrell_davis(values: np.ndarray, p: float) -> float:
    """Estimate a quantile from all values, those in order near it weighing most.

    Examples
    --------
    >>> round(harrell_davis(np.array([1.0, 2.0, 3.0, 4.0, 10.0]), 0.5), 2)
    3.29
    """
    n = len(values)
    ends = stats.beta.cdf(np.arange(n + 1) / n, (n + 1) * p, (n + 1) * (1 - p))
    return float(np.diff(ends) @ values)
