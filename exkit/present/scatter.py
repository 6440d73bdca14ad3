"""Teams as dots: their score with employees across, their score with customers upward.

A dot has no name, and is drawn only where enough people gave both of its scores, and among enough other dots. The
scores are the adjusted ones: the raw ones of small teams lie farthest out by luck alone. What is drawn is no finer than
what the table beside it prints.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from exkit.context import current
from exkit.errors import ExkitError, need_columns
from exkit.present import numbers
from exkit.present.caterpillar import few_teams, least
from exkit.present.cells import count_cell
from exkit.present.names import measure_name, reason_name, wave_of
from exkit.present.plots import few_ticks
from exkit.present.protect import protect
from exkit.present.tables import Html, lay_out
from exkit.present.theme import COLOURS, axes, style
from exkit.present.words import translator
from exkit.result import group_columns

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from pandas.api.typing import SeriesGroupBy

SCORE = numbers.Style(0, 0, digits=3)
"""How the scores of teams are drawn: with three digits of the widest difference between them."""


def plot_scatter(
    result: pd.DataFrame, *, ax: Axes | None = None, language: str | None = None, min_n: int | None = None
) -> Axes:
    """Draw teams as dots: one measure across, the other upward, with the margins of both.

    Parameters
    ----------
    result
        Of `ex.shrunken`, for two measures one below the other; the first goes across. A team is drawn where both rest
        on enough answers.
    ax
        Axes to draw in; new ones if not given.
    language
        Language of the reader; the kernel's if not given.
    min_n
        Smallest number of answers, to each of both, with which a team is drawn, and of teams among which it is.

    Returns
    -------
    Axes
        Dots without names, at values rounded as `scatter_table` prints them, on faint lines.
    """
    language = language or current.language
    rows = protect(result, min_n=min_n)
    across, upward = _pair(rows)
    dots = _rounded(_dots(rows, min_n))
    ax = axes(height=4.2) if ax is None else ax
    with style():
        faint = {"color": COLOURS["line"], "linewidth": 0.5, "alpha": 0.5, "zorder": 1}
        x, left, right, y, low, high = dots.to_numpy().T
        ax.plot(*_broken(np.c_[left, right], np.c_[y, y]), **faint)
        ax.plot(*reversed(_broken(np.c_[low, high], np.c_[x, x])), **faint)
        ax.plot(x, y, "o", color=COLOURS["accent"], markersize=3.6, markeredgewidth=0, alpha=0.7)
        ax.set(xlabel=measure_name(across, language=language), ylabel=measure_name(upward, language=language))
        for axis in (ax.xaxis, ax.yaxis):
            axis.set_major_formatter(lambda v, _: numbers.tick(v, effect="mean", language=language))
            axis.set_major_locator(few_ticks())
        ax.spines[["right", "top"]].set_visible(False)
    return ax


def scatter_table(result: pd.DataFrame, *, title: str, language: str | None = None, min_n: int | None = None) -> Html:
    """Lay out the dots of `plot_scatter` from left to right, in stripes: how many there are, and how far they run.

    Parameters
    ----------
    result
        As in `plot_scatter`.
    title
        The caption, in English; a catalogue key.
    language
        Language of the reader; the kernel's if not given.
    min_n
        As in `plot_scatter`.

    Returns
    -------
    Html
        The table, some ten rows; nothing where no team may be shown.
    """
    language = language or current.language
    _, rows = translator(language), protect(result, min_n=min_n)
    across, upward = _pair(rows)
    dots = _rounded(_dots(rows, min_n))
    if dots.empty:
        return Html("")
    (_own, x_places), (_other, y_places) = _places(dots)
    # One decimal less than is drawn: some ten rows, each with the dots that it holds.
    stripes = dots.groupby(np.floor((dots["estimate"] * 10 ** (x_places - 1)).round(9)))
    return lay_out(
        [
            (measure_name(across, language=language), _runs(stripes["estimate"], x_places, language)),
            (_("Teams"), [count_cell(n, language=language) for n in stripes.size()]),
            (measure_name(upward, language=language), _runs(stripes["estimate_up"], y_places, language)),
        ],
        title=title, at=wave_of(rows), language=language, stub=1,
    )  # fmt: skip


def is_scatter(rows: pd.DataFrame) -> bool:
    """Tell whether a result holds two measures of the same teams, as `plot_scatter` draws them."""
    return {"unit", "raw", "target"} <= set(rows) and rows["x"].nunique() == 2


def finding(rows: pd.DataFrame, *, language: str, min_n: int | None = None) -> str:
    """Word how many teams a scatter shows, and how many it does not.

    Parameters
    ----------
    rows
        A protected result of two measures.
    language
        Language of the reader.
    min_n
        Smallest number of teams among which one is drawn.

    Returns
    -------
    str
        A sentence.
    """
    drawn, there = len(_dots(rows, min_n)), len(_dots(rows, min_n=0))
    told = {"n": drawn, "left": len(rows) // 2 - drawn}
    _, told = translator(language), {name: numbers.count(n, language=language) for name, n in told.items()}
    if there and not drawn:
        return few_teams(min_n, language=language)
    if not drawn:
        reasons = sorted(filter(None, rows["reason"]), key=lambda reason: reason == "withheld")
        return _("No team can be drawn: {reason}.").format(reason=reason_name(reasons[0], language=language))
    return _("Each dot is a team: {n} are drawn, and {left} with too few answers to one of the two are not.").format(
        **told
    )


def described(rows: pd.DataFrame, *, language: str) -> str:
    """Put a scatter into words.

    Parameters
    ----------
    rows, language
        As in `finding`.

    Returns
    -------
    str
        What runs along its axes, and how many dots there are; of no single team.
    """
    across, upward = (measure_name(x, language=language) for x in rows["x"].unique())
    said = translator(language)("{across} runs from left to right, {upward} upward.").format(
        across=across, upward=upward
    )
    return f"{said} {finding(rows, language=language)}"


def _pair(result: pd.DataFrame) -> list[str]:
    """Name the two measures, in order."""
    need_columns(result, "unit", "raw", where="the result")
    measures = list(result["x"].unique())
    if len(measures) != 2:
        raise ExkitError(
            f"A scatter has two measures, and this result has {len(measures)}. Put two results of ex.shrunken one "
            "below the other: pd.concat([ex.shrunken(units, x), ex.shrunken(units, y)])."
        )
    return measures


def _dots(rows: pd.DataFrame, min_n: int | None) -> pd.DataFrame:
    """Lay both measures of a team side by side, without its name; no team where those that may be shown are few."""
    across, upward = (its.set_index(group_columns(rows)) for _x, its in rows.groupby("x", sort=False))
    both = across.join(upward, suffixes=("", "_up")).dropna(subset=["estimate", "estimate_up"])
    both = both.iloc[:0] if len(both) < least(min_n) else both
    names = [f"{name}{up}" for up in ("", "_up") for name in ("estimate", "conf_low", "conf_high")]
    # In the order of their places: the order of the data would tell which team is which.
    return both[names].astype(float).sort_values(names).set_axis(range(len(both))).rename_axis(None)


def _rounded(dots: pd.DataFrame) -> pd.DataFrame:
    """Round a measure to a few hundred steps over all teams: 3.41 on a scale of five, whole points of an NPS."""
    return dots.round({name: places for names, places in _places(dots) for name in names})


def _places(dots: pd.DataFrame) -> list[tuple[list[str], int]]:
    """Say to how many decimals the values of each measure are drawn and printed."""
    halves = [list(dots.columns[:3]), list(dots.columns[3:])]
    return [(names, SCORE.places(np.ptp(dots[names].to_numpy()) if len(dots) else 0)) for names in halves]


def _broken(ends: np.ndarray, beside: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Join separate lines into a single path with gaps, which keeps the page small."""
    gaps = np.full((len(ends), 1), np.nan)
    return np.hstack([ends, gaps]).ravel(), np.hstack([beside, gaps]).ravel()


def _runs(groups: SeriesGroupBy, decimals: int, language: str) -> list[str]:
    """Write from where to where the scores of each group run."""
    ends = (
        [numbers.number(value, decimals=decimals, language=language) for value in end]
        for end in (groups.min(), groups.max())
    )
    pattern = translator(language)("{low} to {high}")
    return [pattern.format(low=low, high=high) if low != high else low for low, high in zip(*ends, strict=True)]
