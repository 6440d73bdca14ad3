"""How far apart are two groups of units: in means, in standard deviations, or in order?

Welch's t or Student's, Hedges' g, and Mann and Whitney's U, which asks for the order of units alone, so that one that
lies far out counts for no more than its rank. Units are taken for independent draws, as textbooks do: see `groups`.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import special, stats

from exkit.analysis.groups import SIDES, Figures, by_outcome, sides, tails, vary


def t_test(
    units: pd.DataFrame,
    *,
    y: str | Sequence[str],
    between: str,
    level: object,
    against: object,
    equal_variances: bool = False,
    points: Sequence[str] = (),
    ci: float = 0.95,
) -> pd.DataFrame:
    """Compare the means of two groups of units: Welch's t, or Student's.

    Parameters
    ----------
    units
        One row per unit of one wave.
    y
        The outcome; one name or several.
    between
        The column that says which group a unit is in, such as that of `quantile_groups`.
    level, against
        The group that is compared, and the one that it is compared with.
    equal_variances
        Pool the variances: Student's t, as most of the older literature has it. Welch's otherwise, which needs no
        equal variances and loses next to nothing where they are equal.
    points
        Outcomes in points, such as an NPS.
    ci
        Confidence level.

    Returns
    -------
    DataFrame
        A result, one row per outcome: group columns `level` and `reference`; effect `diff`, mean of the units of
        `level` minus mean of those of `against`, in units of y, each unit counting once; `n` units of both groups with
        y. Interval and `p_value` by t with `df` (Welch-Satterthwaite, or n - 2). Extras: `t`; `level_mean`, `level_sd`
        (n - 1), `level_n`, and the same of `reference`; `of` (`points` or `amount`); `n_organisations`, which play no
        part (0 where none are declared); `between`; `at`, the wave; `n_smallest`, the fewest people in a group where
        the frame says how many answered (`y_n`), else the fewest units, and n where that is less.

        Reasons: `several_waves`; `not_asked` where the data have no such groups; `no_answers` where no unit has y;
        `too_few_units` where a group has fewer than two; `constant` where y does not vary within the groups.

    Raises
    ------
    ExkitError
        If a column or a level is not there, or an outcome is not numeric.

    See Also
    --------
    exkit.analysis.quarters.quarters : the same question for units of organisations.

    References
    ----------
    Student (1908), Biometrika 6, 1-25; Welch (1947), Biometrika 34, 28-35. Equal to R's t.test.

    Examples
    --------
    >>> teams = pd.DataFrame({"kind": list("aaabbb"), "profit": [20, 22, 21, 23, 26, 26]})
    >>> t_test(teams, y="profit", between="kind", level="b", against="a")[["effect", "estimate", "df", "n"]].round(2)
      effect  estimate   df  n
    0   diff       4.0  3.2  6
    """
    found = by_outcome(
        units,
        lambda values: _t(values, equal_variances, ci),
        y=y, between=between, pair=(level, against), effect="diff", extras=("t", "df", *SIDES),
    )  # fmt: skip
    return found.assign(of=np.where(found["y"].isin(list(points)), "points", "amount"))


def hedges_g(
    units: pd.DataFrame, *, y: str | Sequence[str], between: str, level: object, against: object, ci: float = 0.95
) -> pd.DataFrame:
    """Express the difference of two groups of units in standard deviations: Hedges' g.

    Parameters
    ----------
    units, y, between, level, against, ci
        As in `t_test`.

    Returns
    -------
    DataFrame
        A result, one row per outcome, effect `g`: the difference of the means divided by the pooled standard deviation
        of units (n - 1) - Cohen's `d`, an extra - times the exact correction J = Γ(m/2) / (√(m/2) Γ((m-1)/2)),
        m = n - 2. The interval is that of the noncentral t, times the same J; `p_value` that of Student's t, whose
        hypothesis it is; `std_error` the large-sample one, √(n / (n₁n₂) + g² / 2n).

        Other conventions, as extras: `approximate` has J = 1 - 3 / (4n - 9), as pingouin and most textbooks;
        `normal_low` and `normal_high` are g ± z times `std_error`.

        Standard deviations are those of *unit means*. They are smaller than those of people, and smaller the more
        people a unit has: a g of units is not comparable with one of persons.

        Further extras and reasons as in `t_test`.

    References
    ----------
    Hedges (1981), J. Educ. Stat. 6, 107-128; Cumming & Finch (2001), Educ. Psychol. Meas. 61, 532-574, for the
    interval. Equal to R's effectsize::hedges_g, whose search for the bounds stops at 2e-7.

    Examples
    --------
    >>> teams = pd.DataFrame({"kind": list("aaabbb"), "profit": [20, 22, 21, 23, 26, 26]})
    >>> hedges_g(teams, y="profit", between="kind", level="b", against="a")[["effect", "estimate", "d", "n"]].round(2)
      effect  estimate    d  n
    0      g      2.26  2.83  6
    """
    extras = ("t", "df", "d", "approximate", "normal_low", "normal_high", *SIDES)
    pair = (level, against)
    return by_outcome(units, lambda values: _g(values, ci), y=y, between=between, pair=pair, effect="g", extras=extras)


def mann_whitney(
    units: pd.DataFrame, *, y: str | Sequence[str], between: str, level: object, against: object, ci: float = 0.95
) -> pd.DataFrame:
    """Ask how often a unit of one group is above a unit of another: Mann and Whitney's U.

    Parameters
    ----------
    units, y, between, level, against, ci
        As in `t_test`.

    Returns
    -------
    DataFrame
        A result, one row per outcome, effect `superiority`: the part of all pairs of one unit of either group in which
        that of `level` has the higher y, ties counting half; U / (n₁n₂), .5 is no difference. The extra `u` counts the
        pairs (Wilcoxon's W in R).

        `p_value` is that of the test, which asks whether the two distributions are the same: normal, with ties and
        with continuity correction, as R's wilcox.test(exact=FALSE); `p_uncorrected` without the latter. The interval
        does not suppose them the same: Brunner and Munzel's standard error and degrees of freedom (`df`), symmetric on
        the logit scale, so that it stays between 0 and 1. In simulations it covered .96 to .97 with groups of 30 and
        .98 to .99 with groups of 8.

        Further extras and reasons as in `t_test`; and `perfect` (a test, but no interval and so no estimate) where all
        pairs point the same way.

    References
    ----------
    Mann & Whitney (1947), Ann. Math. Stat. 18, 50-60; Brunner & Munzel (2000), Biom. J. 42, 17-25.

    Examples
    --------
    >>> teams = pd.DataFrame({"kind": list("aaaabbbb"), "profit": [20, 22, 21, 25, 23, 26, 26, 24]})
    >>> mann_whitney(teams, y="profit", between="kind", level="b", against="a")[["effect", "estimate", "u", "n"]]
            effect  estimate     u  n
    0  superiority     0.875  14.0  8
    """
    return by_outcome(
        units,
        lambda values: _superiority(values, ci),
        y=y, between=between, pair=(level, against), effect="superiority", extras=("u", "df", "p_uncorrected", *SIDES),
    )  # fmt: skip


def _t(values: list[np.ndarray], equal_variances: bool, ci: float) -> Figures:
    """Give the difference of two means, its interval and test."""
    if not any(map(vary, values)):
        return {"reason": "constant"}
    n, variance = np.array([len(v) for v in values]), np.array([v.var(ddof=1) for v in values])
    if equal_variances:
        df = n.sum() - 2
        parts = ((n - 1) * variance).sum() / df / n
    else:
        parts = variance / n
        df = parts.sum() ** 2 / (parts**2 / (n - 1)).sum()
    diff, error = values[0].mean() - values[1].mean(), np.sqrt(parts.sum())
    half = stats.t.ppf((1 + ci) / 2, df) * error
    test = {"t": diff / error, "df": df, "p_value": 2 * stats.t.sf(abs(diff) / error, df)}
    return (
        {"estimate": diff, "std_error": error, "conf_low": diff - half, "conf_high": diff + half} | test | sides(values)
    )


def _g(values: list[np.ndarray], ci: float) -> Figures:
    """Give Hedges' g and its kin."""
    student = _t(values, True, ci)
    if "reason" in student:
        return student
    (one, other), n, m, t = map(len, values), sum(map(len, values)), student["df"], student["t"]
    scale = np.sqrt(1 / one + 1 / other)
    correction = np.exp(special.gammaln(m / 2) - special.gammaln((m - 1) / 2) - np.log(m / 2) / 2)
    d = t * scale
    g = d * correction
    error = np.sqrt(n / (one * other) + g**2 / (2 * n))
    low, high = correction * scale * special.nctdtrinc(m, tails(ci), t)
    z = stats.norm.ppf((1 + ci) / 2)
    return {
        "estimate": g, "std_error": error, "conf_low": low, "conf_high": high, "p_value": student["p_value"],
        "t": t, "df": m, "d": d, "approximate": d * (1 - 3 / (4 * n - 9)),
        "normal_low": g - z * error, "normal_high": g + z * error,
    } | sides(values)  # fmt: skip


def _superiority(values: list[np.ndarray], ci: float) -> Figures:
    """Give the part of pairs in which the one group is above, its interval and test."""
    (one, other), together = map(len, values), stats.rankdata(np.concatenate(values))
    u, p = stats.mannwhitneyu(*values, method="asymptotic")
    plain = stats.mannwhitneyu(*values, method="asymptotic", use_continuity=False).pvalue
    test = {"p_value": p, "p_uncorrected": plain, "u": u} | sides(values)
    estimate = u / (one * other)
    # Per unit, the part of the other group that it is above: what is left of its rank without its own group.
    above = [together[:one] - stats.rankdata(values[0]), together[one:] - stats.rankdata(values[1])]
    parts = np.array([(a / size).var(ddof=1) / len(a) for a, size in zip(above, (other, one), strict=True)])
    if not 0 < estimate < 1:
        return test | {"reason": "perfect"}
    df = parts.sum() ** 2 / (parts**2 / (np.array([one, other]) - 1)).sum()
    error = np.sqrt(parts.sum())
    half = stats.t.ppf((1 + ci) / 2, df) * error / (estimate * (1 - estimate))
    low, high = (special.expit(special.logit(estimate) + side) for side in (-half, half))
    return test | {"estimate": estimate, "std_error": error, "conf_low": low, "conf_high": high, "df": df}
