"""May we speak of teams? What a team's score is worth, laid out, drawn and put into words.

A mean of ten people is a number; whether it is a property of their team is another question, with two halves: do teams
differ, and do the people of one team agree? Both halves stand side by side, each with the convention that it rests on,
and the verdict is no more than what follows from them. No team is named here, and small ones are not drawn.
"""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING

import pandas as pd

from exkit.context import current
from exkit.errors import need_columns
from exkit.present import numbers
from exkit.present.caterpillar import legend_above
from exkit.present.cells import count_cell, figure_cell, margin_cell, value_cell
from exkit.present.names import EMPTY, measure_name, statistic_name, wave_of
from exkit.present.protect import protect
from exkit.present.tables import Column, Html, lay_out
from exkit.present.theme import COLOURS, axes, style
from exkit.present.words import N_, translator

if TYPE_CHECKING:
    from matplotlib.axes import Axes

LABEL = 44
"""Signs on a line of the legend: what a phone has room for."""
SOUND = 0.70
"""From where on the scores of teams are called reliable, and the people of a team agreed."""
SIGNS = {"k": "k", "n0": "n\N{SUBSCRIPT ZERO}"}
SIZES = (
    (N_("Answers per team ({size})"), "k", "estimate"),
    (N_("Allowing for unequal teams ({size})"), "n0", "at_n0"),
)
"""Both conventions of group size: what it is called, and the columns with the size and the estimate."""
VERDICTS = {
    "justified": N_("justified"),
    "weak": N_("weak basis"),
    "not_justified": N_("not justified"),
    "unknown": N_("unknown"),
}
"""What `ex.aggregation` says, in the words of a table."""


def reliability_table(
    result: pd.DataFrame, *, title: str, language: str | None = None, min_n: int | None = None
) -> Html:
    """Lay out how well scores tell teams apart: both ICCs with their margins, teams, and answers per team.

    Parameters
    ----------
    result
        Of `ex.reliabilities`, or of `ex.icc` or `ex.reliability`.
    title
        The caption, in English; a catalogue key.
    language
        Language of the reader; the kernel's if not given.
    min_n
        Smallest group that may be shown.

    Returns
    -------
    Html
        The table, a row per measure.
    """
    language = language or current.language
    _, rows = translator(language), protect(result, min_n=min_n)
    by_effect = {effect: rows[rows["effect"] == effect].to_dict("records") for effect in ("icc1", "icc2")}
    first = by_effect["icc1"]
    columns: list[Column] = [(_("Measure"), [measure_name(row["x"], language=language) for row in first])]
    for its in by_effect.values():
        name = statistic_name(pd.Series(its[0]), language=language)
        columns.append((name, [figure_cell(row, language=language) for row in its]))
        columns.append((_("95% margin"), [margin_cell(row, language=language) for row in its]))
    answers = [_decimal(row.get("k"), language) for row in first]
    columns.append((_("Answers per team"), answers))
    columns.append((_("Teams"), [count_cell(row.get("n_units"), language=language) for row in first]))
    columns.append((_("n"), [count_cell(row["n"], language=language) for row in first]))
    grey = [i for i, row in enumerate(first) if pd.isna(row["estimate"])]
    return lay_out(columns, title=title, at=wave_of(rows), language=language, stub=1, grey=grey)


def aggregation_table(
    result: pd.DataFrame,
    *,
    needed: pd.DataFrame,
    title: str,
    language: str | None = None,
    min_n: int | None = None,
) -> Html:
    """Lay out the verdict on each measure with what it rests on, and how many answers a reliable score would take.

    Parameters
    ----------
    result
        Of `ex.aggregation`.
    needed
        Of `ex.raters_needed`, of the same reliabilities.
    title
        The caption, in English; a catalogue key.
    language
        Language of the reader; the kernel's if not given.
    min_n
        Smallest group that may be shown.

    Returns
    -------
    Html
        The table, a row per measure.
    """
    language = language or current.language
    _, rows = translator(language), protect(result, min_n=min_n)
    need_columns(rows, "verdict", "agreement", where="the result")
    told = rows.to_dict("records")
    raters = {row["x"]: row for row in protect(needed, min_n=min_n).to_dict("records")}
    asked = [raters[row["x"]] for row in told]
    target = numbers.number(needed["target"].iloc[0], decimals=2, language=language)
    columns: list[Column] = [
        (_("Measure"), [measure_name(row["x"], language=language) for row in told]),
        (_("Team scores"), [_(VERDICTS[row["verdict"]]) for row in told]),
        ("ICC(2)", [figure_cell(row, language=language) for row in told]),
        (_("95% margin"), [margin_cell(row, language=language) for row in told]),
        (_("r_wg, strictest"), [_agreement(row, language) for row in told]),
        (_("Answers per team"), [_decimal(row.get("k"), language) for row in told]),
        (_("Needed for {target}").format(target=target), [figure_cell(row, language=language) for row in asked]),
        (_("95% margin"), [margin_cell(row, language=language) for row in asked]),
    ]
    grey = [i for i, row in enumerate(told) if row["verdict"] == "unknown"]
    notes = [
        _("r_wg: agreement of people within teams, of a scale r_wg(j), under the strictest null; the mean over teams.")
    ]
    return lay_out(columns, title=title, at=wave_of(rows), language=language, stub=1, grey=grey, notes=notes)


