"""Does an outcome rise from quarter to quarter, or only between the extremes?

Jonckheere and Terpstra's test looks at every pair of units of one organisation that are in different quarters: how
often has the one in the higher quarter the higher outcome? It uses order alone, so that one outlying unit cannot make a
trend, and all four quarters, so that it is not only about top and bottom.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from exkit.analysis.placing import Placed, place
from exkit.result import result


def jonckheere(
    units: pd.DataFrame, *, x: str | Sequence[str], y: str | Sequence[str], by: Sequence[str] = (), ci: float = 0.95
) -> pd.DataFrame:
    """Test for a trend of y over the four quarters of units by x, within organisations.

    Parameters
    ----------
    units
        One row per unit of one wave: `unit`, `organisation` if there are several, x, y and the columns of `by`.
    x, y
        The measure that units are ranked by; the outcome. One name or several: all pairs are tested.
    by
        Group columns: `wave`, `sector`, `organisation` or another column of the frame.
    ci
        Confidence level.

    Returns
    -------
    DataFrame
        A result, one row per group and pair, effect `trend`: the part of all pairs of units of one organisation and
        different quarters in which the unit of the higher quarter has the higher y, ties counting half; .5 is no trend.
        `n` units. Quarters are those of `ex.quarters`.

        `std_error` and interval are linearised, t with C - 1 degrees of freedom over C organisations, n - 1 where the
        units of a single one are the sample, cut off at 0 and 1. `p_value` is that of the test, which only asks
        whether an order as clear as this one comes about by chance: `z` = (`jt` - `jt_mean`) / √`jt_variance`,
        two-sided normal without continuity, the pairs counted, their expectation and their variance with ties added up
        over organisations.

        Further extras and reasons as in `ex.quarters`; and `perfect` (a test, but no interval and so no estimate) where
        all pairs point the same way.

    Raises
    ------
    ExkitError
        If a column is not there, or a measure is not numeric.

    References
    ----------
    Jonckheere (1954), Biometrika 41, 133-145; Hollander, Wolfe & Chicken (2014), Nonparametric statistical methods,
    section 6.2, for ties. Within one organisation equal to R's clinfun::jonckheere.test where nothing is tied.

    Examples
    --------
    >>> teams = pd.DataFrame({"unit": list("abcdefgh"), "voice": range(1, 9), "profit": [4, 6, 5, 7, 6, 8, 7, 9]})
    >>> jonckheere(teams, x="voice", y="profit")[["effect", "estimate", "p_value", "n", "jt"]].round(3)
      effect  estimate  p_value  n    jt
    0  trend     0.833    0.038  8  20.0
    """
    placed = place(units, x=x, y=y, by=by)
    rows = pd.DataFrame([_row(group, ci) for group in placed])
    return result(rows[list(by)], **{name: rows[name] for name in rows if name not in by})


def _row(placed: Placed, ci: float) -> dict[str, object]:
    """Give the row of one group and pair, or its reason."""
    known = {**placed.key, "effect": "trend", "n": placed.about["n_units"], "reason": placed.reason}
    figures = {} if placed.reason else _trend(placed, ci)
    return known | figures | placed.about | {"cluster": placed.cluster}


def _trend(placed: Placed, ci: float) -> dict[str, object]:
    """Add up the pairs of all organisations, with the interval of their part and the test."""
    homes = [home for _, home in placed.units.groupby("organisation")]
    pairs = [_pairs(home) for home in homes]
    jt, mean, variance = np.sum([_moments(*both) for both in zip(homes, pairs, strict=True)], axis=0)
    estimate = jt / (2 * mean)
    # Each pair is counted with both of its units; whole organisations hold it twice.
    shares = np.array([p.sum(axis=0) / 2 for p in pairs]) if len(pairs) > 1 else pairs[0]
    influence = (shares[:, 0] - estimate * shares[:, 1]) / (2 * mean)
    c = len(influence)
    error, z = np.sqrt(c / (c - 1) * (influence**2).sum()), (jt - mean) / np.sqrt(variance)
    test = {"p_value": 2 * stats.norm.sf(abs(z)), "z": z, "jt": jt, "jt_mean": mean, "jt_variance": variance}
    if not error > 0:
        return test | {"reason": "perfect" if estimate in (0, 1) else "not_identifiable"}
    half = stats.t.ppf((1 + ci) / 2, c - 1) * error
    bounds = {"conf_low": max(estimate - half, 0), "conf_high": min(estimate + half, 1), "df": c - 1}
    return test | {"estimate": estimate, "std_error": error} | bounds


def _pairs(home: pd.DataFrame) -> np.ndarray:
    """Count per unit the pairs in which the higher quarter has the higher y, and all pairs it is in."""
    quarter, y = home["quarter"].to_numpy(), home["y"].to_numpy()
    above = np.sign(quarter[:, None] - quarter)
    agree = (1 + above * np.sign(y[:, None] - y)) / 2
    return np.column_stack([(agree * (above != 0)).sum(axis=1), (above != 0).sum(axis=1)])


def _moments(home: pd.DataFrame, pairs: np.ndarray) -> tuple[float, float, float]:
    """Give the number of agreeing pairs, and its expectation and variance (with ties) if order were chance."""
    n = len(home)
    size, tied = (np.unique(home[column], return_counts=True)[1].astype(float) for column in ("quarter", "y"))
    (pair, triple, full), (pair_y, triple_y, full_y) = (
        [(m * (m - 1) * factor).sum() for factor in (1, m - 2, 2 * m + 5)] for m in (size, tied)
    )
    variance = (
        (n * (n - 1) * (2 * n + 5) - full - full_y) / 72
        + triple * triple_y / (36 * n * (n - 1) * (n - 2))
        + pair * pair_y / (8 * n * (n - 1))
    )
    return pairs[:, 0].sum() / 2, (n**2 - (size**2).sum()) / 4, variance
