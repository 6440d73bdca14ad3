"""What separates the top quarter from the bottom quarter, laid out and put into words.

A percentage more or less is what everybody quotes. Here it has its base, its margin and its teams with it, and the
published figures beside it. Where there is no percentage, as of a score in points, the difference itself takes its
place.
"""

from __future__ import annotations

import pandas as pd

from exkit.context import current
from exkit.errors import need_columns
from exkit.present import numbers
from exkit.present.benchmarks import TAGS
from exkit.present.cells import count_cell, figure_cell, margin_cell, value_cell
from exkit.present.figures import ALPHA, margin
from exkit.present.names import (
    EMPTY,
    LEVELS_INSIDE,
    counted,
    divided,
    measure_name,
    method_name,
    reason_name,
    small,
    wave_of,
)
from exkit.present.protect import protect
from exkit.present.tables import UNBROKEN, Html, lay_out
from exkit.present.words import N_, translator
from exkit.result import group_columns

SIDES = {"top": N_("Top quarter"), "bottom": N_("Bottom quarter")}


def quarter_table(result: pd.DataFrame, *, title: str, language: str | None = None, min_n: int | None = None) -> Html:
    """Lay out the quarters, a row per outcome: both means, what separates them with its margin, and who entered.

    Parameters
    ----------
    result
        Of `ex.quarters`, without groups.
    title
        The caption, in English; a catalogue key.
    language
        Language of the reader; the kernel's if not given.
    min_n
        Smallest group that may be shown; the median over organisations is shown of so many organisations.

    Returns
    -------
    Html
        The table. Where an outcome has no ratio, the difference stands in its place.
    """
    language = language or current.language
    _, rows = translator(language), protect(result, min_n=min_n)
    need_columns(rows, "top", "bottom", "median", "n_organisations", "n_left_out", where="the result")
    diff, ratio = (rows[rows["effect"] == effect].to_dict("records") for effect in ("diff", "ratio"))
    told = [r if pd.notna(r["estimate"]) else d for r, d in zip(ratio, diff, strict=True)]
    outcomes = [row["y"] for row in told]
    columns = [
        (_("Outcome"), [measure_name(y, language=language) for y in outcomes]),
        *((_(heading), [_mean(row, side, language) for row in diff]) for side, heading in SIDES.items()),
        (_("Difference"), [figure_cell(row, language=language) for row in told]),
        (_("95% margin"), [margin_cell(row, language=language) for row in told]),
        (_("Median of organisations"), [value_cell(row["median"], effect="ratio", language=language) for row in ratio]),
        (_("Organisations"), [_entered(row, language) for row in told]),
        (_("n"), [count_cell(row["n"], language=language) for row in told]),
    ]
    grey = [i for i, row in enumerate(told) if pd.isna(row["estimate"])]
    notes = [*divided(outcomes, language=language), *_left_out(rows, language)]
    return lay_out(columns, title=title, at=wave_of(rows), language=language, stub=1, grey=grey, notes=notes)


def _mean(row: dict, side: str, language: str) -> str:
    """Write the mean of a quarter in the outcome's own unit."""
    return value_cell(row[side], effect=counted(row), language=language) if pd.notna(row[side]) else EMPTY


def _entered(row: dict, language: str) -> str:
    """Write how many organisations entered, of how many."""
    if pd.isna(row["n_organisations"]):
        return EMPTY
    entered, every = row["n_organisations"], row["n_organisations"] + row["n_left_out"]
    if entered == every:
        return numbers.count(entered, language=language)
    written = {"n": numbers.count(entered, language=language), "every": numbers.count(every, language=language)}
    return translator(language)("{n} of {every}").format(**written)


def _left_out(rows: pd.DataFrame, language: str) -> list[str]:
    """Say what did not enter, and what was withheld."""
    _, said = translator(language), []
    if (rows["n_left_out"] > 0).any():
        said.append(_("An organisation enters with at least eight teams of which both measures are known."))
    if ((rows["n_organisations"] > 1) & rows["n_median"].notna() & rows["median"].isna()).any():
        said.append(_("The median of few organisations is not shown: it could be one organisation's own figure."))
    lost = rows["n_without_organisation"].max()
    if lost > 0:
        teams = count_cell(lost, language=language)
        said.append(_("Left out because their organisation is not known: {n} teams.").format(n=teams))
    return said


