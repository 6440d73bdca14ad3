"""Pictures of results. A plot takes a result and draws what is in it; it computes nothing.

What is drawn is rounded as it would be printed, since a coordinate can be read off an SVG to many digits.
"""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from exkit.context import current
from exkit.errors import ExkitError, need_columns
from exkit.present import numbers
from exkit.present.names import BANDS, changes, counted, cut_offs, heading_name, reason_name, row_names, statistic_name
from exkit.present.protect import protect
from exkit.present.theme import COLOURS, ON, axes, style
from exkit.present.words import N_, translator

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BAND_COLOURS = {"detractors": "negative", "passives": "neutral", "promoters": "positive"}
BAND_NAMES = {
    "detractors": N_("Detractors ({marks})"),
    "passives": N_("Passives ({marks})"),
    "promoters": N_("Promoters ({marks})"),
}
ASIDE = 0.7
"""Where the intervals start, as a share of the picture's width; the bands end just before."""
LONGEST_NAME = 44
SHORT_LINE = 20
"""Letters of a line beside a row: what a phone has room for."""
RATIOS = ("ratio", "risk_ratio", "odds_ratio")
"""What is drawn on a logarithmic axis, where half as much and twice as much are equally far from no difference."""
NULL = {
    **dict.fromkeys(["diff", "slope", "r", "rho", "tau_b", "r_corrected", "gamma"], 0),
    **dict.fromkeys(RATIOS, 1),
}
"""Where there is no difference or no link, per effect."""
LEAST_LABEL = 0.12
"""Narrowest band, as a share, that has room for its own percentage."""


def plot_bands(
    result: pd.DataFrame, *, ax: Axes | None = None, language: str | None = None, min_n: int | None = None
) -> Axes:
    """Draw the detractors, passives and promoters of each group as one band, with the NPS and its interval beside it.

    Parameters
    ----------
    result
        Of `ex.nps`: besides the common columns it needs `detractors`, `passives` and `promoters`.
    ax
        Axes to draw in; new ones if not given.
    language
        Language of the reader; the kernel's if not given.
    min_n
        Smallest group that may be shown.

    Returns
    -------
    Axes
        The bands; the intervals are in an inset at their right.
    """
    need_columns(result, *BANDS, where="the result")
    language = language or current.language
    rows = printed(protect(result, min_n=min_n)).iloc[::-1].reset_index(drop=True)
    ax = axes(height=0.95 + 0.46 * len(rows)) if ax is None else ax
    with style():
        _bands(ax, rows, language)
        _intervals(ax.inset_axes([ASIDE, 0, 1 - ASIDE, 1], sharey=ax), rows, language)
    return ax


def printed(rows: pd.DataFrame) -> pd.DataFrame:
    """Round what will be drawn to what would be printed."""
    whole, margin = ([_decimals(row, margin=m) for row in rows.to_dict("records")] for m in (False, True))
    decimals = {"estimate": whole, "conf_low": margin, "conf_high": margin}
    decimals |= {band: [2] * len(rows) for band in BANDS if band in rows}
    return rows.assign(
        **{name: [_round(v, d) for v, d in zip(rows[name], places, strict=True)] for name, places in decimals.items()}
    )


def _round(value: float, decimals: int) -> float:
    """Round as the formatter does."""
    return float("nan") if pd.isna(value) else float(numbers.rounded(value, decimals=decimals))


def _decimals(row: dict, *, margin: bool) -> int:
    """Say to how many decimals a value itself is rounded when it is printed."""
    how = numbers.style(row["effect"], of=counted(row))
    size = (row["conf_high"] - row["conf_low"]) / 2 if margin else row["estimate"]
    return how.places(size, margin=margin) + len(str(how.times)) - 1


