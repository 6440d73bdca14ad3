"""May we speak of teams? The answer in sentences, as far as the numbers carry it and no further.

Each sentence says which half of the question it answers: whether teams differ and their scores can be relied on, or
whether the people of one team agree. What is not shown is called not shown, which is not the same as absent.
"""

from __future__ import annotations

import pandas as pd

from exkit.present import caterpillar, numbers
from exkit.present.aggregation import AGREEMENTS, SOUND, kind_of
from exkit.present.cells import value_cell
from exkit.present.figures import figure
from exkit.present.names import measure_name, reason_name, small, statistic_name, why
from exkit.present.protect import ABSENT
from exkit.present.words import N_, translator
from exkit.result import group_columns

DISAGREED = 0.50
"""Agreement below which people of a team are said not to agree."""
LIKEWISE = {
    "justified": N_("Justified for: {measures}."),
    "weak": N_("A weak basis for: {measures}."),
    "not_justified": N_("Not justified for: {measures}."),
    "unknown": N_("Unknown for: {measures}."),
}
"""The verdict on all but the first measure."""


def _reliability(rows: pd.DataFrame, language: str) -> str:
    """Word how well scores tell teams apart: the first measure in full, and which measures do not."""
    _, icc1, icc2 = translator(language), rows[rows["effect"] == "icc1"], rows[rows["effect"] == "icc2"]
    first, said = icc2.iloc[0], []
    if pd.notna(first["estimate"]):
        pattern = (
            _(
                "A team's score for {x} has a reliability of {icc2} (margin {between}), with {k} answers per team; "
                "{icc1} of the differences between people go with the team."
            )
            if first["estimate"] > 0
            else _(
                "On {x} the means of teams differ no more than chance among their people makes them: ICC(2) is {icc2} "
                "(margin {between}), which is no reliability."
            )
        )
        said.append(
            pattern.format(
                x=small(measure_name(first["x"], language=language)),
                icc2=value_cell(first["estimate"], effect="icc2", language=language),
                between=numbers.interval(first["conf_low"], first["conf_high"], effect="icc2", language=language),
                k=numbers.number(first["k"], decimals=0, language=language),
                icc1=numbers.percent(max(icc1["estimate"].iloc[0], 0), language=language),
            )
        )
    low = icc2[icc2["estimate"] < SOUND]
    if len(low):
        named = _named(low, language)
        said.append(
            _("Below {sound}, where scores hardly tell single teams apart: {measures}.").format(
                sound=numbers.number(SOUND, decimals=2, language=language), measures=named
            )
        )
    return " ".join([*said, *_lacking(icc2, language)])


def _verdicts(rows: pd.DataFrame, language: str) -> str:
    """Word the verdict: of the first measure with what it rests on, of the others by name."""
    _, first = translator(language), rows.iloc[0]
    said = [_first_verdict(first, language)]
    for verdict, pattern in LIKEWISE.items():
        others = rows.iloc[1:][rows["verdict"].iloc[1:] == verdict]
        if verdict == "unknown":
            named = [f"{_named(its, language)} ({reason_name(reason, language=language)})"
                     for reason, its in others.groupby("reason", sort=False)]  # fmt: skip
        else:
            named = [_named(others, language)] if len(others) else []
        said += [_(pattern).format(measures="; ".join(named))] if named else []
    return " ".join(said)


def _first_verdict(row: pd.Series, language: str) -> str:
    """Word the verdict on one measure, and what it rests on."""
    _, x = translator(language), small(measure_name(row["x"], language=language))
    if row["reason"] == "reliability_unknown":
        said = _(
            "Whether one may speak of teams on {x} is unknown: these data have scores of teams, not people's answers."
        )
        return said.format(x=x)
    if row["verdict"] == "unknown":
        said = _("Whether one may speak of teams on {x} is unknown: {reason}.")
        return said.format(x=x, reason=why(row["reason"], language=language))
    opening = {
        "justified": N_("On {x} one may speak of teams."),
        "weak": N_(
            "On {x} there is a weak basis to speak of teams: enough to look for patterns over many teams, not to judge "
            "single ones by their score."
        ),
        "not_justified": N_("On {x} these data do not justify speaking of teams."),
    }
    return " ".join([_(opening[row["verdict"]]).format(x=x), _differ(row, language), _agree(row, language)])