def beside(
    result: pd.DataFrame,
    published: pd.DataFrame,
    *,
    value: str,
    title: str,
    language: str | None = None,
    min_n: int | None = None,
) -> Html:
    """Lay out published figures by edition, with ours beside them.

    Parameters
    ----------
    result
        Rows of one statistic with the group column `outcome`, the published name of what they are of, as `ex.pick`
        gives it.
    published
        The table that `ex.published("gallup")` reads.
    value
        Its column with the figure.
    title
        The caption, in English; a catalogue key.
    language
        Language of the reader; the kernel's if not given.
    min_n
        Smallest group that may be shown.

    Returns
    -------
    Html
        The table, a row per published outcome, those that our data do not have included.
    """
    language = language or current.language
    _, rows = translator(language), protect(result, min_n=min_n)
    need_columns(rows, "outcome", where="the result")
    need_columns(published, "outcome", "edition", "tag", value, where="the published table")
    effect, ours = rows["effect"].iloc[0], {row["outcome"]: row for row in rows.to_dict("records")}
    names = published.drop_duplicates("outcome").set_index("outcome")[f"outcome_{language}"]
    told = [ours.get(outcome) for outcome in names.index]
    columns = [
        (_("Outcome"), [name[:1].upper() + name[1:] for name in names]),
        *(
            (f"Gallup {edition:g}", _edition(its.set_index("outcome").reindex(names.index), value, effect, language))
            for edition, its in published.groupby("edition")
        ),
        (_("These data"), [_ours(row, language) for row in told]),
        (_("95% margin"), [margin_cell(row, language=language) if _is_there(row) else EMPTY for row in told]),
        (_("n"), [count_cell(row["n"], language=language) if _is_there(row) else EMPTY for row in told]),
    ]
    notes = [_(TAGS)]
    if current.study is not None and current.study.synthetic:
        notes.append(_("Synthetic data were set to some of these figures: that shows the calculation, not the claim."))
    return lay_out(
        columns, title=title, at=wave_of(rows[rows["reason"] != "not_asked"]), language=language, stub=1, notes=notes
    )


def _ours(row: dict | None, language: str) -> str:
    """Write our figure, or that our data have none."""
    there = _is_there(row)
    return figure_cell(row, language=language) if there else translator(language)("not in these data")


def _is_there(row: dict | None) -> bool:
    """Tell whether our data have an outcome."""
    return row is not None and row["reason"] != "not_asked"


def _edition(its: pd.DataFrame, value: str, effect: str, language: str) -> list[str]:
    """Write the figures of one edition with what is known of where they stand, or that they were not published."""
    _ = translator(language)
    return [
        f"{numbers.estimate(row[value], effect=effect, language=language)}{UNBROKEN}({row['tag']})"
        if pd.notna(row[value])
        else _("not published")
        for row in its.to_dict("records")
    ]


def finding(rows: pd.DataFrame, *, language: str) -> str | None:
    """Word a finding on the outcomes of teams.

    Parameters
    ----------
    rows
        A protected result.
    language
        Language of the reader.

    Returns
    -------
    str or None
        One or more sentences; None for any other result.
    """
    kinds = frozenset(rows["effect"])
    return WORDED[kinds](rows, language) if kinds in WORDED and not group_columns(rows) else None


