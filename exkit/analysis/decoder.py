"""What does "top-quarter teams make 23% more" say of the link behind it?

A gap between quarters sounds larger than the correlation that it comes from: with normal scores the two quarters lie
2.54 standard deviations apart, so that a small link becomes a large percentage. The decoder goes from a ratio of
quarters to the link and back, in two forms. Linear: the mean of y is a straight line in x, and the link is r × CV, the
correlation times y's coefficient of variation. Log-normal: log y is a straight line in x, and the link is ρσ, the
correlation with log y times the standard deviation of log y; never below zero, so that it serves large percentages.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy import optimize, stats

from exkit.errors import need_choice, need_columns
from exkit.result import group_columns, result

Z75 = stats.norm.ppf(0.75)
ENDLESS = 2 * stats.norm.pdf(Z75) / 0.25
"""The gap between the top and the bottom quarter of very many normal scores, in standard deviations: 2.542."""
FORMS = {"linear": "r_cv", "log_normal": "rho_sigma"}
"""Forms of the link, and the effect that each is called."""


def quarter_gap(m: ArrayLike) -> np.ndarray:
    """Give the expected gap between the ⌊m/4⌋ highest and the ⌊m/4⌋ lowest of m normal scores.

    Parameters
    ----------
    m
        Units of an organisation, 4 or more; infinity for very many.

    Returns
    -------
    ndarray
        In standard deviations, from the expected normal order statistics; NaN below 4 units.

    Notes
    -----
    A score x is among the k highest of m if at least m - k of the others lie below it, so that their mean is the
    integral of x φ(x) P(Bin(m - 1, Φ(x)) ≥ m - k), times m / k.

    References
    ----------
    David & Nagaraja (2003), Order statistics, section 3.1.

    Examples
    --------
    >>> quarter_gap([8, 12, 20, np.inf]).round(3)
    array([2.276, 2.359, 2.429, 2.542])
    """
    sizes, position = np.unique(np.asarray(m, float), return_inverse=True)
    return np.array([_gap(size) for size in sizes])[position].reshape(np.shape(m))


def _gap(m: float) -> float:
    """Integrate over a grid, which for so smooth a function is exact to the last digits."""
    if not m >= 4:
        return np.nan
    if np.isinf(m):
        return ENDLESS
    x, k = np.linspace(-9, 9, 3601), m // 4
    among = stats.binom.sf(m - k - 1, m - 1, stats.norm.cdf(x))
    return float(2 * m / k * np.sum(x * stats.norm.pdf(x) * among) * (x[1] - x[0]))


def ratio_of_link(link: ArrayLike, *, form: str, gap: ArrayLike = ENDLESS) -> np.ndarray:
    """Give the ratio of the top quarter's mean to the bottom quarter's that a link comes with.

    Parameters
    ----------
    link
        r × CV (`linear`) or ρσ (`log_normal`); below zero where y falls as x rises.
    form
        `linear`: (1 + link · gap/2) / (1 - link · gap/2). `log_normal`: Φ(link - z.75) / Φ(-link - z.75).
    gap
        Between the quarters, in standard deviations of x, for the linear form; see `quarter_gap`.

    Returns
    -------
    ndarray
        Ratios: 1.23 is 23% more. NaN where a straight line would take one of the quarters below zero.

    Raises
    ------
    ExkitError
        If there is no such form.

    Examples
    --------
    >>> ratio_of_link([0.0814, -0.093], form="log_normal").round(2)
    array([1.23, 0.79])
    """
    need_choice(form, list(FORMS), what="form")
    link = np.asarray(link, float)
    if form == "log_normal":
        return stats.norm.cdf(link - Z75) / stats.norm.cdf(-link - Z75)
    half = link * np.asarray(gap) / 2
    return np.divide(1 + half, 1 - half, out=np.full_like(half, np.nan), where=np.abs(half) < 1)


def link_of_ratio(ratio: ArrayLike, *, form: str, gap: ArrayLike = ENDLESS) -> np.ndarray:
    """Give the link that a ratio of quarters comes with: the inverse of `ratio_of_link`.

    Parameters
    ----------
    ratio
        Mean of the top quarter over mean of the bottom quarter, above 0.
    form, gap
        As in `ratio_of_link`.

    Returns
    -------
    ndarray
        r × CV (`linear`) or ρσ (`log_normal`); NaN for a ratio that is not above 0.

    Raises
    ------
    ExkitError
        If there is no such form.

    Examples
    --------
    What Gallup printed in 2024 for profit, and for turnover in organisations with little of it:

    >>> link_of_ratio([1.23, 0.49], form="log_normal").round(3)
    array([ 0.081, -0.28 ])
    >>> link_of_ratio([1.23, 1.10], form="linear").round(4)
    array([0.0811, 0.0375])
    """
    need_choice(form, list(FORMS), what="form")
    ratio = np.asarray(ratio, float)
    ratio = np.where((ratio > 0) & np.isfinite(ratio), ratio, np.nan)
    if form == "linear":
        return 2 * (ratio - 1) / (np.asarray(gap) * (ratio + 1))
    return np.vectorize(_log_normal_link, otypes=[float])(ratio)


def _log_normal_link(ratio: float) -> float:
    """Solve the log-normal form for one ratio; on the log scale it is close to a straight line."""
    if np.isnan(ratio):
        return np.nan
    wanted, bound = np.log(ratio), 1 + abs(np.log(ratio))
    return optimize.brentq(
        lambda link: stats.norm.logcdf(link - Z75) - stats.norm.logcdf(-link - Z75) - wanted, -bound, bound
    )


def decoder(ratios: pd.DataFrame) -> pd.DataFrame:
    """Turn ratios of quarters, with their intervals, into the links that they come with.

    Parameters
    ----------
    ratios
        A result of `ex.quarters`; only its `ratio` rows count.

    Returns
    -------
    DataFrame
        A result, two rows per ratio: effect `r_cv` (linear form, with the gap expected for the organisations at hand)
        and `rho_sigma` (log-normal form, very many units). Intervals are those of the ratio, carried over; `std_error`
        is empty; `p_value`, `n` and `reason` are the ratio's. Extras: `gap`, `n_smallest` and `at` as they were, and
        `ratio`.

    Raises
    ------
    ExkitError
        If this is not a result of `ex.quarters`.
    """
    need_columns(ratios, "effect", "estimate", "conf_low", "conf_high", "gap", where="the result")
    rows = ratios[ratios["effect"] == "ratio"].reset_index(drop=True)
    groups = rows[group_columns(rows)]
    ends = ["estimate", "conf_low", "conf_high"]
    decoded = [
        result(
            groups, x=rows["x"], y=rows["y"], effect=effect,
            **{end: link_of_ratio(rows[end], form=form, gap=rows["gap"]) for end in ends},
            p_value=rows["p_value"], n=rows["n"], reason=rows["reason"], gap=rows["gap"], ratio=rows["estimate"],
            **{name: rows[name] for name in ("n_smallest", "at") if name in rows},
        )
        for form, effect in FORMS.items()
    ]  # fmt: skip
    return pd.concat(decoded, ignore_index=True)
