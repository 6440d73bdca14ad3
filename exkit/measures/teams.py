"""May we speak of teams: do units differ more than chance among their people would make them differ?

One analysis of variance answers it: the mean square between units (MSB) beside the mean square within them (MSW).
ICC(1) is the part of the differences between people that goes with their unit; ICC(2) is the reliability of a unit's
mean at the average group size. Both follow from each unit's mean, number of answers and standard deviation, so that
respondents are not needed; and what they need adds up over organisations, so that resamples of these cost nothing.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from exkit.errors import ExkitError, need_choice, need_columns
from exkit.measures.tally import NOBODY, Tally
from exkit.measures.units import per_unit, the_measure
from exkit.result import result

EFFECTS = ["icc1", "icc2"]
LEVELS = ("pooled", "within")
SUMS = ["organisations", "units", "n", "nn", "nn_own", "y", "yy", "y_own", "inside"]
"""What the analysis of variance needs of each organisation, see `anova_sums`."""
DUST = 1e-12
"""What binary fractions leave of zero, as a part of the whole."""


def icc(
    tally: Tally,
    x: str | None = None,
    *,
    group: str = "unit",
    of: str = "mean",
    level: str = "pooled",
    ci: float = 0.95,
) -> pd.DataFrame:
    """Estimate ICC(1) and ICC(2) of a question or a scale, from the answers of one wave, unweighted.

    Parameters
    ----------
    tally
        Counts of answers. Of several waves take one, `tally.at(wave="2025")`: the yearly answers of one person are not
        those of independent raters.
    x
        A question or scale of the tally; the only one if not given.
    group
        What people are grouped by: `unit`, or `organisation`.
    of
        The value of an answer: `mean` (the answer itself), `nps` (100, 0 or -100) or `favourable` (1 or 0).
    level, ci
        As in `reliability`.

    Returns
    -------
    DataFrame
        What `reliability` gives; `not_asked` where the data have no such groups, `no_question` where it was not asked.

    Raises
    ------
    ExkitError
        If there is no such question, or the codebook has no cut-offs for it.

    See Also
    --------
    reliability : the same from a units frame, and how it is computed.
    """
    need_choice(group, ["unit", "organisation"], what="group")
    x = the_measure(tally, x)
    if tally.table == NOBODY:
        return result(x=x, effect=EFFECTS, reason="no_question", level=level)
    if group not in tally.keys:
        return result(x=x, effect=EFFECTS, reason="not_asked", level=level)
    groups = per_unit(tally, x, of=of, unit=group, weighted=False)
    return reliability(groups, x, level=level, ci=ci)


def reliability(units: pd.DataFrame, m: str, *, level: str = "pooled", ci: float = 0.95) -> pd.DataFrame:
    """Estimate ICC(1) and ICC(2) of a measure from a units frame: its means, numbers of answers and deviations.

    Parameters
    ----------
    units
        One row per unit: `m`, `m_n` and `m_sd`, and `organisation` where there are any. A unit without a value or a
        number of answers is left out, and so is one of several people whose standard deviation is not known.
    m
        The measure.
    level
        `pooled`: units around the mean of all. `within`: units around the mean of their organisation, as it belongs to
        a correlation within organisations; a unit without an organisation is left out.
    ci
        Confidence level.

    Returns
    -------
    DataFrame
        A result of two rows, `x` the measure.

        Effect `icc1` = (MSB - MSW) / (MSB + (k - 1) MSW), with k = N/J people per unit, and `icc2` = (MSB - MSW) / MSB.
        Both can be negative, and are given so. `n` counts the people, N; `p_value` is that of F = MSB / MSW, for people
        who differ no more between units than within them.

        Interval: with several organisations log F ± t(C-1) times its jackknife error, one organisation left out at a
        time, since units of one organisation hang together (`interval` is `jackknife`, `cluster` `organisation`). Else
        the F distribution, normal theory, units taken as independent (`f`, `unit`).

        Extras: `level`; `n_units`, J, units of one person included; `n_organisations`, C (0 where none are declared);
        `k`; `n0`, the group size that allows for unequal units; `at_n0`, the estimate with n0 in place of k (ICC(2)
        does not depend on it); `msb`, `msw`, `df`, `cluster`, `interval`; `at`, the wave.

        Reasons: `several_waves`; `not_asked` where there are no organisations to be within; `no_answers` where no unit
        has a value; `reliability_unknown` where no number of answers or standard deviation is known; `too_few` units,
        or nobody who shares one; `constant` where all answered alike; `not_identifiable` where all units have the same
        mean, or the people of each unit the same answer; `one_cluster` (an estimate without a margin) where only one
        organisation has what the level asks for.

    Raises
    ------
    ExkitError
        If there is no such measure, or it holds text.

    Notes
    -----
    Equals R's multilevel::ICC1 and ICC2 where means are unweighted, as `icc` takes them. In a frame of weighted means
    (`ex.units` of a study with weights) ICC(2) is the reliability of these weighted means, and ICC(1) that of one
    answer with a typical weight, lower than that of `icc`.

    References
    ----------
    Shrout & Fleiss (1979), Psychol. Bull. 86, 420-428; Bliese (2000), in Klein & Kozlowski, Multilevel theory, research
    and methods in organizations, 349-381; n0: Searle, Casella & McCulloch (1992), Variance components, chapter 3.

    Examples
    --------
    >>> teams = pd.DataFrame({"unit": ["a", "b", "c"], "voice": [3.0, 3.5, 4.1], "voice_n": 10, "voice_sd": 0.8})
    >>> reliability(teams, "voice")[["x", "effect", "estimate", "conf_low", "conf_high", "n", "n_units"]].round(2)
           x effect  estimate  conf_low  conf_high   n  n_units
    0  voice   icc1      0.27      0.01       0.95  30        3
    1  voice   icc2      0.79      0.10       0.99  30        3
    """
    need_choice(level, LEVELS, what="level")
    need_measure(units, m)
    if reason := _refusal(units, m, level):
        return result(x=m, effect=EFFECTS, reason=reason, level=level)
    sums = anova_sums(units, m)
    sums = sums[(sums["units"] > 0) & (sums.index.notna() | (level == "pooled"))]
    total = anova(sums.sum().to_frame().T, level=level).iloc[0]
    counted = {
        "n": int(sums["n"].sum()),
        "level": level,
        "n_units": int(sums["units"].sum()),
        "n_organisations": int(sums.index.notna().sum()) if "organisation" in units else 0,
        **({"at": units["wave"].iloc[0]} if "wave" in units else {}),
    }
    if reason := _degenerate(counted["n_units"], total["msb"], total["msw"]):
        return result(x=m, effect=EFFECTS, reason=reason, **counted)
    numbers = _jackknifed(sums, total, level, ci) if len(sums) > 1 else _by_f(total, ci)
    return result(
        x=m, effect=EFFECTS, estimate=_iccs(total["f"], total["k"]), **numbers,
        p_value=stats.f.sf(total["f"], total["df_between"], total["df_within"]), **counted,
        at_n0=_iccs(total["f"], total["n0"]), **total[["k", "n0", "msb", "msw"]],
    )  # fmt: skip


def anova_sums(units: pd.DataFrame, m: str) -> pd.DataFrame:
    """Sum up a measure per organisation, so that an analysis of variance needs no more than sums of these rows.

    Parameters
    ----------
    units
        As in `reliability`; units that are left out count for nothing.
    m
        The measure. It is centred first: no mean square notices, and large numbers lose no digits.

    Returns
    -------
    DataFrame
        One row per organisation, under its name and sorted, one without a name last, or a single row where none are
        declared. Columns `SUMS`: 1; units J; people N; Σ n²; Σ n² / N; Σ n m; Σ n m²; (Σ n m)² / N; Σ (n-1) sd².
    """
    value, n, sd = (units[name].astype(float) for name in (m, f"{m}_n", f"{m}_sd"))
    known = np.isfinite(value) & (n >= 1) & np.isfinite(n) & (np.isfinite(sd) | (n == 1))
    n, value = n.where(known, 0.0), value.where(known, 0.0)
    centre = (n * value).sum() / max(n.sum(), 1)
    value = (value - centre).mask(np.isclose(value, centre, rtol=DUST, atol=0), 0.0)
    inside = (n - 1) * sd.where(n > 1, 0.0) ** 2
    each = {"units": known * 1.0, "n": n, "nn": n**2, "y": n * value, "yy": n * value**2, "inside": inside}
    organisation = units["organisation"].to_numpy() if "organisation" in units else np.zeros(len(units))
    sums = pd.DataFrame(each).groupby(organisation, dropna=False).sum()
    people = sums["n"].where(sums["n"] > 0, 1.0)
    there = (sums["units"] > 0) * 1.0
    return sums.assign(organisations=there, nn_own=sums["nn"] / people, y_own=sums["y"] ** 2 / people)[SUMS]


def anova(sums: pd.DataFrame, *, level: str) -> pd.DataFrame:
    """Analyse the variance of people between and within units, one analysis per row.

    Parameters
    ----------
    sums
        Rows of `anova_sums` added up: all of them, or resamples of them. A resample is a row of counts, how often each
        organisation is in it, and `counts @ anova_sums(units, m)` has a row for each.
    level
        `pooled` or `within`, see `reliability`.

    Returns
    -------
    DataFrame
        `msb`, `msw`, `f` = MSB/MSW, `df_between` (J - 1, or J - C within organisations), `df_within` (N - J), `k` =
        N/J, `n0`, and `icc2` = 1 - MSW/MSB; NaN where they do not exist.
    """
    groups, unequal, about = sums["organisations"], sums["nn_own"], sums["y_own"]
    if level == "pooled":
        groups, unequal, about = 1, sums["nn"] / sums["n"], sums["y"] ** 2 / sums["n"]
    between = sums["yy"] - about
    between = between.mask(between <= DUST * (sums["yy"] + sums["inside"]), 0.0)
    df_between, df_within = sums["units"] - groups, sums["n"] - sums["units"]
    msb, msw = between / df_between.where(df_between > 0), sums["inside"] / df_within.where(df_within > 0)
    return pd.DataFrame(
        {
            "msb": msb,
            "msw": msw,
            "f": msb / msw.where(msw > 0),
            "df_between": df_between,
            "df_within": df_within,
            "k": sums["n"] / sums["units"],
            "n0": (sums["n"] - unequal) / df_between.where(df_between > 0),
            "icc2": 1 - msw / msb.where(msb > 0),
        }
    )


def need_measure(units: pd.DataFrame, m: str) -> None:
    """Complain where a measure is not there, or not a number.

    Raises
    ------
    ExkitError
        If the units have no such column, or it or what belongs to it holds text.
    """
    need_columns(units, m, where="the units")
    for name in (m, f"{m}_n", f"{m}_sd"):
        if name in units and not pd.api.types.is_numeric_dtype(units[name]):
            raise ExkitError(f"'{name}' is not a measure of the units: it holds text, not numbers.")


def _refusal(units: pd.DataFrame, m: str, level: str) -> str:
    """Say why there is no analysis of variance, if so."""
    if "wave" in units and units["wave"].nunique(dropna=False) > 1:
        return "several_waves"
    if level == "within" and "organisation" not in units:
        return "not_asked"
    if not np.isfinite(units[m]).any():
        return "no_answers"
    return "" if {f"{m}_n", f"{m}_sd"} <= set(units) else "reliability_unknown"


def _degenerate(n_units: int, msb: float, msw: float) -> str:
    """Say why an analysis of variance says nothing, if so."""
    if n_units == 0:
        return "reliability_unknown"
    if np.isnan([msb, msw]).any():
        return "too_few"
    return "" if msb > 0 and msw > 0 else "constant" if msb == msw else "not_identifiable"


def _iccs(f: float, size: float) -> np.ndarray:
    """Compute ICC(1) and ICC(2) from MSB/MSW and the group size."""
    return np.array([(f - 1) / (f - 1 + size), 1 - 1 / f])


def _jackknifed(sums: pd.DataFrame, total: pd.Series, level: str, ci: float) -> dict[str, object]:
    """Give the margin that leaves out one organisation at a time."""
    c, left = len(sums), anova(sums.sum() - sums, level=level)
    error = np.log(left["f"].where(left["f"] > 0)).std(ddof=0, skipna=False) * np.sqrt(c - 1)
    factor = np.exp(stats.t.ppf((1 + ci) / 2, c - 1) * error)
    margin = _margin(total, error, total["f"] / factor, total["f"] * factor)
    reason = "" if np.isfinite(error) else "one_cluster"
    return {**margin, "reason": reason, "df": c - 1, "cluster": "organisation", "interval": "jackknife"}


def _by_f(total: pd.Series, ci: float) -> dict[str, object]:
    """Give the margin of independent units by the F distribution."""
    df = total["df_between"], total["df_within"]
    low, high = total["f"] / stats.f.ppf([(1 + ci) / 2, (1 - ci) / 2], *df)
    margin = _margin(total, np.sqrt(2 / df[0] + 2 / df[1]), low, high)
    return {**margin, "df": df[0], "cluster": "unit", "interval": "f"}


def _margin(total: pd.Series, error: float, low: float, high: float) -> dict[str, np.ndarray]:
    """Take the standard error of log(MSB/MSW), and the interval of MSB/MSW, to both coefficients."""
    f, k = total["f"], total["k"]
    slopes = np.array([k * f / (f - 1 + k) ** 2, 1 / f])
    return {"std_error": slopes * error, "conf_low": _iccs(low, k), "conf_high": _iccs(high, k)}
