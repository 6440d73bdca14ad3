"""How sure is a mean: Taylor linearisation for weights, strata and clusters, from a tally's sums.

A weighted mean is a ratio of two sums. Its standard error follows from how much each cluster's share in it deviates,
z_c = sum over c of w (y - mean) / sum of w; with-replacement variance sum over strata of C/(C-1) sum of (z_c - z̄)².
Without clusters each respondent is a cluster of one, and sums of squared weights are enough. Equals R's `survey`
(svydesign + svymean), each group filtered first.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

ALONE = "none"
"""The cluster of answers that do not hang together."""
SUMS = ["n", "w", "w2", "wy", "wyy", "w2y", "w2yy"]
"""What a mean of y needs per key: people, weights, squared weights, and the weighted sums of y and y²."""


def weigh(counts: pd.DataFrame, y: np.ndarray | pd.Series) -> pd.DataFrame:
    """Turn counts of answers into the sums that a mean of y needs, y being the value given to each answer.

    Parameters
    ----------
    counts
        Rows of a tally: keys, `n`, `w`, `w2`.
    y
        The value of each row's answer: 100, 0 or -100 for an NPS, 1 or 0 for a share.

    Returns
    -------
    DataFrame
        The counts with the columns of `SUMS`.
    """
    y = np.asarray(y, float)
    w, w2 = counts["w"], counts["w2"]
    return counts.assign(wy=w * y, wyy=w * y**2, w2y=w2 * y, w2yy=w2 * y**2)


def means(sums: pd.DataFrame, *, by: Sequence[str] = (), cluster: str | None = "auto") -> pd.DataFrame:
    """Estimate a weighted mean per group, with its linearised standard error.

    Parameters
    ----------
    sums
        Keys and the columns of `SUMS`.
    by
        Group columns; none for one overall row. Each group is filtered first and has clusters of its own.
    cluster
        As in `ex.tally`.

    Returns
    -------
    DataFrame
        Group columns; `estimate`; `std_error`; `variance` (of y, denominator n-1 when unweighted); `n`; `sum_w`;
        `n_clusters`; `df` (clusters minus strata); `cluster` (what the clusters were); `n_eff` (variance / SE², at most
        n; by Kish where all answered alike); `deff` (the statistic's own, n / n_eff before capping); `deff_kish` (of
        the weights alone).
    """
    keyed, by = _grouped(sums, by)
    level = _level(keyed, by, cluster)
    keyed = keyed.assign(cluster=_labels(keyed, by, level), stratum=keyed.get("stratum", ""))
    total = keyed.groupby(by, dropna=False, observed=True, sort=True)[SUMS].sum()
    mean = total["wy"] / total["w"]
    ways = {True: _clustered, False: _unclustered}
    rows = level.loc[_group_of(keyed, by)].ne(ALONE).to_numpy()
    parts = [
        way(keyed[rows == clustered], by, total, mean) for clustered, way in ways.items() if (rows == clustered).any()
    ]
    found = pd.concat(parts).reindex(total.index)
    spread = total["wyy"] / total["w"] - mean**2
    # What binary fractions leave of zero is zero.
    spread = spread.where(spread > 1e-12 * (1 + mean**2), 0.0)
    variance = spread * total["n"] / (total["n"] - 1).where(total["n"] > 1)
    squared = found["squared"].where(found["squared"] > 1e-24 * (1 + mean**2), 0.0).where(found["squared"].notna())
    alike = total["n"].where(spread > 0, total["w"] ** 2 / total["w2"])
    with np.errstate(divide="ignore", invalid="ignore"):
        effective = variance / squared
    out = pd.DataFrame(
        {
            "estimate": mean,
            "std_error": np.sqrt(squared),
            "variance": variance,
            "n": total["n"].astype(int),
            "sum_w": total["w"],
            "n_clusters": found["clusters"].astype(int),
            "df": found["df"],
            "cluster": level,
            "n_eff": effective.where(squared > 0, alike).clip(upper=total["n"]).where(squared.notna()),
            "deff": (total["n"] / effective).where(squared > 0),
            "deff_kish": total["n"] * total["w2"] / total["w"] ** 2,
        }
    )
    return out.reset_index().drop(columns="all", errors="ignore")


def _grouped(sums: pd.DataFrame, by: Sequence[str]) -> tuple[pd.DataFrame, list[str]]:
    """Give everything one group where none is asked for."""
    return (sums, list(by)) if len(by) else (sums.assign(all=""), ["all"])


def _group_of(keyed: pd.DataFrame, by: list[str]) -> pd.Index:
    """Give each row the index of its group."""
    return pd.Index(keyed[by[0]]) if len(by) == 1 else pd.MultiIndex.from_frame(keyed[by])


def _level(keyed: pd.DataFrame, by: list[str], cluster: str | None) -> pd.Series:
    """Say per group whose answers hang together: organisations across organisations, units within one."""
    groups = keyed.groupby(by, dropna=False, observed=True, sort=True)
    index = groups.size().index
    if cluster is None:
        return pd.Series(ALONE, index=index)
    if cluster != "auto":
        return pd.Series(cluster, index=index)
    level = pd.Series(ALONE, index=index)
    for column in ("unit", "organisation", "cluster"):
        if column in keyed.columns:
            several = groups[column].nunique() > 1
            level = level.mask(several | (column == "cluster"), column)
    return level


def _labels(keyed: pd.DataFrame, by: list[str], level: pd.Series) -> pd.Series:
    """Label the cluster of each row, by the level of its group."""
    levels = level.loc[_group_of(keyed, by)].to_numpy()
    label = pd.Series("", index=keyed.index, dtype="string")
    for column in pd.unique(levels):
        if column != ALONE:
            label = label.mask(levels == column, keyed[column if column in keyed else "cluster"].astype("string"))
    return label


def influence(keyed: pd.DataFrame, by: list[str], total: pd.DataFrame, mean: pd.Series) -> pd.DataFrame:
    """Sum each cluster's share in the deviation of its group's mean: z per group, stratum and cluster.

    Parameters
    ----------
    keyed
        Group columns, `stratum`, `cluster`, `w`, `wy`.
    by
        Group columns.
    total, mean
        Sums and mean per group, indexed by `by`.

    Returns
    -------
    DataFrame
        Group columns, `stratum`, `cluster`, `z`.
    """
    parts = keyed.groupby([*by, "stratum", "cluster"], dropna=False, observed=True)[["w", "wy"]].sum().reset_index()
    of = pd.DataFrame({"mean": mean, "total": total["w"]}).reset_index()
    parts = parts.merge(of, on=by, how="left", validate="m:1")
    return parts.assign(z=(parts["wy"] - parts["mean"] * parts["w"]) / parts["total"])[[*by, "stratum", "cluster", "z"]]


def _clustered(keyed: pd.DataFrame, by: list[str], total: pd.DataFrame, mean: pd.Series) -> pd.DataFrame:
    """Squared standard error, clusters and degrees of freedom from sums per cluster."""
    z = influence(keyed, by, total, mean).assign(zz=lambda d: d["z"] ** 2)
    strata = z.groupby([*by, "stratum"], dropna=False, observed=True).agg(
        c=("z", "size"), z=("z", "sum"), zz=("zz", "sum")
    )
    within = (strata["zz"] - strata["z"] ** 2 / strata["c"]).clip(lower=0)
    return _over_strata(within, strata["c"], by)


def _unclustered(keyed: pd.DataFrame, by: list[str], total: pd.DataFrame, mean: pd.Series) -> pd.DataFrame:
    """Do the same with each respondent a cluster of one, from sums of squared weights."""
    strata = keyed.groupby([*by, "stratum"], dropna=False, observed=True)[SUMS].sum().reset_index()
    of = pd.DataFrame({"mean": mean, "total": total["w"]}).reset_index()
    s = strata.merge(of, on=by, how="left", validate="m:1").set_index([*by, "stratum"])
    squares = s["w2yy"] - 2 * s["mean"] * s["w2y"] + s["mean"] ** 2 * s["w2"]
    within = (squares - (s["wy"] - s["mean"] * s["w"]) ** 2 / s["n"]).clip(lower=0) / s["total"] ** 2
    return _over_strata(within, s["n"], by)


def _over_strata(within: pd.Series, clusters: pd.Series, by: list[str]) -> pd.DataFrame:
    """Add up strata; a stratum with one cluster makes the standard error unknown."""
    part = pd.DataFrame({"squared": clusters / (clusters - 1).where(clusters > 1) * within, "clusters": clusters})
    groups = part.assign(strata=1).groupby(by, dropna=False, observed=True, sort=True)
    out = groups.agg(clusters=("clusters", "sum"), strata=("strata", "sum"))
    squared = groups["squared"].agg(lambda s: s.sum(skipna=False))
    return pd.DataFrame({"squared": squared, "clusters": out["clusters"], "df": out["clusters"] - out["strata"]})