def _slopes(rows: pd.DataFrame, language: str) -> str:
    """Word which outcomes go with the measure, in which direction, once corrected for their number."""
    if "p_adjusted" not in rows:
        return ""
    _, plural, tested = translator(language), translator(language).plural, rows[rows["estimate"].notna()]
    held = (tested["p_adjusted"] < ALPHA) & ((tested["conf_low"] > 0) | (tested["conf_high"] < 0))
    x = small(measure_name(rows["x"].iloc[0], language=language))
    said = [
        plural(
            "Statistically significant association with {x}, after correction for their number ({method}): "
            "{held} of {n} outcome.",
            "Statistically significant association with {x}, after correction for their number ({method}): "
            "{held} of {n} outcomes.",
            len(tested),
        ).format(
            x=x, method=method_name(rows), held=numbers.count(held.sum(), language=language),
            n=numbers.count(len(tested), language=language),
        )
    ] if len(tested) else []  # fmt: skip
    parts = {
        _("Higher where {x} is higher: {outcomes}."): tested[held & (tested["estimate"] > 0)],
        _("Lower where {x} is higher: {outcomes}."): tested[held & (tested["estimate"] < 0)],
        _("No association shown: {outcomes}."): tested[~held],
    }
    said += [pattern.format(x=x, outcomes=_listed(its, language)) for pattern, its in parts.items() if len(its)]
    return " ".join([*said, *_missing(rows, _("Not calculated: {outcomes}."), language)])


def _ratios(rows: pd.DataFrame, language: str) -> str:
    """Word how far the quarters lie apart: the outcomes in which they differ most, downwards and upwards."""
    _, shown = translator(language), rows.dropna(subset="estimate").sort_values("estimate")
    said = []
    if len(shown):
        ends = shown.iloc[[0, -1]] if len(shown) > 1 else shown
        pattern = (
            _("Top against bottom quarter of {x}, within the same organisations: from {first} to {last}.")
            if len(ends) > 1
            else _("Top against bottom quarter of {x}, within the same organisations: {first}.")
        )
        worded = [_one(row, language) for _i, row in ends.iterrows()]
        x = small(measure_name(rows["x"].iloc[0], language=language))
        said = [pattern.format(x=x, first=worded[0], last=worded[-1])]
    return " ".join([*said, *_missing(rows, _("Without a percentage: {outcomes}."), language)])


def _detectable(rows: pd.DataFrame, language: str) -> str:
    """Word how strong a link has to be to show: for the outcome known best, and for the one known least."""
    _, shown = translator(language), rows.dropna(subset="estimate").sort_values("estimate")
    if shown.empty:
        return " ".join(_missing(rows, _("Not calculated: {outcomes}."), language))
    first, last = (row for row in shown.iloc[[0, -1]].to_dict("records"))
    told = {
        "power": numbers.percent(first["power"], language=language),
        "low": value_cell(first["estimate"], effect="r_detectable", language=language),
        "high": value_cell(last["estimate"], effect="r_detectable", language=language),
        "outcome": small(measure_name(last["y"], language=language)),
    }
    told["level"] = _(LEVELS_INSIDE[first.get("level", "within")])
    said = _("A correlation {level} is found with a chance of {power} if it is {low} or stronger.")
    if told["low"] != told["high"]:
        said = _(
            "A correlation {level} is found with a chance of {power} if it is {low} or stronger, and for {outcome}, on "
            "which these data are least precise, if it is {high} or stronger."
        )
    return said.format(**told)


def _one(row: pd.Series, language: str) -> str:
    """Word one figure with its margin and its teams, and what it is of."""
    return translator(language)("{figure} ({margin}) for {outcome}").format(
        figure=figure_cell(row, language=language),
        margin=margin(row, language=language),
        outcome=small(measure_name(row["y"], language=language)),
    )


def _listed(rows: pd.DataFrame, language: str) -> str:
    """Name outcomes in a row."""
    return ", ".join(small(measure_name(y, language=language)) for y in rows["y"])


def _missing(rows: pd.DataFrame, pattern: str, language: str) -> list[str]:
    """Name what has no figure, and why; nothing where all have one."""
    missing = rows[rows["estimate"].isna()]
    reasons = [
        f"{_listed(its, language)} ({reason_name(reason, language=language)})"
        for reason, its in missing.groupby("reason", sort=False)
    ]
    return [pattern.format(outcomes="; ".join(reasons))] if reasons else []


WORDED = {
    frozenset(["slope"]): _slopes,
    frozenset(["ratio"]): _ratios,
    frozenset(["r_detectable"]): _detectable,
}
"""How each kind of result is put into words, per set of statistics."""
