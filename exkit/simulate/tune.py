"""Tuning a drawn file to published figures: where to cut a continuous answer, and how steep a link must be.

With nothing to tune to, answers are cut where a normal population would be.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from scipy import optimize, special

from exkit.errors import ExkitError
from exkit.simulate.truth import LEAST_UNITS


def cuts(below: np.ndarray, latent: np.ndarray | None = None, weight: np.ndarray | None = None) -> np.ndarray:
    """Find where to cut, so that given shares of the answers lie below.

    Parameters
    ----------
    below
        Cumulative shares, between 0 and 1.
    latent, weight
        The answers to be cut and how they count; a standard normal population if not given.

    Returns
    -------
    ndarray
        One cut per share, between two answers.
    """
    if latent is None:
        return special.ndtri(below)
    order = np.argsort(latent)
    ranked, reached = latent[order], np.cumsum(weight[order]) / weight.sum()
    last = np.abs(reached[:, None] - np.asarray(below)[None, :]).argmin(axis=0)
    return (ranked[last] + ranked[np.minimum(last + 1, len(ranked) - 1)]) / 2


def solve(figure: Callable[[float], float], target: float, *, between: tuple[float, float], what: str) -> float:
    """Find the setting at which a figure of the file is what was published.

    Parameters
    ----------
    figure
        The figure as it follows from a setting.
    target
        What it should be.
    between
        Where to look.
    what
        Its name, for the message.

    Raises
    ------
    ExkitError
        If no setting there gives the figure.
    """
    low, high = sorted(figure(end) for end in between)
    if not np.isfinite([low, high]).all():
        raise ExkitError(f"{what} cannot be {target:g} in this study: it has too few units or answers to tell.")
    if not low <= target <= high:
        raise ExkitError(f"{what} cannot be {target:g} in this study: it lies between {low:.3g} and {high:.3g}.")
    return optimize.bisect(lambda setting: figure(setting) - target, *between, xtol=1e-7)


def quarters(units: pd.DataFrame, score: pd.Series, value: pd.Series) -> np.ndarray:
    """Mark the units in the top (1) and bottom (-1) quarter of a score within their organisation; 0 the others.

    Parameters
    ----------
    units
        `organisation` and `unit`, which settles ties.
    score
        By which units are ranked.
    value
        What is to be compared: only units that have both count, in organisations with eight of them or more.
    """
    both = units.assign(score=score, value=value).dropna(subset=["score", "value"]).sort_values(["score", "unit"])
    groups = both.groupby("organisation")
    size, rank = groups["unit"].transform("size"), groups.cumcount()
    quarter = (size // 4).where(size >= LEAST_UNITS, 0)
    place = (rank >= size - quarter).astype(int) - (rank < quarter).astype(int)
    return place.reindex(units.index, fill_value=0).to_numpy()


def ratio(place: np.ndarray, value: np.ndarray) -> float:
    """Divide the mean of the top units by the mean of the bottom units; NaN where there are none."""
    top, bottom = (value[place == side] for side in (1, -1))
    return top.mean() / bottom.mean() if bottom.size and bottom.mean() else np.nan
