"""Scales: several items that measure one thing become one score per person.

A score is the mean of the answered items, reversed items turned round first, for people who answered at least half.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

if TYPE_CHECKING:
    from exkit.survey.codebook import Variable


def oriented_items(people: pd.DataFrame, items: list[Variable]) -> pd.DataFrame:
    """Turn reversed items round, so that high means the same in all of them.

    Parameters
    ----------
    people
        One row per respondent, a column per item.
    items
        Items of one scale; an item with `reverse` becomes low + high - answer.

    Returns
    -------
    DataFrame
        One column per item, the caller's frame untouched.
    """
    return pd.DataFrame(
        {item.name: item.low + item.high - people[item.name] if item.reverse else people[item.name] for item in items},
        index=people.index,
    )


def scale_score(people: pd.DataFrame, items: list[Variable], *, least: float = 0.5) -> pd.Series:
    """Score a scale: the mean of the answered items, in the units of the items.

    Parameters
    ----------
    people
        One row per respondent, a column per item.
    items
        Items of one scale.
    least
        Share of the items that must be answered, 0.5 by default; with fewer the score is missing.

    Returns
    -------
    Series
        One score per respondent.

    Examples
    --------
    >>> from exkit.survey.codebook import Variable
    >>> a, b = (Variable(table="employees", name=n, low=1, high=5) for n in "ab")
    >>> people = pd.DataFrame({"a": [4.0, None], "b": [5.0, None]})
    >>> scale_score(people, [a, b]).tolist()
    [4.5, nan]
    """
    answers = oriented_items(people, items)
    enough = answers.notna().mean(axis="columns") >= least
    return answers.mean(axis="columns").where(enough)
