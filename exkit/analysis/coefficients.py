"""How strong is a link in every resample of clusters, all at once?

A resample says how often each cluster is in it. Pearson's r needs no more than sums of products per cluster; ranks are
taken anew in every resample, a row that is there twice being tied with itself; and Kendall's tau adds up over pairs of
clusters. No resample is ever laid out, so that thousands of them cost hardly more than one.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

DUST = 1e-12
"""What binary fractions leave of zero, as a part of the whole."""
EQUAL = 9
"""Decimals of a standardised value to which two are the same, and tied: what is left of 1/3 - 1/3 is no rank."""
AT_ONCE = 1_000_000
"""Numbers that are held in memory at a time."""


def coefficients(
    rows: np.ndarray,
    cluster: np.ndarray,
    counts: np.ndarray,
    *,
    weight: np.ndarray,
    method: str = "pearson",
    out_of: str = "xy",
) -> np.ndarray:
    """Correlate the first two columns in every resample, given the other columns.

    Parameters
    ----------
    rows
        x, y and controls, standardised: rows by columns.
    cluster
        The cluster of each row, 0 to C - 1.
    counts
        How often each cluster is in each resample: resamples by C.
    weight
        What each row counts for; with a weight of 2 all is as if the row were there twice.
    method
        `pearson`; `spearman`, r of the ranks; or `kendall`, tau-b, which has neither weights nor controls.
    out_of
        `xy`: the controls are taken out of both (partial). `x` or `y`: out of that one alone (semi-partial).

    Returns
    -------
    ndarray
        One coefficient per resample; NaN where x or y does not vary.

    References
    ----------
    Kendall (1945), Biometrika 33, 239-251, for tau-b. The partial r is that of lm residuals, the weighted r that of R's
    cov.wt.

    Examples
    --------
    >>> rows = np.array([[-1.0, -1.0], [0.0, 1.0], [1.0, 0.0]])
    >>> coefficients(rows, np.arange(3), np.array([[1, 1, 1], [2, 1, 0]]), weight=np.ones(3)).round(3)
    array([0.5, 1. ])
    """
    if method == "kendall":
        return _tau(rows[:, :2].round(EQUAL), cluster, counts)
    if method == "spearman":
        few = max(1, AT_ONCE // rows.size)
        parts = (counts[at : at + few, cluster] * weight for at in range(0, len(counts), few))
        return np.concatenate([_given(_rank_products(rows.round(EQUAL), part), out_of) for part in parts])
    v = np.column_stack([rows, np.ones(len(rows))])
    products = np.einsum("n,ni,nj->nij", weight, v, v).reshape(len(v), -1)
    sums = pd.DataFrame(products).groupby(cluster).sum().to_numpy()
    return _given((counts @ sums).reshape(-1, v.shape[1], v.shape[1]), out_of)


def _rank_products(values: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Sum the products of ranks, and of 1, in every resample; `weights` has resamples by rows."""
    ranks = np.stack([*(_ranks(column, weights) for column in values.T), np.ones_like(weights)], axis=1)
    return (ranks * weights[:, None, :]) @ ranks.transpose(0, 2, 1)


def _ranks(column: np.ndarray, weights: np.ndarray) -> np.ndarray:
    """Give each row its mean rank in every resample, as a part of all and around the middle."""
    value = np.unique(column, return_inverse=True)[1]
    order = np.argsort(value, kind="stable")
    tied = np.add.reduceat(weights[:, order], np.flatnonzero(np.diff(value[order], prepend=-1)), axis=1)
    total = tied.sum(axis=1, keepdims=True)
    return ((tied.cumsum(axis=1) - tied / 2) / total - 0.5)[:, value]


def _given(products: np.ndarray, out_of: str) -> np.ndarray:
    """Correlate the first two columns given the others, from sums of products; the last column is 1, for the mean."""
    onto = np.linalg.pinv(products[:, 2:, 2:], rcond=1e-10, hermitian=True) @ products[:, 2:, :2]
    left = products[:, :2, :2] - products[:, :2, 2:] @ onto
    around = products[:, [0, 1], [0, 1]] - products[:, :2, -1] ** 2 / products[:, -1, -1, None]
    whole = np.array([side not in out_of for side in "xy"])
    own = np.where(whole, around, left[:, [0, 1], [0, 1]])
    varies = own.min(axis=1) > DUST * products[:, -1, -1]
    return (left[:, 0, 1] / np.sqrt(np.where(varies, own.prod(axis=1), np.nan))).clip(-1, 1)


def _tau(values: np.ndarray, cluster: np.ndarray, counts: np.ndarray) -> np.ndarray:
    """Compute Kendall's tau-b in every resample, from sums over the pairs of rows of each two clusters.

    A row and its own copy are tied, and so count for nothing.
    """
    order = np.argsort(cluster, kind="stable")
    values, cluster = values[order], cluster[order]
    starts, few = np.flatnonzero(np.diff(cluster, prepend=-1)), max(1, AT_ONCE // len(values))
    pairs = np.zeros((3, len(starts), len(starts)))
    for at in range(0, len(values), few):
        x, y = (np.sign(column[at : at + few, None] - column) for column in values.T)
        for total, signs in zip(pairs, (x * y, x * x, y * y), strict=True):
            np.add.at(total, cluster[at : at + few], np.add.reduceat(signs, starts, axis=1))
    agree, apart_x, apart_y = (((counts @ total) * counts).sum(axis=1) for total in pairs)
    apart = np.where(np.minimum(apart_x, apart_y) > 0, apart_x * apart_y, np.nan)
    return agree / np.sqrt(apart)
