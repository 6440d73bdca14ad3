"""Findings in sentences, computed from results: what a report says is what its numbers say.

`sentence` words a finding, `describe` puts a whole picture into words for who cannot see it, `key_figures` sets the
headline numbers in a row. Wording stays with what the design has earned: differences and associations, no causes.
"""

from __future__ import annotations

from html import escape

import pandas as pd

from exkit.context import current
from exkit.present import apart, claims, contrasts, linkage, numbers, promoters, standing_words, team_words
from exkit.present.figures import ALPHA, margin, opened, significant
from exkit.present.names import (
    BANDS,
    EMPTY,
    QUESTIONS,
    changes,
    counted,
    cut_offs,
    group_name,
    heading_name,
    inside,
    level_names,
    measure_name,
    method_name,
    reason_name,
    row_names,
    several_statistics,
    statistic_name,
    who_said,
    why,
)
from exkit.present.protect import ABSENT, protect
from exkit.present.tables import Html
from exkit.present.words import text, translator
from exkit.result import group_columns


def sentence(result: pd.DataFrame, *, language: str | None = None, min_n: int | None = None) -> str:
    """Word the finding of a result.

    Parameters
    ----------
    result
        One row: its level with margin and number of answers. Several groups: how far they lie apart. Differences: one
        sentence each, or, where they are adjusted for their number, how many hold. Nothing of groups in several waves,
        which may lie on two sides of a trend break, and nothing of a distribution of answers. A claims register: how
        much could be tested, and how much of that is chance.
    language
        Language of the reader; the kernel's if not given.
    min_n
        Smallest group that may be shown.

    Returns
    -------
    str
        One or more sentences of plain text.
    """
    language = language or current.language
    rows = protect(result, min_n=min_n)
    if {"published", "verdict"} <= set(rows):
        return claims.finding(rows, language=language)
    if (told := linkage.finding(rows, language=language)) is not None:
        return told
    if rows["reason"].isin(ABSENT).all():
        return _absent(rows, language)
    for words in (standing_words.finding, apart.finding, promoters.finding, contrasts.finding):
        if (told := words(rows, language=language)) is not None:
            return told
    if (told := team_words.finding(rows, language=language, min_n=min_n)) is not None:
        return told
    if rows["effect"].eq("diff").all() and "level" in rows:
        return _family(rows, language) if "p_adjusted" in rows else _differences(rows, language)
    if len(rows) == 1:
        return _level(rows.iloc[0], language)
    if group_columns(rows) == ["wave"]:
        return _course(rows, language)
    several = "wave" in group_columns(rows) or rows["y"].nunique() > 1 or several_statistics(rows)
    return "" if several else _spread(rows, language)


def describe(result: pd.DataFrame, *, language: str | None = None, min_n: int | None = None) -> str:
    """Put every row of a result into words: the text for who cannot see its picture.

    Parameters
    ----------
    result
        The result that the picture shows.
    language
        Language of the reader; the kernel's if not given.
    min_n
        Smallest group that may be shown.

    Returns
    -------
    str
        A clause per row, withheld rows included.
    """
    language = language or current.language
    rows = protect(result, min_n=min_n)
    if (told := linkage.described(rows, language=language)) is not None:
        return told
    if (told := team_words.described(rows, language=language, min_n=min_n)) is not None:
        return told
    if rows["reason"].isin(ABSENT).all():
        return _absent(rows, language)
    if (told := standing_words.finding(rows, language=language)) is not None:
        return told
    if rows["effect"].eq("share").all() and not group_columns(rows) and len(rows) > 1:
        return _list_of_shares(rows, language)
    names = row_names(rows, language=language)
    clauses = [_clause(name, row, language) for name, (_i, row) in zip(names, rows.iterrows(), strict=True)]
    return f"{_what(rows, language)}: {'; '.join(clauses)}."


