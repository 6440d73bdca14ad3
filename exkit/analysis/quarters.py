"""What separates the top quarter of units from the bottom quarter?

"Top-quarter teams make 23% more profit" is a ratio of two means. It is shown here behind the slope, which uses every
unit and not the extremes alone, and beside the difference, which exists where a ratio does not: a percentage of a loss,
or of an NPS, means nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import pandas as pd
from scipy import stats

from exkit.analysis.decoder import quarter_gap
from exkit.analysis.placing import Placed, place
from exkit.errors import need_columns
from exkit.measures.resample import resamples, spread
from exkit.result import result

EFFECTS = ("slope", "ratio", "diff")
OWN = ("std_error", "df", "sd_x", "mean_y", "r", "median", "n_median", "top", "bottom")
"""Extras of one effect or another, which a result has also where no row has a figure."""


def quarters(
    units: pd.DataFrame,
    *,
    x: str | Sequence[str],
    y: str | Sequence[str],
    by: Sequence[str] = (),
    points: Sequence[str] = (),
    ci: float = 0.95,
    n_boot: int = 2000,
    seed: int = 1,
) -> pd.DataFrame:
    """Contrast the quarter of units with the highest x with the quarter with the lowest, within organisations.

    Parameters
    ----------
    units
        One row per unit of one wave: `unit`, `organisation` if there are several, x, y and the columns of `by`.
    x, y
        The measure that units are ranked by; the outcome. One name or several: all pairs are contrasted.
    by
        Group columns: `wave`, `sector`, `organisation` or another column of the frame.
    points
        Outcomes in points, such as an NPS, of which there is never a ratio.
    ci
        Confidence level.
    n_boot, seed
        Resamples of organisations.

    Returns
    -------
    DataFrame
        A result, three rows per group and pair. Within each organisation of m units that have both x and y, m at least
        8, the ⌊m/4⌋ highest and lowest by rank of x are its top and bottom quarter; see `place` for ties.

        `slope`, the one to look at first: units of y per standard deviation of x, both around the mean of their
        organisation. `n` all units of the organisations that entered. Extras: `sd_x`, that standard deviation (n - C
        for C organisations; estimate / sd_x is the slope on x itself), `mean_y`, and `r`, the correlation of the same
        deviations.

        `ratio`: mean of y over all top units divided by the mean over all bottom units; 1.23 is 23% more, the bottom
        being the base. `n` units in the two quarters; interval on the log scale; `std_error` is the estimate times that
        of the log. Extras: `median` over the organisations of their own ratio, and `n_median`, the organisations that
        have one, both their quarters being above 0.

        `diff`: mean of the top units minus mean of the bottom units, in units of y; `n` as for the ratio. Extras `top`
        and `bottom`, the means.

        Intervals are for the organisations as a sample of organisations, t with C - 1 degrees of freedom. The slope has
        a cluster-robust error (linearised, C / (C - 1), no other correction); ratio and difference are resampled by
        organisation, see `measures.resample`. In simulated benchmarks of 5 to 48 organisations they held the truth in
        93 to 95% of cases, and in 92 to 94% of those with a very skewed outcome (log SD 1).

        Within a single organisation the units are the sample (`cluster` is `unit`): the slope's error is that of least
        squares with n - 2 degrees of freedom, the difference has Welch's interval, and the ratio its counterpart by the
        delta method.

        Extras of all rows: `n_units` and `n_organisations` that entered, `n_left_out` organisations with fewer than 8
        units or with a value of x that both quarters share, `n_without_organisation` units, which are left out, `ties`
        units whose place was decided by their name, `gap` expected between the quarters in standard deviations of x
        (normal scores, see `ex.quarter_gap`), `df`, `cluster`, `at`, the wave, `of` (`points` or
        `amount`: what a slope or a difference is counted in) and `n_smallest`: the units of the row, or, where the
        frame says how many people answered x or y (`x_n`, `y_n`), those in the smaller quarter if they are fewer.

        Reasons: `several_waves` where a group holds more than one; `not_asked` where the data have no such group;
        `no_answers` where no unit has both; `too_few_units` where no organisation has 8; `constant` where x or y does
        not vary within organisations; `one_organisation` where of several only one entered, whose own figure it would
        be; `base_not_positive` (no ratio) where the bottom mean is at or below 0 or its interval includes 0,
        `top_not_positive` where that holds for the top mean only; `no_ratio` for `points`; `not_identifiable` where
        there is no error to be had, as when all organisations show the same.

    Raises
    ------
    ExkitError
        If a column is not there, or a measure is not numeric.

    References
    ----------
    Cameron & Miller (2015), J. Hum. Resour. 50, 317-372, for the slope; Welch (1947), Biometrika 34, 28-35. Within one
    organisation equal to R's lm and t.test.

    Examples
    --------
    >>> profit = [20, 22, 21, 23, 22, 24, 23, 25, 24, 26, 25, 27]
    >>> teams = pd.DataFrame({"unit": list("abcdefghijkl"), "voice": range(1, 13), "profit": profit})
    >>> quarters(teams, x="voice", y="profit")[["effect", "estimate", "conf_low", "conf_high", "n"]].round(2)
      effect  estimate  conf_low  conf_high   n
    0  slope      1.92      1.37       2.46  12
    1  ratio      1.24      1.12       1.37   6
    2   diff      5.00      2.73       7.27   6
    """
    need_columns(units, *points, where="the units")
    placed = place(units, x=x, y=y, by=by)
    rows = [row for group in placed for row in _rows(group, points=points, ci=ci, n_boot=n_boot, seed=seed)]
    found = pd.DataFrame(rows)
    found = found.reindex(columns=list(dict.fromkeys([*found, *OWN])))
    return result(found[list(by)], **{name: found[name] for name in found if name not in by})


def _rows(placed: Placed, *, points: Sequence[str], ci: float, n_boot: int, seed: int) -> Iterator[dict[str, object]]:
    """Give the three rows of one group and pair, or their reason."""
    reason = placed.reason or ("one_organisation" if _alone(placed) else "")
    figures = {effect: {"reason": reason} for effect in EFFECTS}
    if not reason:
        means = _across(placed, n_boot, seed) if placed.cluster == "organisation" else _within_one(placed.units)
        figures = {
            "slope": _slope(placed.units, ci),
            "ratio": {"reason": "no_ratio"} if placed.key["y"] in points else _ratio(placed.units, means, ci),
            "diff": _bounded(means.loc["diff"], ci) | means["estimate"][["top", "bottom"]].to_dict(),
        }
    sizes = {"slope": placed.about["n_units"], "ratio": _both(placed.units), "diff": _both(placed.units)}
    of = "points" if placed.key["y"] in points else "amount"
    shared = {**placed.about, "gap": _gap(placed.units), "cluster": placed.cluster}
    for effect in EFFECTS:
        n = sizes[effect]
        counts = {"n": n, "n_smallest": min(n, _people(placed.units))}
        counted_in = {"of": "" if effect == "ratio" else of}
        yield {**placed.key, "effect": effect, "reason": "", **counts, **figures[effect], **shared, **counted_in}


def _alone(placed: Placed) -> bool:
    """Tell whether of several organisations a single one entered."""
    return placed.about["n_organisations"] == 1 and placed.about["n_left_out"] > 0


def _people(units: pd.DataFrame) -> float:
    """Count the people in the smaller of the two quarters; endless where no number of answers is known."""
    known = units[units["quarter"].isin([1, 4])].dropna(subset="people")
    return known.groupby("quarter")["people"].sum().min() if len(known) else np.inf


def _both(units: pd.DataFrame) -> int:
    """Count the units in the two quarters."""
    return int(units["quarter"].isin([1, 4]).sum())


def _gap(units: pd.DataFrame) -> float:
    """Average the expected gap over the organisations, each as often as it has units in a quarter."""
    m = units.groupby("organisation").size()
    return np.average(quarter_gap(m), weights=m // 4) if len(m) else np.nan


def _bounded(figure: pd.Series, ci: float) -> dict[str, object]:
    """Put an interval around an estimate with a standard error and degrees of freedom."""
    estimate, error, df = figure[["estimate", "std_error", "df"]]
    # A margin of nothing, or of what binary fractions leave of it, is no margin.
    if not error > 1e-12 * abs(estimate):
        return {"reason": "not_identifiable"}
    half = stats.t.ppf((1 + ci) / 2, df) * error
    bounds = {"conf_low": estimate - half, "conf_high": estimate + half, "df": df}
    return {"estimate": estimate, "std_error": error, "p_value": 2 * stats.t.sf(abs(estimate) / error, df), **bounds}


def _slope(units: pd.DataFrame, ci: float) -> dict[str, object]:
    """Regress y on x around the organisations' means."""
    home, n = units["organisation"], len(units)
    around = units[["x", "y"]] - units.groupby("organisation")[["x", "y"]].transform("mean")
    sxx, syy, c = (around["x"] ** 2).sum(), (around["y"] ** 2).sum(), home.nunique()
    b = (around["x"] * around["y"]).sum() / sxx
    left = around["y"] - b * around["x"]
    shares = (around["x"] * left).groupby(home).sum() / sxx
    variance, df = (c / (c - 1) * (shares**2).sum(), c - 1) if c > 1 else ((left**2).sum() / (n - 2) / sxx, n - 2)
    sd_x = np.sqrt(sxx / (n - c))
    figure = pd.Series({"estimate": b * sd_x, "std_error": np.sqrt(variance) * sd_x, "df": df})
    return _bounded(figure, ci) | {"sd_x": sd_x, "mean_y": units["y"].mean(), "r": b * np.sqrt(sxx / syy)}


