"""Every team's mean with its margin, from the lowest to the highest: how far teams differ, and how sure that is.

The picture is of all teams and names none; those in which few people answered are not in it, and few teams are not
drawn at all, since each of them would be known. Beside each mean stands what is left of it once the number of answers
is allowed for: the ends of such a row are partly luck.
"""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from exkit.context import current
from exkit.errors import need_columns
from exkit.present import numbers
from exkit.present.names import EMPTY, measure_name, reason_name, small, wave_of
from exkit.present.plots import SHORT_LINE
from exkit.present.protect import protect
from exkit.present.tables import Html, lay_out
from exkit.present.theme import COLOURS, axes, style
from exkit.present.words import N_, translator

if TYPE_CHECKING:
    from matplotlib.axes import Axes

TEAM = ("raw", "raw_low", "raw_high", "target")
"""What the result of single teams has besides the common columns."""
CHANCE = 0.05
"""Share of teams that a margin of 95% leaves the mean out of, where teams do not differ."""
MARGINS = (
    (False, {"color": COLOURS["neutral"]}, N_("Margin that holds the mean of all teams")),
    (True, {"color": COLOURS["accent"], "alpha": 0.45}, N_("Margin that leaves it out")),
)
MEANS = (("raw", "ink", N_("Mean of the team")), ("estimate", "negative", N_("Adjusted for the number of answers")))
"""What is drawn of each team: whether it can be told from the mean, or a column; its looks; what it is called."""


def plot_teams(
    result: pd.DataFrame, *, ax: Axes | None = None, language: str | None = None, min_n: int | None = None
) -> Axes:
    """Draw the mean of every team with its margin, from the lowest to the highest, and beside it the adjusted mean.

    Parameters
    ----------
    result
        Of `ex.shrunken`, pooled: besides the common columns it needs `raw`, `raw_low`, `raw_high` and `target`.
    ax
        Axes to draw in; new ones if not given.
    language
        Language of the reader; the kernel's if not given.
    min_n
        Smallest team that may be shown, and the smallest number of teams.

    Returns
    -------
    Axes
        Per team an upright line, the margin of its own mean, and on it two marks: its own mean, and the mean adjusted
        for the number of answers. No names; values are rounded as they would be printed. Several hundred teams are four
        paths, so that the page stays small.
    """
    language = language or current.language
    rows = protect(result, min_n=min_n)
    teams, few = _in_order(_shown(rows, min_n)), _too_few(rows, min_n, language)
    ax = axes(height=3.6) if ax is None else ax
    with style():
        _draw(ax, teams, language)
        if few:
            ax.text(0.5, 0.5, fill(few, 2 * SHORT_LINE), transform=ax.transAxes, ha="center", style="italic",
                    color=COLOURS["muted"])  # fmt: skip
        ax.set_ylabel(fill(measure_name(rows["x"].iloc[0], language=language), 2 * SHORT_LINE))
        ax.spines[["right", "top", "bottom"]].set_visible(False)
    return ax


def _draw(ax: Axes, teams: pd.DataFrame, language: str) -> None:
    """Draw margins, means, and the mean of all."""
    _ = translator(language)
    for apart, look, name in MARGINS:
        its = teams[teams["apart"] == apart]
        _strokes(ax, its, ("raw_low", "raw_high"), linewidth=1, label=_(name), **look)
    wide = 0.5 / max(len(teams), 1)
    for column, colour, name in MEANS:
        _strokes(ax, teams, (column, column), wide=wide, color=COLOURS[colour], linewidth=2, label=_(name))
    for target in teams["target"].unique():
        ax.axhline(target, color=COLOURS["ink"], linewidth=0.8, linestyle=(0, (2, 3)))
    ordered = _("{n} teams, from the lowest to the highest mean").format(n=numbers.count(len(teams), language=language))
    ax.set(xlabel=fill(ordered, 2 * SHORT_LINE), xticks=[])
    ax.margins(x=0.01)
    ax.yaxis.set_major_formatter(lambda v, _at: numbers.tick(v, effect="mean", language=language))
    legend_above(ax)


def _strokes(ax: Axes, teams: pd.DataFrame, ends: tuple[str, str], *, wide: float = 0, **look: object) -> None:
    """Draw a short line per team, all of them one path: on their own they would make a page heavy."""
    at, gap = teams["place"], np.full(len(teams), np.nan)
    across = np.column_stack([at - wide, at + wide, gap])
    ax.plot(across.ravel(), np.column_stack([*(teams[end] for end in ends), gap]).ravel(), **look)


def legend_above(ax: Axes) -> None:
    """Set a legend above a picture, in lines that a phone has room for."""
    ax.legend(loc="lower left", bbox_to_anchor=(0, 1), ncols=1, borderpad=0, borderaxespad=0.4, handlelength=1.2,
              handletextpad=0.5, labelspacing=0.3, fontsize=8)  # fmt: skip


