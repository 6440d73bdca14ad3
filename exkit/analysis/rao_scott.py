"""How much less sure is Pearson's χ² where answers hang together in clusters, or have weights?

Its size is the sum, over the ways in which a table can depart from independence, of squared departures, each counted
in simple-sample variances. With clusters the true variances are larger, by design effects that are the eigenvalues of
Δ = (their variance in a simple sample)⁻¹ (their variance in this one). Rao and Scott divide χ² by the sum of these, and
take the degrees of freedom from how unequal they are.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np

from exkit.analysis.linearise import Tables, on_design


def design_effects(tables: Tables) -> tuple[np.ndarray, np.ndarray]:
    """Give the first two moments of the design effects of χ² per group.

    Parameters
    ----------
    tables
        From `exkit.analysis.linearise.tables_of`.

    Returns
    -------
    trace, df : ndarray
        tr Δ, by which χ² is divided to be an F; and the numerator's degrees of freedom, (tr Δ)² / tr Δ². Both NaN where
        the standard error is unknown.

    References
    ----------
    Rao & Scott (1984), Ann. Stat. 12, 46-60; Thomas & Rao (1987), J. Am. Stat. Assoc. 82, 630-636. Equals R's
    survey::svychisq(statistic="F").
    """
    ways, n = _departures(tables.shares), tables.n.sum(axis=(1, 2))
    share = tables.shares.reshape(-1, 1, 6)
    values = np.divide(ways, share, out=np.zeros_like(ways), where=share > 0)
    found = on_design(tables, [values[:, 0], values[:, 1], values.sum(axis=1)])
    first, second, both = (part["std_error"].to_numpy() ** 2 for part in found)
    mixed = (both - first - second) / 2
    seen = np.stack([np.stack([first, mixed], -1), np.stack([mixed, second], -1)], -1)
    simple = values @ np.swapaxes(ways, 1, 2) / n[:, None, None]
    delta = np.linalg.pinv(simple) @ seen
    trace = np.trace(delta, axis1=1, axis2=2)
    with np.errstate(invalid="ignore", divide="ignore"):
        return trace, trace**2 / np.trace(delta @ delta, axis1=1, axis2=2)


def _departures(tables: np.ndarray) -> np.ndarray:
    """Give per table two directions away from independence: groups by 2 by 6; zeros where there is no second."""
    ways = np.zeros((len(tables), 2, 3, 2))
    for table, way in zip(tables, ways, strict=True):
        there = np.flatnonzero(table.sum(axis=1))
        for i, (one, other) in enumerate(pairwise(there)):
            way[i, one], way[i, other] = (-1, 1), (1, -1)
    return ways.reshape(len(tables), 2, 6)