def _ratio(units: pd.DataFrame, means: pd.DataFrame, ci: float) -> dict[str, object]:
    """Take the ratio of two means that are both surely above 0."""
    for side, reason in {"bottom": "base_not_positive", "top": "top_not_positive"}.items():
        if not _bounded(means.loc[side], ci).get("conf_low", means.at[side, "estimate"]) > 0:
            return {"reason": reason}
    figure = _bounded(means.loc["log_ratio"], ci)
    if "estimate" not in figure:
        return figure
    ends = {name: np.exp(figure[name]) for name in ("estimate", "conf_low", "conf_high")}
    own = _sums(units)[["top", "bottom"]]
    own = own[(own > 0).all(axis="columns")]
    typical = {"median": (own["top"] / own["bottom"]).median(), "n_median": len(own)}
    return figure | ends | {"std_error": figure["std_error"] * ends["estimate"]} | typical


def _sums(units: pd.DataFrame) -> pd.DataFrame:
    """Sum y over the two quarters of each organisation, and count the units in one."""
    home, y = units["organisation"], units["y"]
    quarter = {"bottom": units["quarter"] == 1, "top": units["quarter"] == 4}
    sums = {name: y.where(inside, 0.0).groupby(home).sum() for name, inside in quarter.items()}
    return pd.DataFrame(sums).assign(size=quarter["top"].groupby(home).sum())