def _bands(ax: Axes, rows: pd.DataFrame, language: str) -> None:
    """Draw the stacked shares."""
    marks, _ = cut_offs(rows["x"].iloc[0]), translator(language)
    shares = rows[list(BANDS)].fillna(0)
    # Rounded shares need not add up: passives fill what is left, so that all bands end at the same place.
    ends = {"detractors": (0, shares["detractors"]), "promoters": (1 - shares["promoters"], 1)}
    ends["passives"] = (shares["detractors"], 1 - shares["promoters"])
    for band, colour in BAND_COLOURS.items():
        start, width = ends[band][0], (ends[band][1] - ends[band][0]) * rows["estimate"].notna()
        label = _(BAND_NAMES[band]).format(marks=marks[band]) if marks else band
        ax.barh(rows.index, width, left=start, height=0.44, color=COLOURS[colour], label=label, linewidth=0)
        for y in rows.index[shares[band] >= LEAST_LABEL]:
            middle = (start + width / 2)[y]
            written = numbers.percent(shares.at[y, band], language=language)
            ax.text(middle, y, written, ha="center", va="center", fontsize=8.5, color=ON[colour])
    for y, name in enumerate(row_names(rows, language=language)):
        ax.text(0, y + 0.3, _folded(name), va="bottom", fontsize=9)
    for y in rows.index[rows["estimate"].isna()]:
        reason = reason_name(rows.at[y, "reason"], language=language)
        ax.text(0, y, reason, va="center", fontsize=8.5, style="italic", color=COLOURS["muted"])
    ax.set(xlim=(0, 1.04 / ASIDE), ylim=(-0.45, len(rows) - 0.25), xticks=[], yticks=[])
    ax.spines[:].set_visible(False)
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=3, borderpad=0, borderaxespad=0.4, handlelength=0.8,
              handleheight=0.8, handletextpad=0.4, columnspacing=0.9, fontsize=8)  # fmt: skip


def _intervals(ax: Axes, rows: pd.DataFrame, language: str) -> None:
    """Draw the NPS of each row with its interval; indicative ones in grey."""
    colours = np.where(rows["indicative"], COLOURS["muted"], COLOURS["ink"])
    ax.axvline(0, color=COLOURS["line"], linewidth=0.8)
    ax.hlines(rows.index, rows["conf_low"], rows["conf_high"], colors=colours, linewidth=1.4)
    ax.scatter(rows["estimate"], rows.index, c=colours, s=22, zorder=3)
    for y, value in rows["estimate"].dropna().items():
        written = numbers.estimate(value, effect=rows.at[y, "effect"], language=language)
        ax.annotate(
            written, (value, y), (0, 5), textcoords="offset points", ha="center", fontsize=8.5, color=COLOURS["ink"]
        )
    ax.set_xlabel(statistic_name(rows.iloc[0], language=language))
    ax.xaxis.set_major_formatter(lambda v, _: numbers.number(v, decimals=0, language=language, signed=True))
    ax.xaxis.set_major_locator(few_ticks(integer=True))
    ax.margins(x=0.12)
    ax.tick_params(axis="y", length=0, labelleft=False)
    ax.spines[["left", "right", "top"]].set_visible(False)


def few_ticks(*, integer: bool = False, as_ratios: bool = False) -> object:
    """Keep ticks apart when the picture is narrow; of ratios there is one where there is no difference."""
    from matplotlib.ticker import MaxNLocator

    return MaxNLocator(nbins=4, steps=[1, 2.5, 5, 10]) if as_ratios else MaxNLocator(nbins=3, integer=integer)


def _folded(name: str) -> str:
    """Put a name on one line, cut where it is too long for a picture; the table has it whole."""
    line = " ".join(name.split())
    return line if len(line) <= LONGEST_NAME else f"{line[: LONGEST_NAME - 1].rstrip()}…"


def plot_trend(
    result: pd.DataFrame, *, ax: Axes | None = None, language: str | None = None, min_n: int | None = None
) -> Axes:
    """Draw one figure through the waves, with intervals; the line stops where the question changed.

    Parameters
    ----------
    result
        One row per `wave`, with `series` and `changed` as `ex.nps(…, by=["wave"])` gives them.
    ax
        Axes to draw in; new ones if not given.
    language
        Language of the reader; the kernel's if not given.
    min_n
        Smallest group that may be shown.

    Returns
    -------
    Axes
        A line per series, and a dotted line with what changed at each break.
    """
    need_columns(result, "wave", "series", "changed", where="the result")
    _need_one_group(result["wave"], "plot_trend draws one group, and this result has several rows per wave.")
    language = language or current.language
    rows = printed(protect(result, min_n=min_n)).sort_values("wave").reset_index(drop=True)
    ax = axes(height=2.9) if ax is None else ax
    with style():
        _segments(ax, rows, language)
        _breaks(ax, rows, language)
    return ax