def _differ(row: pd.Series, language: str) -> str:
    """Word whether teams differ, and how reliable their scores are."""
    _ = translator(language)
    if not row["icc1_low"] > 0:
        said = _("Teams are not shown to differ more than chance makes them: ICC(1) is {icc1} (margin {icc1_margin}).")
    elif row["conf_low"] >= SOUND:
        said = _(
            "Teams differ by more than chance ({share} of the differences between people go with the team), and their "
            "scores are reliable: ICC(2) is {icc2} (margin {margin})."
        )
    elif row["conf_high"] < SOUND:
        said = _(
            "Teams differ by more than chance ({share} of the differences between people go with the team), but with "
            "{k} answers per team their scores are too unreliable to tell single teams apart: ICC(2) is {icc2} (margin "
            "{margin}), below {sound}."
        )
    else:
        said = _(
            "Teams differ by more than chance ({share} of the differences between people go with the team), but it is "
            "not shown that their scores are reliable enough to tell single teams apart: ICC(2) is {icc2} (margin "
            "{margin}), and {sound} is asked for."
        )
    icc1 = {"effect": "icc1", "language": language}
    return said.format(
        share=numbers.percent(row["icc1"], language=language),
        icc1=numbers.estimate(row["icc1"], **icc1),
        icc1_margin=numbers.interval(row["icc1_low"], row["icc1_high"], **icc1),
        icc2=numbers.estimate(row["estimate"], effect="icc2", language=language),
        margin=numbers.interval(row["conf_low"], row["conf_high"], effect="icc2", language=language),
        k=numbers.number(row["k"], decimals=0, language=language),
        sound=numbers.number(SOUND, decimals=2, language=language),
    )


def _agree(row: pd.Series, language: str) -> str:
    """Word whether the people of a team agree, where a verdict rests on it."""
    _ = translator(language)
    if pd.isna(row["agreement"]) and row["verdict"] == "weak" and row["conf_low"] >= SOUND:
        return _("Whether people of one team agree is not known.")
    if pd.isna(row["agreement"]):
        return _("Whether people of one team agree is not part of this verdict.")
    if row["agreement_high"] < DISAGREED:
        said = _("People of one team do not agree: under the strictest null r_wg is {agreement} on average ({margin}).")
    elif row["agreement_low"] >= SOUND:
        said = _("People of one team agree: under the strictest null r_wg is {agreement} on average ({margin}).")
    else:
        said = _(
            "It is not shown that people of one team agree enough to call the score theirs: under the strictest null "
            "r_wg is {agreement} on average ({margin})."
        )
    told = {"effect": "r_wg", "language": language}
    between = numbers.interval(row["agreement_low"], row["agreement_high"], **told)
    return said.format(
        agreement=numbers.estimate(row["agreement"], **told),
        margin=_("margin {between}").format(between=between) if between else _("margin unknown"),
    )


def _raters(rows: pd.DataFrame, language: str) -> str:
    """Word how many answers per team a reliable score would take: for the first measure, and for all."""
    _, shown = translator(language), rows.dropna(subset="estimate")
    said = []
    if len(shown):
        first = shown.iloc[0]
        told = {
            "target": numbers.number(first["target"], decimals=2, language=language),
            "x": small(measure_name(first["x"], language=language)),
            "needed": _written(first["estimate"], language),
            "margin": numbers.interval(first["conf_low"], first["conf_high"], effect="raters", language=language),
            "now": numbers.number(first.get("k"), decimals=0, language=language),
            "low": _written(shown["estimate"].min(), language),
            "high": _written(shown["estimate"].max(), language),
        }
        said.append(
            _(
                "A score for {x} with a reliability of {target} takes {needed} answers per team (margin {margin}); "
                "there are {now} on average."
            ).format(**told)
        )
        if len(shown) > 1:
            said.append(_("Over all measures it takes from {low} to {high}.").format(**told))
    return " ".join([*said, *_lacking(rows[~rows["reason"].isin(ABSENT)], language)])