def _across(placed: Placed, n_boot: int, seed: int) -> pd.DataFrame:
    """Estimate the means and what separates them, organisations being the sample."""
    sums = _sums(placed.units)
    counts = resamples(len(sums), n_boot=n_boot, seed=seed)
    estimates, draws = _figures(sums.sum()), _figures(pd.DataFrame(counts @ sums.to_numpy(float), columns=sums.columns))
    errors = {name: spread(np.asarray(values), clusters=len(sums)) for name, values in draws.items()}
    return pd.DataFrame({"estimate": estimates, "std_error": errors, "df": len(sums) - 1})


def _figures(sums: pd.Series | pd.DataFrame) -> dict[str, float | pd.Series]:
    """Turn sums over the quarters into their means, the difference and the log of the ratio."""
    top, bottom = sums["top"] / sums["size"], sums["bottom"] / sums["size"]
    with np.errstate(divide="ignore", invalid="ignore"):
        log_ratio = np.log(top) - np.log(bottom)
    return {"top": top, "bottom": bottom, "diff": top - bottom, "log_ratio": log_ratio}


def _within_one(units: pd.DataFrame) -> pd.DataFrame:
    """Estimate the same within one organisation, units being the sample: Welch, and the delta method for the log."""
    sides = {"top": units.loc[units["quarter"] == 4, "y"], "bottom": units.loc[units["quarter"] == 1, "y"]}
    k = len(sides["top"])
    mean, variance = (np.array([f(y) for y in sides.values()]) for f in (np.mean, lambda y: np.var(y, ddof=1) / k))
    with np.errstate(divide="ignore", invalid="ignore"):
        logs, relative = np.log(mean), variance / mean**2
    parts = {"diff": (mean[0] - mean[1], variance), "log_ratio": (logs[0] - logs[1], relative)}
    rows = {side: (mean[i], np.sqrt(variance[i]), k - 1) for i, side in enumerate(sides)}
    rows |= {name: (value, np.sqrt(v.sum()), _welch(v, k)) for name, (value, v) in parts.items()}
    return pd.DataFrame.from_dict(rows, orient="index", columns=["estimate", "std_error", "df"])


def _welch(variance: np.ndarray, k: int) -> float:
    """Give the degrees of freedom of a sum of two variances of means of k."""
    known = np.isfinite(variance).all() and (variance > 0).any()
    return (k - 1) * variance.sum() ** 2 / (variance**2).sum() if known else np.nan