def _need_one_group(keys: pd.Series, message: str) -> None:
    """Refuse to draw the figures of several groups as if they were one."""
    if keys.duplicated().any():
        raise ExkitError(f"{message} Take the rows of one group first.")


def _segments(ax: Axes, rows: pd.DataFrame, language: str) -> None:
    """Draw each series as a line of its own, with its intervals."""
    import seaborn as sns

    for _series, part in rows.groupby("series", sort=True):
        drawn = {"x": part.index, "y": part["estimate"], "ax": ax}
        sns.lineplot(**drawn, marker="o", color=COLOURS["accent"], errorbar=None, legend=False, markeredgewidth=0)
        ax.vlines(part.index, part["conf_low"], part["conf_high"], colors=COLOURS["accent"], linewidth=1.2)
    for at, row in rows.dropna(subset="estimate").iterrows():
        written = numbers.bound(
            numbers.estimate(row["estimate"], effect=row["effect"], language=language), row["reason"]
        )
        ax.annotate(written, (at, row["estimate"]), (7, 4), textcoords="offset points", color=COLOURS["ink"])
    if rows["effect"].iloc[0] not in ("mean", "score"):
        ax.axhline(0, color=COLOURS["line"], linewidth=0.8, zorder=0)
    ax.set(xlabel="", ylabel=heading_name(rows.iloc[0], language=language), xlim=(-0.4, len(rows) - 0.4))
    ax.set_xticks(rows.index, [str(wave) for wave in rows["wave"]], parse_math=False)
    ax.yaxis.set_major_formatter(lambda v, _: numbers.estimate(v, effect=rows["effect"].iloc[0], language=language))
    ax.margins(y=0.2)
    sns.despine(ax=ax)


def _breaks(ax: Axes, rows: pd.DataFrame, language: str) -> None:
    """Mark where the question changed, and what."""
    _ = translator(language)
    starts = rows.index[rows["series"].diff() > 0]
    for at in starts:
        ax.axvline(at - 0.5, linestyle=(0, (2, 3)), color=COLOURS["muted"], linewidth=1)
        what = _("trend break: {what}").format(what=changes(rows.at[at, "changed"], language=language))
        ax.annotate(what, (at - 0.5, 1), (4, -2), xycoords=("data", "axes fraction"), textcoords="offset points",
                    va="top", fontsize=8.5, color=COLOURS["muted"])  # fmt: skip


def plot_shares(
    result: pd.DataFrame, *, ax: Axes | None = None, language: str | None = None, min_n: int | None = None
) -> Axes:
    """Draw the share of each answer as a bar, with its interval.

    Parameters
    ----------
    result
        Of `ex.shares`, one group: a row per answer, in the order of the scale.
    ax
        Axes to draw in; new ones if not given.
    language
        Language of the reader; the kernel's if not given.
    min_n
        Smallest group that may be shown.

    Returns
    -------
    Axes
        One bar per answer.
    """
    need_columns(result, "y", where="the result")
    _need_one_group(result["y"], "plot_shares draws one group, and this result has several rows per answer.")
    language = language or current.language
    rows = printed(protect(result, min_n=min_n)).reset_index(drop=True)
    ax = axes(height=2.6) if ax is None else ax
    with style():
        ax.bar(rows.index, rows["estimate"], width=0.72, color=COLOURS["accent"], linewidth=0)
        ax.vlines(rows.index, rows["conf_low"], rows["conf_high"], colors=COLOURS["ink"], linewidth=1)
        ax.set_xticks(rows.index, [str(answer) for answer in rows["y"]], parse_math=False)
        ax.set(ylim=(0, None), ylabel=statistic_name(rows.iloc[0], language=language))
        ax.yaxis.set_major_formatter(lambda v, _: numbers.percent(v, language=language))
        ax.spines[["right", "top"]].set_visible(False)
    return ax