def _agreement(row: dict, language: str) -> str:
    """Write the agreement that a verdict rests on; a dot where it rests on none."""
    return value_cell(row["agreement"], effect="r_wg", language=language) if pd.notna(row["agreement"]) else EMPTY


def sizes_table(result: pd.DataFrame, *, title: str, language: str | None = None, min_n: int | None = None) -> Html:
    """Lay out both conventions of group size: the mean number of answers, and the one that allows for unequal teams.

    Parameters
    ----------
    result
        Of `ex.reliabilities`, or of `ex.icc` or `ex.reliability`.
    title
        The caption, in English; a catalogue key.
    language
        Language of the reader; the kernel's if not given.
    min_n
        Smallest group that may be shown.

    Returns
    -------
    Html
        The table, a row per measure.
    """
    language = language or current.language
    _, rows = translator(language), protect(result, min_n=min_n)
    icc1, icc2 = (rows[rows["effect"] == effect].to_dict("records") for effect in ("icc1", "icc2"))
    columns: list[Column] = [(_("Measure"), [measure_name(row["x"], language=language) for row in icc1])]
    for answers, size, value in SIZES:
        columns.append((_(answers).format(size=SIGNS[size]), [_decimal(row.get(size), language) for row in icc1]))
        for its in (icc1, icc2):
            name = statistic_name(pd.Series(its[0]), language=language)
            heading = _("{statistic} with {size}").format(statistic=name, size=SIGNS[size])
            columns.append((heading, [_value(row, value, language) for row in its]))
    return lay_out(columns, title=title, at=wave_of(rows), language=language, stub=1)


def agreement_table(result: pd.DataFrame, *, title: str, language: str | None = None, min_n: int | None = None) -> Html:
    """Lay out how far the people of a team agree: r_wg(j) under both nulls, a_wg, average deviations, per measure.

    Parameters
    ----------
    result
        Of `ex.agreements` or `ex.agreement`, without groups.
    title
        The caption, in English; a catalogue key.
    language
        Language of the reader; the kernel's if not given.
    min_n
        Smallest group that may be shown.

    Returns
    -------
    Html
        The table, a row per measure; a dot where a null is not defined for the number of answers.
    """
    language = language or current.language
    _, rows = translator(language), protect(result, min_n=min_n)
    need_columns(rows, "null", "share_high", "share_zero", "n_units", where="the result")
    found = {(row["x"], kind_of(row)): row for row in rows.to_dict("records")}
    measures = list(dict.fromkeys(rows["x"]))
    first = [found.get((x, AGREEMENTS[0])) or found[x, ("r_wg", "")] for x in measures]
    sound = numbers.number(SOUND, decimals=2, language=language)
    columns: list[Column] = [(_("Measure"), [measure_name(x, language=language) for x in measures])]
    columns.append((_("r_wg, uniform"), [figure_cell(row, language=language) for row in first]))
    columns.append((_("95% margin"), [margin_cell(row, language=language) for row in first]))
    columns.append((_("{sound} or more").format(sound=sound), [_share(row["share_high"], language) for row in first]))
    columns.append((_("Set to 0"), [_share(row["share_zero"], language) for row in first]))
    for heading, kind in zip(AGREEMENT_HEADINGS, AGREEMENTS[1:], strict=True):
        columns.append((_(heading), [_value(found.get((x, kind), {}), "estimate", language) for x in measures]))
    columns.append((_("Teams"), [count_cell(row["n_units"], language=language) for row in first]))
    grey = [i for i, row in enumerate(first) if pd.isna(row["estimate"])]
    notes = [_(NULLS), *_alone(rows, language)]
    return lay_out(columns, title=title, at=wave_of(rows), language=language, stub=1, grey=grey, notes=notes)


AGREEMENTS = (("r_wg", "uniform"), ("r_wg", "slightly_skewed"), ("a_wg", ""), ("ad", ""), ("ad_median", ""))
"""Statistics of agreement in the order of the table, and the null that they are held against."""

AGREEMENT_HEADINGS = (N_("r_wg, skewed"), "a_wg", "AD", N_("AD, median"))

