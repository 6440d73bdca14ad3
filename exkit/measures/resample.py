"""How far might a figure have come out otherwise, had other organisations taken part?

Clusters are resampled, never people: a resample is a row of counts, how many times each cluster is in it, so that any
figure made of sums is had for all resamples at once, as counts times the sums of each cluster. Where there are enough
clusters, 20 unless a figure asks for more, they are drawn at random (the cluster bootstrap); fewer are left out one at
a time (the jackknife), since a bootstrap of few clusters is too narrow.
"""

from __future__ import annotations

import numpy as np

from exkit.errors import ExkitError

ENOUGH = 20
"""Clusters from which on they are drawn at random."""
UNDEFINED = 0.05
"""Part of the drawn resamples in which a figure may be undefined before its error is so too."""


def resamples(clusters: int, *, n_boot: int, seed: int, enough: int = ENOUGH) -> np.ndarray:
    """Draw resamples of clusters.

    Parameters
    ----------
    clusters
        How many there are, C.
    n_boot
        How many resamples to draw, where there are enough clusters for it.
    seed
        Of the draws.
    enough
        Clusters from which on they are drawn.

    Returns
    -------
    ndarray
        Counts, resamples by clusters: `n_boot` rows that sum to C, or C rows that each lack one cluster.

    Raises
    ------
    ExkitError
        If fewer than two are asked for.

    Examples
    --------
    >>> resamples(3, n_boot=2000, seed=1)
    array([[0., 1., 1.],
           [1., 0., 1.],
           [1., 1., 0.]])
    """
    if n_boot < 2:
        raise ExkitError(f"n_boot is {n_boot}. An error takes at least 2 resamples.")
    if clusters < enough:
        return 1 - np.eye(clusters)
    return np.random.default_rng(seed).multinomial(clusters, np.full(clusters, 1 / clusters), size=n_boot).astype(float)


def spread(figures: np.ndarray, *, clusters: int, enough: int = ENOUGH) -> float:
    """Compute the standard error of a figure from its values over `resamples`.

    Parameters
    ----------
    figures
        One value per resample; NaN where it is undefined.
    clusters
        How many there are, C.
    enough
        As it was for `resamples`.

    Returns
    -------
    float
        The bootstrap's standard deviation (n - 1) times √(C/(C-1)), without which it is too small: 2.6% with 20
        clusters. With few clusters the jackknife's √((C-1)/C · Σ(value - mean)²). NaN where more than 5% of the
        resamples have no value, or where leaving one cluster out leaves none.

    References
    ----------
    Efron & Tibshirani (1993), An introduction to the bootstrap, chapters 6 and 11.

    Examples
    --------
    >>> print(round(spread(np.array([2.5, 2.0, 1.5]), clusters=3), 3))  # the mean of 1, 2 and 3, each left out in turn
    0.577
    """
    there = figures[np.isfinite(figures)]
    drawn = clusters >= enough
    if len(there) < max(2, (1 - UNDEFINED * drawn) * len(figures)):
        return np.nan
    if not drawn:
        return float(there.std() * np.sqrt(clusters - 1))
    return float(there.std(ddof=1) * np.sqrt(clusters / (clusters - 1)))