def key_figures(*results: pd.DataFrame, language: str | None = None, min_n: int | None = None) -> Html:
    """Set figures large, each with its name, margin and number of answers.

    Parameters
    ----------
    results
        A few rows, such as the last wave and its change; what these data cannot tell is left out.
    language
        Language of the reader; the kernel's if not given.
    min_n
        Smallest group that may be shown.

    Returns
    -------
    Html
        A list of terms and values.
    """
    language = language or current.language
    figures = [
        _key_figure(name, row, language)
        for rows in (protect(result, min_n=min_n) for result in results)
        for name, (_i, row) in zip(row_names(rows, language=language), rows.iterrows(), strict=True)
        if row["reason"] not in ABSENT
    ]
    return Html(f'<dl class="key-figures">{"".join(figures)}</dl>' if figures else "")


def _key_figure(name: str, row: pd.Series, language: str) -> str:
    """Set one figure."""
    shown = _estimate(row, language)
    value = shown or reason_name(row["reason"], language=language)
    grey = " indicative" if row["indicative"] else "" if shown else " withheld"
    between = margin(row, language=language) if shown else ""
    below = f'<dd class="margin">{escape(between)}</dd>' if between else ""
    return (
        f"<div><dt>{escape(opened(heading_name(row, language=language)))} · {escape(name)}</dt>"
        f'<dd class="value{grey}">{escape(value)}</dd>{below}</div>'
    )


def _of(row: pd.Series) -> str:
    """Say which statistic a difference or a quantile is of."""
    return counted(row)


def _quantity(row: pd.Series, language: str) -> str:
    """Write an estimate with what it is counted in."""
    written = numbers.quantity(row["estimate"], effect=row["effect"], of=_of(row), language=language)
    return numbers.bound(written, row["reason"])


def _estimate(row: pd.Series, language: str) -> str:
    """Write an estimate."""
    written = numbers.estimate(row["estimate"], effect=row["effect"], of=_of(row), language=language)
    return numbers.bound(written, row["reason"])


def _absent(rows: pd.DataFrame, language: str) -> str:
    """Say which division these data do not have; nothing of a comparison, since the figures themselves say so.

    What an edition does not have is told by `chapter`, once for all of its results.
    """
    if {"reference", "size"} & set(rows) or rows["reason"].eq("not_calculated").all():
        return ""
    if rows["reason"].eq("no_question").all():
        return _unasked(rows, language)
    if "before" in rows:
        return translator(language)(
            "Nobody can be followed: that takes two waves, and respondents who have the same name in both."
        )
    _ = translator(language)
    if rows["effect"].eq("alpha").all():
        return _("These data have no scale that is made of items.")
    names = [group_name(c, rows, language=language).lower() for c in group_columns(rows) or ["unit"]]
    return _("These data have no division by {what}.").format(what=", ".join(names))


def _unasked(rows: pd.DataFrame, language: str) -> str:
    """Name the question that these data do not have, where it has a name."""
    _, study = translator(language), current.study
    names = [name for name in pd.unique(rows[["x", "y"]].to_numpy().ravel()) if name in QUESTIONS]
    lacking = [name for name in names if study is None or study.codebook.lacks(name)]
    if not lacking:
        return _("These data do not have this question.")
    question = measure_name(lacking[0], language=language)
    return _("These data do not have the question ‘{question}’.").format(question=question)


def _level(row: pd.Series, language: str) -> str:
    """Word one figure."""
    _ = translator(language)
    what = statistic_name(row, language=language)
    if pd.isna(row["estimate"]):
        return opened(_("{what}: {reason}.").format(what=what, reason=reason_name(row["reason"], language=language)))
    at = str(row.get("at") or "")
    said = _("In {at} the {what} is {estimate} ({margin}).") if at else _("The {what} is {estimate} ({margin}).")
    said = said.format(
        at=at,
        what=inside(row, language=language),
        estimate=_quantity(row, language),
        margin=margin(row, language=language),
    )
    said = opened(said)
    return f"{said} {_bands(row, language)}" if set(BANDS) <= set(row.index) else said


