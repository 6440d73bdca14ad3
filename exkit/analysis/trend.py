"""Does an outcome rise from quarter to quarter, or only between the extremes?

Jonckheere and Terpstra's test looks at every pair of units of one organisation that are in different quarters: how
often has the one in the higher quarter the higher outcome? It uses order alone, so that one outlying unit cannot make a
trend, and all four quarters, so that it is not only about top and bottom.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pandas as pd
from scipy import stats

from exkit.analysis.placing import Placed, place
from exkit.result import result

OWN = ("std_error", "z", "jt", "jt_mean", "jt_variance", "tied_values", "p_permuted", "df")
"""Extras that a result has also where no row has a figure."""


def jonckheere(
    units: pd.DataFrame,
    *,
    x: str | Sequence[str],
    y: str | Sequence[str],
    by: Sequence[str] = (),
    ci: float = 0.95,
    n_perm: int = 0,
    seed: int = 1,
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
    n_perm, seed
        How often y is shuffled within organisations for `p_permuted`; not at all if not given.

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
        over organisations. `p_permuted` asks the same without the normal curve, of which one may doubt with few units
        or many ties: (1 + shuffles in which `jt` is at least as far from `jt_mean`) / (1 + `n_perm`). `tied_values`
        counts the values of y that several units of one organisation share.

        Further extras and reasons as in `ex.quarters`; and `perfect` (a test, but no interval and so no estimate) where
        all pairs point the same way.

    Raises
    ------
    ExkitError
        If a column is not there, or a measure is not numeric.

    References
    ----------
    Jonckheere (1954), Biometrika 41, 133-145; Hollander, Wolfe & Chicken (2014), Nonparametric statistical methods,
    section 6.2, for ties; Phipson & Smyth (2010), Stat. Appl. Genet. Mol. Biol. 9, article 39, for the 1 that is added
    to the shuffles. Within one organisation equal to R's clinfun::jonckheere.test where nothing is tied: that takes the
    variance of untied values always.

    Examples
    --------
    >>> teams = pd.DataFrame({"unit": list("abcdefgh"), "voice": range(1, 9), "profit": [4, 6, 5, 7, 6, 8, 7, 9]})
    >>> jonckheere(teams, x="voice", y="profit")[["effect", "estimate", "p_value", "n", "jt"]].round(3)
      effect  estimate  p_value  n    jt
    0  trend     0.833    0.038  8  20.0
    """
    placed = place(units, x=x, y=y, by=by)
    rows = pd.DataFrame([_row(group, ci, n_perm, seed) for group in placed])
    rows = rows.reindex(columns=list(dict.fromkeys([*rows, *OWN])))
    return result(rows[list(by)], **{name: rows[name] for name in rows if name not in by})


def _row(placed: Placed, ci: float, n_perm: int, seed: int) -> dict[str, object]:
    """Give the row of one group and pair, or its reason."""
    known = {**placed.key, "effect": "trend", "n": placed.about["n_units"], "reason": placed.reason}
    figures = {} if placed.reason else _trend(placed, ci, n_perm, seed)
    return known | figures | placed.about | {"cluster": placed.cluster}


def _trend(placed: Placed, ci: float, n_perm: int, seed: int) -> dict[str, object]:
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
    test |= {"tied_values": sum((home["y"].value_counts() > 1).sum() for home in homes)}
    if n_perm:
        as_far = np.abs(_shuffled(homes, n_perm, seed) - mean) >= abs(jt - mean)
        test |= {"p_permuted": (1 + as_far.sum()) / (1 + n_perm)}
    if not error > 0:
        return test | {"reason": "perfect" if estimate in (0, 1) else "not_identifiable"}
    half = stats.t.ppf((1 + ci) / 2, c - 1) * error
    bounds = {"conf_low": max(estimate - half, 0), "conf_high": min(estimate + half, 1), "df": c - 1}
    return test | {"estimate": estimate, "std_error": error} | bounds


def _shuffled(homes: list[pd.DataFrame], n_perm: int, seed: int) -> np.ndarray:
    """Count the agreeing pairs with y shuffled within organisations: U of each quarter against those below, added."""
    rng, jt = np.random.default_rng(seed), np.zeros(n_perm)
    for home in homes:
        y = rng.permuted(np.broadcast_to(home["y"], (n_perm, len(home))), axis=1)
        for start, end in pairwise(np.cumsum(np.bincount(home["quarter"]))[1:]):
            ranks = stats.rankdata(y[:, :end], axis=1)[:, start:]
            jt += ranks.sum(axis=1) - (end - start) * (end - start + 1) / 2
    return jt


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
