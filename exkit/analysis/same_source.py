"""How much of it is one person answering twice?

Who is content says yes to everything: two answers of one person go together more than what they are about does. Between
people that cannot be. Within a unit, take what some of its people say of x and what others of them say of y: averaged
over all ways to split its n people, that is (Σx Σy - Σxy) / (n (n - 1)), and no split need be drawn. What is left of
the covariance between units is shared by colleagues; the rest lay within persons, by one source or by truth.

It is compared on equal terms. A mean over half a unit is less reliable, and its r lower for that reason alone; here
both correlations are those of whole units. The formula with x for y gives the variance between units free of sampling
error, so that corrected can be compared with corrected.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy import stats

from exkit.measures.answers import answers, refusal, values
from exkit.measures.cross import BETWEEN, SCORES, need_groups
from exkit.measures.resample import ENOUGH, resamples, spread
from exkit.measures.tally import Tally
from exkit.result import result

ROWS = [
    ("one_person", "r"),
    ("same_people", "r"),
    ("other_people", "r"),
    ("difference", "diff"),
    ("same_people", "r_corrected"),
    ("other_people", "r_corrected"),
]
"""Rows of the result: whose answers are related, and the statistic."""
PLAIN, CORRECTED = (np.array([effect == name for _, effect in ROWS]) for name in ("r", "r_corrected"))
LEAST, LEAST_CORRECTED = 3, 30
"""Units below which nothing is correlated, and nothing is corrected."""
DUST = 1e-12
"""What binary fractions leave of zero, as a part of the whole."""
WEAK = 0.5
"""Reliability below which a corrected value rests on little."""


def same_source(
    pairs: Tally, *, by: Sequence[str] = (), ci: float = 0.95, n_boot: int = 2000, seed: int = 1
) -> pd.DataFrame:
    """Correlate two answers within persons and between colleagues, over all within-unit splits at once.

    Parameters
    ----------
    pairs
        From `ex.cross`, of one wave: `pairs.at(wave="2025")`. x is the score 1, 0 or -1 of the promoter groups, y the
        yes/no question.
    by
        Group columns.
    ci
        Confidence level.
    n_boot, seed
        Resamples of organisations.

    Returns
    -------
    DataFrame
        A result, six rows per group, told apart by the group column `source`. Unweighted; a unit counts once.

        `one_person`, r: over people, both answers from each of them. `same_people`, r: over means of units, both from
        the same people. `other_people`, r: the same, had x and y come from different people of the unit, equally many;
        its covariance is that of all splits. `difference`, diff `of` r: same people minus other people. `r_corrected`
        of both: r divided by √(reliability of x · reliability of y).

        `n`: people for `one_person`, else units. Intervals from resamples of organisations (of units within a single
        organisation): atanh r ± t(C-1) times the standard error, the difference and corrected values without atanh;
        `interval` is `bootstrap` from 20 clusters on, else `jackknife`. Extras: `reliability_x`, `reliability_y` (1 -
        mean sampling variance / variance of the unit means), `n_units`, `n_respondents`, `n_left_out` (units of one
        person), `n_clusters`, `df`, `cluster`, and `weak_basis` on corrected rows with a reliability below .5.

        Reasons: `several_waves`; `not_asked` without units; `too_few` units of two or more people (under 3); `constant`
        where x or y does not vary; `perfect`; `not_identifiable` where the resamples have no error. Corrected rows:
        `too_few_units`, under 30; `one_organisation`, whose own r is not corrected; `not_reliable` where the interval
        of a reliability reaches 0; `above_one`, a value that is kept but is no correlation.

    Notes
    -----
    A person whose answers truly go together, for reasons of their own and not of their unit, is in the difference too:
    it bounds the common source from above.

    References
    ----------
    Ostroff, Kinicki & Clark (2002), J. Appl. Psychol. 87, 355-368, on splitting the source; Podsakoff et al. (2003),
    J. Appl. Psychol. 88, 879-903.
    """
    need_groups(pairs)
    if (refused := refusal(pairs, None, by=[*by, "unit"], effect="r")) is not None:
        return refused
    counts, x = answers(pairs, None, by=list(dict.fromkeys([*by, *({"wave"} & set(pairs.keys))])))
    counts = counts.assign(x=counts[BETWEEN].map(SCORES), y=values(counts, "favourable"))
    groups = counts.groupby(list(by), dropna=False, observed=True) if by else [((), counts)]
    rows = [_of_group(part, ci, n_boot, seed).assign(**dict(zip(by, name, strict=True))) for name, part in groups]
    found = pd.concat(rows, ignore_index=True)
    front = [*by, "source"]
    return result(found[front], x=BETWEEN, y=x, **{name: found[name] for name in found if name not in front})


def _of_group(counts: pd.DataFrame, ci: float, n_boot: int, seed: int) -> pd.DataFrame:
    """Give the rows of one group."""
    rows = pd.DataFrame(ROWS, columns=["source", "effect"]).assign(of=np.where(PLAIN | CORRECTED, "", "r"))
    if "wave" in counts and counts["wave"].nunique() > 1:
        return rows.assign(n=0, reason="several_waves")
    units, level = _units(counts)
    several = int((units["n"] > 1).sum())
    if several < LEAST:
        return rows.assign(n=several, reason="too_few")
    parts = _parts(units).groupby(units[level]).sum().to_numpy()
    drawn = resamples(len(parts), n_boot=n_boot, seed=seed) @ parts
    (value, reliability), (values_drawn, reliability_drawn) = _figures(parts.sum(axis=0)), _figures(drawn)
    margins = _margins(value, values_drawn, ci=ci, clusters=len(parts))
    floor = _floor(reliability, reliability_drawn, ci=ci, clusters=len(parts))
    own = level == "unit" and "organisation" in units
    reason = _reasons(value, margins["std_error"], floor, n_units=several, own=own)
    return rows.assign(
        estimate=np.where(np.isin(reason, ["", "perfect", "above_one"]), value, np.nan),
        **{name: np.where(reason == "", column, np.nan) for name, column in margins.items()},
        n=np.where(rows["source"] == "one_person", units["n"].sum(), several), reason=reason,
        reliability_x=reliability[0], reliability_y=reliability[1], weak_basis=CORRECTED & (reliability.min() < WEAK),
        n_units=several, n_respondents=units["n"].sum(), n_left_out=len(units) - several, n_clusters=len(parts),
        df=len(parts) - 1, cluster=level, interval="bootstrap" if len(parts) >= ENOUGH else "jackknife",
    )  # fmt: skip


def _units(counts: pd.DataFrame) -> tuple[pd.DataFrame, str]:
    """Sum people per unit, and say what is resampled: organisations, or the units of a single one."""
    n, x, y = counts["n"], counts["x"], counts["y"]
    sums = counts.assign(sx=n * x, sy=n * y, sxx=n * x**2, syy=n * y**2, sxy=n * x * y)
    keys = [key for key in ("organisation", "unit") if key in counts]
    units = sums.dropna(subset=keys).groupby(keys, observed=True)[["n", "sx", "sy", "sxx", "syy", "sxy"]].sum()
    units = units.reset_index()
    several = "organisation" in units and units["organisation"].nunique() > 1
    return units, "organisation" if several else "unit"


def _parts(units: pd.DataFrame) -> pd.DataFrame:
    """Give per unit what adds up: sums over its people, and its means with their sampling (co)variances."""
    n = units["n"].where(units["n"] > 1)
    x, y = units["sx"] / n, units["sy"] / n
    products = {"xx": x * x, "yy": y * y, "xy": x * y}
    sampling = {name: (units[f"s{name}"] / n - product) / (n - 1) for name, product in products.items()}
    between = {"units": n.notna(), "x": x, "y": y} | products
    means = pd.DataFrame(between | {f"noise_{name}": column for name, column in sampling.items()}, dtype=float)
    return units[["n", "sx", "sy", "sxx", "syy", "sxy"]].join(means.fillna(0.0))


def _figures(sums: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Compute the six figures and the two reliabilities from sums of parts: (..., 15) to (..., 6) and (..., 2)."""
    people, means, noise = sums[..., :6], sums[..., 6:12], sums[..., 12:]
    with np.errstate(all="ignore"):
        one_person, _ = _correlated(people)
        same, (xx, yy, xy) = _correlated(means)
        units = means[..., 0]
        noise_xx, noise_yy, noise_xy = np.moveaxis(noise / units[..., None], -1, 0)
        others = (xy - noise_xy) / np.sqrt(xx * yy)
        reliability = np.stack([1 - noise_xx / xx, 1 - noise_yy / yy], axis=-1)
        scale = np.sqrt(np.where(reliability > 0, reliability, np.nan).prod(axis=-1))
        figures = [one_person, same, others, same - others, same / scale, others / scale]
    return np.stack(figures, axis=-1), reliability


