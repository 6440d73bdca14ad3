"""What comes first? Two measures of the same units over three waves or more.

A unit that is high on one measure tends to be high on the other, wave after wave. Only movement *within* units says
anything about order: does a unit that is above its own level on the one come out above its own level on the other a
wave later? Three models answer side by side, and each sets something apart that the one before it takes for movement:
the cross-lagged panel model (`clpm`) nothing; with random intercepts (`ri_clpm`) what lastingly tells units apart;
with the known sampling variances of the unit means (`ri_clpm_sampling`) also the chance of who happened to answer.
The conclusion follows the last one.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from exkit.analysis.crosslag import Fit, Panel, fit
from exkit.errors import ExkitError, need_columns
from exkit.result import result

MODELS = ("clpm", "ri_clpm", "ri_clpm_sampling")
"""From the one that takes most for movement to the one that the conclusion follows."""

MIN_WAVES = 3
"""With two waves, movement within units cannot be told from lasting differences between them."""

MIN_UNITS = 30
"""Fewer units cannot carry the covariances of three waves."""

DUST = 1e-12
"""What binary fractions leave of zero, as a part of the whole."""

EARLIER, LATER = [0, 1, 0, 1], [1, 0, 0, 1]
"""Measures of the four rows: x to y, y to x, then each to itself."""


def lead_lag(units: pd.DataFrame, *, x: str, y: str, ci: float = 0.95) -> pd.DataFrame:
    """Estimate which of two measures precedes the other within units, by three panel models side by side.

    Waves count in which both were measured, in the order of their names and taken as equally far apart. Paths are equal
    over waves; each wave has its own means, and what is new in it its own variances and covariance. The sampling
    variance of a unit's value is the variance between answers within units, pooled per wave, divided by the unit's
    number of answers. Employees and customers are different people, so x and y share no sampling error; that
    respondents may recur over waves is ignored.

    Parameters
    ----------
    units
        One row per unit and wave: `unit`, `wave`, x and y, `organisation` if there is one; for the sampling variances
        `{x}_n`, `{x}_sd`, `{y}_n` and `{y}_sd`.
    x, y
        Two measures, columns of `units`.
    ci
        Confidence level.

    Returns
    -------
    DataFrame
        A result, four rows for each of `clpm`, `ri_clpm` and `ri_clpm_sampling` (group column `model`): the paths from
        x to y, from y to x, and from each to itself; in a row `x` is the earlier measure and `y` the later. The
        `estimate` is a `beta`: the path times the standard deviation of the earlier measure over that of the later,
        within units and over all waves, as the model sees them (in `clpm` those of the observed values). `std_error`
        from the sandwich covariance by organisation (by unit within a single one), t with clusters minus one (`df`).
        `n` counts units with both measures in two waves or more; the others enter with what they have. Extras: `b`,
        the path in units of the measures; `waves`, `n_organisations`, `cluster`; and in `ri_clpm_sampling` the
        `reliability` of the earlier measure, the part of its variance within units that is not sampling.

        Reasons: `direction_not_identifiable` (one row) with fewer than three waves; `too_few` below 30 units;
        `constant`; `reliability_unknown` where sampling variances are known in fewer than three waves;
        `not_identifiable` where the likelihood is highest at its edge, a variance nil or a correlation one, since
        intervals do not hold there; `not_reliable` where two starts do not find the same paths.

    Raises
    ------
    ExkitError
        If a column is not there or holds no numbers, if x and y are one measure, or if a unit has two rows in a wave.

    Notes
    -----
    `b` of `clpm` and `ri_clpm` equals R's lavaan with missing = "fiml" and lagged paths equal over waves. With sampling
    variances of the size of the movement itself intervals are wide, and "not distinguishable from zero" is not "zero".

    References
    ----------
    Hamaker, Kuiper & Grasman (2015), Psychol. Methods 20, 102-116.

    Examples
    --------
    >>> two = pd.DataFrame({"unit": ["a", "a"], "wave": ["1", "2"], "voice": [3.0, 4.0], "nps": [10.0, 20.0]})
    >>> lead_lag(two, x="voice", y="nps")[["model", "x", "y", "n", "reason"]]
                  model      x    y  n                      reason
    0  ri_clpm_sampling  voice  nps  1  direction_not_identifiable
    """
    _need(units, x, y)
    long = _measured(_long(units, x, y))
    if long["wave"].nunique() < MIN_WAVES:
        groups = pd.DataFrame({"model": MODELS[-1:]})
        return result(groups, x=x, y=y, effect="beta", n=_count(long), reason="direction_not_identifiable")
    return pd.concat([_rows(long, x, y, model=model, ci=ci) for model in MODELS], ignore_index=True)


def _need(units: pd.DataFrame, x: str, y: str) -> None:
    """Complain about two measures that cannot be followed."""
    need_columns(units, "unit", x, y, where="the units")
    if x == y:
        raise ExkitError(f"'{x}' is both x and y. Choose two measures.")
    for name in (x, y):
        if not pd.api.types.is_numeric_dtype(units[name]):
            raise ExkitError(f"'{name}' holds no numbers. Choose a measure of the units.")
    keys = [column for column in ("wave", "organisation", "unit") if column in units]
    twice = units[units["unit"].notna() & units.duplicated(keys, keep=False)]
    if len(twice):
        where = f" in wave '{twice['wave'].iloc[0]}'" if "wave" in keys else ""
        raise ExkitError(
            f"Unit '{twice['unit'].iloc[0]}' has more than one row{where} ({len(twice)} such rows in all). "
            "Give one row per unit and wave.",
            rows=twice,
        )


def _long(units: pd.DataFrame, x: str, y: str) -> pd.DataFrame:
    """Take what the models need, under fixed names: who, when, the two values and their sampling variances."""
    nowhere = pd.Series("", index=units.index)
    who = {name: units.get(name, nowhere) for name in ("organisation", "unit", "wave")}
    measures = {"x": units[x].astype(float), "y": units[y].astype(float)}
    chance = {"x_chance": _sampling_variance(units, x), "y_chance": _sampling_variance(units, y)}
    long = pd.DataFrame({**who, **measures, **chance}).replace([np.inf, -np.inf], np.nan)
    return long.dropna(subset=["unit", "wave"]).fillna({"organisation": ""}).reset_index(drop=True)


def _sampling_variance(units: pd.DataFrame, name: str) -> pd.Series:
    """Divide the variance between answers within units, pooled per wave, by each unit's number of answers.

    A unit's own variance would rest on its few answers, and on a bounded scale it moves with the value itself.
    """
    if not {f"{name}_n", f"{name}_sd", "wave"} <= set(units):
        return pd.Series(np.nan, index=units.index)
    n, sd = units[f"{name}_n"].astype(float), units[f"{name}_sd"].astype(float)
    df = (n - 1).where(sd.notna() & (n > 1))
    pooled = pd.DataFrame({"squares": df * sd**2, "df": df}).groupby(units["wave"]).transform("sum")
    return pooled["squares"] / pooled["df"].where(pooled["df"] > 0) / n.where(n > 0)


def _measured(long: pd.DataFrame) -> pd.DataFrame:
    """Keep what there is a value of, in waves in which both were measured."""
    both = long["wave"][long[["x", "y"]].notna().all(axis="columns")]
    return long[long["wave"].isin(both) & long[["x", "y"]].notna().any(axis="columns")]


def _count(long: pd.DataFrame) -> int:
    """Count the units that have both measures in two waves or more: only they tell of movement."""
    waves = long.dropna(subset=["x", "y"]).groupby(["organisation", "unit"]).size()
    return int((waves > 1).sum())


def _rows(long: pd.DataFrame, x: str, y: str, *, model: str, ci: float) -> pd.DataFrame:
    """Fit one model and lay out its four paths, or say why there are none."""
    known = _known(long) if model == "ri_clpm_sampling" else long.assign(x_chance=0.0, y_chance=0.0)
    found = {"reason": _unfit(known)}
    by = "organisation" if known["organisation"].nunique() > 1 else "unit"
    if not found["reason"]:
        panel = _panel(known, by=by)
        fitted = fit(panel, intercepts=model != "clpm")
        found = {"reason": fitted} if isinstance(fitted, str) else _numbers(fitted, panel, ci=ci)
    return result(
        pd.DataFrame({"model": [model] * len(LATER)}),
        x=np.array([x, y])[EARLIER],
        y=np.array([x, y])[LATER],
        effect="beta",
        n=_count(known),
        waves=known["wave"].nunique(),
        n_organisations=known["organisation"].nunique(),
        cluster=by,
        **found,
    )


def _known(long: pd.DataFrame) -> pd.DataFrame:
    """Keep the values whose sampling variance is known."""
    known = {role: long[role].where(long[f"{role}_chance"].notna()) for role in ("x", "y")}
    return _measured(long.assign(**known))


def _unfit(known: pd.DataFrame) -> str:
    """Say why no model can be fitted; nothing if one can."""
    if known["wave"].nunique() < MIN_WAVES:
        return "reliability_unknown"
    if _count(known) < MIN_UNITS:
        return "too_few"
    moves = known[["x", "y"]] - known.groupby("wave")[["x", "y"]].transform("mean")
    return "" if (moves.std() > DUST * known[["x", "y"]].abs().max()).all() else "constant"


def _panel(known: pd.DataFrame, *, by: str) -> Panel:
    """Lay units side by side with their waves."""
    wide = known.pivot_table(index=["organisation", "unit"], columns="wave", aggfunc="first")
    moves = wide - wide.mean()
    scale = np.array([np.sqrt(np.nanmean(moves[role] ** 2)) for role in ("x", "y")])
    observed = np.stack([moves["x"], moves["y"]], axis=2) / scale
    sampling = np.stack([wide["x_chance"], wide["y_chance"]], axis=2) / scale**2
    cluster = wide.index.get_level_values("organisation").factorize()[0] if by == "organisation" else range(len(wide))
    return Panel(observed.reshape(len(wide), -1), sampling.reshape(len(wide), -1), scale, np.asarray(cluster))


def _numbers(fitted: Fit, panel: Panel, *, ci: float) -> dict[str, object]:
    """Lay out the four paths with their intervals."""
    estimate, error = fitted.beta[LATER, EARLIER], fitted.std_error[LATER, EARLIER]
    df = panel.cluster.max()
    half = stats.t.ppf((1 + ci) / 2, df) * error
    chance = np.nanmean(panel.sampling.reshape(-1, 2), axis=0)
    reliability = np.where(chance > 0, fitted.variance / (fitted.variance + chance), np.nan)
    return {
        "estimate": estimate,
        "std_error": error,
        "conf_low": estimate - half,
        "conf_high": estimate + half,
        "p_value": 2 * stats.t.sf(np.abs(estimate / error), df),
        "b": fitted.paths[LATER, EARLIER] * panel.scale[LATER] / panel.scale[EARLIER],
        "df": df,
        "reliability": reliability[EARLIER],
    }