def _bands(row: pd.Series, language: str) -> str:
    """Word the shares and the mean mark behind an NPS."""
    _ = translator(language)
    marks = cut_offs(str(row["x"])) or dict.fromkeys(BANDS, EMPTY)
    return _(
        "{promoters} are promoters ({top}), {passives} passives ({middle}) and {detractors} detractors ({bottom}); "
        "the mean mark is {mean}."
    ).format(
        **{band: numbers.percent(row[band], language=language) for band in BANDS},
        top=marks["promoters"], middle=marks["passives"], bottom=marks["detractors"],
        mean=numbers.number(row["mean"], decimals=1, language=language),
    )  # fmt: skip


def _spread(rows: pd.DataFrame, language: str) -> str:
    """Word how far groups lie apart, and how many are not shown."""
    _, plural = translator(language), translator(language).plural
    shown = rows[rows["estimate"].notna() & ~rows["indicative"]].sort_values("estimate")
    vague, hidden = int(rows["indicative"].sum()), int(rows["estimate"].isna().sum())
    said = []
    if len(shown) > 1:
        names = row_names(shown, language=language)
        first, last = shown.iloc[0], shown.iloc[-1]
        runs = (
            _(
                "Among groups with a narrow enough margin the {what} runs from {low} ({low_margin}) for {lowest} "
                "to {high} ({high_margin}) for {highest}."
            )
            if vague
            else _("{what} runs from {low} ({low_margin}) for {lowest} to {high} ({high_margin}) for {highest}.")
        )
        said += [
            runs.format(
                what=inside(first, language=language),
                low=_estimate(first, language),
                high=_estimate(last, language),
                low_margin=margin(first, language=language),
                high_margin=margin(last, language=language),
                lowest=names[0],
                highest=names[-1],
            )
        ]
    if shown["reason"].isin(numbers.BOUNDS).any():
        said.append(_("With ≥ or ≤ stands a bound: fewer than three people answered otherwise than the rest."))
    if vague and said:
        said += [
            plural(
                "{n} group has too wide a margin to be counted here.",
                "{n} groups have too wide a margin to be counted here.",
                vague,
            ).format(n=numbers.count(vague, language=language))
        ]
    if hidden:
        said.append(
            plural(
                "{n} group is not shown, to protect who answered.",
                "{n} groups are not shown, to protect who answered.",
                hidden,
            ).format(n=numbers.count(hidden, language=language))
        )
    return opened(" ".join(said)) or _("No group has enough answers, or a margin that is narrow enough, to compare.")


def _course(rows: pd.DataFrame, language: str) -> str:
    """Word how a figure went through the waves, from the last break on: figures before it cannot be compared."""
    _ = translator(language)
    if rows["reason"].eq("withheld").all():
        return _("No wave is shown, to protect who answered.")
    series = rows[rows["series"] == rows["series"].max()].sort_values("wave")
    comparable = series.dropna(subset="estimate")
    if len(comparable) < 2:
        return _("No two waves can be compared.")
    first, last = comparable.iloc[0], comparable.iloc[-1]
    said = _("The {what} was {before} ({before_margin}) in {first} and is {now} ({now_margin}) in {last}.").format(
        what=inside(first, language=language),
        before=numbers.estimate(first["estimate"], effect=first["effect"], language=language),
        now=numbers.estimate(last["estimate"], effect=last["effect"], language=language),
        before_margin=margin(first, language=language),
        now_margin=margin(last, language=language),
        first=first["wave"],
        last=last["wave"],
    )
    said, broke = opened(said), series.iloc[0]
    if broke["series"] == 1:
        return said
    since = _("The question changed in {wave} ({what}); earlier figures cannot be compared with later ones.")
    return f"{said} {since.format(wave=broke['wave'], what=changes(broke['changed'], language=language))}"


