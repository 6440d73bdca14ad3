"""Intervals that hold on small and skewed groups: Wilson for a share, adjusted Wald for an NPS, MOVER for a difference.

They never have zero width and never leave the scale. Weights and clusters enter through the effective number of
answers, n* = variance / SE², and through the quantile: t with the design's degrees of freedom where answers hang
together in clusters, z where they do not. Without weights and clusters they are the plain textbook intervals.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy import stats


def quantile(df: ArrayLike, *, clustered: ArrayLike, ci: float) -> np.ndarray:
    """Take the quantile for an interval: t(df) with clusters, z without.

    Parameters
    ----------
    df
        Degrees of freedom of the design; below 1 there is no quantile.
    clustered
        Whether answers hang together in clusters.
    ci
        Confidence level as a proportion.

    Returns
    -------
    ndarray
        NaN where there is none.
    """
    upper = (1 + ci) / 2
    df = np.asarray(df, float)
    t = stats.t.ppf(upper, np.where(df >= 1, df, np.nan))
    return np.where(np.asarray(clustered, bool), t, stats.norm.ppf(upper))


def wilson(p: ArrayLike, *, n: ArrayLike, q: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Give the Wilson score interval of a share, without continuity correction.

    Parameters
    ----------
    p
        Share, 0 to 1.
    n
        (Effective) number of answers.
    q
        Quantile, 1.96 for 95%.

    Returns
    -------
    low, high : ndarray
        Proportions, within 0 to 1; equal to R's prop.test(correct=FALSE).

    References
    ----------
    Wilson (1927), J. Am. Stat. Assoc. 22, 209-212.

    Examples
    --------
    >>> low, high = wilson(0.2, n=1000, q=1.959964)
    >>> round(float(low), 3), round(float(high), 3)
    (0.176, 0.226)
    """
    p, n, q = (np.asarray(v, float) for v in (p, n, q))
    centre = p + q**2 / (2 * n)
    half = q * np.sqrt(p * (1 - p) / n + q**2 / (4 * n**2))
    return np.clip((centre - half) / (1 + q**2 / n), 0, 1), np.clip((centre + half) / (1 + q**2 / n), 0, 1)


def clopper_pearson(p: ArrayLike, *, n: ArrayLike, q: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Give the exact interval of a share, Clopper and Pearson's: it covers at least as often as it says, mostly more.

    Parameters
    ----------
    p
        Share, 0 to 1.
    n
        Number of answers; an effective number makes it Korn and Graubard's, which is no longer exact.
    q
        Quantile, 1.96 for 95%: each tail has the probability that a normal has beyond it.

    Returns
    -------
    low, high : ndarray
        Proportions, 0 to 1; equal to R's binom.test. Wider than `wilson`, which covers .95 on average.

    References
    ----------
    Clopper & Pearson (1934), Biometrika 26, 404-413; Korn & Graubard (1998), Surv. Methodol. 24, 193-201.

    Examples
    --------
    >>> low, high = clopper_pearson(0.2, n=1000, q=1.959964)
    >>> round(float(low), 3), round(float(high), 3)
    (0.176, 0.226)
    """
    p, n, q = (np.asarray(v, float) for v in (p, n, q))
    yes, no, tail = p * n, (1 - p) * n, stats.norm.sf(q)
    low = np.where(yes <= 0, 0.0, stats.beta.ppf(tail, yes, no + 1))
    return low, np.where(no <= 0, 1.0, stats.beta.isf(tail, yes + 1, no))


def adjusted_wald(
    promoters: ArrayLike, detractors: ArrayLike, *, n: ArrayLike, q: ArrayLike
) -> tuple[np.ndarray, np.ndarray]:
    """Give the adjusted Wald interval of an NPS: three answers added, ¾ promoter, ¾ detractor, 1½ passive.

    Parameters
    ----------
    promoters, detractors
        Shares, 0 to 1.
    n
        (Effective) number of answers.
    q
        Quantile, 1.96 for 95%.

    Returns
    -------
    low, high : ndarray
        Points, within -100 to 100. Not centred on the NPS itself, but always around it.

    References
    ----------
    Rocks (2016), Interval estimation for the "Net Promoter Score", Am. Stat. 70, 365-372.

    Examples
    --------
    >>> low, high = adjusted_wald(0.31, 0.19, n=1000, q=1.959964)
    >>> round(float(low), 1), round(float(high), 1)
    (7.7, 16.3)
    """
    promoters, detractors, n, q = (np.asarray(v, float) for v in (promoters, detractors, n, q))
    up, down = (promoters * n + 0.75) / (n + 3), (detractors * n + 0.75) / (n + 3)
    half = q * np.sqrt((up + down - (up - down) ** 2) / (n + 3))
    low, high = (np.clip(up - down + side, -1, 1) for side in (-half, half))
    return 100 * np.minimum(low, promoters - detractors), 100 * np.maximum(high, promoters - detractors)


def mover(
    first: tuple[ArrayLike, ArrayLike, ArrayLike],
    second: tuple[ArrayLike, ArrayLike, ArrayLike],
    *,
    correlation: ArrayLike = 0.0,
    least: ArrayLike = 0.0,
) -> tuple[np.ndarray, np.ndarray]:
    """Give the interval of a difference, first minus second, from the intervals of its two parts.

    For two independent shares with Wilson intervals this is Newcombe's hybrid score interval (method 10).

    Parameters
    ----------
    first, second
        Estimate, low and high of each part.
    correlation
        Between the two estimates: groups that share clusters are not independent.
    least
        How far the interval goes to either side at least, unless that is further than the parts' own intervals lie
        apart. A correlation that few clusters show is unsure: two of them always show 1 or -1.

    Returns
    -------
    low, high : ndarray
        In the units of the parts.

    References
    ----------
    Zou & Donner (2008), Stat. Med. 27, 1693-1702; Newcombe (1998), Stat. Med. 17, 873-890.
    """
    (a, a_low, a_high), (b, b_low, b_high) = ([np.asarray(v, float) for v in part] for part in (first, second))
    rho = np.asarray(correlation, float)

    def distance(one: np.ndarray, other: np.ndarray) -> np.ndarray:
        found = np.sqrt(np.clip(one**2 + other**2 - 2 * rho * one * other, 0, None))
        return np.maximum(found, np.minimum(least, one + other))

    return a - b - distance(a - a_low, b_high - b), a - b + distance(a_high - a, b - b_low)
