"""Is the link there in one organisation after the other? A forest of organisations without names, and a sentence.

An organisation's own correlation rests on some ten teams and is mostly chance, so that it is drawn faintly and never
named. What may be concluded from stands below: the mean, and the range of a next organisation's true link.
"""

from __future__ import annotations

from textwrap import fill
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from exkit.context import current
from exkit.present import numbers
from exkit.present.cells import count_cell, margin_cell
from exkit.present.names import EMPTY, statistic_name, unit_reason_name, wave_of
from exkit.present.plots import printed
from exkit.present.protect import protect
from exkit.present.tables import Column, Html, lay_out, p_cell
from exkit.present.theme import COLOURS, axes, style
from exkit.present.words import translator

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MEMBER, BELOW = 0.1, 0.5
"""Height of a line of a forest in inches: of one organisation, and of what is said of all."""
LABEL = 24
"""Letters of a line beside what is said of all: one Dutch word has that many."""
TOGETHER = ("r_mean", "r_predicted", "tau", "p_positive", "share_positive", "share_expected")
"""What is said of all organisations together."""


def plot_forest(
    result: pd.DataFrame, *, ax: Axes | None = None, language: str | None = None, min_n: int | None = None
) -> Axes:
    """Draw the link in each organisation, from the strongest to the weakest, and below them what holds for all.

    Parameters
    ----------
    result
        Of `ex.consistency`, one pair of measures.
    ax
        Axes to draw in; new ones if not given.
    language
        Language of the reader; the kernel's if not given.
    min_n
        Smallest number of teams with which an organisation is drawn.

    Returns
    -------
    Axes
        A dot on a faint line per organisation, without its name; a diamond for the mean, and a band for the prediction
        interval.
    """
    language = language or current.language
    rows = printed(protect(result, min_n=min_n))
    own, both = _members(rows), _together(rows)
    ends = ["conf_low", "conf_high"]
    ax = axes(height=0.6 + MEMBER * len(own) + BELOW * len(both)) if ax is None else ax
    with style():
        ax.axvline(0, color=COLOURS["line"], linewidth=1, zorder=0)
        heights = np.arange(len(own)) * MEMBER
        ax.hlines(heights, *own[ends].to_numpy().T, colors=COLOURS["line"], linewidth=1)
        ax.plot(own["estimate"], heights, "o", color=COLOURS["muted"], markersize=3, markeredgewidth=0)
        places = {effect: -BELOW * (i + 1) for i, effect in enumerate(both.index)}
        for effect, y in places.items():
            width = {"r_mean": 1.8, "r_predicted": 6}[effect]
            ax.hlines(y, *both.loc[effect, ends], colors=COLOURS["accent"], linewidth=width)
            if effect == "r_mean":
                ax.plot(both.at[effect, "estimate"], y, "D", color=COLOURS["accent"], markersize=6)
        names = [fill(statistic_name(both.reset_index().iloc[i], language=language), LABEL) for i in range(len(both))]
        ax.set_yticks(list(places.values()), names, parse_math=False)
        ax.set(
            xlim=(-1, 1),
            xticks=[-1, -0.5, 0, 0.5, 1],
            xlabel=fill(translator(language)("Correlation within the organisation"), LABEL),
            ylim=(-BELOW * (len(both) + 0.6), None),
        )
        ax.tick_params(axis="y", length=0)
        ax.xaxis.set_major_formatter(lambda v, _: numbers.tick(v, effect="r", language=language))
        ax.spines[["left", "right", "top"]].set_visible(False)
    return ax


def consistency_table(
    result: pd.DataFrame, *, title: str, language: str | None = None, min_n: int | None = None
) -> Html:
    """Lay out what holds for all organisations together; of a single one there is nothing in it.

    Parameters
    ----------
    result
        Of `ex.consistency`, one pair of measures.
    title
        The caption, in English; a catalogue key.
    language
        Language of the reader; the kernel's if not given.
    min_n
        Smallest group that may be shown.

    Returns
    -------
    Html
        The table, a row per statistic.
    """
    language = language or current.language
    _, rows = translator(language), protect(result, min_n=min_n)
    told = rows[rows["effect"].isin(TOGETHER)].to_dict("records")
    columns: list[Column] = [
        (_("All organisations"), [statistic_name(pd.Series(row), language=language) for row in told]),
        (_("Result"), [_result(row, language) for row in told]),
        (_("95% margin"), [margin_cell(row, language=language) for row in told]),
        ("p", [p_cell(row["p_value"], language=language) for row in told]),
        (_("Organisations"), [count_cell(row["n_organisations"], language=language) for row in told]),
    ]  # fmt: skip
    grey = [i for i, row in enumerate(told) if pd.isna(row["conf_low"])]
    return lay_out(columns, title=title, at=wave_of(rows), language=language, stub=1, grey=grey)


