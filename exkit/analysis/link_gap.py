"""Is the link stronger in one group of units than in another?

Two correlations differ by their difference on Fisher's scale, atanh r, held against the errors of both. Where units
belong to organisations these are the errors over organisations, as everywhere in the kit. Groups that share no
organisation (two sectors) are independent. Groups that share some (two waves, or teams with much and with little
contact) are not: how their correlations go together is taken from resamples of the organisations, made of both at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import combinations

import numpy as np
import pandas as pd
from scipy import stats

from exkit.analysis.coefficients import DUST
from exkit.analysis.levels import LEVELS, Sample, at_level, laid, listed, questions, refusal
from exkit.analysis.linkage import EFFECTS, MANY, correlation, correlations
from exkit.errors import need_choice, need_columns
from exkit.measures.intervals import mover
from exkit.measures.resample import UNDEFINED, resamples
from exkit.measures.units import KEYS


def link_gap(
    units: pd.DataFrame,
    *,
    x: str | Sequence[str],
    y: str | Sequence[str],
    between: str,
    against: str | None = None,
    by: Sequence[str] = (),
    level: str = "pooled",
    method: str = "pearson",
    ci: float = 0.95,
    n_boot: int = 2000,
    seed: int = 1,
) -> pd.DataFrame:
    """Estimate how much stronger the correlation of x and y is in one group of units than in another.

    Parameters
    ----------
    units, x, y, by, method, ci, n_boot, seed
        As in `exkit.analysis.linkage.correlate`.
    between
        The column whose groups are compared: `sector`, `wave`, or another column of the frame.
    against
        The group that all others are compared with; all pairs if not given.
    level
        `pooled`, `within` or `between`, as in `correlate`.

    Returns
    -------
    DataFrame
        A result, one row per pair of groups: group columns `level` and `reference` (after those of `by`); `effect`
        diff, `of` r, rho or tau_b; `estimate` that of `level` minus that of `reference`; interval by MOVER from the
        intervals of both; `n` units of both, `n_smallest` of the smaller.

        `z` = (atanh r₁ - atanh r₂) / √(s₁² + s₂² - 2 c s₁ s₂), s the standard error of each atanh r as `correlate` has
        it, c their correlation over joint resamples of organisations (of units where these stand alone), 0 where the
        groups share none. `p_value`: two-sided, of the normal distribution where units of both stand alone (Fisher's
        test of two independent correlations), else of t with `df`: Welch's, or C - 1 of the C organisations of both
        where they share some. `std_error` is that of r₁ - r₂: √ of the same sum with s (1 - r²).

        Extras: `between`, `link_level` (the level asked), `z`, `df`, `correlation`, `r_level`, `r_reference`,
        `cluster`, `at`.

        Reasons: those of either correlation; `not_asked` (one row) where there are no two groups; `one_cluster` where
        one group is a single organisation and the other is not; `not_identifiable` where the difference has no error,
        as when both groups have the same values.

    Raises
    ------
    ExkitError
        If a column or group is not there, or a measure holds text.

    References
    ----------
    Fisher (1921), Metron 1, 3-32; Zou (2007), Psychol. Methods 12, 399-413, for the interval.

    Examples
    --------
    >>> rng = np.random.default_rng(1)
    >>> teams = pd.DataFrame({"sector": np.repeat(["care", "retail"], 60), "voice": rng.normal(size=120)})
    >>> teams["csat"] = teams["voice"] * (teams["sector"] == "care") + rng.normal(size=120)
    >>> found = link_gap(teams, x="voice", y="csat", between="sector", against="retail")
    >>> found[["level", "reference", "estimate", "conf_low", "conf_high"]].round(2)
      level reference  estimate  conf_low  conf_high
    0  care    retail      0.64      0.33       0.93
    """
    need_choice(level, LEVELS, what="level")
    need_choice(method, list(EFFECTS), what="method")
    by, how, rows = listed(by), {"method": method, "ci": ci, "n_boot": n_boot, "seed": seed}, []
    lacking = between in KEYS and between not in units
    if not lacking:
        need_columns(units, between, where="the units")
        groups = sorted(units[between].dropna().unique())
        if against is not None:
            need_choice(against, groups, what=between)
    for pair, part in questions(units, x, y, by=by):
        of_both = [] if lacking or part is None else _pairs(sorted(part[between].dropna().unique()), against)
        rows += [{**pair, "level": "", "reference": "", "reason": "not_asked"}] if not of_both else []
        for one, other in of_both:
            sides = [part[part[between] == name] for name in (one, other)]
            found = _gap(sides, pair["x"], pair["y"], level=level, **how)
            rows.append({**pair, "level": one, "reference": other, **found})
    front, fixed = [*by, "level", "reference"], {"of": EFFECTS[method], "between": between, "link_level": level}
    return laid(rows, units, front, effect="diff", **fixed).drop(columns=["n_organisations", "interval"])


def _pairs(groups: list[object], against: str | None) -> list[tuple[object, object]]:
    """List which group is compared with which reference."""
    if against is None:
        return [(b, a) for a, b in combinations(groups, 2)]
    return [(group, against) for group in groups if group != against] if against in groups else []


def _gap(
    sides: list[pd.DataFrame], x: str, y: str, *, level: str, method: str, ci: float, n_boot: int, seed: int
) -> dict[str, object]:
    """Compare the correlations of two groups of units, or say why not."""
    for part in sides:
        if reason := refusal(part, x, y, level=level):
            return {"reason": reason}
    samples = [at_level(part, x, y, level=level) for part in sides]
    a, b = (correlation(sample, method=method, ci=ci, n_boot=n_boot, seed=seed) for sample in samples)
    counted = {"n": a["n"] + b["n"], "n_smallest": min(a["n"], b["n"])}
    if reason := a.get("reason") or b.get("reason"):
        return {**counted, "reason": reason}
    if a["cluster"] != b["cluster"]:
        return {**counted, "estimate": a["estimate"] - b["estimate"], "reason": "one_cluster"}
    names = [_names(sample, a["cluster"], level) for sample in samples]
    shared = bool(set(names[0]) & set(names[1]))
    rho = _together(samples, names, method=method, n_boot=n_boot, seed=seed) if shared else 0.0
    if np.isnan(rho):
        return {**counted, "reason": "not_identifiable"}
    if not _apart(_error(a), _error(b), rho) > DUST:
        return {**counted, "estimate": a["estimate"] - b["estimate"], "reason": "not_identifiable"}
    df = len(set(names[0]) | set(names[1])) - 1 if shared else _welch(a, b)
    return {**counted, **_held(a, b, rho, df), "cluster": a["cluster"]}


def _names(sample: Sample, cluster: str, level: str) -> list[str]:
    """Name the cluster of each row: its organisation, or itself; nothing where units have no names to share."""
    if cluster not in sample.kept:
        return []
    names = sample.kept[cluster].unique() if level == "between" else sample.kept[cluster]
    return ["" if pd.isna(name) else name for name in names]


def _together(samples: list[Sample], names: list[list[str]], *, method: str, n_boot: int, seed: int) -> float:
    """Correlate the two atanh r over joint resamples of all clusters; NaN where too many of these lack one."""
    drawn = [correlations(*part, method=method) for part in jointly(samples, names, n_boot=n_boot, seed=seed)]
    with np.errstate(divide="ignore"):
        z = np.arctanh(np.array(drawn))
    there = np.isfinite(z).all(axis=0)
    return float(np.corrcoef(z[:, there])[0, 1]) if there.mean() > 1 - UNDEFINED else np.nan


def jointly(
    samples: list[Sample], names: list[list[object]], *, n_boot: int, seed: int
) -> list[tuple[Sample, np.ndarray]]:
    """Resample the clusters of samples at once, so that what is made of each goes together as it does in the data.

    Parameters
    ----------
    samples
        From `at_level`, one or more.
    names
        The name of the cluster of each row, per sample; a name in several is one cluster.
    n_boot, seed
        As in `correlate`.

    Returns
    -------
    list of tuple
        Each sample, its clusters numbered by their names, and how often each of these is in every resample.
    """
    codes = pd.factorize(np.concatenate(names))[0]
    counts = resamples(codes.max() + 1, n_boot=n_boot, seed=seed, enough=MANY)
    found = []
    ends = np.cumsum([len(its) for its in names])[:-1]
    for sample, code in zip(samples, np.split(codes, ends), strict=True):
        present, cluster = np.unique(code, return_inverse=True)
        found.append((replace(sample, cluster=cluster), counts[:, present]))
    return found


def _welch(a: dict[str, object], b: dict[str, object]) -> float:
    """Give Welch's degrees of freedom; Fisher's error has no end of them."""
    v, df = np.array([(_error(row) ** 2, np.inf if row["interval"] == "fisher" else row["df"]) for row in (a, b)]).T
    return float(v.sum() ** 2 / (v**2 / df).sum()) if np.isfinite(df).any() else np.inf


def _error(row: dict[str, object]) -> float:
    """Take the standard error of r to the scale of atanh r."""
    return row["std_error"] / (1 - row["estimate"] ** 2)


def _apart(s: float, t: float, rho: float) -> float:
    """Give the standard error of a difference of two figures whose errors go together; 0 where they cancel out."""
    squared = s**2 + t**2 - 2 * rho * s * t
    return float(np.sqrt(squared)) if squared > DUST * (s**2 + t**2) else 0.0


def _held(a: dict[str, object], b: dict[str, object], rho: float, df: float) -> dict[str, object]:
    """Hold the difference of two correlations against its error."""
    z = (np.arctanh(a["estimate"]) - np.arctanh(b["estimate"])) / _apart(_error(a), _error(b), rho)
    low, high = mover(*((row["estimate"], row["conf_low"], row["conf_high"]) for row in (a, b)), correlation=rho)
    return {
        "estimate": a["estimate"] - b["estimate"], "std_error": _apart(a["std_error"], b["std_error"], rho),
        "conf_low": float(low), "conf_high": float(high), "p_value": 2 * stats.t.sf(abs(z), df), "z": z,
        "df": df if np.isfinite(df) else np.nan, "correlation": rho, "r_level": a["estimate"],
        "r_reference": b["estimate"],
    }  # fmt: skip
