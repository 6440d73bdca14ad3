"""Where an organisation or a sector stands, in a table and a picture: its figure beside its benchmarks.

Nothing of another participant is shown, not even a dot without a name: how organisations differ is told by quantiles
that mix them all. A mean of all answers and a median of organisations are different benchmarks, and each is called what
it is. A place is never given without the places that may be the true one.
"""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING, NamedTuple

import pandas as pd

from exkit.context import current
from exkit.present import numbers
from exkit.present.cells import count_cell, figure_cell, margin_cell
from exkit.present.figures import opened
from exkit.present.names import EMPTY, heading_name, level_names, reason_name, statistic_name, wave_of
from exkit.present.own import LEVELS, WHOSE
from exkit.present.plots import SHORT_LINE, few_ticks, printed
from exkit.present.protect import protect
from exkit.present.tables import Column, Html, lay_out, p_cell
from exkit.present.theme import COLOURS, axes, style
from exkit.present.words import N_, translator
from exkit.result import group_columns

if TYPE_CHECKING:
    from matplotlib.axes import Axes

BANDS = (("p10", "p90", 0.30, N_("The middle 80% of organisations")), ("p25", "p75", 0.55, N_("The middle half")))
"""What is drawn of how organisations differ: two quantiles, how strong, and its name."""
LANES = {"own": N_("This organisation"), "sector": "{sector}", "all": N_("All participants")}
"""Whose figure a row is."""
KINDS = {
    "mean": N_("{whose}: mean of all answers"),
    "p50": N_("{whose}: median of organisations"),
    "p75": N_("{whose}: here the top quarter of organisations begins"),
}
"""What a row has of several organisations: all answers together, or a quantile."""
AGAINST = {"all": N_("All participants"), "sector": N_("Own sector"), "wave": N_("Wave {wave}")}
"""What an organisation is held against."""
FEW = "too_few_organisations"
"""The reason of what is left out beside figures that fewer organisations are enough for."""


class _Parts(NamedTuple):
    """What a table has besides figures and margins: its rows, columns on both sides, a heading and notes."""

    rows: pd.DataFrame
    names: list[Column]
    heading: str
    behind: list[Column]
    notes: list[str]


def standing_table(result: pd.DataFrame, *, title: str, language: str | None = None, min_n: int | None = None) -> Html:
    """Lay out a figure beside its benchmarks, the differences with them, or the places among others.

    Parameters
    ----------
    result
        Of `levels`, `differences` or `places`.
    title
        The caption, in English; a catalogue key.
    language
        Language of the reader; the kernel's if not given.
    min_n
        Smallest group that may be shown.

    Returns
    -------
    Html
        The table, a row per benchmark, each called what it is; of the quantiles the median, and where the top quarter
        begins.
    """
    language = language or current.language
    rows = protect(result, min_n=min_n)
    parts = _levels if group_columns(rows) == LEVELS else _differences if rows["effect"].eq("diff").all() else _places
    rows, names, heading, behind, notes = parts(rows, language)
    records = rows.to_dict("records")
    figures = [
        (heading, [figure_cell(row, language=language) for row in records]),
        (translator(language)("95% margin"), [margin_cell(row, language=language) for row in records]),
    ]
    grey = [i for i, row in enumerate(records) if row["indicative"] or pd.isna(row["estimate"])]
    columns, at = [*names, *figures, *behind], wave_of(rows)
    return lay_out(columns, title=title, at=at, language=language, stub=len(names), grey=grey, notes=notes)


def _levels(rows: pd.DataFrame, language: str) -> _Parts:
    """Set one's own figure above its benchmarks."""
    _ = translator(language)
    told = rows[rows["effect"].ne("quantile") | (rows["y"] == "p50") | ((rows["y"] == "p75") & (rows["reason"] != FEW))]
    told = told.sort_values("whose", key=lambda w: w.map(WHOSE.index), kind="stable")
    records = told.to_dict("records")
    behind = [
        (_("Organisations"), [_organisations(row, language) for row in records]),
        (_("n"), [count_cell(row["n"] if pd.notna(row["estimate"]) else 0, language=language) for row in records]),
    ]
    notes = [_("A median, and where the top quarter begins, describe the participants themselves and have no margin.")]
    heading = heading_name(rows.iloc[0], language=language)
    return _Parts(told, [(_("Whose"), _whose(told, language))], heading, behind, notes)


def _whose(rows: pd.DataFrame, language: str) -> list[str]:
    """Name each row by whose figure it is, and of several organisations by which."""
    _, lanes = translator(language), [_lane_name(rows.loc[[i]], language) for i in rows.index]
    kinds = [y if effect == "quantile" else "mean" for effect, y in zip(rows["effect"], rows["y"], strict=True)]
    own = rows["whose"] == "own"
    return [
        lane if alone else _(KINDS[kind]).format(whose=lane)
        for lane, kind, alone in zip(lanes, kinds, own, strict=True)
    ]


def _lane_name(rows: pd.DataFrame, language: str) -> str:
    """Name whose figure rows are."""
    sector = level_names("sector", rows, language=language)[0]
    return translator(language)(LANES[rows["whose"].iloc[0]]).format(sector=opened(sector))


def _organisations(row: dict, language: str) -> str:
    """Count the organisations behind a figure of several."""
    if pd.isna(row["estimate"]):
        return EMPTY
    several = row.get("n_organisations") if row["effect"] == "quantile" else row.get("n_clusters")
    counted = row["whose"] != "own" and (row["effect"] == "quantile" or row.get("cluster") == "organisation")
    return count_cell(several, language=language) if counted else EMPTY


