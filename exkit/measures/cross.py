"""Two questions to the same people: the answers to one, told apart by those to another, or by their own a wave ago.

The result is a tally like any other, with the other answer among its keys. What an answer does with groups (a share per
group with its interval, differences with their covariance) it does with answer groups too, so that a cross-tally needs
no statistics of its own. Promoters, passives and detractors are those of the codebook in the wave in which was asked.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from exkit.errors import ExkitError
from exkit.measures.answers import values
from exkit.measures.tally import Tally, tally, unasked
from exkit.result import group_columns

if TYPE_CHECKING:
    from exkit.survey.codebook import Variable
    from exkit.survey.study import Study

SCORES = {"promoter": 1.0, "passive": 0.0, "detractor": -1.0}
"""The promoter groups in the order in which they are printed, with what each counts in an NPS."""
BETWEEN = "promoter_group"
"""The key that holds them."""
NAMES = {score: name for name, score in SCORES.items()}
STEPS = {1.0: "up", 0.0: "stayed", -1.0: "down"}
"""What becomes of a group from one wave to the next."""
CODES = {BETWEEN: (*SCORES,), "before": (*SCORES,), "moved": (*STEPS.values(),)}
"""The values that the keys made here can have, whether or not anybody is there."""


def cross(study: Study, *, x: str, y: str, by: Sequence[str] = (), cluster: str | None = "auto") -> Tally:
    """Count the answers to one question by the same person's answer to another.

    Parameters
    ----------
    study
        An opened dataset.
    x
        A recommend question: a variable or role such as `recommend_work`.
    y
        A question of the same table, such as `recommend_to_customers`.
    by, cluster
        As in `ex.tally`.

    Returns
    -------
    Tally
        Of y, over people who answered both. Keys on top of those of `ex.tally`: `mark`, the answer to x, and
        `promoter_group` (`promoter`, `passive`, `detractor`). Share of y per mark:
        `ex.favourable(pairs, by=["mark"])`; risk differences between the groups:
        `ex.compare(pairs, between="promoter_group", of="favourable")`.

    Raises
    ------
    ExkitError
        If the questions come from two tables, or the codebook has no cut-offs for x.

    See Also
    --------
    exkit.analysis.association.recommending : the share of y per promoter group.
    """
    by = ["mark", BETWEEN, *by]
    if lacking := [name for name in (x, y) if study.codebook.lacks(name)]:
        return unasked(lacking[:1], by=by)
    asked, other = _of_one_table(study, x, y)
    people, score = _scored(study, asked)
    people = people.assign(**{"mark": people[asked.name], BETWEEN: score.map(NAMES)})
    return tally(_holding(study, asked, people), f"{other.table}.{other.name}", by=by, cluster=cluster)


def moved(study: Study, *, x: str, y: str, by: Sequence[str] = (), cluster: str | None = "auto") -> Tally:
    """Count the answers to one question by what became of the same person's promoter group since the wave before.

    Parameters
    ----------
    study
        An opened dataset, with respondents that have one name in all waves.
    x
        A recommend question.
    y
        A question of the same table.
    by, cluster
        As in `ex.tally`.

    Returns
    -------
    Tally
        Of y, over people who answered x in two waves in a row and y in the later one. Keys on top: `before`, the group
        in the wave before, and `moved` (`up`, `stayed`, `down`). A wave in which x changed has nobody: a promoter by
        one question is not known to have been one by the other.

    Raises
    ------
    ExkitError
        If the questions come from two tables, or the codebook has no cut-offs for x.
    """
    by = ["before", "moved", *by]
    if lacking := [name for name in (x, y) if study.codebook.lacks(name)]:
        return unasked(lacking[:1], by=by)
    asked, other = _of_one_table(study, x, y)
    people, score = _scored(study, asked)
    linked = _linked(people.assign(**{BETWEEN: score}), BETWEEN)
    if len(linked):
        defined = study.codebook.definitions(asked, study.waves)
        linked = linked[~linked["wave"].isin(defined.loc[defined["changed"] != "", "wave"])]
    step = np.sign(linked[BETWEEN] - linked["before"].map(SCORES).astype(float))
    linked = linked.assign(moved=step.map(STEPS))
    return tally(_holding(study, asked, linked), f"{other.table}.{other.name}", by=by, cluster=cluster)


def followed(study: Study, x: str, *, by: Sequence[str] = (), cluster: str | None = "auto") -> Tally:
    """Count the promoter groups of people by their own group in the wave before.

    Whoever answered in only one of two waves in a row is not counted: those who stayed are not all. Weight, unit and
    everything else are those of the later wave.

    Parameters
    ----------
    study
        An opened dataset, with respondents that have one name in all waves.
    x
        A recommend question.
    by, cluster
        As in `ex.tally`.

    Returns
    -------
    Tally
        Of x, answers 1 (promoter), 0 (passive) and -1 (detractor). Keys on top: `before`, the group in the wave before
        `wave`. Without two waves, or without names of respondents, it is empty.

    Raises
    ------
    ExkitError
        If the codebook has no cut-offs for x.
    """
    if study.codebook.lacks(x):
        return unasked([x], by=["before", *by])
    asked = study.codebook.variable(x)
    people, score = _scored(study, asked)
    linked = _linked(people.assign(**{asked.name: score}), asked.name)
    name = f"{asked.table}.{asked.name}"
    found = tally(_holding(study, asked, linked), name, by=["before", *by], cluster=cluster)
    # What changed since the wave before shows only where all waves are there.
    defined = tally(study, name).definitions.iloc[1:] if "respondent" in linked else found.definitions.head(0)
    scale = {"low": -1.0, "high": 1.0, "promoter_from": 1.0, "detractor_to": -1.0, "favourable_from": np.nan}
    return replace(found, definitions=defined.assign(**scale))


def _of_one_table(study: Study, x: str, y: str) -> tuple[Variable, Variable]:
    """Look up two questions, which the same people were asked."""
    asked, other = study.codebook.variable(x), study.codebook.variable(y)
    if asked.table != other.table:
        raise ExkitError(
            f"'{x}' is asked of {asked.table}, '{y}' of {other.table}. A cross-tally takes two questions of one table."
        )
    return asked, other


def _scored(study: Study, asked: Variable) -> tuple[pd.DataFrame, pd.Series]:
    """Give the people who answered a recommend question, and the score of each: 1, 0 or -1 by its wave's cut-offs."""
    people = study.people(asked.table)
    people = people[people[asked.name].notna()]
    marks = people.filter(["wave"]).assign(answer=people[asked.name], variable=asked.name)
    waves = sorted(people["wave"].unique()) if "wave" in people else [""]
    defined = study.codebook.definitions(asked, waves)
    if "wave" in people:
        marks = marks.merge(defined, on="wave", how="left", validate="m:1")
    else:
        marks = marks.merge(defined.drop(columns="wave"), how="cross")
    return people, pd.Series(values(marks, "nps").to_numpy() / 100, index=people.index)