def _correlated(sums: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Give r and the two variances and the covariance (n - 1) from n, Σx, Σy, Σx², Σy², Σxy."""
    n, x, y, xx, yy, xy = np.moveaxis(sums, -1, 0)
    moments = np.stack([xx - x * x / n, yy - y * y / n, xy - x * y / n]) / (n - 1)
    # What binary fractions leave of a variance of zero is zero.
    moments[:2] = np.where(moments[:2] * (n - 1) > DUST * np.stack([xx, yy]), moments[:2], np.nan)
    return moments[2] / np.sqrt(moments[0] * moments[1]), moments


def _margins(value: np.ndarray, drawn: np.ndarray, *, ci: float, clusters: int) -> dict[str, np.ndarray]:
    """Give errors, intervals and p-values: plain correlations on the atanh scale, the others as they are."""
    with np.errstate(all="ignore"):
        centre, around = (np.where(PLAIN, np.arctanh(v), v) for v in (value, drawn))
        error = np.array([spread(column, clusters=clusters) for column in around.T])
        half = stats.t.ppf((1 + ci) / 2, max(clusters - 1, 1)) * error
        low, high = (np.where(PLAIN, np.tanh(end), end) for end in (centre - half, centre + half))
        low, high = (np.where(CORRECTED, np.clip(end, -1, 1), end) for end in (low, high))
        p = 2 * stats.t.sf(np.abs(centre) / error, clusters - 1)
        error = np.where(PLAIN, error * (1 - value**2), error)
    return {"std_error": error, "conf_low": low, "conf_high": high, "p_value": p}


def _floor(reliability: np.ndarray, drawn: np.ndarray, *, ci: float, clusters: int) -> float:
    """Give the lower bound of the less reliable of the two; NaN where it is unknown."""
    error = np.array([spread(column, clusters=clusters) for column in drawn.T])
    return float((reliability - stats.t.ppf((1 + ci) / 2, max(clusters - 1, 1)) * error).min())


def _reasons(value: np.ndarray, error: np.ndarray, floor: float, *, n_units: int, own: bool) -> np.ndarray:
    """Say per row why there is no plain number; what comes first goes first."""
    cases = [
        ("too_few_units", CORRECTED & (n_units < LEAST_CORRECTED)),
        ("one_organisation", CORRECTED & own),
        ("not_reliable", CORRECTED & (not floor > 0)),
        ("constant", np.isnan(value)),
        ("perfect", PLAIN & (np.abs(value) > 1 - DUST)),
        ("not_identifiable", ~(error > 0)),
        ("above_one", CORRECTED & (np.abs(value) >= 1)),
    ]
    return np.select([true for _, true in cases], [reason for reason, _ in cases], "")