def _written(value: float, language: str) -> str:
    """Write a number of answers per team."""
    return numbers.estimate(value, effect="raters", language=language)


def _agreements(rows: pd.DataFrame, language: str) -> str:
    """Word how far people of a team agree on the first measure, under each null."""
    _, its = translator(language), rows[rows["x"] == rows["x"].iloc[0]]
    kinds = {kind_of(row): row for row in its.to_dict("records")}
    uniform, skewed = kinds.get(AGREEMENTS[0]), kinds.get(AGREEMENTS[1])
    measured = rows[rows["effect"].isin(["r_wg", "r_wg_j"]) & ~rows["reason"].isin(ABSENT)]
    if uniform is None or pd.isna(uniform["estimate"]):
        return " ".join(_lacking(measured.drop_duplicates("x"), language))
    told = {
        "x": small(measure_name(uniform["x"], language=language)),
        "statistic": statistic_name(pd.Series(uniform), language=language),
        "uniform": figure(pd.Series(uniform), language=language),
        "skewed": numbers.estimate(skewed["estimate"], effect="r_wg", language=language) if skewed else "",
    }
    said = _("On {x} the {statistic} of teams is {uniform} on average under the uniform null.")
    if skewed and pd.notna(skewed["estimate"]):
        said = _(
            "On {x} the {statistic} of teams is {uniform} on average under the uniform null, and {skewed} under the "
            "slightly skewed one."
        )
    lacking = _lacking(measured.drop_duplicates("x"), language)
    return " ".join([said.format(**told), *lacking])


def _named(rows: pd.DataFrame, language: str) -> str:
    """Name measures in a row."""
    return ", ".join(small(measure_name(x, language=language)) for x in rows["x"])


def _lacking(rows: pd.DataFrame, language: str) -> list[str]:
    """Name what has no figure, and why."""
    return [
        translator(language)("{measures}: {reason}.").format(
            measures=", ".join(measure_name(x, language=language) for x in its["x"]),
            reason=why(reason, language=language),
        )
        for reason, its in rows[rows["estimate"].isna()].groupby("reason")
    ]


def finding(rows: pd.DataFrame, *, language: str, min_n: int | None = None) -> str | None:
    """Word a finding on the scores of teams.

    Parameters
    ----------
    rows
        A protected result.
    language
        Language of the reader.
    min_n
        Smallest number of teams of which something is told.

    Returns
    -------
    str or None
        One or more sentences; None for any other result.
    """
    if set(caterpillar.TEAM) <= set(rows):
        return caterpillar.finding(rows, language=language, min_n=min_n)
    if {"verdict", "icc1"} <= set(rows):
        return _verdicts(rows, language)
    if group_columns(rows) == ["size"]:
        return " ".join(_lacking(rows.drop_duplicates("x"), language)) if rows["estimate"].isna().all() else ""
    kinds = frozenset(rows["effect"])
    return WORDED[kinds](rows, language) if kinds in WORDED and not group_columns(rows) else None


def described(rows: pd.DataFrame, *, language: str, min_n: int | None = None) -> str | None:
    """Put a picture of single teams into words that name none of them.

    Parameters
    ----------
    rows, language, min_n
        As in `finding`.

    Returns
    -------
    str or None
        What is found of them; None for any other result.
    """
    return finding(rows, language=language, min_n=min_n) if set(caterpillar.TEAM) <= set(rows) else None


AGREED = frozenset(["a_wg", "ad", "ad_median"])
WORDED = {
    frozenset(["icc1", "icc2"]): _reliability,
    frozenset(["raters"]): _raters,
    **{
        AGREED | kinds: _agreements
        for kinds in (frozenset(["r_wg"]), frozenset(["r_wg_j"]), frozenset(["r_wg", "r_wg_j"]))
    },
}
"""How each kind of result is put into words, per set of statistics."""