def _differences(rows: pd.DataFrame, language: str) -> str:
    """Word each difference, after the group that it is made within, if any."""
    names = {side: level_names(side, rows, language=language) for side in ("level", "reference")}
    sides = {side: who_said(said, side, rows, language=language) for side, said in names.items()}
    within = [level_names(c, rows, language=language) for c in group_columns(rows) if c not in sides]
    rows = rows.assign(**sides, again=rows[["x", "of"]].duplicated() & (not within))
    said = [_difference(row, language) for _i, row in rows.iterrows()]
    worded = " ".join(": ".join(parts) for parts in zip(*within, said, strict=True))
    same = str(rows["same"].iloc[0]) if "same" in rows else ""
    _ = translator(language)
    return " ".join([_("The same organisations in both waves."), worded]) if same else worded


def _difference(row: pd.Series, language: str) -> str:
    """Word one difference: its size, its margin, and whether it is distinguishable from none.

    What it is a difference in is not said `again`.
    """
    _ = translator(language)
    pair = {"level": row["level"], "reference": row["reference"]}
    if row["reason"] == "not_comparable":
        return _("{level} and {reference} cannot be compared: trend break.").format(**pair)
    if pd.isna(row["estimate"]):
        reason = why(row["reason"], language=language)
        return opened(_("{level} and {reference} are not compared: {reason}.").format(**pair, reason=reason))
    said = (
        _("Between {reference} and {level} it is {difference} ({margin}): {verdict}.")
        if row["again"]
        else _("Between {reference} and {level} the {what} is {difference} ({margin}): {verdict}.")
    )
    return said.format(
        verdict=significant(row, language=language),
        **pair,
        what=inside(row, language=language),
        difference=numbers.quantity(row["estimate"], effect="diff", of=_of(row), language=language),
        margin=margin(row, language=language),
    )


def _family(rows: pd.DataFrame, language: str) -> str:
    """Word how many differences of a family hold after correction for their number."""
    _, tested = translator(language), rows[rows["p_adjusted"].notna()]
    if tested.empty:
        return _("No two groups have enough answers to be compared.")
    apart = (tested["conf_low"] > 0) | (tested["conf_high"] < 0)
    held = int((apart & (tested["p_adjusted"] < ALPHA)).sum())
    said = translator(language).plural(
        "Statistically significant after correction for their number ({method}): {held} of {family} comparison.",
        "Statistically significant after correction for their number ({method}): {held} of {family} comparisons.",
        len(tested),
    )
    return said.format(
        family=numbers.count(len(tested), language=language),
        held=numbers.count(held, language=language),
        method=method_name(rows),
    )


def _what(rows: pd.DataFrame, language: str) -> str:
    """Name what a picture shows, and by what."""
    _ = translator(language)
    groups = [group_name(c, rows, language=language).lower() for c in group_columns(rows)]
    what = statistic_name(rows.iloc[0], language=language)
    return _("{what} by {groups}").format(what=what, groups=", ".join(groups)) if groups else what


def _clause(name: str, row: pd.Series, language: str) -> str:
    """Put one row into words."""
    _ = translator(language)
    if pd.isna(row["estimate"]):
        return f"{name}: {reason_name(row['reason'], language=language)}"
    value = _quantity(row, language)
    said = f"{name}: {value} ({margin(row, language=language)})"
    if set(BANDS) <= set(row.index):
        said += _(", detractors {detractors}, passives {passives}, promoters {promoters}").format(
            **{band: numbers.percent(row[band], language=language) for band in BANDS}
        )
    broke = row.get("changed")
    return said + (_(", trend break: {what}").format(what=changes(broke, language=language)) if broke else "")


def _list_of_shares(rows: pd.DataFrame, language: str) -> str:
    """Put the shares of the answers into words."""
    _ = translator(language)
    if rows["estimate"].isna().all():
        return _("Shares of the answers: {reason}.").format(
            reason=reason_name(rows["reason"].iloc[0], language=language)
        )
    parts = [
        f"{text(y, language=language)}: {numbers.bound(numbers.percent(share, language=language), reason)}"
        for y, share, reason in zip(rows["y"], rows["estimate"], rows["reason"], strict=True)
    ]
    n = numbers.count(rows["n"].iloc[0], language=language)
    return _("Shares of the answers, n = {n}: {parts}.").format(n=n, parts="; ".join(parts))