def _linked(people: pd.DataFrame, score: str) -> pd.DataFrame:
    """Set beside the people of each wave the group that they were in, by their score, in the one before."""
    if not {"wave", "respondent"} <= set(people):
        return people.head(0).assign(before="")
    upcoming = dict(pairwise(sorted(people["wave"].unique())))
    earlier = people[["respondent", "wave"]].assign(before=people[score].map(NAMES))
    earlier["wave"] = earlier["wave"].map(upcoming).astype(people["wave"].dtype)
    return people.merge(earlier, on=["respondent", "wave"], validate="1:1")


def _holding(study: Study, asked: Variable, people: pd.DataFrame) -> Study:
    """Give a study other people."""
    return replace(study, tables={**study.tables, asked.table: people})


def need_groups(pairs: Tally) -> None:
    """Complain about a tally that does not know promoter groups."""
    if BETWEEN not in pairs.keys:
        raise ExkitError("The tally does not tell promoter groups apart. Count with ex.cross(study, x=..., y=...).")


def named_groups(found: pd.DataFrame) -> pd.DataFrame:
    """Name the answers 1, 0 and -1 of a result after the promoter groups."""
    return found.assign(y=found["y"].replace({f"{score:g}": name for name, score in SCORES.items()}))


def every_group(found: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """Give a result a row for each promoter group, in their order, with a reason where nobody is in it.

    Parameters
    ----------
    found
        A result.
    columns
        Its columns that hold promoter groups: group columns, or `y`.

    Returns
    -------
    DataFrame
        As many rows as there are other groups, times three for each column.
    """
    grid = found[[column for column in group_columns(found) if column not in columns]].drop_duplicates()
    grid = grid if len(grid.columns) else pd.DataFrame(index=[0])
    for column in columns:
        grid = grid.merge(pd.DataFrame({column: list(SCORES)}), how="cross")
    full = grid.merge(found, on=list(grid), how="left", validate="1:1")[list(found)]
    same = {column: found[column].iloc[0] for column in ("x", "y", "effect", "at") if column in found}
    return full.fillna({**same, "n": 0, "reason": "no_answers"}).astype({"n": int})
