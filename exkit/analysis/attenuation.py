"""How strong would the link between units be, were their means measured without sampling error?

A unit's mean rests on few people, and other people would have given another one. That noise weakens every correlation
of unit means; employees and customers are different people, so that their noise is independent, and dividing by the
root of both reliabilities undoes it. The reliability that does so is that of these very means: the part of their
variance that is no sampling variance, be units large or small. The corrected value is an estimate about a world that
nobody saw: it stands beside the raw one, never in place of it, and is not made at all where the reliabilities are too
unsure to divide by.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from exkit.analysis.levels import Sample, at_level, laid, listed, questions, refusal
from exkit.analysis.linkage import MANY, correlation, correlations, drawn
from exkit.errors import need_choice
from exkit.measures.resample import spread
from exkit.measures.teams import LEVELS, reliability

EFFECTS = ("r", "r_corrected")
LEAST = 30
"""Units below which nothing is corrected."""
WEAK = 0.5
"""Reliability below which a correction stands on a weak basis."""
UNKNOWN = {**dict.fromkeys(["reliability_x", "reliability_y", "icc2_x", "icc2_y"], np.nan), "weak_basis": False}
"""What a row says where nothing is known of the reliabilities."""


def disattenuate(
    units: pd.DataFrame,
    *,
    x: str | Sequence[str],
    y: str | Sequence[str],
    by: Sequence[str] = (),
    level: str = "pooled",
    ci: float = 0.95,
    n_boot: int = 2000,
    seed: int = 1,
) -> pd.DataFrame:
    """Correlate EX with CX measures over units, and correct the correlation for the unreliability of unit means.

    Parameters
    ----------
    units
        A units frame: measures `m` with `m_n` and `m_sd`, the answers behind each mean and how much they differ, so
        that `m_sd`² / `m_n` is the sampling variance of `m`.
    x, y, by, ci, n_boot, seed
        As in `exkit.analysis.linkage.correlate`.
    level
        `pooled` or `within`; the reliabilities are those of the same level.

    Returns
    -------
    DataFrame
        A result, two rows per group and pair: `r`, as `correlate` gives it, and `r_corrected` = r / √(reliability of x
        · reliability of y), the reliabilities estimated on the same units.

        Reliability = 1 - mean sampling variance of the unit means / their variance (n - 1); at level `within` both
        around the means of organisations, with J - C below the line. A unit of one answer has the sampling variance
        that answers have within units on average. Where all units have equally many answers this is ICC(2).

        The corrected row's interval is estimate ± t(C-1) times its standard error over resamples of the C
        organisations, in each of which correlation and reliabilities are made anew; cut off at -1 and 1. Up to 99
        organisations are left out one at a time, from 100 on they are drawn, and where none are declared so are the
        units. The p-value is that of r: the one is 0 where the other is.

        Extras: those of `correlate`; `reliability_x` and `reliability_y`, and beside them `icc2_x` and `icc2_y`, as
        `reliability` prints them; all empty where they are not known; `weak_basis` on a corrected row with a
        reliability below .5.

        Reasons of the corrected row, beside those of r and of the reliabilities (`reliability_unknown` where no
        answers or standard deviations came with the units): `too_few_units`, under 30, in all or with known numbers of
        answers; `one_organisation`, an organisation's own r is not corrected; `not_reliable` where the interval of an
        ICC(2) reaches 0, or a reliability is not above 0; `above_one` where the value is 1 or more (or -1 or less),
        which is kept but is no correlation; `not_identifiable` where the resamples have no error.

    Raises
    ------
    ExkitError
        If a column is not there, or holds text.

    Notes
    -----
    ICC(2) is the reliability at the average number of answers. Where units differ much in that, small ones are noisier
    than it says, and dividing by it gives too low a value: .30 for a true .33 in simulated benchmarks with 5 to 25
    employees and 10 to 70 customers a unit, where this one gives .33. With the numbers of the row of r,
    estimate / √(icc2_x · icc2_y) is that other convention. Reliabilities are estimates themselves, which leaves the
    value a little too high where organisations are few: by up to .02 with ten such organisations, .01 with twenty.

    See Also
    --------
    exkit.measures.teams.reliability : ICC(1) and ICC(2), with their intervals.

    References
    ----------
    Spearman (1904), Am. J. Psychol. 15, 72-101; Bliese (1998), Organ. Res. Methods 1, 355-373, for ICC(2); Fuller
    (1987), Measurement error models, chapters 1 and 2, for sampling variances that differ by row. The division is that
    of R's psychmeta::correct_r, whose interval takes the reliabilities as known.

    Examples
    --------
    >>> means = np.random.default_rng(2).multivariate_normal([0, 0], [[1.5, 0.4], [0.4, 1.5]], size=120)
    >>> teams = pd.DataFrame(means, columns=["voice", "csat"])
    >>> teams = teams.assign(voice_n=9, voice_sd=2.1, csat_n=25, csat_sd=3.5)
    >>> disattenuate(teams, x="voice", y="csat")[["effect", "estimate", "conf_low", "conf_high", "n"]].round(2)
            effect  estimate  conf_low  conf_high    n
    0            r      0.21      0.03       0.38  120
    1  r_corrected      0.31      0.06       0.57  120
    """
    need_choice(level, LEVELS, what="level")
    how = {"ci": ci, "n_boot": n_boot, "seed": seed}
    by, rows = listed(by), []
    for pair, part in questions(units, x, y, by=by):
        pair = {**pair, **UNKNOWN}
        if reason := refusal(part, pair["x"], pair["y"], level=level):
            rows += [{**pair, "effect": effect, "reason": reason} for effect in EFFECTS]
            continue
        sample = at_level(part, pair["x"], pair["y"], level=level)
        raw = correlation(sample, method="pearson", **how)
        printed = pd.concat([reliability(sample.kept, pair[side], level=level, ci=ci).iloc[1:] for side in "xy"])
        known = dict(zip(["icc2_x", "icc2_y"], printed["estimate"], strict=True))
        for side, reason in zip("xy", printed["reason"], strict=True):
            known[f"reliability_{side}"] = np.nan if reason else _trust(sample, pair[side], level=level)[0]
        rows.append({**pair, **known, "effect": "r", **raw})
        rows.append({**pair, **known, "effect": "r_corrected", **_corrected(sample, raw, printed, level=level, **how)})
    return laid(rows, units, by, level=level)


def _corrected(
    sample: Sample, raw: dict[str, object], printed: pd.DataFrame, *, level: str, ci: float, n_boot: int, seed: int
) -> dict[str, object]:
    """Correct a correlation, or say why not; `printed` has the ICC(2) of x and of y."""
    counted, measures = {"n": raw["n"], "n_organisations": raw["n_organisations"]}, list(printed["x"])
    if reason := _refusal(sample, raw, printed):
        return {**counted, "reason": reason}
    trust = [_trust(sample, m, level=level)[0] for m in measures]
    if not min(trust) > 0:
        return {**counted, "reason": "not_reliable"}
    estimate = raw["estimate"] / np.sqrt(np.prod(trust))
    found = {**counted, "estimate": estimate, "weak_basis": min(trust) < WEAK}
    if abs(estimate) >= 1:
        return {**found, "reason": "above_one"}
    sample = sample.by_row() if sample.clusters == 1 else sample
    counts = drawn(sample, n_boot=n_boot, seed=seed)
    error = spread(corrected_correlations(sample, counts, measures, level=level), clusters=sample.clusters, enough=MANY)
    if not error > 0:
        return {**counted, "reason": "not_identifiable"}
    df = sample.clusters - 1
    half = stats.t.ppf((1 + ci) / 2, df) * error
    return {
        **found, "std_error": error, "conf_low": max(estimate - half, -1.0), "conf_high": min(estimate + half, 1.0),
        "p_value": raw["p_value"], "df": df, "cluster": raw["cluster"],
        "interval": "bootstrap" if sample.clusters >= MANY else "jackknife",
    }  # fmt: skip


def _refusal(sample: Sample, raw: dict[str, object], printed: pd.DataFrame) -> str:
    """Say why a correlation is not corrected, if so."""
    if raw.get("reason"):
        return raw["reason"]
    unknown = [reason for reason in printed["reason"] if reason]
    if unknown:
        return unknown[0]
    if min(raw["n"], printed["n_units"].min()) < LEAST:
        return "too_few_units"
    if sample.n_organisations == 1:
        return "one_organisation"
    return "" if printed["conf_low"].min() > 0 else "not_reliable"


def corrected_correlations(sample: Sample, counts: np.ndarray, measures: Sequence[str], *, level: str) -> np.ndarray:
    """Correct the correlation of every resample by the reliabilities of that resample.

    Parameters
    ----------
    sample
        From `at_level`.
    counts
        How often each cluster is in each resample, resamples by clusters.
    measures
        x and y.
    level
        `pooled` or `within`.

    Returns
    -------
    ndarray
        One corrected correlation per resample; NaN where a reliability is not above 0.
    """
    trust = np.array([_trust(sample, m, counts, level=level) for m in measures])
    return correlations(sample, counts) / np.sqrt(np.where(trust > 0, trust, np.nan)).prod(axis=0)


def _trust(sample: Sample, m: str, counts: np.ndarray | None = None, *, level: str) -> np.ndarray:
    """Estimate the reliability of unit means, in the sample or in resamples of it."""
    sums = mean_sums(sample.kept, m, sample.cluster)
    counts = np.ones((1, len(sums))) if counts is None else counts
    return mean_reliability(pd.DataFrame(counts @ sums.to_numpy(), columns=sums.columns), level=level).to_numpy()


def mean_sums(units: pd.DataFrame, m: str, cluster: np.ndarray) -> pd.DataFrame:
    """Sum up the means of a measure per cluster, with their sampling variances.

    Parameters
    ----------
    units
        One row per unit: `m`, `m_n` and `m_sd`. A unit of several people of which one of them is not known counts for
        nothing.
    m
        The measure. It is centred first: no variance notices, and large numbers lose no digits.
    cluster
        The cluster of each unit.

    Returns
    -------
    DataFrame
        One row per cluster. 1 where it has units; units J; Σ m; Σ m²; (Σ m)² / J; Σ sd²/n over units of several people;
        units of one; both times 1 - 1/J, what the mean of the cluster leaves of them; Σ (n-1) sd² and Σ (n-1).
    """
    value, n, sd = (units[name].to_numpy(float) for name in (m, f"{m}_n", f"{m}_sd"))
    known = np.isfinite(value) & np.isfinite(n) & (n >= 1) & (np.isfinite(sd) | (n == 1))
    value = np.where(known, value - value[known].mean(), 0.0)
    several = known & (n > 1)
    n, sd = np.where(several, n, 1.0), np.where(several, sd, 0.0)
    each = {"units": known, "y": value, "yy": value**2, "noise": sd**2 / n, "alone": known & ~several}
    each |= {"inside": (n - 1) * sd**2, "df": n - 1}
    sums = pd.DataFrame(each, dtype=float).groupby(cluster).sum()
    part = 1 / sums["units"].clip(lower=1)
    own = {"organisations": sums["units"].clip(upper=1), "y_own": sums["y"] ** 2 * part}
    return sums.assign(**own, noise_own=sums["noise"] * (1 - part), alone_own=sums["alone"] * (1 - part))


def mean_reliability(sums: pd.DataFrame, *, level: str) -> pd.Series:
    """Compute the part of the variance of unit means that is no sampling variance.

    Parameters
    ----------
    sums
        Rows of `mean_sums` added up: all of them, or resamples of them.
    level
        `pooled` or `within`.

    Returns
    -------
    Series
        1 - mean sampling variance / variance of means, one per row; NaN where it does not exist.
    """
    own, groups, about = "", 1, sums["y"] ** 2 / sums["units"]
    if level == "within":
        own, groups, about = "_own", sums["organisations"], sums["y_own"]
    df, one = sums["units"] - groups, sums["inside"] / sums["df"].where(sums["df"] > 0)
    variance = (sums["yy"] - about) / df.where(df > 0)
    noise = (sums[f"noise{own}"] + sums[f"alone{own}"] * one) / (df if own else sums["units"])
    return 1 - noise / variance.where(variance > 0)