NULLS = N_(
    "r_wg of a question, r_wg(j) of a scale: the mean over teams, the share of teams at or above the limit, and the "
    "share that was set to 0. 1: everybody answers alike; 0: people differ as much as if they answered at random, all "
    "answers being equally likely (uniform) or the high ones more so (slightly skewed; for five answers only). AD: "
    "average distance, in scale points, to the team's mean or median."
)


def kind_of(row: dict) -> tuple[str, str]:
    """Name a statistic of agreement, that of a scale as that of a question."""
    return ("r_wg" if row["effect"] == "r_wg_j" else row["effect"]), row["null"]


def _alone(rows: pd.DataFrame, language: str) -> list[str]:
    """Say how many teams have no agreement, since only one person answered there."""
    alone = rows["n_alone"].max() if "n_alone" in rows else 0
    if not alone > 0:
        return []
    said = translator(language).plural(
        "Left out: {n} team in which only one person answered.",
        "Left out: {n} teams in which only one person answered.",
        alone,
    )
    return [said.format(n=count_cell(alone, language=language))]


def _value(row: dict, column: str, language: str) -> str:
    """Write one value of a result row as its statistic is printed; a dot where there is none."""
    return value_cell(row[column], effect=row["effect"], language=language) if pd.notna(row.get(column)) else EMPTY


def _share(value: float, language: str) -> str:
    """Write a share of teams; a dot where there is none."""
    return numbers.percent(value, language=language) if pd.notna(value) else EMPTY


def _decimal(value: float | None, language: str) -> str:
    """Write a mean number of answers; a dot where there is none."""
    return numbers.number(value, decimals=1, language=language) if pd.notna(value) else EMPTY


def plot_reliability(
    result: pd.DataFrame, *, ax: Axes | None = None, language: str | None = None, min_n: int | None = None
) -> Axes:
    """Draw how reliable a team's score is by the number of answers, and where these teams stand.

    Parameters
    ----------
    result
        Of `ex.reliability_at`: rows of one or a few measures by `size`.
    ax
        Axes to draw in; new ones if not given.
    language
        Language of the reader; the kernel's if not given.
    min_n
        Smallest group that may be shown.

    Returns
    -------
    Axes
        Per measure a curve with its band, a dot at the mean number of answers of these teams, and a line at .70.
    """
    need_columns(result, "size", "k", where="the result")
    language = language or current.language
    rows = protect(result, min_n=min_n).dropna(subset="estimate")
    ax = axes(height=3.2) if ax is None else ax
    with style():
        for (x, its), colour in zip(rows.groupby("x", sort=False), CURVES, strict=False):
            _curve(ax, its, COLOURS[colour], measure_name(x, language=language), language)
        ax.axhline(SOUND, color=COLOURS["muted"], linewidth=0.8, linestyle=(0, (2, 3)))
        sound = numbers.number(SOUND, decimals=2, language=language)
        ax.annotate(sound, (1, SOUND), (0, 2), xycoords=("axes fraction", "data"), textcoords="offset points",
                    ha="right", fontsize=8.5, color=COLOURS["muted"])  # fmt: skip
        _ = translator(language)
        ax.set(xlabel=_("Answers per team"), ylabel=_("Reliability of a team's score"), xlim=(0, None), ylim=(0, 1))
        ax.yaxis.set_major_formatter(lambda v, _at: numbers.tick(v, effect="icc2", language=language))
        ax.spines[["right", "top"]].set_visible(False)
        legend_above(ax)
    return ax


CURVES = ("accent", "negative", "muted")
"""Colours of the measures."""


def _curve(ax: Axes, its: pd.DataFrame, colour: str, name: str, language: str) -> None:
    """Draw the reliability of one measure by number of answers, and where its teams stand."""
    its = its.sort_values("size")
    drawn = its[["estimate", "conf_low", "conf_high"]].map(lambda v: float(numbers.rounded(v, decimals=2)))
    label = translator(language)("{measure} (now {k} answers per team)").format(
        measure=name, k=numbers.number(its["k"].iloc[0], decimals=0, language=language)
    )
    ax.plot(its["size"], drawn["estimate"], color=colour, linewidth=1.8, label=fill(label, LABEL))
    ax.fill_between(its["size"], drawn["conf_low"], drawn["conf_high"], color=colour, alpha=0.18, linewidth=0)
    last, now = its.iloc[-1], round(its["k"].iloc[0])
    # As many times the answers, as many times the odds of a reliability: on the curve, be it drawn that far or not.
    odds = last["estimate"] / (1 - last["estimate"]) * now / last["size"]
    ax.plot([now], [round(odds / (1 + odds), 2)], "o", color=colour, markersize=7)