def _result(row: dict, language: str) -> str:
    """Write an estimate, or why there is none; a prediction interval has none of its own."""
    if row["effect"] == "r_predicted" and pd.notna(row["conf_low"]):
        return EMPTY
    return numbers.estimate(row["estimate"], effect=row["effect"], language=language) or unit_reason_name(
        row["reason"], language=language
    )


def is_forest(rows: pd.DataFrame) -> bool:
    """Tell whether a result is one of `ex.consistency`, or what is left of it without single organisations."""
    return "r_predicted" in set(rows["effect"])


def finding(rows: pd.DataFrame, *, language: str) -> str:
    """Word whether a link is there in one organisation after the other, and what chance alone would show.

    Parameters
    ----------
    rows
        A protected result of `ex.consistency`.
    language
        Language of the reader.

    Returns
    -------
    str
        A few sentences.
    """
    _, row = translator(language), rows[rows["effect"].isin(TOGETHER)].set_index("effect")
    mean, predicted = row.loc["r_mean"], row.loc["r_predicted"]
    if pd.isna(predicted["conf_low"]):
        reason = unit_reason_name(predicted["reason"], language=language)
        return _("Whether the link is there in one organisation after the other cannot be told: {reason}.").format(
            reason=reason
        )
    told = {
        "k": numbers.count(mean["n_organisations"], language=language),
        "r": numbers.estimate(mean["estimate"], effect="r_mean", language=language),
        "between": numbers.interval(mean["conf_low"], mean["conf_high"], effect="r_mean", language=language),
        "next": numbers.interval(
            predicted["conf_low"], predicted["conf_high"], effect="r_predicted", language=language
        ),
    }
    verdict = (
        _("The link is consistent: the true one of a next organisation is expected from {next}, on one side of zero.")
        if predicted["conf_low"] > 0 or predicted["conf_high"] < 0
        else _(
            "It cannot be called consistent: the true one of a next organisation is expected from {next}, "
            "zero included."
        )
    )
    said = _("Over {k} organisations the mean of their own links is {r} (margin {between}).")
    return " ".join([said.format(**told), verdict.format(**told), *_signs(row, language)])


def described(rows: pd.DataFrame, *, language: str) -> str:
    """Put a forest into words.

    Parameters
    ----------
    rows, language
        As in `finding`.

    Returns
    -------
    str
        How many organisations are drawn, and what holds for all; of no single organisation.
    """
    if not _spoken(rows):
        return finding(rows, language=language)
    drawn, every = len(_members(rows)), int((rows["effect"] == "r").sum())
    counted = {name: numbers.count(n, language=language) for name, n in (("n", drawn), ("left", every - drawn))}
    _ = translator(language)
    said = _("{n} organisations are drawn, without names; {left} with too few teams are not.").format(**counted)
    return f"{said} {finding(rows, language=language)}"


def _signs(row: pd.DataFrame, language: str) -> list[str]:
    """Word in how many organisations the link is positive: seen, expected by chance, and estimated of the true ones."""
    _, said = translator(language), []
    shares = {effect: numbers.percent(row.at[effect, "estimate"], language=language) for effect in row.index}
    if shares["share_positive"] and shares["share_expected"]:
        signs = _(
            "A positive link shows in {seen} of the organisations; were the true link the same in all of them, it "
            "would in {expected}."
        )
        said.append(signs.format(seen=shares["share_positive"], expected=shares["share_expected"]))
    true = row.loc["p_positive"]
    between = _shares(true["conf_low"], true["conf_high"], language)
    if between:
        known = _("The true link is estimated to be above zero in {share} of organisations (margin {between}).")
        alike = _("Nothing was seen of true links that differ; they may be above zero in {between} of organisations.")
        said.append((known if shares["p_positive"] else alike).format(share=shares["p_positive"], between=between))
    return said


def _shares(low: float, high: float, language: str) -> str:
    """Write from which to which share something runs: one of them where both are printed alike."""
    ends = {numbers.percent(share, language=language) for share in (low, high)}
    between = numbers.interval(low, high, effect="p_positive", language=language)
    return ends.pop() if len(ends) == 1 else between


def _members(rows: pd.DataFrame) -> pd.DataFrame:
    """Take the organisations that may be shown, the weakest link first: the order says nothing but what is drawn.

    None where nothing is said of all: a few dots without a name are known to whoever took part.
    """
    own = rows[(rows["effect"] == "r") & rows["estimate"].notna() & _spoken(rows)]
    return own.sort_values(["estimate", "conf_low", "conf_high"]).astype({"estimate": float})


def _spoken(rows: pd.DataFrame) -> bool:
    """Tell whether anything is said of all organisations together."""
    return bool(rows.loc[rows["effect"] == "r_mean", "estimate"].notna().any())


def _together(rows: pd.DataFrame) -> pd.DataFrame:
    """Take what is drawn of all organisations together, by its statistic."""
    drawn = rows[rows["effect"].isin(["r_mean", "r_predicted"]) & rows["conf_low"].notna()]
    return drawn.set_index("effect")