def team_table(result: pd.DataFrame, *, title: str, language: str | None = None, min_n: int | None = None) -> Html:
    """Lay out how many teams can be told from the mean of all, without naming one.

    Parameters
    ----------
    result
        Of `ex.shrunken`, pooled.
    title
        The caption, in English; a catalogue key.
    language
        Language of the reader; the kernel's if not given.
    min_n
        Smallest team that may be shown, and the smallest number of teams.

    Returns
    -------
    Html
        The table: teams whose margin lies below the mean, holds it, or lies above it, with the range of their means,
        own and adjusted; none where nothing is known of single teams.
    """
    language = language or current.language
    _, rows = translator(language), protect(result, min_n=min_n)
    teams = _shown(rows, min_n)
    if rows["estimate"].isna().all():
        return Html("")
    parts = {
        _("Margin below the mean of all teams"): teams[teams["raw_high"] < teams["target"]],
        _("Margin holds it"): teams[~teams["apart"]],
        _("Margin above it"): teams[teams["raw_low"] > teams["target"]],
        _("All teams"): teams,
    }
    share = [numbers.percent(len(its) / max(len(teams), 1), language=language) for its in parts.values()]
    columns = [
        (_("Teams"), list(parts)),
        (_("Number"), [numbers.count(len(its), language=language) for its in parts.values()]),
        (_("Share"), share),
        (_("Means, lowest to highest"), [_range(its["raw"], language) or EMPTY for its in parts.values()]),
        (_("Adjusted, likewise"), [_range(its["estimate"], language) or EMPTY for its in parts.values()]),
    ]
    notes = [*filter(None, [_too_few(rows, min_n, language)]), *_withheld(rows, language)]
    return lay_out(columns, title=title, at=wave_of(rows), language=language, stub=1, notes=notes)


def finding(rows: pd.DataFrame, *, language: str, min_n: int | None = None) -> str:
    """Word how many teams can be told from the mean of all, beside what chance would give, and how far means shrink.

    Parameters
    ----------
    rows
        A protected result of `ex.shrunken`.
    language
        Language of the reader.
    min_n
        Smallest number of teams of which something is told.

    Returns
    -------
    str
        One or more sentences; of teams that cannot be shown, why.
    """
    _, teams = translator(language), _shown(rows, min_n)
    if teams.empty:
        return _too_few(rows, min_n, language) or _reason(rows, language)
    told = {
        "n": numbers.count(len(teams), language=language),
        "apart": numbers.count(int(teams["apart"].sum()), language=language),
        "chance": numbers.count(CHANCE * len(teams), language=language),
        "x": small(measure_name(rows["x"].iloc[0], language=language)),
        "raw": _range(teams["raw"], language),
        "adjusted": _range(teams["estimate"], language),
    }
    apart = _(
        "Of {n} teams, {apart} can be told from the mean of all teams on {x}: their margin leaves it out. If teams "
        "did not differ at all, chance alone would set about {chance} apart."
    )
    runs = (
        _("The means of teams run from {raw}; adjusted for the number of answers, nothing is left of that.")
        if len({_mean(end, language) for end in (teams["estimate"].min(), teams["estimate"].max())}) == 1
        else _("The means of teams run from {raw}; adjusted for the number of answers they run from {adjusted}.")
    )
    return " ".join([apart.format(**told), runs.format(**told), *_withheld(rows, language)])


def _in_order(teams: pd.DataFrame) -> pd.DataFrame:
    """Put teams in the order of their means, rounded as they would be printed, each at its `place` from 0 to 1."""
    places = numbers.style("mean").margin_decimals
    drawn = teams[[*TEAM, "estimate"]].map(lambda v: float(numbers.rounded(v, decimals=places)))
    ordered = teams.assign(**drawn).sort_values(["raw", "raw_low", "estimate"])
    return ordered.assign(place=(np.arange(len(teams)) + 0.5) / max(len(teams), 1))


def _shown(rows: pd.DataFrame, min_n: int | None) -> pd.DataFrame:
    """Take the teams that may be shown, none where they are few, and tell which can be told from the mean of all."""
    need_columns(rows, *TEAM, where="the result")
    teams = rows.dropna(subset=[*TEAM, "estimate"])
    teams = teams.iloc[:0] if len(teams) < least(min_n) else teams
    return teams.assign(apart=(teams["raw_low"] > teams["target"]) | (teams["raw_high"] < teams["target"]))


def least(min_n: int | None) -> int:
    """Give the smallest number of teams among which one is not known."""
    return current.min_n if min_n is None else min_n


def _too_few(rows: pd.DataFrame, min_n: int | None, language: str) -> str:
    """Say that teams are not shown since they are few; nothing where they are many, or none."""
    there = len(rows.dropna(subset=[*TEAM, "estimate"]))
    return few_teams(min_n, language=language) if 0 < there < least(min_n) else ""


def few_teams(min_n: int | None, *, language: str) -> str:
    """Say that single teams are not shown where they are few."""
    said = translator(language)("With fewer than {least} teams, single teams are not shown.")
    return said.format(least=numbers.count(least(min_n), language=language))


def _withheld(rows: pd.DataFrame, language: str) -> list[str]:
    """Say how many teams are not shown."""
    few = int((rows["reason"] == "withheld").sum())
    said = translator(language).plural(
        "Not shown: {n} team with too few answers.", "Not shown: {n} teams with too few answers.", few
    )
    return [said.format(n=numbers.count(few, language=language))] if few else []


def _reason(rows: pd.DataFrame, language: str) -> str:
    """Say why nothing is known of single teams."""
    _, reasons = translator(language), [reason for reason in rows["reason"].unique() if reason != "withheld"]
    what = measure_name(rows["x"].iloc[0], language=language)
    if not reasons:
        return _("{what}: no team has a score that can be shown.").format(what=what)
    return _("{what}: {reason}.").format(what=what, reason=reason_name(reasons[0], language=language))


def _mean(value: float, language: str) -> str:
    """Write a mean."""
    return numbers.estimate(value, effect="mean", language=language)


def _range(values: pd.Series, language: str) -> str:
    """Write from where to where values run; nothing where there are none."""
    return numbers.interval(values.min(), values.max(), effect="mean", language=language)