def _differences(rows: pd.DataFrame, language: str) -> _Parts:
    """Set what a figure is held against below each other, a wave last."""
    _ = translator(language)
    behind = [("p", [p_cell(p, language=language) for p in rows["p_value"]])]
    part_of = _(
        "The difference is with the benchmark that this organisation is part of; p is that of the test against the "
        "others."
    )
    notes = [part_of] * bool(rows["against"].ne("wave").any()) + [_("Differences are taken before rounding.")]
    return _Parts(rows, [(_("Held against"), _against(rows, language))], _("Difference"), behind, notes)


def _against(rows: pd.DataFrame, language: str) -> list[str]:
    """Name what is held against."""
    _, waves = translator(language), rows.get("reference", pd.Series("", rows.index)).fillna("")
    named = zip(rows["against"], waves, strict=True)
    return [
        _("An earlier wave") if against == "wave" and not wave else _(AGAINST[against]).format(wave=wave)
        for against, wave in named
    ]


def _places(rows: pd.DataFrame, language: str) -> _Parts:
    """Set the places that were seen beside those that may be the true ones."""
    _ = translator(language)
    several = rows.get("n_organisations", pd.Series(float("nan"), rows.index))
    statistics = [statistic_name(row, language=language) for _i, row in rows.iterrows()]
    names = [(_("Among"), _against(rows, language)), (_("Statistic"), statistics)]
    behind = [(_("Organisations"), [count_cell(n, language=language) for n in several])]
    return _Parts(rows, names, _("As seen"), behind, [])


def plot_standing(
    result: pd.DataFrame, *, ax: Axes | None = None, language: str | None = None, min_n: int | None = None
) -> Axes:
    """Draw one's own figure with its margin above the benchmarks and, as bands, how organisations differ.

    Parameters
    ----------
    result
        Of `levels`.
    ax
        Axes to draw in; new ones if not given.
    language
        Language of the reader; the kernel's if not given.
    min_n
        Smallest group that may be shown.

    Returns
    -------
    Axes
        A lane for each of own, sector and all participants: a dot with its margin, a mark at the median, and bands that
        hold the middle half and the middle 80% of organisations. No other organisation is drawn; values are rounded as
        they would be printed.
    """
    language = language or current.language
    rows = printed(protect(result, min_n=min_n))
    lanes = [kind for kind in WHOSE if kind in set(rows["whose"])][::-1]
    ax = axes(height=0.95 + 0.55 * len(lanes)) if ax is None else ax
    with style():
        for y, kind in enumerate(lanes):
            _lane(ax, y, rows[rows["whose"] == kind], language)
        names = [fill(_lane_name(rows[rows["whose"] == kind], language), SHORT_LINE) for kind in lanes]
        ax.set_yticks(range(len(lanes)), names, parse_math=False)
        ax.set(ylim=(-0.6, len(lanes) - 0.4), xlabel=fill(heading_name(rows.iloc[0], language=language), 40))
        ax.tick_params(axis="y", length=0)
        ax.margins(x=0.08)
        effect = rows["effect"].iloc[0]
        ax.xaxis.set_major_formatter(lambda v, _at: numbers.tick(v, effect=effect, language=language))
        ax.xaxis.set_major_locator(few_ticks())
        ax.spines[["left", "right", "top"]].set_visible(False)
        _legend(ax)
    return ax


def _lane(ax: Axes, y: int, rows: pd.DataFrame, language: str) -> None:
    """Draw what is known of one level."""
    _ = translator(language)
    at = rows[rows["effect"] == "quantile"].set_index("y")["estimate"].dropna()
    for low, high, alpha, name in BANDS:
        if {low, high} <= set(at.index):
            ax.barh(y, at[high] - at[low], left=at[low], height=0.5, color=COLOURS["neutral"], alpha=alpha + 0.4,
                    linewidth=0, label=_(name))  # fmt: skip
    if "p50" in at:
        ax.vlines(at["p50"], y - 0.25, y + 0.25, colors=COLOURS["negative"], linewidth=2.4,
                  label=_("Median of organisations"))  # fmt: skip
    mean = rows[(rows["effect"] != "quantile") & rows["estimate"].notna()]
    for row in mean.to_dict("records"):
        colour = COLOURS["muted"] if row["indicative"] else COLOURS["accent"]
        ax.hlines(y, row["conf_low"], row["conf_high"], colors=colour, linewidth=1.6)
        ax.scatter(row["estimate"], y, c=colour, s=30, zorder=3, label=_("Mean of all answers, with its margin"))
        written = numbers.estimate(row["estimate"], effect=row["effect"], language=language)
        # Above the bands, which in the dark are as pale as ink.
        ax.annotate(written, (row["estimate"], y + 0.25), (0, 1), textcoords="offset points", ha="center", fontsize=8.5,
                    color=COLOURS["ink"])  # fmt: skip
    if mean.empty and at.empty:
        reason = reason_name(rows["reason"].iloc[0], language=language)
        ax.annotate(reason, (0, y), (5, 0), xycoords=("axes fraction", "data"), textcoords="offset points", va="center",
                    fontsize=8.5, style="italic", color=COLOURS["muted"])  # fmt: skip


def _legend(ax: Axes) -> None:
    """Say once what each mark is, above the whole picture: beside the names of lanes a phone has no room for it."""
    marks: dict[str, object] = {}
    for handle, name in zip(*ax.get_legend_handles_labels(), strict=True):
        marks.setdefault(name, handle)  # those of all participants, which are never grey
    ax.figure.legend(marks.values(), marks, loc="outside upper left", borderpad=0, handlelength=1.2, handletextpad=0.5,
                     labelspacing=0.3, fontsize=8)  # fmt: skip
