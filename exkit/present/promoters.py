"""What is found of two answers of the same people, in words: one person answering twice, crossing over, a scenario."""

from __future__ import annotations

import pandas as pd

from exkit.present import numbers
from exkit.present.figures import figure, significant
from exkit.present.names import measure_name, reason_name, why
from exkit.present.words import translator
from exkit.result import group_columns


def finding(rows: pd.DataFrame, *, language: str) -> str | None:
    """Word a finding on two answers of the same people.

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
    groups = group_columns(rows)
    if "scenario" in rows and rows["scenario"].all():
        return _scenario(rows, language)
    if "source" in groups:
        return _same_source(rows, language)
    if "before" in groups and rows["y"].nunique() > 1:
        return _crossing(rows, language)
    if rows["effect"].eq("r").all() and rows["x"].ne("").all() and not groups:
        return " ".join(_link(row, language) for _i, row in rows.iterrows())
    return None


def _same_source(rows: pd.DataFrame, language: str) -> str:
    """Word what is left of a link between two answers once they come from different people."""
    _, plain = translator(language), rows[rows["effect"] != "r_corrected"]
    if plain["estimate"].isna().any():
        reason = reason_name(plain["reason"].iloc[-1], language=language)
        return _("What one person answering twice accounts for cannot be told: {reason}.").format(reason=reason)
    said = _(
        "Both answers are those of one and the same person: between persons the correlation is {one_person}. Between "
        "teams it is {same_people} while both team scores come from the same employees, and {other_people} once they "
        "come from different employees of the team. The difference, {difference}, is the most that one person "
        "answering twice can account for; a real link within persons is part of it too."
    )
    said = said.format(**{row["source"]: figure(row, language=language) for _i, row in plain.iterrows()})
    return " ".join([said, *(_corrected(row, language) for _i, row in rows.drop(plain.index).iterrows())]).rstrip()


def _corrected(row: pd.Series, language: str) -> str:
    """Word what different people of a team have in common, chance in their team scores allowed for, where known."""
    _ = translator(language)
    if row["source"] != "other_people" or pd.isna(row["conf_low"]):
        return ""
    said = _(
        "Corrected for the measurement unreliability of team scores, the correlation between different employees is "
        "{figure}."
    )
    weak = _("That is a weak basis: most of what sets one team score apart from another is chance.")
    return " ".join([said.format(figure=figure(row, language=language)), *([weak] if row["weak_basis"] else [])])


def _crossing(rows: pd.DataFrame, language: str) -> str:
    """Word who became a promoter since the wave before, and who still is one; nothing of several waves at once."""
    _, found = translator(language), rows.set_index(["before", "y"])
    if not found.index.is_unique or found["estimate"].isna().any():
        return ""
    became, still = (figure(found.loc[(before, "promoter")], language=language) for before in ("passive", "promoter"))
    said = _("Of the passives of the wave before, {became} are promoters now; of the promoters, {still} still are.")
    return said.format(became=became, still=still)


def _scenario(rows: pd.DataFrame, language: str) -> str:
    """Word a scenario, and call it one."""
    _ = translator(language)
    if rows["estimate"].isna().any():
        return _("Scenario: {reason}.").format(reason=reason_name(rows["reason"].iloc[0], language=language))
    said = _(
        "A scenario and no finding: were {moved} of the passives promoters, and did they answer as promoters do now, "
        "the eNPS would change by {nps} and the share who would recommend to customers by {favourable}."
    )
    moved = numbers.percent(rows["moved"].iloc[0], language=language)
    return said.format(moved=moved, **{row["of"]: figure(row, language=language) for _i, row in rows.iterrows()})


def _link(row: pd.Series, language: str) -> str:
    """Word a correlation of two measures of the same teams."""
    _ = translator(language)
    pair = {side: measure_name(row[side], language=language) for side in ("x", "y")}
    if pd.isna(row["estimate"]):
        reason = why(row["reason"], language=language)
        return _("‘{x}’ and ‘{y}’ are not correlated here: {reason}.").format(**pair, reason=reason)
    told = {"figure": figure(row, language=language), "verdict": significant(row, language=language)}
    return _("Team by team, the correlation of ‘{x}’ with ‘{y}’ is {figure}: {verdict}.").format(**pair, **told)
