"""Do groups of units differ?

Groups are made once, by the quantiles of a measure over all units or by a column that the units have, and then asked
one question each: how far apart are two of them (t, Hedges' g, Mann and Whitney's U), and do all of them differ
(analysis of variance, Kruskal and Wallis). These are the tests of the textbooks, so that what others published can be
worked out again. They take every unit for an independent draw: organisations are unknown to them. Where units belong to
organisations, `ex.quarters` and `ex.jonckheere` are the ones to rest a conclusion on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy import special, stats

from exkit.errors import ExkitError, need_choice, need_columns
from exkit.measures.units import DUST, KEYS
from exkit.result import result

SIDES = ("level_mean", "level_sd", "level_n", "reference_mean", "reference_sd", "reference_n")
"""Extras that describe the two groups of a comparison."""
TEST = ("f", "df_between", "df_within", "n_groups")
"""Extras of an analysis of variance."""

Figures = dict[str, object]


@dataclass(frozen=True)
class Groups:
    """The values of one outcome in groups of units.

    Attributes
    ----------
    values
        An array per group that has units, in the order of the groups.
    about
        What every result row says: `y`, `n`, `n_smallest`, `n_organisations`, `at`.
    reason
        Why they cannot be compared, if so.
    """

    values: list[np.ndarray]
    about: Figures
    reason: str


def quantile_groups(units: pd.DataFrame, x: str, *, into: int = 4) -> pd.DataFrame:
    """Divide units by the quantiles of a measure over all units, whatever their organisation.

    Parameters
    ----------
    units
        One row per unit of one wave.
    x
        The measure.
    into
        Number of groups: 4 for quarters.

    Returns
    -------
    DataFrame
        The units that have x, with the column `{x}_group`, an ordered category from 1 (lowest) to `into`. The cuts are
        quantiles of type 7 (linear, as numpy and R's default); a unit exactly on a cut is below it. Ties therefore make
        groups of unequal size, and may leave one empty: nobody is placed by name.

    Raises
    ------
    ExkitError
        If there is no such measure, or fewer than two groups are asked for.

    See Also
    --------
    exkit.analysis.quarters.quarters : quarters within organisations, by rank.

    References
    ----------
    Hyndman & Fan (1996), Am. Stat. 50, 361-365.

    Examples
    --------
    >>> teams = pd.DataFrame({"unit": list("abcdef"), "voice": [3, 1, 2, 2, 5, 4]})
    >>> quantile_groups(teams, "voice", into=2)["voice_group"].tolist()
    [2, 1, 1, 1, 2, 2]
    """
    need_columns(units, x, where="the units")
    if into < 2:
        raise ExkitError(f"Units are divided into two groups or more, not {into}.")
    known = units[np.isfinite(_numbers(units, x))]
    cuts = np.quantile(known[x], np.arange(1, into) / into) if len(known) else np.zeros(into - 1)
    group = np.searchsorted(cuts, known[x], side="left") + 1
    return known.assign(**{f"{x}_group": pd.Categorical(group, categories=range(1, into + 1), ordered=True)})


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
    found = _each(
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
    return _each(units, lambda values: _g(values, ci), y=y, between=between, pair=pair, effect="g", extras=extras)


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
    return _each(
        units,
        lambda values: _superiority(values, ci),
        y=y, between=between, pair=(level, against), effect="superiority", extras=("u", "df", "p_uncorrected", *SIDES),
    )  # fmt: skip


def anova(units: pd.DataFrame, *, y: str | Sequence[str], between: str, ci: float = 0.95) -> pd.DataFrame:
    """Ask whether the means of groups of units differ: one-way analysis of variance.

    Parameters
    ----------
    units, y, between, ci
        As in `t_test`.

    Returns
    -------
    DataFrame
        A result, one row per outcome, effect `eta2`: the part of the variance of units that lies between groups, sum
        of squares between / total; above 0 by chance alone, the more so the more groups. `p_value` of F, which supposes
        equal variances (`welch_anova` does not). Extras: `f`, `df_between` (k - 1), `df_within` (n - k), `n_groups`;
        groups without units do not count.

        The interval is that of the noncentral F, λ / (λ + n), stretched to hold the estimate; its lower bound is 0
        where `p_value` is above (1 - ci) / 2.

        Further extras and reasons as in `t_test`; and `perfect` where y does not vary within groups, but between them.

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
    return _each(units, lambda values: _eta2(values, ci), y=y, between=between, effect="eta2", extras=TEST)


def welch_anova(units: pd.DataFrame, *, y: str | Sequence[str], between: str) -> pd.DataFrame:
    """Ask whether the means of groups of units differ, where groups differ in spread as well: Welch's F.

    Parameters
    ----------
    units, y, between
        As in `t_test`.

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
    return _each(units, _welch, y=y, between=between, effect="eta2", extras=TEST)


def kruskal_wallis(units: pd.DataFrame, *, y: str | Sequence[str], between: str) -> pd.DataFrame:
    """Ask whether groups of units differ in rank: Kruskal and Wallis's H.

    Parameters
    ----------
    units, y, between
        As in `t_test`.

    Returns
    -------
    DataFrame
        A result, one row per outcome, effect `epsilon2`: H / (n - 1), 0 to 1, the part of the variance of ranks that
        lies between groups, as η² of the values. `p_value` of H (with ties) as χ² with k - 1 degrees of freedom.
        Extras: `h`, `df`, `n_groups` (k), and `eta2_h`, (H - k + 1) / (n - k), which takes off what chance alone gives
        and may be below 0. No interval has a closed form (`no_interval`).

        Further extras and reasons as in `t_test`; `constant` where all units have the same y.

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
    return _each(units, _epsilon2, y=y, between=between, effect="epsilon2", extras=("h", "df", "n_groups", "eta2_h"))


def _each(
    units: pd.DataFrame,
    figures: Callable[[list[np.ndarray]], Figures],
    *,
    y: str | Sequence[str],
    between: str,
    effect: str,
    extras: Sequence[str],
    pair: tuple[object, object] | None = None,
) -> pd.DataFrame:
    """Ask one question of every outcome: a result, one row each."""
    asked = list(_asked(units, [y] if isinstance(y, str) else list(y), between, pair))
    rows = [group.about | ({"reason": group.reason} if group.reason else figures(group.values)) for group in asked]
    found = pd.DataFrame(rows)
    found = found.reindex(columns=list(dict.fromkeys([*found, *extras])))
    sides = pd.DataFrame([list(map(str, pair))] * len(found), columns=["level", "reference"]) if pair else None
    return result(sides, x=between, effect=effect, between=between, cluster="unit", **found)


def _asked(units: pd.DataFrame, ys: list[str], between: str, pair: tuple[object, object] | None) -> Iterator[Groups]:
    """Give the groups of every outcome: the two that are asked for, in that order, or all that have units."""
    known = between in units or between not in KEYS
    need_columns(units, *ys, *([between] if known else []), where="the units")
    waves = units["wave"].unique() if "wave" in units else [""]
    kind = pd.Categorical(units[between] if known else [""] * len(units))
    for level in pair or () if known else ():
        need_choice(level, list(kind.categories), what=between)
    refused = "several_waves" if len(waves) > 1 else "" if known else "not_asked"
    for y in ys:
        rows = units.assign(kind=kind, value=_numbers(units, y))
        rows = rows[np.isfinite(rows["value"]) & rows["kind"].isin(pair or kind.categories) & (refused == "")]
        parts = [rows[rows["kind"] == one] for one in pair or kind.categories]
        parts = [part for part in parts if pair or len(part)]
        about = {
            "y": y, "n": len(rows), "n_smallest": _smallest(parts, f"{y}_n"),
            "n_organisations": rows["organisation"].nunique() if "organisation" in rows else 0,
            "at": waves[0] if len(waves) == 1 else "",
        }  # fmt: skip
        values = [part["value"].to_numpy() for part in parts]
        yield Groups(values, about, refused or _reason(values))


def _numbers(units: pd.DataFrame, name: str) -> np.ndarray:
    """Take a measure as numbers."""
    if not pd.api.types.is_numeric_dtype(units[name]):
        raise ExkitError(f"'{name}' is not a measure of the units: it holds text, not numbers.")
    return units[name].to_numpy(float, na_value=np.nan)


def _smallest(parts: list[pd.DataFrame], people: str) -> int:
    """Count the smallest group: its people where they are known, else its units; never more than all units."""
    sizes = [part[people].sum() if people in part else len(part) for part in parts]
    return int(min([*sizes, sum(map(len, parts))]))


def _reason(values: list[np.ndarray]) -> str:
    """Say why groups cannot be compared, if so."""
    if not any(map(len, values)):
        return "no_answers"
    if len(values) < 2 or min(map(len, values)) < 2:
        return "too_few_units"
    return "" if _vary(np.concatenate(values)) else "constant"


def _vary(values: np.ndarray) -> bool:
    """Tell whether values differ by more than binary fractions do."""
    return np.ptp(values) > DUST * np.abs(values).max()


def _sides(values: list[np.ndarray]) -> Figures:
    """Describe the two groups that are compared."""
    named = zip(("level", "reference"), values, strict=True)
    return {
        f"{side}_{name}": number
        for side, own in named
        for name, number in {"mean": own.mean(), "sd": own.std(ddof=1), "n": len(own)}.items()
    }


def _t(values: list[np.ndarray], equal_variances: bool, ci: float) -> Figures:
    """Give the difference of two means, its interval and test."""
    if not any(map(_vary, values)):
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
        {"estimate": diff, "std_error": error, "conf_low": diff - half, "conf_high": diff + half}
        | test
        | _sides(values)
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
    low, high = correction * scale * special.nctdtrinc(m, _tails(ci), t)
    z = stats.norm.ppf((1 + ci) / 2)
    return {
        "estimate": g, "std_error": error, "conf_low": low, "conf_high": high, "p_value": student["p_value"],
        "t": t, "df": m, "d": d, "approximate": d * (1 - 3 / (4 * n - 9)),
        "normal_low": g - z * error, "normal_high": g + z * error,
    } | _sides(values)  # fmt: skip


def _tails(ci: float) -> np.ndarray:
    """Give the probability of a statistic at most as high as the one found, at the lower and at the upper bound."""
    return np.array([1 + ci, 1 - ci]) / 2


def _superiority(values: list[np.ndarray], ci: float) -> Figures:
    """Give the part of pairs in which the one group is above, its interval and test."""
    (one, other), together = map(len, values), stats.rankdata(np.concatenate(values))
    u, p = stats.mannwhitneyu(*values, method="asymptotic")
    plain = stats.mannwhitneyu(*values, method="asymptotic", use_continuity=False).pvalue
    test = {"p_value": p, "p_uncorrected": plain, "u": u} | _sides(values)
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
    if not any(map(_vary, values)):
        return {"reason": "perfect"}
    size, test, n = _between(values), _f(values, "equal"), sum(map(len, values))
    # Of an F that is small even where nothing differs the noncentrality is 0.
    noncentrality = special.ncfdtrinc(test["df_between"], test["df_within"], _tails(ci), test["f"])
    low, high = noncentrality / (noncentrality + n)
    return size | test | {"conf_low": min(low, size["estimate"]), "conf_high": max(high, size["estimate"])}


def _welch(values: list[np.ndarray]) -> Figures:
    """Give η² with Welch's test."""
    if not all(map(_vary, values)):
        return {"reason": "not_identifiable"}
    return _between(values) | _f(values, "unequal") | {"reason": "no_interval"}


def _epsilon2(values: list[np.ndarray]) -> Figures:
    """Give ε² with Kruskal and Wallis's test."""
    h, p = stats.kruskal(*values)
    n, k = sum(map(len, values)), len(values)
    sizes = {"estimate": h / (n - 1), "eta2_h": (h - k + 1) / (n - k)}
    return sizes | {"h": h, "df": k - 1, "p_value": p, "n_groups": k, "reason": "no_interval"}