def plot_points(
    result: pd.DataFrame, *, ax: Axes | None = None, language: str | None = None, min_n: int | None = None
) -> Axes:
    """Draw one estimate with its interval per row, the first on top, and a line where there is no difference or link.

    Parameters
    ----------
    result
        Rows of one statistic, named as a table names them: by group, and by question or answer where these differ.
    ax
        Axes to draw in; new ones if not given.
    language
        Language of the reader; the kernel's if not given.
    min_n
        Smallest group that may be shown.

    Returns
    -------
    Axes
        A dot and a line per row; indicative ones in grey, and the reason where there is no estimate.
    """
    _need_one_statistic(result)
    language = language or current.language
    rows = printed(protect(result, min_n=min_n)).iloc[::-1].reset_index(drop=True)
    names = [_wrapped(name) for name in row_names(rows, language=language)]
    lines = sum(max(2, name.count("\n") + 1) for name in names)
    ax = axes(height=0.7 + 0.19 * lines) if ax is None else ax
    with style():
        _points(ax, rows, language)
        ax.set_yticks(rows.index, names, parse_math=False)
        ax.set(ylim=(-0.6, len(rows) - 0.4), xlabel=_what_is_drawn(rows, language))
        ax.tick_params(axis="y", length=0)
        ax.spines[["left", "right", "top"]].set_visible(False)
    return ax


def _need_one_statistic(result: pd.DataFrame) -> None:
    """Refuse to put statistics of several kinds on one axis."""
    kinds = {(row["effect"], counted(row)) for row in result.to_dict("records")}
    if len(kinds) > 1:
        raise ExkitError("plot_points draws one statistic, and this result has several. Take the rows of one first.")


def _points(ax: Axes, rows: pd.DataFrame, language: str) -> None:
    """Draw dots with their intervals and numbers, and the line that they are held against."""
    told = {"effect": rows["effect"].iloc[0], "of": counted(rows.iloc[0]), "language": language}
    colours = np.where(rows["indicative"], COLOURS["muted"], COLOURS["accent"])
    if told["effect"] in NULL:
        ax.axvline(NULL[told["effect"]], color=COLOURS["line"], linewidth=1, zorder=0)
    ax.hlines(rows.index, rows["conf_low"], rows["conf_high"], colors=colours, linewidth=1.6)
    ax.scatter(rows["estimate"], rows.index, c=colours, s=26, zorder=3)
    for y, value in rows["estimate"].dropna().items():
        written = numbers.bound(numbers.estimate(value, **told), rows.at[y, "reason"])
        ax.annotate(written, (value, y), (0, 4.5), textcoords="offset points", ha="center", fontsize=8.5,
                    color=COLOURS["ink"])  # fmt: skip
    for y in rows.index[rows["estimate"].isna()]:
        reason = fill(reason_name(rows.at[y, "reason"], language=language), SHORT_LINE)
        ax.annotate(reason, (0, y), (5, 0), xycoords=("axes fraction", "data"), textcoords="offset points", va="center",
                    fontsize=8.5, style="italic", color=COLOURS["muted"])  # fmt: skip
    if told["effect"] in RATIOS:
        ax.set_xscale("log")
        ax.minorticks_off()
    ax.margins(x=0.08)
    ax.xaxis.set_major_formatter(lambda v, _: numbers.tick(v, **told))
    ax.xaxis.set_major_locator(few_ticks(as_ratios=told["effect"] in RATIOS))


def _what_is_drawn(rows: pd.DataFrame, language: str) -> str:
    """Name the statistic, and what it is counted in."""
    row = rows.iloc[0]
    points = numbers.points(row["effect"], of=counted(row), language=language)
    return fill(heading_name(row, language=language) + (f" ({points})" if points else ""), 2 * SHORT_LINE)


def _wrapped(name: str) -> str:
    """Break a name into short lines beside its row, cut where it is too long for a picture."""
    return fill(_folded(name), SHORT_LINE)
