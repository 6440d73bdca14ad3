"""Do several groups of units differ at all: one-way analysis of variance, of their values or of their ranks?

It says that groups differ, not which of them. Units are taken for independent draws: see `groups`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import special, stats

from exkit.analysis.groups import Figures, by_outcome, tails, vary

TEST = ("f", "df_between", "df_within", "n_groups")
"""Extras of an analysis of variance."""


def anova(units: pd.DataFrame, *, y: str | Sequence[str], between: str, ci: float = 0.95) -> pd.DataFrame:
    """Ask whether the means of groups of units differ: one-way analysis of variance.

    Parameters
    ----------
    units, y, between, ci
        As in `ex.t_test`.

    Returns
    -------
    DataFrame
        A result, one row per outcome, effect `eta2`: the part of the variance of units that lies between groups, sum
        of squares between / total; above 0 by chance alone, the more so the more groups. `p_value` of F, which supposes
        equal variances (`welch_anova` does not). Extras: `f`, `df_between` (k - 1), `df_within` (n - k), `n_groups`;
        groups without units do not count.

        The interval is that of the noncentral F, λ / (λ + n), stretched to hold the estimate; its lower bound is 0
        where `p_value` is above (1 - ci) / 2.

        Further extras and reasons as in `ex.t_test`; and `perfect` where y varies between groups, but not within them.

    References
    ----------
    Fisher (1925), Statistical methods for research workers; Steiger (2004), Psychol. Methods 9, 164-182, for the
    interval. F, its p and η² equal R's aov.

    Examples
    --------
    >>> teams = pd.DataFrame({"kind": list("aaabbbccc"), "profit": [20, 22, 21, 23, 26, 26, 21, 20, 24]})
    >>> anova(teams, y="profit", between="kind")[["effect", "estimate", "f", "p_value", "n"]].round(3)
      effect  estimate     f  p_value  n
    0   eta2     0.623  4.96    0.054  9
    """
    return by_outcome(units, lambda values: _eta2(values, ci), y=y, between=between, effect="eta2", extras=TEST)


def welch_anova(units: pd.DataFrame, *, y: str | Sequence[str], between: str) -> pd.DataFrame:
    """Ask whether the means of groups of units differ, where groups differ in spread as well: Welch's F.

    Parameters
    ----------
    units, y, between
        As in `ex.t_test`.

    Returns
    -------
    DataFrame
        As `anova`, with Welch's `f`, `df_within` and `p_value`. `eta2` is the same description of these units; the
        interval of the noncentral F supposes equal variances, and there is none (`no_interval`). Reason
        `not_identifiable` where y does not vary within one of the groups.

    References
    ----------
    Welch (1951), Biometrika 38, 330-336. Equal to R's oneway.test.

    Examples
    --------
    >>> teams = pd.DataFrame({"kind": list("aaabbbccc"), "profit": [20, 22, 21, 23, 26, 26, 21, 20, 24]})
    >>> welch_anova(teams, y="profit", between="kind")[["effect", "estimate", "f", "df_within", "p_value"]].round(3)
      effect  estimate      f  df_within  p_value
    0   eta2     0.623  5.093      3.613    0.089
    """
    return by_outcome(units, _welch, y=y, between=between, effect="eta2", extras=TEST)


def kruskal_wallis(units: pd.DataFrame, *, y: str | Sequence[str], between: str) -> pd.DataFrame:
    """Ask whether groups of units differ in rank: Kruskal and Wallis's H.

    Parameters
    ----------
    units, y, between
        As in `ex.t_test`.

    Returns
    -------
    DataFrame
        A result, one row per outcome, effect `epsilon2`: H / (n - 1), 0 to 1, the part of the variance of ranks that
        lies between groups, as η² of the values. `p_value` of H (with ties) as χ² with k - 1 degrees of freedom.
        Extras: `h`, `df`, `n_groups` (k), and `eta2_h`, (H - k + 1) / (n - k), which takes off what chance alone gives
        and may be below 0. No interval has a closed form (`no_interval`).

        Further extras and reasons as in `ex.t_test`; `constant` where all units have the same y.

    References
    ----------
    Kruskal & Wallis (1952), J. Am. Stat. Assoc. 47, 583-621; Tomczak & Tomczak (2014), Trends Sport Sci. 21, 19-25, for
    both sizes. H and p equal R's kruskal.test.

    Examples
    --------
    >>> teams = pd.DataFrame({"kind": list("aaabbbccc"), "profit": [20, 22, 21, 23, 26, 26, 21, 20, 24]})
    >>> kruskal_wallis(teams, y="profit", between="kind")[["effect", "estimate", "h", "p_value", "n"]].round(3)
         effect  estimate      h  p_value  n
    0  epsilon2     0.558  4.467    0.107  9
    """
    extras = ("h", "df", "n_groups", "eta2_h")
    return by_outcome(units, _epsilon2, y=y, between=between, effect="epsilon2", extras=extras)


def _between(values: list[np.ndarray]) -> Figures:
    """Give the part of the variance that lies between groups."""
    every = np.concatenate(values)
    squares = sum(len(v) * (v.mean() - every.mean()) ** 2 for v in values)
    return {"estimate": squares / ((every - every.mean()) ** 2).sum(), "n_groups": len(values)}


def _f(values: list[np.ndarray], variances: str) -> Figures:
    """Give F with its degrees of freedom and p-value, by statsmodels."""
    from statsmodels.stats.oneway import anova_oneway

    found = anova_oneway(values, use_var=variances)
    between, within = found.df
    return {"f": found.statistic, "df_between": between, "df_within": within, "p_value": found.pvalue}


def _eta2(values: list[np.ndarray], ci: float) -> Figures:
    """Give η² with the interval of the noncentral F."""
    if not any(map(vary, values)):
        return {"reason": "perfect"}
    size, test, n = _between(values), _f(values, "equal"), sum(map(len, values))
    # Of an F that is small even where nothing differs the noncentrality is 0.
    noncentrality = special.ncfdtrinc(test["df_between"], test["df_within"], tails(ci), test["f"])
    low, high = noncentrality / (noncentrality + n)
    return size | test | {"conf_low": min(low, size["estimate"]), "conf_high": max(high, size["estimate"])}


def _welch(values: list[np.ndarray]) -> Figures:
    """Give η² with Welch's test."""
    if not all(map(vary, values)):
        return {"reason": "not_identifiable"}
    return _between(values) | _f(values, "unequal") | {"reason": "no_interval"}


def _epsilon2(values: list[np.ndarray]) -> Figures:
    """Give ε² with Kruskal and Wallis's test."""
    h, p = stats.kruskal(*values)
    n, k = sum(map(len, values)), len(values)
    sizes = {"estimate": h / (n - 1), "eta2_h": (h - k + 1) / (n - k)}
    return sizes | {"h": h, "df": k - 1, "p_value": p, "n_groups": k, "reason": "no_interval"}
